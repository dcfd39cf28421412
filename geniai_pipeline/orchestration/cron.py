"""Cron expressions of the schedules; ``dashboards.next_sync()`` in SQL has the same hours."""

TIMEZONE = "America/Sao_Paulo"
SYNC = "0 */6 * * *"
FULL_SWEEP = "0 3 * * 0"
REPORT = "0 * * * 0-2"
"""Every hour, in UTC, in which it may be Monday somewhere."""
CLEAN_UP = "30 4 * * *"
