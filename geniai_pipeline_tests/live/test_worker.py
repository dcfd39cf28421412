"""The worker and the poll against a Chatwoot that changes: what is told is soon on the pages."""

import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from starlette.responses import PlainTextResponse

from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.live import poll as poll_module
from geniai_pipeline.live import worker as worker_module
from geniai_pipeline.live.poll import Poll
from geniai_pipeline.live.worker import Worker
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import assert_landed, assert_same_tables
from geniai_pipeline_tests.faults.sync import sync
from geniai_pipeline_tests.support.live import (
    GYM,
    LEFT,
    is_shown,
    make_synced,
    read_state,
    sql,
    tell,
)
from geniai_pipeline_tests.support.syncs import ANCHOR, connection_settings
from geniai_pipeline_tests.support.waiting import wait_until as wait_for

pytestmark = pytest.mark.usefixtures("embedded")

SECONDS = 30.0
"""That a change may take on a busy machine; usually it takes less than one."""


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A Chatwoot whose data changes only by the tests."""
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture
def tenant(server: DemoServer, make_tenant: MakeTenant) -> Iterator[Tenant]:
    made = make_synced(make_tenant, server)
    yield made
    server.faults.clear()
    registry.remove_tenant(made.slug)


@pytest.fixture
def worker() -> Iterator[Worker]:
    running = Worker()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def poll(worker: Worker, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Poll]:
    monkeypatch.setattr(poll_module, "POLL_SECONDS", 0.3)
    monkeypatch.setattr(poll_module, "WEBHOOK_POLL_SECONDS", 0.6)
    running = Poll(worker)
    running.start()
    yield running
    running.stop()


def talks(server: DemoServer) -> list[DemoConversation]:
    return [*server.world.accounts[GYM.account_id].conversations.values()]


def wait_until(holds: Callable[[], bool]) -> None:
    wait_for(holds, SECONDS, pause=0.05)


def test_an_event_brings_its_conversation_to_the_pages(
    server: DemoServer, tenant: Tenant, worker: Worker
) -> None:
    talk = server.world.start_conversation(
        GYM.account_id, "Lia Castro", "+5531990002222", "Oi, quanto custa o plano?"
    )
    tell(tenant, talk)
    wait_until(lambda: is_shown(tenant, talk))
    wait_until(lambda: read_state(tenant)["changes"] == 1)
    assert read_state(tenant)["waiting_at"]
    assert read_state(tenant)["lag_seconds"] < SECONDS
    assert sql(tenant, LEFT) == (0,)


def test_a_contacts_event_reaches_all_their_conversations(
    server: DemoServer, tenant: Tenant, worker: Worker
) -> None:
    theirs = [
        server.world.start_conversation(GYM.account_id, "Ana Lia", phone, "Oi, quanto custa?")
        for phone in ("+5531990003333", "+5531990004444")
    ]
    server.world.merge_contact(theirs[1], theirs[0])
    for talk in theirs:
        tell(tenant, talk)
    wait_until(lambda: all(is_shown(tenant, talk) for talk in theirs))
    server.world.rename_contact(theirs[0], "Nome Novo")
    tell(tenant, theirs[0], theirs[0].contact.id)
    wait_until(
        lambda: (
            sql(
                tenant,
                "select count(distinct conversation_id) from core.conversations"
                " where contact_name = 'Nome Novo'",
            )
            == (len(theirs),)
        )
    )


def test_the_poll_finds_what_no_event_told_and_counts_it(
    server: DemoServer, tenant: Tenant, poll: Poll
) -> None:
    wait_until(lambda: bool(read_state(tenant).get("polled_at")))
    before = read_state(tenant)["complete_up_to"]
    talk = talks(server)[3]
    server.world.add_message(talk, "Oi, ainda tem vaga na turma das 19h?")
    wait_until(lambda: is_shown(tenant, talk))
    wait_until(lambda: read_state(tenant)["complete_up_to"] > before)
    assert read_state(tenant)["found_by_poll"] == 0, "it has no webhook that could have told"

    tell(tenant, talks(server)[4])
    wait_until(lambda: read_state(tenant)["changes"] >= 2)
    other, third = talks(server)[5:7]
    server.world.add_message(other, "Posso levar minha irmã?")
    server.world.add_message(third, "Oi?")
    tell(tenant, third)
    wait_until(lambda: is_shown(tenant, other) and is_shown(tenant, third))
    wait_until(lambda: read_state(tenant)["found_by_poll"] == 1)


@pytest.mark.parametrize("hours", [-3, 5])
def test_a_chatwoot_whose_clock_differs_is_polled_all_the_same(
    hours: int, make_tenant: MakeTenant, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_module, "POLL_SECONDS", 0.3)
    with DemoServer(anchor=ANCHOR + timedelta(hours=hours), requests_per_minute=10**6) as server:
        tenant = make_tenant(f"clock-{abs(hours)}", **connection_settings(server.url, GYM))
        sync(tenant.slug, uuid.uuid4().hex)
        running = Poll(worker)
        running.start()
        try:
            wait_until(lambda: bool(read_state(tenant).get("polled_at")))
            talk = talks(server)[2]
            server.world.add_message(talk, "Oi, ainda tem vaga?")
            wait_until(lambda: is_shown(tenant, talk))
        finally:
            running.stop()
            registry.remove_tenant(tenant.slug)


def test_a_chatwoot_that_was_down_is_caught_up_with(
    server: DemoServer, tenant: Tenant, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_module, "_LONGEST_WAIT_SECONDS", 1.0)
    monkeypatch.setattr(worker_module, "_RETRY_SECONDS", (0.2, 1.0))
    wait_until(lambda: bool(read_state(tenant).get("polled_at")))
    server.faults.append(lambda request: PlainTextResponse("Bad Gateway", 502))
    first, second = talks(server)[7:9]
    server.world.add_message(first, "Oi!")
    tell(tenant, first)
    server.world.add_message(second, "Alguém aí?")
    wait_until(lambda: read_state(tenant)["error"] is not None)
    complete = read_state(tenant)["complete_up_to"]
    server.world.advance(3600)  # for an hour nobody answers
    server.faults.clear()
    wait_until(lambda: is_shown(tenant, first) and is_shown(tenant, second))
    wait_until(lambda: read_state(tenant)["complete_up_to"] > complete)
    wait_until(lambda: read_state(tenant)["error"] is None)


def test_a_conversation_that_cannot_be_shown_holds_up_nothing(
    server: DemoServer,
    tenant: Tenant,
    worker: Worker,
    poll: Poll,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "_RETRY_SECONDS", (0.2, 0.2))
    monkeypatch.setattr(worker_module, "_ASIDE_SECONDS", 0.5)
    wait_until(lambda: bool(read_state(tenant).get("polled_at")))
    orphan, other = talks(server)[9:11]
    hide(server, orphan)
    server.world.add_message(orphan, "Oi!")
    tell(tenant, orphan)
    wait_until(
        lambda: sql(tenant, LEFT) == (1,) and list_aside(worker, tenant) == [orphan.display_id]
    )
    complete = read_state(tenant)["complete_up_to"]
    server.world.add_message(other, "Oi, tudo bem?")
    wait_until(lambda: is_shown(tenant, other))
    wait_until(lambda: read_state(tenant)["complete_up_to"] > complete)
    assert sql(tenant, LEFT) == (1,)
    server.faults.clear()
    wait_until(lambda: is_shown(tenant, orphan) and sql(tenant, LEFT) == (0,))
    assert list_aside(worker, tenant) == []


def test_a_conversation_that_is_never_shown_is_given_up(
    server: DemoServer, tenant: Tenant, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_RETRY_SECONDS", (0.1, 0.1)), ("_ASIDE_SECONDS", 0.1),
                        ("_MOST_TRIES", 5)):  # fmt: skip
        monkeypatch.setattr(worker_module, name, value)
    orphan, other = talks(server)[11:13]
    hide(server, orphan)
    server.world.add_message(other, "Oi, tudo bem?")
    for talk in (orphan, other):
        tell(tenant, talk)
    hour = "update ops.live_events set received_at = received_at - interval '1 hour'"
    sql(tenant, f"{hour} where conversation_id = %s returning 1", orphan.display_id)
    wait_until(lambda: sql(tenant, LEFT) == (0,))
    assert read_state(tenant)["lag_seconds"] < SECONDS, "what was never shown has no lag"
    lane = worker._lanes[tenant.slug]
    assert (lane.aside, lane.tries) == ({}, {})
    assert is_shown(tenant, other)


def test_the_slower_a_try_was_the_later_is_the_next_and_all_end_within_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for seconds, rest in ((0.2, 60.0), (30.0, 270.0), (90.0, 300.0)):
        lane = worker_module._Lane("x")
        tries, begin = 0, now
        while not tries or lane.tries:
            tries += 1
            is_awaited = bool(lane.note_tries([7], [7], seconds))
            assert is_awaited == (tries < 3), "a slow try costs the others three, too"
            if 7 in lane.aside:
                assert lane.aside[7] == now + rest
                now = lane.aside[7] + seconds
        assert 3000 < now - begin < 5400


def list_aside(worker: Worker, tenant: Tenant) -> list[int]:
    """Lists the conversations for which the others of a tenant wait no more."""
    lane = worker._lanes.get(tenant.slug)
    return list(lane.aside) if lane else []


def hide(server: DemoServer, talk: DemoConversation) -> None:
    """Lets Chatwoot fail on one conversation, as while its contact is being deleted."""
    path = f"/conversations/{talk.display_id}/"
    server.faults.append(
        lambda request: PlainTextResponse("", 500) if path in f"{request.url.path}/" else None
    )


def test_a_tenant_that_is_removed_leaves_the_queue(
    server: DemoServer, make_tenant: MakeTenant, worker: Worker
) -> None:
    gone = make_tenant("leaves", **connection_settings(server.url, GYM))
    registry.remove_tenant(gone.slug)
    is_done = threading.Event()
    worker.submit(gone.slug, [1], lambda session: is_done.set())
    wait_until(lambda: gone.slug not in worker._lanes)
    assert not is_done.is_set()


def test_a_disabled_tenants_chatwoot_is_left_alone(
    server: DemoServer, make_tenant: MakeTenant, worker: Worker
) -> None:
    rests = make_tenant("rests", **connection_settings(server.url, GYM))
    registry.set_active(rests.slug, False)
    worker.submit(rests.slug, [1], lambda session: None)
    wait_until(lambda: rests.slug not in worker._lanes)
    assert sql(rests, "select count(*) from raw.conversations") == (0,)
    registry.remove_tenant(rests.slug)


def test_sweeps_and_live_at_once_lose_and_double_nothing(
    server: DemoServer, tenant: Tenant, worker: Worker, make_tenant: MakeTenant
) -> None:
    rng = random.Random(3)
    is_over = threading.Event()
    failures: list[BaseException] = []

    def sweep() -> None:
        try:
            while not is_over.is_set():
                sync(tenant.slug, uuid.uuid4().hex, "full")
        except BaseException as error:
            failures.append(error)

    sweeps = threading.Thread(target=sweep)
    sweeps.start()
    for number in range(25):
        talk = rng.choice(talks(server))
        server.world.add_message(talk, f"mensagem {number}")
        tell(tenant, talk)
        if number % 8 == 7:
            gone = rng.choice(talks(server))
            server.world.delete_conversation(gone)
            tell(tenant, gone)
        time.sleep(0.1)
    wait_until(lambda: sql(tenant, LEFT) == (0,))
    is_over.set()
    sweeps.join()
    assert failures == []
    assert_landed(server.world, GYM, tenant)
    twin = make_synced(make_tenant, server)
    assert_same_tables(tenant, twin)


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_worker_killed_at_any_instant_loses_and_doubles_nothing(
    kills: int, server: DemoServer, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    rng = random.Random(kills)
    for number in range(kills + 1):
        process = subprocess.Popen(
            [sys.executable, "-m", "geniai_pipeline.live"],
            env=get_settings().child_environment(CHATWOOT_REQUESTS_PER_MINUTE="1000000"),
        )
        is_last = number == kills
        for _ in range(1 if is_last else 4):
            talk = rng.choice(talks(server))
            server.world.add_message(talk, f"mensagem {rng.random()}")
            tell(tenant, talk)
        if is_last:
            wait_for(lambda: sql(tenant, LEFT) == (0,), 60)
        else:  # some events are taken when it dies
            wait_for(lambda: sql(tenant, LEFT)[0] < 4, 60)
            time.sleep(rng.random() / 2)
        process.kill()
        process.wait()
    assert_landed(server.world, GYM, tenant)
    twin = make_synced(make_tenant, server)
    assert_same_tables(tenant, twin, by_live=True)
