"""A Chatwoot that is down for an hour, and clocks that are set while they are read.

The hour passes on a clock of the test's: each question is asked at the instant at which it is due.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse

from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.doctor.live import check_live
from geniai_pipeline.live import poll as poll_module
from geniai_pipeline.live import worker as worker_module
from geniai_pipeline.live.poll import POLL_SECONDS, Poll, _Account, _Host
from geniai_pipeline.live.worker import Worker
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import assert_landed
from geniai_pipeline_tests.support.clock import advance_clock, restore_clock
from geniai_pipeline_tests.support.live import (
    GYM,
    LEFT,
    is_shown,
    make_synced,
    read_state,
    sql,
    tell,
)
from geniai_pipeline_tests.support.syncs import ANCHOR
from geniai_pipeline_tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("embedded")

HOUR = 3600.0
LONGEST = 300.0
"""Between two questions, in seconds: so late at most is a Chatwoot that answers again noticed."""
LEAST = 2.0


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture
def tenant(server: DemoServer, make_tenant: MakeTenant) -> Iterator[Tenant]:
    made = make_synced(make_tenant, server)
    yield made
    registry.remove_tenant(made.slug)


@dataclass
class _Live:
    """The poll and the worker of one tenant, whose next step is taken when it is due."""

    tenant: Tenant
    worker: Worker = field(default_factory=Worker)
    now: float = 1e6
    polls: list[float] = field(default_factory=list)
    """When the poll asked."""
    tries: list[float] = field(default_factory=list)
    """When the worker did."""

    def __post_init__(self) -> None:
        """Opens the tenant's account as the poll does."""
        self._host = _Host(self.worker, threading.Event())
        self._host.update({self.tenant.slug: self.tenant})

    @property
    def account(self) -> _Account:
        return self._host._accounts[self.tenant.slug]

    def step(self) -> None:
        """Moves the clock to what is due next, and does it."""
        self.worker._queue_events()
        lane = self.worker._lanes.get(self.tenant.slug)
        waits = lane is not None and (lane.has_events or lane.found is not None)
        due = lane.not_before if lane is not None and waits else float("inf")
        self.now = max(self.now, min(due, self.account.next_poll))
        if self.account.next_poll <= self.now:
            self.polls.append(self.now)
            self._host._poll(self.account)
        else:
            self.tries.append(self.now)
            taken = self.worker._take()
            assert taken is not None
            self.worker._serve(*taken)


@pytest.fixture
def live(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Live]:
    made = _Live(tenant)
    for module in (poll_module, worker_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: made.now))
    with restore_clock():
        yield made


def talks(server: DemoServer) -> list[DemoConversation]:
    return [*server.world.accounts[GYM.account_id].conversations.values()]


def test_a_chatwoot_down_for_an_hour_is_asked_seldom_and_loses_nothing(
    server: DemoServer, tenant: Tenant, live: _Live
) -> None:
    for _ in range(3):
        live.step()
    complete = datetime.fromisoformat(read_state(tenant)["complete_up_to"])
    noted, found, deleted = talks(server)[3:6]
    down = live.now
    live.polls.clear()
    live.tries.clear()
    server.faults.append(lambda request: PlainTextResponse("Bad Gateway", 502))
    server.world.add_message(noted, "Oi, ainda tem vaga?")
    server.world.add_message(found, "Alguém aí?")
    server.world.delete_message(deleted.messages[0])
    for talk in (noted, deleted):
        tell(tenant, talk)

    while live.now < down + HOUR:
        live.step()

    for instants, least in ((live.polls, POLL_SECONDS), (live.tries, LEAST)):
        waits = [later - earlier for earlier, later in pairwise(instants)]
        assert min(waits) >= least
        assert max(waits) <= LONGEST
        assert waits == sorted(waits)
        assert HOUR / LONGEST <= len(instants) < 20
    advance_clock(timedelta(seconds=HOUR))
    failing = "select ops.now() - failing_since, error from ops.live_state"
    since, error = sql(tenant, failing)
    assert since > timedelta(minutes=58)
    assert "502" in error
    (finding,) = [each for each in check_live() if each.tenant == tenant.slug]
    assert "Its changes do not reach the pages since" in finding.what

    server.world.advance(HOUR)
    server.faults.clear()
    up = live.now
    while sql(tenant, LEFT) != (0,) or not is_shown(tenant, found):
        live.step()
    assert live.now - up <= LONGEST
    assert is_shown(tenant, noted)
    assert_landed(server.world, GYM, tenant)
    live.step()
    state = read_state(tenant)
    assert (state["error"], state["failing_since"]) == (None, None)
    assert datetime.fromisoformat(state["complete_up_to"]) - complete > timedelta(seconds=HOUR)
    assert not [each for each in check_live() if each.tenant == tenant.slug]


def test_a_clock_that_was_set_back_while_nobody_asked_hides_nothing(
    server: DemoServer, tenant: Tenant, live: _Live
) -> None:
    for _ in range(3):
        live.step()
    talk = talks(server)[3]
    server.world.advance(-2 * HOUR)
    _write(server, talk, ago=HOUR / 2)
    live.account.next_poll += HOUR
    live.polls.clear()
    while len(live.polls) < 3 and not is_shown(tenant, talk):
        live.step()
    assert is_shown(tenant, talk)


def _write(server: DemoServer, talk: DemoConversation, ago: float = 0) -> None:
    """Has the contact write, so many seconds ago by Chatwoot's clock, which may have been set."""
    with server.world.lock:
        server.world.add_message(talk, "Oi, ainda tem vaga?")
        talk.updated_at = talk.last_activity_at = server.world.now() - ago


@pytest.mark.parametrize("clock", ["Chatwoot's", "ours"])
def test_a_clock_that_is_set_while_it_is_read_loses_nothing(
    clock: str, server: DemoServer, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_module, "POLL_SECONDS", 0.3)
    worker = Worker()
    worker.start()
    running = Poll(worker)
    running.start()
    with restore_clock():
        try:
            wait_until(lambda: bool(read_state(tenant).get("polled_at")), 30)
            for number, hours in enumerate((-2, 2)):
                if clock == "ours":
                    advance_clock(timedelta(hours=hours))
                else:
                    server.world.advance(hours * HOUR)
                for talk in talks(server)[number : number + 2]:
                    _write(server, talk)
                    wait_until(partial(is_shown, tenant, talk), 30)
        finally:
            running.stop()
            worker.stop()
