"""The clock ``ops.now()``: dashboards follow it, and no tenant's login changes it."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    role_url,
    tenant_transaction,
)
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.warehouse.rows import show

pytestmark = pytest.mark.usefixtures("database")

SLUG = "pontual"
_TIMES = r"""
select l.waiting, regexp_replace(w.window_left, ' g-until-\d+ g-template', ''),
    dashboards.freshness(r.complete_up_to_local, false) like '%"g-late">Dados%' as is_stale
from dashboards.leads l
left join dashboards.waiting w using (conversation_id)
cross join dashboards.runs r
"""
_STATE = "select state from dashboards.clients where slug = %s"


@pytest.fixture
def tenant_id(database: str, make_tenant: MakeTenant) -> int:
    """A tenant with a lead that has just written and has a reply window of a day."""
    number = make_tenant(SLUG).tenant_id
    show(number, 1)
    with tenant_transaction(number) as connection:
        connection.execute(
            "update analytics.conversations_analytics set awaits_reply = true, lead_score = 5,"
            " last_spoke_at = now(), reply_until = now() + interval '24 hours 30 s'"
        )
    with TenantSession(number) as session:
        runs.start_run(session, "clock-1", "full")
        runs.finish_run(session, "clock-1")
    with tenant_transaction(number) as connection:
        connection.execute("update ops.etl_control set complete_up_to = now()")
    return number


@pytest.mark.usefixtures("tenant_id")
def test_dashboards_follow_the_clock(advance_clock: Callable[[timedelta], None]) -> None:
    with (
        psycopg.connect(role_url(login_name(SLUG)), autocommit=True) as reader,
        psycopg.connect(role_url("bi_staff"), autocommit=True) as staff,
    ):

        def read() -> list[object]:
            for _ in range(7):  # from the sixth on the plan is one that the server has kept
                times = reader.execute(_TIMES).fetchone()
                state = staff.execute(_STATE, [SLUG]).fetchone()
            return [*(times or ()), *(state or ())]

        def window(css: str, words: str) -> str:
            return f'<span class="{css}">{words}</span>'

        assert read() == ["menos de 1 min", window("g-open", "resta 1 dia"), False, "Em dia"]
        advance_clock(timedelta(hours=2))
        assert read() == ["2 h", window("g-open", "restam 22 h"), False, "Em dia"]
        advance_clock(timedelta(hours=6, minutes=30))
        assert read() == ["6 h 30 min", window("g-open", "restam 17 h 30 min"), False, "Em dia"]
        advance_clock(timedelta(hours=7, minutes=30))
        assert read() == ["7 h 30 min", window("g-open", "restam 16 h 30 min"), True, "Atrasado"]
        advance_clock(timedelta(hours=21))
        assert read() == ["21 h", window("g-soon", "restam 3 h"), True, "Atrasado"]
        advance_clock(timedelta(hours=25))
        assert read() == ["1 dia 1 h", window("g-late", "só mensagem-modelo"), True, "Atrasado"]
        advance_clock(timedelta(0))
        assert read() == ["menos de 1 min", window("g-open", "resta 1 dia"), False, "Em dia"]


def test_instants_compared_with_the_clock_are_written_by_it(
    tenant_id: int, advance_clock: Callable[[timedelta], None]
) -> None:
    advance_clock(timedelta(days=40))
    with TenantSession(tenant_id) as session:
        runs.start_run(session, "run-2", "full")
        runs.finish_run(session, "run-2")
    runs.note_scheduler()

    with connect(admin_url()) as connection:
        ages = connection.execute(
            "select ops.now() - started_at, ops.now() - ended_at, ops.now() - seen_at,"
            " dashboards.next_sync() - ops.now()"
            " from ops.etl_control, ops.scheduler where run_id = 'run-2' and tenant_id = %s",
            [tenant_id],
        ).fetchone()
        offset = connection.execute("select ops.now() - now()").fetchone()
    assert ages is not None
    *since, next_sync = ages
    assert all(timedelta(0) <= age < timedelta(minutes=1) for age in since)
    assert timedelta(0) < next_sync <= timedelta(hours=6)
    assert offset == (timedelta(days=40),)


@pytest.mark.usefixtures("tenant_id")
@pytest.mark.parametrize(
    "login",
    [login_name(SLUG), admin_login_name(SLUG), "bi_staff", "bi_none", "etl_writer", "gatekeeper"],
)
@pytest.mark.parametrize(
    "attempt",
    [
        "select ops.set_clock('1 hour')",
        "create or replace function ops.now() returns timestamptz language sql stable"
        " return pg_catalog.now() + interval '1 hour'",
        "alter function ops.now() rename to moved",
        "create function ops.now(ahead interval) returns timestamptz language sql"
        " return pg_catalog.now() + ahead",
    ],
    ids=["call", "replace", "rename", "overload"],
)
def test_no_login_but_the_administrators_moves_the_clock(login: str, attempt: str) -> None:
    with (
        psycopg.connect(role_url(login)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(attempt.encode())

    with connect(admin_url()) as connection:
        assert connection.execute("select ops.now() - now()").fetchone() == (timedelta(0),)


@pytest.mark.usefixtures("tenant_id")
def test_query_plans_contain_no_call_of_the_clock_function(
    advance_clock: Callable[[timedelta], None],
) -> None:
    def explain() -> str:
        with connect(role_url(login_name(SLUG))) as connection:
            plan = connection.execute("explain (verbose) select * from dashboards.waiting")
            return str(plan.fetchall())

    assert "ops.now" not in explain()
    advance_clock(timedelta(hours=1))
    assert "now() + '01:00:00'::interval" in explain()
    assert "ops.now" not in explain()
