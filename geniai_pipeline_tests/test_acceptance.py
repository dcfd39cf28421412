"""Acceptance tests of the source, in the manner of Airbyte's connector acceptance tests.

They cover connection, discovery, repeated reads, resumption from every intermediate state, future
states and faults. Each runs over real HTTP into a real database. At the end the landed rows are
compared with the server's, row by row.
"""

import asyncio
import itertools
import json
import random
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import stamina
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer, Fault
from geniai_pipeline import chatwoot
from geniai_pipeline.chatwoot import whitelist
from geniai_pipeline.chatwoot.transport import TRIES
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline.pipeline.extract import ExtractResult, extract_conversations
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline.warehouse.landing import commit_watermark
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import assert_landed
from geniai_pipeline_tests.faults.test_kills import live
from geniai_pipeline_tests.support.faults import at_first
from geniai_pipeline_tests.support.syncs import ANCHOR, connection_settings

pytestmark = pytest.mark.usefixtures("embedded")

GYM = GYMS[6]
SUSPENDED = Response('{"error":"Account is suspended"}', 401, media_type="application/json")


class Source:
    """A tenant with a Chatwoot of its own, whose data changes only by the test."""

    def __init__(self, server: DemoServer, tenant: Tenant) -> None:
        self.server, self.tenant = server, tenant

    def client(self) -> chatwoot.Client:
        return chatwoot.Client.for_tenant(self.tenant)

    def read(self, *, full: bool = False) -> ExtractResult:
        with self.client() as client, TenantSession(self.tenant.tenant_id) as session:
            run_id = uuid.uuid4().hex
            return extract_conversations(session, run_id, client, full=full, report=lambda _: None)

    def landed(self) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        with tenant_transaction(self.tenant.tenant_id) as connection:
            for table in ("inboxes", "agents", "conversations", "messages"):
                found[table] = connection.execute(
                    f"select to_jsonb(t) - '{{fetched_at,changed_at}}'::text[] from raw.{table} t"
                    " order by t".encode()
                ).fetchall()
        return found

    @property
    def truth(self) -> dict[int, DemoConversation]:
        return self.server.world.accounts[GYM.account_id].conversations

    def assert_true(self) -> None:
        assert_landed(self.server.world, GYM, self.tenant)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Retries as in production, without the pauses between them."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A Chatwoot that all tests share, because creating one takes seconds; each restores it."""
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture
def source(
    request: pytest.FixtureRequest, server: DemoServer, make_tenant: MakeTenant
) -> Iterator[Source]:
    slug = "acc-" + "".join(c for c in request.node.name.lower() if c.isalnum())[-30:]
    tenant = make_tenant(
        slug,
        **connection_settings(server.url, GYM),
    )
    yield Source(server, tenant)
    server.faults.clear()


# --- connection ---


def test_connection_accepts_valid_settings_and_names_invalid_ones(source: Source) -> None:
    url = source.server.url
    with source.client() as client:
        assert client.check().role == "administrator"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    for address, account, token, says in (
        (url, GYM.account_id, "wrong", "does not know this access token"),
        (url, GYMS[0].account_id, GYM.token, "not a member of account"),
        (url, 9999, GYM.token, "not a member of account"),
        (url, GYM.account_id, GYM.agent_token, "sees only a part"),
        (nobody, GYM.account_id, GYM.token, "cannot be reached"),
    ):
        with (
            chatwoot.Client(address, account, token, tenant="x") as client,
            pytest.raises(GeniaiError, match=says) as refused,
        ):
            client.check()
        assert token not in str(refused.value)


# --- discovery ---


def test_discovery_every_landed_field_is_declared_and_served(
    source: Source,
) -> None:
    source.read()
    for table, names in (
        ("inboxes", whitelist.INBOX),
        ("agents", whitelist.AGENT),
        ("conversations", whitelist.CONVERSATION),
        ("messages", whitelist.MESSAGE),
    ):
        landed: set[str] = set()
        for (row,) in source.landed()[table]:
            landed |= row["payload"].keys()
        assert {"id"} < landed <= names.keys()


