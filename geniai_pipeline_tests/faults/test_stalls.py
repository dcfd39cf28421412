"""Faults of Chatwoot during a run: stalls, endless responses, wrong clocks, revoked access.

Each test follows them to the tables of the dashboards.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import stamina
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.chatwoot.extraction import WORKERS
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import (
    assert_landed,
    assert_runs_recorded,
    assert_same_tables,
)
from geniai_pipeline_tests.faults.sync import sync

pytestmark = pytest.mark.usefixtures("embedded")

GYM = GYMS[-1]
HOURS = 3600


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Retries without pauses, and a request limit that no test reaches."""
    monkeypatch.setenv("CHATWOOT_REQUESTS_PER_MINUTE", "1000000")
    get_settings.cache_clear()
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer(anchor=datetime.now(timezone.utc), requests_per_minute=10**6) as running:
        yield running


@pytest.fixture
def server(chatwoot: DemoServer) -> Iterator[DemoServer]:
    """A stand-in that all tests share; faults are cleared after each, data and clock remain."""
    account, user = chatwoot.world.accounts[GYM.account_id], chatwoot.world.users[GYM.token]
    yield chatwoot
    chatwoot.faults.clear()
    chatwoot.world.users[GYM.token] = user
    account.status = "active"


MakeGym = Callable[[str], Tenant]


@pytest.fixture
def make_gym(server: DemoServer, make_tenant: MakeTenant) -> MakeGym:
    """Registers the sample gym under another slug."""
    return lambda slug: make_tenant(
        slug,
        chatwoot_url=server.url,
        chatwoot_account_id=GYM.account_id,
        chatwoot_token=GYM.token,
    )


def run(gym: Tenant, kind: str = "incremental") -> str:
    run_id = uuid.uuid4().hex
    sync(gym.slug, run_id, kind)
    return run_id


def run_record(run_id: str) -> dict[str, Any]:
    return runs.read_progress([run_id])[run_id]


def assert_whole(server: DemoServer, gym: Tenant, control: Tenant) -> None:
    """The tenant equals Chatwoot, and a control tenant after one undisturbed run."""
    server.faults.clear()
    run(control)
    assert_landed(server.world, GYM, gym)
    assert_same_tables(gym, control)
    assert_runs_recorded(gym, killed=set())


# --- stalls ---


async def _stalls() -> AsyncIterator[bytes]:
    yield b'{"payload": ['
    await asyncio.sleep(600)


async def _drips() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(1)


