"""When tenants are synced. ``dashboards.next_sync()`` tells the next time, by the same hours."""

TIMEZONE = "America/Sao_Paulo"
SYNC_CRON = "0 */6 * * *"
FULL_SWEEP_CRON = "0 3 * * 0"
REPORT_CRON = "0 * * * 0-2"
"""Every hour, in UTC, in which it may be Monday somewhere."""
RETENTION_CRON = "30 4 * * *"