# --- reads ---


def test_two_reads_in_a_row_are_equal_and_the_second_writes_nothing(source: Source) -> None:
    source.read(full=True)
    first = source.landed()
    source.assert_true()
    assert len(first["messages"]) > 500
    for full in (False, True):
        again = source.read(full=full)
        assert (again.count.written, again.count.rejected, again.deleted) == (0, 0, 0)
        assert source.landed() == first
    assert source.read().requests <= 3


def test_a_backfill_costs_at_most_eleven_requests_for_ten_conversations(source: Source) -> None:
    got = source.read()
    assert got.requests <= 1.1 * got.landed


@pytest.mark.parametrize("states", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_a_read_resumes_from_every_state_in_which_it_may_stop(states: int, source: Source) -> None:
    whole = source.read().requests
    rng = random.Random(states)
    for stop in sorted({1, 2, 3, 4, *rng.sample(range(5, whole), states - 4)}):
        fresh = _forget(source)
        source.server.faults[:] = [suspend_after(stop)]
        for full in (False, stop % 2 == 0):
            with pytest.raises(PermanentError, match="suspended"):
                fresh.read(full=full)
        source.server.faults.clear()
        live(source.server, rng, stop)
        fresh.read(full=True)
        fresh.assert_true()


def suspend_after(requests: int) -> Fault:
    count = itertools.count(1)
    return lambda _: SUSPENDED if next(count) > requests else None


def _forget(source: Source) -> Source:
    """Returns the source to the state before its first read."""
    with tenant_transaction(source.tenant.tenant_id) as connection:
        for table in ("messages", "conversations", "inboxes", "agents"):
            connection.execute(f"delete from raw.{table}".encode())
        connection.execute("update ops.etl_control set watermark_to = null")
    return source


def test_changes_between_reads_land_with_the_next(source: Source) -> None:
    source.read()
    rng = random.Random(3)
    for number in range(6):
        source.server.world.advance(3600)
        live(source.server, rng, number)
        source.read(full=number % 3 == 2)
    source.assert_true()


def test_a_watermark_in_the_future_hides_nothing_and_is_corrected(source: Source) -> None:
    first = source.read()
    source.server.world.start_conversation(GYM.account_id, "Eva", "+5511987654321", "quanto é?")
    assert first.watermark_to is not None
    with tenant_transaction(source.tenant.tenant_id) as connection:
        ((run_id,),) = connection.execute("select run_id from ops.etl_control").fetchall()
    future = first.watermark_to + timedelta(days=365)
    with TenantSession(source.tenant.tenant_id) as session:
        commit_watermark(session, run_id, future, present=None)
    got = source.read()
    assert got.watermark_to is not None
    assert got.watermark_to < future
    source.assert_true()
    assert source.read().requests <= 3


# --- chaos ---


def fail_at_random(sick: Callable[[], Response]) -> Fault:
    """Fails a random fifth of all requests, none as often as the run's last retry."""
    rng, in_a_row = random.Random(5), Counter[str]()

    def fault(request: Request) -> Response | None:
        url = str(request.url)
        if rng.random() > 0.2 or in_a_row[url] == TRIES - 1:
            in_a_row[url] = 0
            return None
        in_a_row[url] += 1
        return sick()

    return fault


async def _late(_: Request) -> Response | None:
    await asyncio.sleep(random.uniform(0, 0.02))
    return None


CHAOS: dict[str, Callable[[], Response]] = {
    "500": lambda: PlainTextResponse("boom", 500),
    "502 with a web page": lambda: Response("<html>Bad Gateway</html>", 502),
    "429 without Retry-After": lambda: PlainTextResponse("Retry later\n", 429),
    "half an answer": lambda: Response('{"data": {"payload": [{"id": 1, "sta'),
    "an answer cut off": lambda: Response("{}", headers={"content-length": "900"}),
    "a web page with 200": lambda: Response("<html>oi</html>", media_type="text/html"),
    "nothing": lambda: Response(""),
}


def any_fault() -> Response:
    """Applies one of these faults at random."""
    return random.choice(list(CHAOS.values()))()


@pytest.mark.parametrize(
    "sick",
    [any_fault, *(pytest.param(sick, marks=pytest.mark.slow) for sick in CHAOS.values())],
    ids=["anything", *CHAOS],
)
@pytest.mark.parametrize(
    "when",
    [lambda sick: at_first(2, lambda _: sick()), fail_at_random],
    ids=["at first", "at random"],
)
def test_a_failing_server_delays_a_read_and_loses_no_row(
    source: Source, sick: Callable[[], Response], when: Callable[[Any], Fault]
) -> None:
    source.server.faults += [_late, when(sick)]
    source.read()
    source.assert_true()
    source.server.world.advance(3600)
    live(source.server, random.Random(1), 1)
    source.read(full=True)
    source.assert_true()


@pytest.mark.parametrize("ahead", [-86_400, 7200])
def test_a_wrong_or_corrected_clock_hides_no_change(source: Source, ahead: int) -> None:
    source.read()
    source.server.world.advance(600)
    with tenant_transaction(source.tenant.tenant_id) as connection:
        connection.execute(
            "update ops.etl_control set watermark_to = watermark_to + %s, started_at = started_at"
            " - interval '1 hour'",
            [timedelta(seconds=ahead)],
        )
    source.server.world.start_conversation(GYM.account_id, "Ivo", "+5511987654322", "aula hoje?")
    source.read()
    source.assert_true()


def test_a_redirect_is_not_followed_and_the_rest_stays_as_it_was(source: Source) -> None:
    source.read()
    before = source.landed()
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        moved = {"location": f"http://127.0.0.1:{other.getsockname()[1]}/api/v1/profile"}
        source.server.faults.append(lambda _: Response("", 302, headers=moved))
        with pytest.raises(PermanentError, match="redirects"):
            source.read()
        with pytest.raises(TimeoutError):
            other.accept()
    assert source.landed() == before


def test_a_read_completes_once_a_revoked_token_is_replaced(source: Source) -> None:
    requests = itertools.count()
    invalid = Response('{"error":"Invalid Access Token"}', 401, media_type="application/json")
    source.server.faults.append(lambda _: invalid if next(requests) > 40 else None)
    with pytest.raises(PermanentError, match="does not know this access token"):
        source.read()
    source.server.faults.clear()
    source.read()
    source.assert_true()


def test_an_unavailable_server_is_a_transient_error(source: Source) -> None:
    source.server.faults.append(lambda _: PlainTextResponse("", 503))
    with pytest.raises(TransientError):
        source.read()
    source.server.faults.clear()
    source.read()
    source.assert_true()


def test_odd_texts_types_and_sizes_land_except_characters_postgres_cannot_store(
    source: Source,
) -> None:
    texts = ["a\x00b", "metade \ud83d", "x" * 2**20, "👩‍🚒\u202e", "", None]
    odd = {"campo_novo": {"a": [1]}, "created_at": 1_767_225_600, "content_type": "holograma"}
    rows = [
        {"id": 10**12 + n, "content": text, "message_type": 9, **odd}
        for n, text in enumerate(texts)
    ]
    path = f"/conversations/{next(iter(source.truth))}/messages"
    answer = json.dumps({"payload": rows})  # Starlette's own refuses half a character
    source.server.faults.append(
        lambda request: Response(answer) if request.url.path.endswith(path) else None
    )
    source.read()
    with tenant_transaction(source.tenant.tenant_id) as connection:
        landed = connection.execute(
            "select payload ->> 'content', payload ->> 'content_type', payload ? 'campo_novo'"
            " from raw.messages where message_id >= %s order by message_id",
            [10**12],
        ).fetchall()
        assert connection.execute("select from ops.rejected_rows").fetchall() == []
    contents = ["ab", "metade \ufffd", *texts[2:]]
    assert landed == [(text, "holograma", False) for text in contents]
