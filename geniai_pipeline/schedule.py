"""When tenants are synced: apart from Dagster, so that ``geniai status`` can tell without it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter

TIMEZONE = "America/Sao_Paulo"
SYNC_CRON = "0 */6 * * *"
FULL_SWEEP_CRON = "0 3 * * 0"
REPORT_CRON = "0 * * * 0-2"
"""Every hour, in UTC, in which it may be Monday somewhere."""
RETENTION_CRON = "30 4 * * *"


def next_run() -> datetime:
    """When the next scheduled sync begins."""
    found: datetime = croniter(SYNC_CRON, datetime.now(ZoneInfo(TIMEZONE))).get_next(datetime)
    return found
