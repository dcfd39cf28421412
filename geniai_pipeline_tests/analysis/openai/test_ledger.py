"""The ledger reserves every call before it is sent, within the month's budget, concurrently."""

import threading
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from geniai_pipeline import administration
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.ledger import Find, Reserve, Result, Settle
from geniai_pipeline.analysis.openai.models import Usage
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    role_url,
    tenant_transaction,
)
from geniai_pipeline.warehouse.llm import MOST_ANSWERS, TenantLedger
from geniai_pipeline_tests.analysis.openai.conftest import Gym, MakeGym
from geniai_pipeline_tests.analysis.openai.provider import Provider

REAL = Decimal("0.1")


@pytest.fixture
def gym(request: pytest.FixtureRequest, make_gym: MakeGym) -> Gym:
    made = make_gym("l" + "".join(c for c in request.node.name if c.isalnum())[-30:], budget=1)
    made.put(["quanto custa?", "tem aula?"])
    return made


def reserve(gym: Gym, worst: str = "0.4", content: str = "h") -> Result:
    job = Reserve(1, content, "m", Decimal(worst))
    with TenantSession(gym.tenant.tenant_id) as session:
        return TenantLedger(session).work([job])[0]


def settle(gym: Gym, call: Result, cost: Decimal | None = REAL, **more: Any) -> None:
    assert isinstance(call, int)
    state = "unknown" if cost is None else "answered"
    done = Settle(
        call, state, "completed", cost, cost, Usage(9, 0, 0, 2), "req", more.get("answer")
    )
    with TenantSession(gym.tenant.tenant_id) as session:
        TenantLedger(session).work([done])


def test_a_call_is_booked_at_its_worst_and_then_at_its_cost(gym: Gym) -> None:
    call = reserve(gym)
    assert gym.booked == Decimal("0.4")
    settle(gym, call)
    assert gym.booked == REAL
    settle(gym, call, Decimal("0.9"))  # a repeated commit changes nothing
    assert gym.booked == REAL


def test_what_would_pass_the_budget_is_refused_to_the_cent(gym: Gym) -> None:
    assert isinstance(reserve(gym, "0.6"), int)
    assert reserve(gym, "0.40000001") is Fallback.BUDGET
    assert isinstance(reserve(gym, "0.4"), int)
    assert gym.booked == 1
    with TenantSession(gym.tenant.tenant_id) as session:
        assert TenantLedger(session).unavailable_reason() is Fallback.BUDGET


def test_a_call_of_unknown_outcome_stays_booked_at_its_worst(gym: Gym) -> None:
    settle(gym, reserve(gym), None)
    assert gym.booked == Decimal("0.4")


def test_several_runs_at_once_never_pass_the_budget(gym: Gym) -> None:
    got: list[Result] = []
    seen: list[Decimal] = []

    def spend() -> None:
        with TenantSession(gym.tenant.tenant_id) as session:
            ledger = TenantLedger(session)
            for number in range(20):
                (call,) = ledger.work([Reserve(1, f"{number}", "m", Decimal("0.011"))])
                got.append(call)
                seen.append(gym.booked)
                if isinstance(call, int) and number % 3 == 0:
                    settle(gym, call, Decimal("0.005"))

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(seen) <= 1
    assert gym.booked <= 1
    assert gym.booked > 1 - Decimal("0.011")
    assert Fallback.BUDGET in got


def test_the_month_is_the_tenants_own(make_gym: MakeGym) -> None:
    late = datetime(2026, 12, 1, 1, 30, tzinfo=timezone.utc)  # still November in São Paulo
    months = []
    for zone in ("America/Sao_Paulo", "Europe/Lisbon"):
        gym = make_gym("month-" + zone.split("/")[1].lower().replace("_", "-"), timezone=zone)
        with tenant_transaction(gym.tenant.tenant_id) as connection:
            connection.execute("select ops.reserve_llm_call(1, 'h', 'm', 0.4, 3, %s)", [late])
        months += gym.sql("select month::text, booked_brl from ops.llm_months")
    assert months == [("2026-11-01", Decimal("0.4")), ("2026-12-01", Decimal("0.4"))]


def test_a_call_is_settled_in_the_month_it_was_booked_in(gym: Gym) -> None:
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        row = connection.execute(
            "select call from ops.reserve_llm_call(1, 'h', 'm', 0.4, 3, '2026-01-31 12:00+00')"
        ).fetchone()
    assert row is not None
    settle(gym, row[0])
    assert gym.sql("select month::text, booked_brl from ops.llm_months") == [("2026-01-01", REAL)]


def test_a_paid_answer_is_kept_for_the_very_question_and_goes_with_the_conversation(
    gym: Gym,
) -> None:
    settle(gym, reserve(gym), answer="[NOME_1] quer treinar")
    with TenantSession(gym.tenant.tenant_id) as session:
        assert TenantLedger(session).work([Find(1, "h"), Find(1, "other"), Find(2, "h")]) == [
            "[NOME_1] quer treinar", None, None,
        ]  # fmt: skip
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        connection.execute("delete from core.conversations where conversation_id = 1")
    with TenantSession(gym.tenant.tenant_id) as session:
        assert TenantLedger(session).work([Find(1, "h")]) == [None]
    assert gym.booked == REAL, "what it cost stays booked"


