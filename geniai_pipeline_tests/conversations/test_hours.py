"""Seconds within a tenant's business hours."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.conversations import count_business_seconds
from geniai_pipeline.tenants import BusinessHours
from geniai_pipeline_tests.support.payloads import SAO_PAULO, WEEK

# June 2026: the 1st is a Monday, so the 5th a Friday, the 6th a Saturday, the 7th a Sunday
ALWAYS: BusinessHours = {day: (time(0), time(0)) for day in range(7)}


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=SAO_PAULO)


@pytest.mark.parametrize(
    ("start", "end", "hours", "seconds"),
    [
        (local(2, 10), local(2, 10, 5), WEEK, 300),
        (local(2, 5), local(2, 6, 10), WEEK, 600),  # asked before the doors open
        (local(2, 21, 50), local(3, 6, 10), WEEK, 600 + 600),  # a night between
        (local(2, 22, 30), local(3, 5, 30), WEEK, 0),  # the night itself
        (local(5, 21), local(8, 7), WEEK, (1 + 6 + 1) * 3600),  # Friday to Monday
        (local(6, 13, 59), local(6, 14, 1), WEEK, 60),  # closing time
        (local(7, 10), local(7, 12), WEEK, 0),  # a closed day
        (local(7, 10), local(8, 6, 0, 30), WEEK, 30),
        (local(1, 0), local(8, 0), WEEK, (5 * 16 + 6) * 3600),  # a whole week
        (local(1, 0), local(29, 0), WEEK, 4 * (5 * 16 + 6) * 3600),
        (local(2, 10), local(2, 10), WEEK, 0),
        (local(2, 11), local(2, 10), WEEK, 0),
        (local(1, 0), local(29, 0), {}, 0),
        (local(5, 10), local(8, 10), ALWAYS, 3 * 24 * 3600),
        (local(5, 23), local(6, 3), {4: (time(18), time(2))}, 3 * 3600),  # past midnight
        (local(6, 1), local(6, 1, 30), {4: (time(18), time(2))}, 1800),  # Friday's night still
        (local(7, 1), local(7, 1, 30), {4: (time(18), time(2))}, 0),
        # hours that overlap count once
        (local(5, 18), local(6, 3), {4: (time(18), time(2)), 5: (time(1), time(3))}, 9 * 3600),
        (local(2, 10), local(2, 10, 0, 1) - timedelta(microseconds=1), WEEK, 0),
    ],
)
def test_business_seconds_count_the_time_the_gym_was_open(
    start: datetime, end: datetime, hours: BusinessHours, seconds: int
) -> None:
    assert count_business_seconds(start, end, hours, SAO_PAULO) == seconds
    in_utc = (start.astimezone(timezone.utc), end.astimezone(timezone.utc))
    assert count_business_seconds(*in_utc, hours, SAO_PAULO) == seconds


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 5),  # 02:00 becomes 03:00
        ("America/New_York", date(2026, 11, 1), 7),  # 02:00 becomes 01:00
        ("America/New_York", date(2026, 6, 7), 6),
        ("America/Sao_Paulo", date(2018, 11, 4), 5),  # midnight becomes 01:00
        ("America/Sao_Paulo", date(2018, 2, 18), 6),  # the hour came before, on Saturday
        ("America/Sao_Paulo", date(2026, 11, 1), 6),  # no more since 2019
    ],
)
def test_a_day_on_which_the_clocks_change_counts_what_it_lasted(
    zone: str, day: date, hours: int
) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    sunday_morning = {6: (time(0), time(6))}

    counted = count_business_seconds(
        midnight - timedelta(days=2), midnight + timedelta(days=2), sunday_morning, ZoneInfo(zone)
    )

    assert counted == hours * 3600


def test_business_hours_are_those_of_the_tenants_clock() -> None:
    start, end = (datetime(2026, 6, 2, hour, 59, tzinfo=timezone.utc) for hour in (8, 9))

    assert count_business_seconds(start, end, WEEK, ZoneInfo("America/Sao_Paulo")) == 59 * 60
    assert count_business_seconds(start, end, WEEK, ZoneInfo("America/Manaus")) == 0