@pytest.mark.slow
def test_a_response_that_stalls_after_its_headers_is_requested_again(
    server: DemoServer, make_gym: MakeGym
) -> None:
    gym = make_gym("stalls")
    paths: list[str] = []

    def stall(request: Request) -> Response | None:
        paths.append(request.url.path)
        return StreamingResponse(_stalls()) if len(paths) in (5, 40) else None

    server.faults.append(stall)
    run(gym)
    assert len(paths) > 40
    assert_whole(server, gym, make_gym("stalls-control"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_response_that_never_ends_fails_its_conversation_and_delays_no_other(
    server: DemoServer, make_gym: MakeGym
) -> None:
    stamina.set_testing(False)  # it would take away the limit of time too
    gym = make_gym("drips")
    dripping = next(iter(server.world.accounts[GYM.account_id].conversations))

    def drip(request: Request) -> Response | None:
        path = f"/conversations/{dripping}/messages"
        return StreamingResponse(_drips()) if request.url.path.endswith(path) else None

    server.faults.append(drip)
    run(gym)
    with tenant_transaction(gym.tenant_id) as connection:
        refused = connection.execute("select source, key, reason from ops.rejected_rows").fetchall()
        landed = connection.execute("select count(distinct conversation_id) from raw.messages")
        assert landed.fetchall() == [(GYM.conversations - 1,)]
    ((source, key, reason),) = refused
    assert (source, key) == ("raw.messages", f"{dripping}/")
    assert "no whole answer" in reason

    server.faults.clear()
    server.world.add_message(
        server.world.accounts[GYM.account_id].conversations[dripping], "ainda estão aí?"
    )
    run(gym)
    with tenant_transaction(gym.tenant_id) as connection:
        connection.execute("delete from ops.rejected_rows")
    assert_whole(server, gym, make_gym("drips-control"))


def test_a_slow_server_has_as_many_requests_in_flight_as_it_takes_and_no_more(
    server: DemoServer, make_gym: MakeGym
) -> None:
    in_flight, most = 0, 0

    async def late(request: Request) -> None:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await asyncio.sleep(0.1)
        in_flight -= 1

    server.faults.append(late)
    run(make_gym("slow"))
    # those that read messages, and the one that lists
    assert WORKERS <= most <= WORKERS + 1


# --- clocks ---


def say(server: DemoServer, conversation: DemoConversation, content: str) -> None:
    """Adds a message with the server's current time, even if its clock was ahead before."""
    message = server.world.add_message(conversation, content)
    now = server.world.now()
    message.created_at = conversation.last_activity_at = conversation.updated_at = now


@pytest.mark.parametrize("wrong_by", [-7 * HOURS, 5 * HOURS])
def test_a_clock_that_is_wrong_by_hours_loses_nothing(
    wrong_by: int, server: DemoServer, make_gym: MakeGym
) -> None:
    server.world.advance(wrong_by)
    gym = make_gym(f"wrong-{wrong_by}".replace("--", "-minus-"))
    run(gym)
    # an answer of exactly twenty messages is asked on; the shortest are far from it
    written, other, *_ = sorted(
        server.world.accounts[GYM.account_id].conversations.values(),
        key=lambda conversation: len(conversation.messages),
    )
    server.world.add_message(written, "quero marcar uma aula")
    server.world.relabel(other, [gym.slug])
    outcome = run_record(run(gym))
    assert outcome["kind"] == "incremental"
    assert outcome["requests"] == 3 + 2
    assert_whole(server, gym, make_gym(f"control-{gym.slug}"))


@pytest.mark.parametrize("jump", [-8 * HOURS, -300, 3 * HOURS])
def test_a_clock_that_jumps_between_two_runs_loses_nothing(
    jump: int, server: DemoServer, make_gym: MakeGym
) -> None:
    gym = make_gym(f"jumps-{jump}".replace("--", "-back-"))
    run(gym)
    before, after, *_ = server.world.accounts[GYM.account_id].conversations.values()
    server.world.add_message(before, "antes do salto")
    server.world.advance(jump)
    say(server, after, "depois do salto")
    run(gym)
    assert_landed(server.world, GYM, gym)
    server.world.add_message(after, "e agora?")
    run(gym)
    assert_whole(server, gym, make_gym(f"control-{gym.slug}"))


def test_a_fast_clock_that_is_corrected_hides_no_later_change(
    server: DemoServer, make_gym: MakeGym
) -> None:
    gym = make_gym("put-right")
    server.world.advance(3 * HOURS)
    ahead = run_record(run(gym))["watermark_to"]
    server.world.advance(-3 * HOURS)
    run(gym)
    written, *_ = server.world.accounts[GYM.account_id].conversations.values()
    say(server, written, "depois do acerto")
    server.world.advance(3 * HOURS)
    outcome = run_record(run(gym))
    assert outcome["watermark_from"] < ahead
    assert outcome["complete_up_to"] == outcome["watermark_to"]
    assert_whole(server, gym, make_gym(f"control-{gym.slug}"))


def test_a_clock_that_jumps_in_the_middle_of_a_run_loses_nothing(
    server: DemoServer, make_gym: MakeGym
) -> None:
    gym = make_gym("jumps-midway")
    conversations = list(server.world.accounts[GYM.account_id].conversations.values())
    run(gym)
    for kind, jump in (("full", -2 * HOURS), ("incremental", HOURS), ("incremental", -HOURS)):
        server.world.add_message(conversations[0], f"antes de {jump}")
        paths: list[str] = []

        def move_clock(
            request: Request, *, paths: list[str] = paths, kind: str = kind, jump: int = jump
        ) -> None:
            paths.append(request.url.path)
            if len(paths) == (30 if kind == "full" else 3):
                server.world.advance(jump)
                say(server, conversations[1], f"depois de {jump}")

        server.faults.append(move_clock)
        run(gym, kind)
        server.faults.clear()
    run(gym)
    assert_whole(server, gym, make_gym("control-midway"))


# --- revoked access ---


@pytest.mark.parametrize(
    "sick",
    [
        lambda: HTMLResponse("<html>em manutenção</html>"),
        lambda: Response('{"data": {"payload": [{"id": 1, "sta'),
        lambda: Response(b'{"data"', headers={"content-length": "900"}),
    ],
    ids=["html", "half", "cut"],
)
def test_invalid_responses_during_a_run_fail_it_and_lose_nothing(
    sick: Callable[[], Response],
    request: pytest.FixtureRequest,
    server: DemoServer,
    make_gym: MakeGym,
) -> None:
    gym = make_gym(f"nonsense-{request.node.callspec.id}")
    paths: list[str] = []

    def fail_later_requests(request: Request) -> Response | None:
        paths.append(request.url.path)
        return sick() if len(paths) > 60 else None

    run_id = uuid.uuid4().hex
    server.faults.append(fail_later_requests)
    with pytest.raises(TransientError, match=f"^{gym.slug}: Chatwoot at "):
        sync(gym.slug, run_id)
    assert run_record(run_id)["status"] == "failed"
    assert str(run_record(run_id)["error"]).startswith(f"{gym.slug}: Chatwoot at ")

    server.faults.clear()
    run(gym)
    assert_whole(server, gym, make_gym(f"control-{gym.slug}"))


@pytest.mark.parametrize("door", ["token", "account"])
def test_access_revoked_during_a_run_stops_that_tenant_until_it_returns(
    door: str, server: DemoServer, make_gym: MakeGym
) -> None:
    gym, other = make_gym(f"shut-{door}"), make_gym(f"open-{door}")
    world = server.world
    account = world.accounts[GYM.account_id]
    user = world.users[GYM.token]
    paths: list[str] = []

    def revoke_access(request: Request) -> None:
        paths.append(request.url.path)
        if len(paths) == 60:
            if door == "token":
                del world.users[GYM.token]
            else:
                account.status = "suspended"

    server.faults.append(revoke_access)
    run_id = uuid.uuid4().hex
    says = "does not know this access token" if door == "token" else "suspended"
    with pytest.raises(PermanentError, match=f"^{gym.slug}: .*{says}"):
        sync(gym.slug, run_id)
    outcome = run_record(run_id)
    assert outcome["status"] == "failed"
    assert says in str(outcome["error"])
    assert outcome["watermark_to"] is None
    assert len(paths) < 80, "a door that is shut is not knocked at again"

    server.faults.clear()
    world.users[GYM.token] = user
    account.status = "active"
    world.add_message(next(iter(account.conversations.values())), "voltaram?")
    run(gym)
    assert_whole(server, gym, other)


def test_a_watermark_does_not_move_in_a_run_that_fails(
    server: DemoServer, make_gym: MakeGym
) -> None:
    gym = make_gym("still")
    first = run_record(run(gym))["watermark_to"]
    written = next(iter(server.world.accounts[GYM.account_id].conversations.values()))
    server.world.advance(2 * HOURS)
    server.world.add_message(written, "ainda tem vaga?")
    server.world.advance(2 * HOURS)
    server.faults.append(
        lambda request: Response("", 503) if "/messages" in request.url.path else None
    )
    server.faults.append(
        lambda request: Response("", 503) if request.url.path.endswith("/profile") else None
    )
    with pytest.raises(TransientError):
        run(gym)
    server.faults.clear()
    outcome = run_record(run(gym))
    assert outcome["watermark_from"] == first
    assert outcome["watermark_to"] > first + timedelta(hours=3)
    assert_whole(server, gym, make_gym("control-still"))
