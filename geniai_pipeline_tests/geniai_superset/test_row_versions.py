"""Versions of the rows that a login sees: what changes them, and what does not."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest

from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_superset.row_versions import RowVersions, read_row_versions

pytestmark = pytest.mark.usefixtures("database")

_SLUG, _OTHER = "versoes", "vizinha"
_NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def at(advance_clock: Callable[[timedelta], None]) -> Callable[[float], None]:
    """Sets the dashboards' clock to so many minutes after noon."""

    def set_clock(minutes: float) -> None:
        advance_clock(_NOON + timedelta(minutes=minutes) - datetime.now(timezone.utc))

    return set_clock


@pytest.fixture
def tenant_ids(make_tenant: MakeTenant) -> Iterator[tuple[int, int]]:
    """Two tenants, of which live has told nothing."""
    found = make_tenant(_SLUG).tenant_id, make_tenant(_OTHER).tenant_id
    yield found
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.live_state where tenant_id = any(%s)", [list(found)])


def _read() -> RowVersions:
    read_row_versions.cache_clear()
    return read_row_versions(login_name(_SLUG))


def _tell(tenant_id: int, column: str) -> None:
    with connect(admin_url()) as connection:
        connection.execute(
            f"insert into ops.live_state (tenant_id, {column}) values (%s, ops.now())"
            f" on conflict (tenant_id) do update set {column} = excluded.{column}",
            [tenant_id],
        )


def test_what_live_publishes_counts_in_steps_of_five_minutes(
    tenant_ids: tuple[int, int], at: Callable[[float], None]
) -> None:
    at(1)
    before = _read().rows
    at(9)
    assert _read().rows == before, "live told nothing"

    at(12.5)
    _tell(tenant_ids[0], "published_at")
    versions = [_read().rows]
    for minutes in (13, 14.9):  # a message a minute empties no cache
        at(minutes)
        _tell(tenant_ids[0], "published_at")
        versions.append(_read().rows)
    assert before not in versions
    assert len(set(versions)) == 1
    at(15.1)
    late = _read().rows
    assert late not in versions, "what changed since is shown within five minutes"
    at(58)
    assert _read().rows == late, "nothing more was published"


def test_a_change_of_who_waits_empties_no_cache(
    tenant_ids: tuple[int, int], at: Callable[[float], None]
) -> None:
    at(0)
    before = _read()
    _tell(tenant_ids[0], "waiting_at")
    after = _read()
    assert after.rows == before.rows
    assert after.waiting != before.waiting
    at(2)
    later = _read()
    assert later.waiting == after.waiting
    assert later.seconds_since_change == pytest.approx(120, abs=5)
    assert later.clock_offset == pytest.approx(
        (_NOON + timedelta(minutes=2)).timestamp() - time.monotonic(), abs=5
    )


def test_another_tenants_change_makes_no_difference(
    tenant_ids: tuple[int, int], at: Callable[[float], None]
) -> None:
    at(0)
    before = _read()
    for column in ("waiting_at", "published_at"):
        _tell(tenant_ids[1], column)
    after = _read()
    assert (after.rows, after.waiting) == (before.rows, before.waiting)
    assert after.seconds_since_change == before.seconds_since_change
