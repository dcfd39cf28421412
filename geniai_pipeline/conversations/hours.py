"""Business time: counts the seconds within a tenant's business hours."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from geniai_pipeline.tenants import BusinessHours

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def count_business_seconds(
    start: datetime, end: datetime, hours: BusinessHours, time_zone: ZoneInfo
) -> int:
    """Counts the whole seconds from start to end within the opening hours.

    Opening hours are wall-clock times of the tenant's zone; the sum is of elapsed time, so a day on
    which the clocks change counts its real length. Closing at or before the opening time
    means closing on the next day: 18:00-02:00 is a night, 00:00-00:00 the whole day.

    Args:
        start: aware; where the count begins.
        end: aware; not after ``start`` gives 0.
        hours: opening and closing by weekday, Monday 0; a missing day is closed.
        time_zone: the tenant's.

    """
    # in UTC throughout: Python compares and subtracts two times of one zone by their wall clocks
    counted_to, end = start.astimezone(timezone.utc), end.astimezone(timezone.utc)
    last_day = end.astimezone(time_zone).date()
    day = counted_to.astimezone(time_zone).date() - _DAY  # whose night may reach into the first
    total = timedelta()
    while day <= last_day:
        if (shift := hours.get(day.weekday())) is not None:
            opens, closes = shift
            closing_day = day + _DAY if closes <= opens else day
            opened = max(counted_to, _instant(day, opens, time_zone))
            closed = min(end, _instant(closing_day, closes, time_zone))
            if closed > opened:
                total += closed - opened
                counted_to = closed  # hours that overlap count once
        day += _DAY
    return total // _SECOND


def _instant(day: date, clock: time, time_zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, time_zone).astimezone(timezone.utc)
