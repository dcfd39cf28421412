"""What only time changes is renewed by a run of Dagster's, and of nothing else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import dagster as dg
import pytest

from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration import assets
from geniai_pipeline.orchestration.schedules import hourly_renewals
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline.warehouse.renewals import find_due_tenants
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import ASK, agent_message, message

HOUR, DAY = 3_600, 86_400
SetClock = Callable[[float], None]
TALK = [
    message(0, 0, ASK),
    agent_message(0, 60, "Oi Maria! Quer fazer uma aula experimental quinta às 18h?"),
    message(0, 120, "Quero sim, quinta às 18h está ótimo"),
    agent_message(0, 180, "Combinado, te espero quinta às 18h!"),
]
"""Written on a Tuesday at 6:00 in São Paulo."""
EVE, EVENING, AFTER = DAY + 3 * HOUR, 2 * DAY + 11 * HOUR, 2 * DAY + 16 * HOUR
KILLED = """
import os, signal
from geniai_pipeline.pipeline.renew import renew
from geniai_pipeline.warehouse import publish, registry, renewals
from geniai_pipeline.warehouse.connections import TenantSession

def kill(*_): os.kill(os.getpid(), signal.SIGKILL)

{change}
tenant = registry.load_tenant("episodica")
with TenantSession(tenant.tenant_id) as session:
    renew(tenant, session)
"""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def find_requests(instance: dg.DagsterInstance) -> list[Any]:
    """Ticks the schedule, and lists the tenants that it requests a run for."""
    moment = datetime(2026, 6, 1, 12, 30, tzinfo=timezone.utc)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=moment)
    requests: list[Any] = list(hourly_renewals(context))  # type: ignore[arg-type]
    return [each.partition_key for each in requests if isinstance(each, dg.RunRequest)]


def renew(gym: LandedTenant, instance: dg.DagsterInstance) -> dict[str, Any]:
    """Runs the tenant's renewal; returns what it wrote."""
    instance.add_dynamic_partitions("tenant", [gym.tenant.slug])
    run = dg.materialize(
        [assets.renewal],
        partition_key=gym.tenant.slug,
        instance=instance,
        resources=defs.resources,
    )
    (event,) = run.get_asset_materialization_events()
    metadata = event.materialization.metadata
    return {name: metadata[name].value for name in ("suggestions_renewed", "rows_written")}


def kill_renewal(change: str) -> None:
    """Renews in a process that kills itself on the way."""
    done = subprocess.run([sys.executable, "-c", KILLED.format(change=change)], check=False)
    assert done.returncode == -9


def ask(gym: LandedTenant, statement: str) -> list[tuple[Any, ...]]:
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        return connection.execute(statement.encode()).fetchall()


def read_suggestions(gym: LandedTenant) -> list[str]:
    """Reads the messages that the pages show now, whether or not they have run out."""
    statement = (
        "select dashboards.suggestion(suggested_message, suggestion_holds_until,"
        " suggestion_afterwards, ops.now()) from analytics.conversation_texts order by 1"
    )
    return [text for (text,) in ask(gym, statement)]


def read_rest(gym: LandedTenant) -> list[tuple[Any, ...]]:
    """Reads what a renewal must leave as it is."""
    return [
        *ask(
            gym,
            "select to_jsonb(a) - 'suggested_message' - 'suggestion_holds_until'"
            " - 'suggestion_afterwards' - 'result_hash' from core.conversation_analysis a"
            " order by 1",
        ),
        *ask(gym, "select to_jsonb(c) from analytics.conversations_analytics c order by 1"),
        *ask(gym, "select to_jsonb(r) from ops.etl_control r order by 1"),
    ]


def test_a_message_is_renewed_when_it_is_due_and_the_analysis_stays(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance
) -> None:
    set_clock(HOUR)
    gym.land(1, *TALK)
    gym.land(2, message(0, 0, "Oi"))
    gym.sync()
    rest = read_rest(gym)
    assert find_requests(instance) == []

    set_clock(EVE)
    timeless = read_suggestions(gym)
    assert find_requests(instance) == ["episodica"]
    assert renew(gym, instance)["rows_written"] == 0
    reminded = read_suggestions(gym)
    assert any("quinta (12/6) às 18h" in text for text in reminded)
    assert reminded != timeless
    assert find_requests(instance) == []

    set_clock(AFTER)
    assert find_requests(instance) == ["episodica"]
    assert renew(gym, instance) == {"suggestions_renewed": 1, "rows_written": 0}
    assert not any("quinta" in text for text in read_suggestions(gym))
    assert find_requests(instance) == []
    assert read_rest(gym) == rest

    set_clock(90 * DAY)
    assert find_requests(instance) == []


