"""The worker killed at each step of its work, which the next process takes up.

A lock on what the step writes next holds the worker exactly there; Postgres tells when it waits.
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import assert_landed, assert_same_tables
from geniai_pipeline_tests.faults.sync import sync
from geniai_pipeline_tests.support.live import GYM, LEFT, is_shown, make_synced, sql, tell
from geniai_pipeline_tests.support.syncs import ANCHOR
from geniai_pipeline_tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("embedded")

SECONDS = 60.0
STEPS = {
    "claimed": "raw.conversations",
    "extracted": "core.conversations",
    "transformed": "core.conversation_analysis",
    "analyzed": "core.contacts",
    "linked": "analytics.conversations_analytics",
    "rows published": "analytics.conversation_texts",
    "texts published": "analytics.daily_metrics",
    "published": "ops.publications",
    "noted": "ops.live_state",
    "before the events are done": "ops.live_events",
}
"""What was done when the worker is killed, and the table that it would write next."""
FEW = ("linked", "before the events are done")
_BLOCKED = (
    "select count(*) from pg_stat_activity"
    " where wait_event_type = 'Lock' and %s = any(pg_blocking_pids(pid))"
)


@dataclass(frozen=True)
class _Family:
    """Conversations of one person, made of two contacts who share a telephone."""

    older: DemoConversation
    latest: DemoConversation
    """Of the same contact as the older one."""
    other: DemoConversation


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A Chatwoot whose data changes only by the tests."""
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture(scope="module")
def tenant(embedded: None, server: DemoServer, make_tenant: MakeTenant) -> Iterator[Tenant]:
    made = make_synced(make_tenant, server)
    yield made
    registry.remove_tenant(made.slug)


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=[] if step in FEW else pytest.mark.slow) for step in STEPS]
)
def test_a_worker_killed_at_a_step_loses_and_doubles_nothing(
    step: str, server: DemoServer, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    family = _make_family(server)
    sync(tenant.slug, uuid.uuid4().hex)
    assert _count_persons(tenant, family) == 1
    _split(server, family)
    tell(tenant, family.latest, family.latest.contact.id)
    tell(tenant, family.latest)

    with _block(tenant, STEPS[step]) as blocker, _run_worker():
        wait_until(lambda: _count_blocked(blocker) > 0, SECONDS)
    assert sql(tenant, LEFT) == (2,)
    with _run_worker():
        wait_until(lambda: sql(tenant, LEFT) == (0,), SECONDS)

    assert is_shown(tenant, family.latest)
    assert _count_persons(tenant, family) == 2
    assert _tells_who_waits(tenant)
    assert_landed(server.world, GYM, tenant)
    twin = make_synced(make_tenant, server)
    assert_same_tables(tenant, twin, by_live=True)
    registry.remove_tenant(twin.slug)


def _make_family(server: DemoServer) -> _Family:
    phone = f"+55319{uuid.uuid4().int % 10**8:08}"
    older, latest, other = (
        server.world.start_conversation(GYM.account_id, name, phone, "Oi, quanto custa o plano?")
        for name in ("Bia Souza", "Bia Reis", "Davi Prado")
    )
    server.world.merge_contact(latest, older)
    return _Family(older, latest, other)


def _split(server: DemoServer, family: _Family) -> None:
    """Gives the contact another name and telephone, and has them write again."""
    with server.world.lock:
        family.latest.contact.phone_number = f"+55119{uuid.uuid4().int % 10**8:08}"
    server.world.rename_contact(family.latest, "Bia Nova")
    server.world.add_message(family.latest, "Oi, ainda tem vaga às 19h?")


def _count_persons(tenant: Tenant, family: _Family) -> int:
    """Counts the persons that the pages make of a family."""
    ids = [each.display_id for each in (family.older, family.latest, family.other)]
    (count,) = sql(
        tenant,
        "select count(distinct person_id) from analytics.conversations_analytics"
        " where conversation_id = any(%s)",
        ids,
    )
    return int(count)


def _tells_who_waits(tenant: Tenant) -> bool:
    """Whether open pages are told of each row of who waits that live wrote."""
    (is_told,) = sql(
        tenant,
        "select max(w.loaded_at) <= (select waiting_at from ops.live_state)"
        " from analytics.conversations_analytics w"
        " where w.awaits_reply and w.loaded_at > (select max(ended_at) from ops.etl_control)",
    )
    return bool(is_told)


@contextmanager
def _run_worker() -> Iterator[None]:
    """Runs the service, and kills it with -9."""
    process = subprocess.Popen(
        [sys.executable, "-m", "geniai_pipeline.live"],
        env=get_settings().child_environment(CHATWOOT_REQUESTS_PER_MINUTE="1000000"),
    )
    try:
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


@contextmanager
def _block(tenant: Tenant, table: str) -> Iterator[psycopg.Connection[None]]:
    """Lets nobody write a table, until the end of the block."""
    with connect(admin_url()) as connection:
        if table == "ops.live_state":  # what is landed locks the row's key
            connection.execute(
                "select from ops.live_state where tenant_id = %s for no key update",
                [tenant.tenant_id],
            )
        else:
            connection.execute(f"lock table {table} in share mode".encode())
        yield connection


def _count_blocked(blocker: psycopg.Connection[None]) -> int:
    with connect(admin_url()) as connection:
        row = connection.execute(_BLOCKED, [blocker.info.backend_pid]).fetchone()
    return int(row[0]) if row else 0