def test_an_answer_for_a_conversation_that_is_gone_meanwhile_is_booked_all_the_same(
    gym: Gym,
) -> None:
    call = reserve(gym)
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        connection.execute("delete from core.conversations where conversation_id = 1")
    settle(gym, call, answer="x")
    assert gym.booked == REAL


def test_a_question_paid_for_in_vain_is_given_up(gym: Gym) -> None:
    for _ in range(MOST_ANSWERS):
        settle(gym, reserve(gym, "0.1"), Decimal("0.001"))
    assert reserve(gym, "0.1") is Fallback.GIVEN_UP
    assert isinstance(reserve(gym, "0.1", content="changed"), int)


def test_nothing_is_reserved_for_a_tenant_that_forbids_the_outside(
    gym: Gym, provider: Provider
) -> None:
    slug = gym.tenant.slug
    with pytest.raises(psycopg.errors.CheckViolation):  # OpenAI behind its back
        registry.add_tenant(slug, slug, TenantConfig(external_analysis=False))
    administration.add_tenant(slug, slug, TenantConfig(external_analysis=False))
    tenant = registry.load_tenant(slug)
    assert (tenant.analyzer, tenant.external_analysis) == ("rules", False)
    assert reserve(gym) is Fallback.FORBIDDEN
    with TenantSession(tenant.tenant_id) as session:
        assert isinstance(analyzers.build_for_tenant(tenant, session), RulesAnalyzer)
        outside = analyzers.build_openai(session)
        with pytest.raises(PermanentError, match="forbids"):
            analyzers.require_usable(outside)
        assert list(outside.analyze([])) == []
    gym.analyse()
    assert provider.requests == []
    with pytest.raises(PermanentError, match="--external-analysis"):
        administration.add_tenant(slug, slug, TenantConfig(analyzer="openai"))


def test_openai_needs_a_budget(make_gym: MakeGym) -> None:
    gym = make_gym("penniless", analyzer="rules", budget=0)
    slug = gym.tenant.slug
    with pytest.raises(PermanentError, match="--monthly-budget-brl"):
        administration.add_tenant(slug, slug, TenantConfig(analyzer="openai"))
    with pytest.raises(PermanentError, match="no analyzer 'oracle'"):
        administration.add_tenant(slug, slug, TenantConfig(analyzer="oracle"))
    administration.add_tenant(
        slug,
        slug,
        TenantConfig(analyzer="openai", monthly_budget_brl=Decimal("12.5")),  # type: ignore[arg-type]
    )
    assert registry.load_tenant(slug).analyzer == "openai"


TABLES = ("ops.llm_months", "ops.llm_calls", "core.llm_answers")


@pytest.fixture
def other(request: pytest.FixtureRequest, make_gym: MakeGym) -> Gym:
    made = make_gym("o" + "".join(c for c in request.node.name if c.isalnum())[-30:])
    made.put(["oi"])
    settle(made, reserve(made), answer="segredo")
    return made


@pytest.mark.parametrize("table", TABLES)
def test_a_run_sees_and_touches_its_own_tenants_ledger_alone(
    table: str, gym: Gym, other: Gym
) -> None:
    assert gym.sql(f"select count(*) from {table}") == [(0,)]
    assert other.sql(f"select count(*) from {table}") == [(1,)]
    with connect(role_url("etl_writer")) as connection:
        assert connection.execute(f"select count(*) from {table}".encode()).fetchone() == (0,)
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        assert (
            connection.execute(f"update {table} set tenant_id = tenant_id".encode()).rowcount == 0
        )


@pytest.mark.parametrize("table", [*TABLES, "ops.llm_pace"])
def test_a_tenants_dashboards_do_not_see_the_ledger(table: str, gym: Gym) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        psycopg.connect(role_url(login_name(gym.tenant.slug))) as connection,
    ):
        connection.execute(f"select from {table}".encode())


def test_a_run_cannot_settle_another_tenants_call(gym: Gym, other: Gym) -> None:
    call = reserve(other, content="theirs")
    settle(gym, call, Decimal(0))
    assert other.booked == REAL + Decimal("0.4")


def test_status_tells_the_months_spend(gym: Gym) -> None:
    from geniai_pipeline.warehouse import runs

    settle(gym, reserve(gym))
    with connect(admin_url()) as connection:  # last month's is not this month's
        connection.execute(
            "insert into ops.llm_months select tenant_id, month - interval '1 month', 9"
            " from ops.llm_months where tenant_id = %s", [gym.tenant.tenant_id]
        )  # fmt: skip
    with TenantSession(gym.tenant.tenant_id) as session:
        runs.start_run(session, "run", "incremental")
        runs.add_notice(session, "run", "The budget is spent.")
        runs.finish_run(session, "run")
    (status,) = [t for t in runs.status() if t["slug"] == gym.tenant.slug]
    assert (status["spend_brl"], status["budget_brl"]) == (0.1, 1.0)
    assert (status["last_run_status"], status["notice"]) == ("success", "The budget is spent.")


def test_the_staffs_dashboard_tells_the_same_spend(gym: Gym, other: Gym) -> None:
    settle(gym, reserve(gym))
    with connect(role_url("bi_staff")) as connection:
        shown = connection.execute(
            "select slug, spent_brl, budget_brl from dashboards.clients where slug in (%s, %s)"
            " order by slug",
            [gym.tenant.slug, other.tenant.slug],
        ).fetchall()
    assert shown == [(gym.tenant.slug, REAL, 1), (other.tenant.slug, REAL, 5)]