def test_a_renewal_writes_what_an_analysis_at_that_time_would(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance
) -> None:
    set_clock(HOUR)
    gym.land(1, *TALK)
    gym.land(2, *TALK[:2])
    gym.land(3, *TALK[:3])
    gym.land(4, message(0, 0, "Bom dia! Vocês abrem hoje à noite?"))
    gym.sync()
    for hours in (EVE, AFTER, 10 * DAY):
        set_clock(hours)
        renew(gym, instance)
        renewed = read_suggestions(gym)
        with tenant_transaction(gym.tenant.tenant_id) as connection:
            connection.execute("update core.conversation_analysis set rules_version = 'older'")
        gym.sync()
        assert read_suggestions(gym) == renewed


def test_a_sync_after_a_renewal_publishes_its_own_message_and_writes_no_row_twice(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance
) -> None:
    set_clock(HOUR)
    gym.land(1, *TALK)
    gym.sync()
    set_clock(EVE)
    renew(gym, instance)
    written = "select xmin::text from analytics.conversation_texts"
    before = ask(gym, written)
    gym.sync()
    assert ask(gym, written) == before

    gym.land(1, *TALK, message(0, EVE, "Oi, posso levar minha irmã amanhã?"))
    gym.sync()
    holds = "suggested_message, suggestion_holds_until, suggestion_afterwards"
    published = ask(gym, f"select {holds} from analytics.conversation_texts")
    assert published == ask(gym, f"select {holds} from core.conversation_analysis")


def test_the_cache_is_told_and_the_time_of_the_data_is_not(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance
) -> None:
    set_clock(HOUR)
    gym.land(1, *TALK)
    gym.sync()
    version = ask(gym, "select renewed_at from ops.publications")
    complete = ask(gym, "select max(ended_at), max(complete_up_to) from ops.etl_control")
    set_clock(EVE)
    renew(gym, instance)

    assert ask(gym, "select renewed_at from ops.publications") > version
    assert ask(gym, "select max(ended_at), max(complete_up_to) from ops.etl_control") == complete


def test_a_killed_renewal_loses_nothing(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance
) -> None:
    set_clock(HOUR)
    for number in (1, 2, 3):
        gym.land(number, *TALK)
    gym.sync()
    set_clock(EVE)
    kill_renewal(
        "renewals._BATCH = 1\n"
        "store = renewals.store_suggestions\n"
        "renewals.store_suggestions = lambda *given: (store(*given), kill())"
    )

    assert [("quinta" in text) for text in read_suggestions(gym)].count(True) == 1
    assert find_requests(instance) == ["episodica"]
    assert renew(gym, instance) == {"suggestions_renewed": 2, "rows_written": 0}
    assert all("quinta (12/6) às 18h" in text for text in read_suggestions(gym))
    assert find_requests(instance) == []


@pytest.mark.parametrize("is_killed", [False, True])
def test_who_is_off_the_lists_for_thirty_days_is_a_member_no_longer(
    gym: LandedTenant, set_clock: SetClock, instance: dg.DagsterInstance, is_killed: bool
) -> None:
    phone, other = "+5511987654321", "+5511987654322"
    set_clock(-20 * DAY)
    gym.list_members((phone, None), (other, None))
    set_clock(-DAY)
    gym.list_members((other, None))
    gym.land(1, message(0, 0, "Quero voltar a treinar, quanto está a mensalidade?"),
             sender={"phone_number": phone})  # fmt: skip
    set_clock(HOUR)
    gym.sync()
    assert gym.read("role") == [("member",)]
    assert gym.count() == (1, 0, 0, 0)

    set_clock(30 * DAY)
    assert find_requests(instance) == ["episodica"]
    if is_killed:
        kill_renewal("publish.roll_up = kill")
        assert gym.count() == (1, 0, 0, 0)
        assert find_requests(instance) == ["episodica"]
    renew(gym, instance)
    assert gym.read("role") == [("returning",)]
    assert gym.count() == (1, 1, 0, 0)
    assert find_requests(instance) == []


def test_an_inactive_tenant_is_not_due(
    gym: LandedTenant, set_clock: SetClock, make_tenant: MakeTenant
) -> None:
    set_clock(HOUR)
    gym.land(1, *TALK)
    gym.sync()
    make_tenant("ociosa")  # nothing was ever published
    set_clock(EVE)
    assert find_due_tenants() == ["episodica"]
    registry.set_active("episodica", False)
    assert find_due_tenants() == []
