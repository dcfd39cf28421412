"""The client and the extraction, against servers that speak as Chatwoot does, well or sick."""

import asyncio
import json
import logging
import re
import socket
import threading
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import stamina
import stamina.instrumentation
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatwoot_demo.gyms import GYMS, Gym
from chatwoot_demo.server import DemoServer
from geniai_pipeline.chatwoot import (
    Batch,
    Client,
    Conversation,
    Known,
    Message,
    extract,
    normalize,
)
from geniai_pipeline.chatwoot.extraction import WORKERS
from geniai_pipeline.chatwoot.messages import END, MessageReader
from geniai_pipeline.chatwoot.refusals import NotFoundError, UnansweredError
from geniai_pipeline.chatwoot.rows import conversation as conversation_row
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError

TOKEN = "vErYsEcReTtOkEn123456789"
SECRET = "s3cr3t-that-only-administrators-see"
FIRST_DAY = 1_767_225_600  # 2026-01-01


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Retries as in production, without the pauses between them."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


@dataclass
class Chatwoot:
    """One account of a Chatwoot, by the facts; ``sickness`` may answer in its place."""

    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    inboxes: list[dict[str, Any]] = field(default_factory=list)
    role: str = "administrator"
    version: str = "4.14.2"
    knows_window: bool = True
    knows_message_windows: bool = True
    sickness: Callable[[Request], Response | None] = lambda request: None
    all_count: Callable[[list[Any]], Any] = len
    poisoned: set[int] = field(default_factory=set)
    knows_filter: bool = True
    row_seconds: float = 0.0
    limit_seconds: float = 15.0
    requests: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def add(self, conversation_id: int, messages: int = 3, **changes: Any) -> dict[str, Any]:
        created = FIRST_DAY + conversation_id * 60
        self.conversations[conversation_id] = {
            "id": conversation_id,
            "uuid": f"uuid-{conversation_id}",
            "status": "open",
            "inbox_id": 7,
            "labels": ["visita"],
            "created_at": created,
            "last_activity_at": created,
            "updated_at": created + 0.25,
            "additional_attributes": {"referer": "https://ad", "browser": {"ip": SECRET}},
            "custom_attributes": {},
            "meta": {
                "sender": {
                    "id": 1,
                    "name": "Maria",
                    "thumbnail": SECRET,
                    "additional_attributes": {"city": "Natal", "ip": SECRET, "pn": "5584@c.us"},
                },
                "channel": "Channel::Whatsapp",
                "hmac_verified": False,
            },
            "messages": [],
            "unread_count": 2,
            "agent_last_seen_at": 0,
            **changes,
        }
        self.messages[conversation_id] = [
            {
                "id": conversation_id * 10_000 + n,
                "content": f"mensagem {n}",
                "message_type": 0,
                "content_type": "text",
                "content_attributes": {},
                "created_at": created + n,
                "private": False,
                "status": "sent",
                "source_id": f"WAID:{n}",
                "conversation": {"contact_inbox": {"source_id": SECRET}},
                "sender": {"id": 1, "name": "Maria", "type": "contact", "thumbnail": SECRET},
            }
            for n in range(messages)
        ]
        return self.conversations[conversation_id]

    def touch(self, conversation_id: int, content: str = "quanto custa?") -> None:
        now = time.time()
        messages = self.messages[conversation_id]
        messages.append({**messages[-1], "id": messages[-1]["id"] + 1, "content": content})
        self.conversations[conversation_id].update(updated_at=now, last_activity_at=int(now))

    def app(self, prefix: str = "") -> Starlette:
        account = "/api/v1/accounts/{account:int}"
        routes = [
            Route("/api", self._about),
            Route("/api/v1/profile", self._profile),
            Route(f"{account}/inboxes", self._inboxes),
            Route(f"{account}/agents", self._agents),
            Route(f"{account}/conversations", self._list),
            Route(f"{account}/conversations/filter", self._filter, methods=["POST"]),
            Route(f"{account}/conversations/{{id:int}}", self._show),
            Route(f"{account}/conversations/{{id:int}}/messages", self._messages),
        ]
        return Starlette(routes=[Mount(prefix, routes=routes)] if prefix else routes)

    def _sick(self, request: Request) -> Response | None:
        self.requests.append(f"{request.url.path}?{request.url.query}")
        self.tokens.append(request.headers.get("api-access-token"))
        return self.sickness(request)

    async def _about(self, request: Request) -> Response:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return self._sick(request) or JSONResponse({"version": self.version, "timestamp": now})

    async def _profile(self, request: Request) -> Response:
        account = {"id": 3, "name": "Box Azul", "status": "active", "role": self.role}
        return self._sick(request) or JSONResponse({"accounts": [account], "access_token": TOKEN})

    async def _inboxes(self, request: Request) -> Response:
        return self._sick(request) or JSONResponse({"payload": self.inboxes})

    async def _agents(self, request: Request) -> Response:
        agents = [{"id": 5, "name": "Ana", "role": "agent", "availability_status": "online"}]
        return self._sick(request) or JSONResponse(agents)

    async def _show(self, request: Request) -> Response:
        number = request.path_params["id"]
        if sick := self._sick(request):
            return sick
        if number in self.poisoned:
            return fails()
        if number not in self.conversations:
            return JSONResponse({"error": "Resource could not be found"}, 404)
        return JSONResponse(self.conversations[number])

    async def _list(self, request: Request) -> Response:
        if sick := self._sick(request):
            return sick
        query = request.query_params
        rows = sorted(self.conversations.values(), key=lambda row: row["created_at"] or 0)
        if query.get("status", "open") != "all":
            rows = [row for row in rows if row["status"] == query.get("status", "open")]
        if "inbox_id" in query:
            rows = [row for row in rows if row["inbox_id"] == int(query["inbox_id"])]
        if query.get("sort_by") != "created_at_asc":
            rows.sort(key=lambda row: row["last_activity_at"], reverse=True)
        meta = {"all_count": self.all_count(rows)}
        if "updated_within" in query and self.knows_window:
            since = time.time() - int(query["updated_within"])
            rows = [row for row in rows if row["updated_at"] > since]
        else:
            rows = page_of(rows, request)
        # Starlette's own refuses lone surrogates and NaN, which sick servers do send.
        return await self._shown(rows) or Response(
            json.dumps({"data": {"meta": meta, "payload": rows}})
        )

    async def _filter(self, request: Request) -> Response:
        if sick := self._sick(request):
            return sick
        if not self.knows_filter:
            return Response("Not Found", 404)
        *firsts, last = conditions = (await request.json())["payload"]
        if last["query_operator"] is not None or any(c["query_operator"] != "AND" for c in firsts):
            return fails()
        rows = sorted(self.conversations.values(), key=lambda row: -row["last_activity_at"])
        for condition in conditions:
            name = {"display_id": "id"}.get(condition["attribute_key"], condition["attribute_key"])
            wanted = condition["filter_operator"] == "equal_to"
            rows = [row for row in rows if (row[name] in condition["values"]) == wanted]
        meta = {"all_count": len(rows)}
        rows = page_of(rows, request)
        return await self._shown(rows) or Response(json.dumps({"meta": meta, "payload": rows}))

    async def _shown(self, rows: Sequence[dict[str, Any]]) -> Response | None:
        """What comes in place of so many rows, if they take too long or one cannot be shown."""
        await asyncio.sleep(min(self.row_seconds * len(rows), self.limit_seconds))
        too_long = self.row_seconds * len(rows) > self.limit_seconds
        return fails() if too_long or self.poisoned & {row.get("id") for row in rows} else None

    async def _messages(self, request: Request) -> Response:
        number = request.path_params["id"]
        if sick := self._sick(request):
            return sick
        if number not in self.conversations:
            return JSONResponse({"error": "Resource could not be found"}, 404)
        after, before = (request.query_params.get(name) for name in ("after", "before"))
        rows = sorted(self.messages[number], key=lambda row: row["created_at"])
        if after is not None and before is not None and self.knows_message_windows:
            rows = [row for row in rows if int(after) <= int(row["id"]) < int(before)][:1000]
        elif after is not None and self.knows_message_windows:
            rows = [row for row in rows if row["id"] > int(after)][:100]
        elif before is not None:
            rows = [row for row in rows if row["id"] < int(before)][-20:]
        else:
            rows = rows[-20:]
        return Response(json.dumps({"meta": {}, "payload": rows}))


def page_of(rows: list[Any], request: Request) -> list[Any]:
    first = 25 * (int(request.query_params.get("page", 1)) - 1)
    return rows[first : first + 25]


def fails(_: Request | None = None) -> Response:
    return JSONResponse({"status": 500, "error": "Internal Server Error"}, 500)


@contextmanager
def serving(app: ASGIApp, **options: Any) -> Iterator[str]:
    """A real server on a loopback port of its own."""
    for port in range(23000, 23100):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            break
        except OSError:
            listener.close()
    config = uvicorn.Config(app, log_level="critical", lifespan="off", **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def chatwoot() -> Chatwoot:
    return Chatwoot(
        inboxes=[
            {
                "id": inbox,
                "name": f"Inbox {inbox}",
                "channel_type": "Channel::Whatsapp",
                "timezone": "America/Sao_Paulo",
                "imap_password": SECRET,
                "provider_config": {"api_key": SECRET},
                "hmac_token": SECRET,
            }
            for inbox in (7, 8)
        ]
    )


@dataclass
class Stage:
    """One server for all tests, with another Chatwoot behind it each time."""

    url: str = ""
    app: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with serving(stage) as stage.url:
        yield stage


@pytest.fixture
def client(stage: Stage, chatwoot: Chatwoot) -> Iterator[Client]:
    stage.app = chatwoot.app()
    with Client(stage.url, 3, TOKEN, tenant="azul") as client:
        yield client


def none_landed(_: Any) -> set[int]:
    return set()


def everything(client: Client, *, full: bool = False) -> list[Batch]:
    return list(extract(client, since=None, full=full, unchanged=none_landed))


def conversations(batches: list[Batch]) -> dict[int, Conversation]:
    found = [row for batch in batches for row in batch.conversations]
    assert len({row.conversation_id for row in found}) == len(found), "one came twice"
    return {row.conversation_id: row for row in found}


def message_ids(batches: list[Batch]) -> list[int]:
    return sorted(row.message_id for batch in batches for row in batch.messages)


def true_message_ids(chatwoot: Chatwoot) -> list[int]:
    return sorted(
        row["id"] for number in chatwoot.conversations for row in chatwoot.messages[number]
    )


def rejections(batches: list[Batch]) -> dict[str, str]:
    return {f"{row.source}/{row.key}": row.reason for batch in batches for row in batch.rejected}


def present(batches: list[Batch]) -> frozenset[int] | None:
    return batches[-1].present_ids


def now() -> datetime:
    return datetime.now(timezone.utc)


# --- the address and the token ---


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://chat.box.com", "https://chat.box.com"),
        ("https://chat.box.com/", "https://chat.box.com"),
        (" chat.box.com ", "https://chat.box.com"),
        ("https://chat.box.com/app/accounts/3/dashboard", "https://chat.box.com"),
        ("https://box.com/chatwoot/app/accounts/3/inbox/7?x=1#y", "https://box.com/chatwoot"),
        ("https://box.com/chatwoot/", "https://box.com/chatwoot"),
        ("HTTP://Box.com:3000/api/v1", "http://box.com:3000"),
        ("https://box.com/application", "https://box.com/application"),
        ("http://[::1]:3000/app", "http://[::1]:3000"),
    ],
)
def test_whatever_the_user_pasted_becomes_the_address_of_the_chatwoot(
    pasted: str, address: str
) -> None:
    assert normalize(pasted, "azul") == address


@pytest.mark.parametrize(
    "pasted", ["", "ftp://box.com", "https://", "a b.com", "http://x:99999999"]
)
def test_what_is_no_address_is_refused_by_name(pasted: str) -> None:
    with pytest.raises(PermanentError, match=r"^azul: .* is not the address of a Chatwoot"):
        normalize(pasted, "azul")


def test_a_chatwoot_below_a_path_is_read_there(chatwoot: Chatwoot) -> None:
    chatwoot.add(1)
    with (
        serving(chatwoot.app("/chatwoot")) as url,
        Client(f"{url}/chatwoot/app/accounts/3/dashboard", 3, TOKEN, tenant="azul") as client,
    ):
        assert client.check().name == "Box Azul"
        assert conversations(everything(client)).keys() == {1}


def test_a_check_tells_who_the_token_is(client: Client) -> None:
    account = client.check()
    assert (account.name, account.version, account.role) == ("Box Azul", "4.14.2", "administrator")
    assert abs(account.server_time - now()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (401, '{"error":"Invalid Access Token"}', "does not know this access token. Copy the"),
        (401, '{"errors":["You need to sign in or sign up before continuing."]}', "Let the proxy"),
        (
            401,
            '{"error":"You are not authorized to access this account"}',
            "The access token's user is not a member of account 3",
        ),
        (401, '{"error":"Account is suspended"}', "is suspended. Have it reactivated"),
        (
            401,
            '{"error":"You are not authorized to do this action"}',
            "may not read api/v1/accounts/3/inboxes in account 3",
        ),
        (
            401,
            '{"error":"Access to this endpoint is not authorized for bots"}',
            "an agent bot or a platform app",
        ),
        (404, '{"error":"Resource could not be found"}', "has no account 3"),
        (404, "<html>nginx</html>", "does not answer api/v1/accounts/3/inboxes as a Chatwoot does"),
        (403, f"blocked {TOKEN}", "refused api/v1/accounts/3/inboxes with 403: blocked ***"),
        (402, '{"error":"Pay"}', "with 402"),
    ],
)
def test_a_refusal_becomes_one_line_that_names_tenant_and_mend(
    chatwoot: Chatwoot, client: Client, status: int, body: str, line: str
) -> None:
    chatwoot.sickness = lambda _: Response(body, status)
    with pytest.raises(PermanentError) as caught:
        everything(client)
    said = str(caught.value)
    assert said.startswith("azul: ")
    assert line in said
    assert "\n" not in said
    assert TOKEN not in said
    assert client.requests == 1, "a refusal is not worth asking again"


def test_a_check_refuses_an_agent_an_outsider_and_a_server_that_is_no_chatwoot(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.role = "agent"
    with pytest.raises(PermanentError, match=r"is 'agent' in account 3 .* administrator"):
        client.check()
    with (
        Client(client.url, 4, TOKEN, tenant="azul") as outsider,
        pytest.raises(PermanentError, match=r"not a member of account 4 .*\(only of: 3\)"),
    ):
        outsider.check()
    chatwoot.sickness = lambda _: Response("<html>Loja</html>", media_type="text/html")
    with pytest.raises(PermanentError, match="not as a Chatwoot does"):
        client.check()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:23099", "http://no-such-host.invalid", "https://127.0.0.1:{port}"]
)
def test_a_chatwoot_that_cannot_be_reached_is_named_and_may_come_back(
    chatwoot: Chatwoot, url: str
) -> None:
    with serving(chatwoot.app()) as up:
        address = url.format(port=up.rpartition(":")[2])
        with (
            Client(address, 3, TOKEN, tenant="azul") as client,
            pytest.raises(TransientError, match=r"^azul: Chatwoot at .* cannot be reached") as e,
        ):
            client.check()
    assert normalize(address, "azul").partition("//")[2] in str(e.value)


@pytest.mark.parametrize("token", ["", "  ", "abc\ndef", "senha-é"])
def test_a_token_that_cannot_be_one_is_refused_unsaid(token: str) -> None:
    with pytest.raises(PermanentError, match=r"^azul: The access token is empty or has") as caught:
        Client("http://127.0.0.1:1", 3, token, tenant="azul")
    assert not token.strip() or token not in repr(caught.value)


def test_a_redirect_is_named_and_the_token_does_not_follow_it(chatwoot: Chatwoot) -> None:
    elsewhere = Chatwoot()
    with serving(elsewhere.app()) as new, serving(chatwoot.app()) as url:
        chatwoot.sickness = lambda r: Response(
            status_code=301, headers={"location": f"{new}{r.url.path}"}
        )
        with Client(url, 3, TOKEN, tenant="azul") as client:
            for ask in (client.check, lambda: everything(client)):
                with pytest.raises(PermanentError, match=f"redirects to {new}; the access token"):
                    ask()
    assert elsewhere.requests == []


def test_the_token_appears_in_no_log_and_no_error(
    chatwoot: Chatwoot,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    chatwoot.add(1)
    chatwoot.sickness = at_first(1, fails)
    everything(client)
    chatwoot.sickness = fails
    with pytest.raises(TransientError) as caught:
        everything(client)
    assert chatwoot.tokens[0] == TOKEN
    said = caplog.text + "".join(capfd.readouterr())
    assert "retry" in said
    assert TOKEN not in said + repr(caught.value) + str(caught.value) + repr(client)


# --- sick answers ---


def at_first(
    times: int, sick: Callable[[Request], Response]
) -> Callable[[Request], Response | None]:
    """Each thing that is asked for is answered sickly so many times."""
    asked: Counter[str] = Counter()

    def answer(request: Request) -> Response | None:
        asked[str(request.url)] += 1
        return sick(request) if asked[str(request.url)] <= times else None

    return answer


@pytest.mark.parametrize(
    "sick",
    [
        fails,
        lambda _: PlainTextResponse("Retry later\n", 429),
        lambda _: Response("", 408),
        lambda _: Response("<html>Bad Gateway</html>", 502),
        lambda _: Response('{"data": {"payload": [{"id": 1, "sta'),
        lambda _: Response("{}", headers={"content-length": "100"}),
        lambda _: Response("<html>em manutenção</html>", media_type="text/html"),
        lambda _: Response(""),
        lambda _: Response("[" * 100_000),
    ],
    ids=["500", "429", "408", "502", "half", "cut", "html", "empty", "nested"],
)
def test_sick_answers_that_pass_change_nothing_in_the_end(
    chatwoot: Chatwoot, client: Client, sick: Callable[[Request], Response]
) -> None:
    for number in range(1, 31):
        chatwoot.add(number)
    chatwoot.sickness = at_first(3, sick)
    batches = everything(client)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert message_ids(batches) == true_message_ids(chatwoot)
    assert rejections(batches) == {}


def test_a_rate_limit_without_retry_after_is_waited_out_to_the_next_minute(
    chatwoot: Chatwoot,
) -> None:
    waits: list[float] = []
    stamina.set_testing(False)
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    date = {"date": "Sun, 14 Jun 2026 10:00:59 GMT"}
    chatwoot.sickness = at_first(1, lambda _: PlainTextResponse("Retry later\n", 429, headers=date))
    try:
        with (
            serving(chatwoot.app(), date_header=False) as url,
            Client(url, 3, TOKEN, tenant="azul") as client,
        ):
            client.get("inboxes")
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert len(waits) == 1
    assert 1 <= waits[0] <= 3


def test_a_server_that_dies_midway_fails_the_run_and_rejects_nothing(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number)
    chatwoot.sickness = lambda request: fails() if len(chatwoot.requests) > 200 else None
    landed: list[Batch] = []
    with pytest.raises(TransientError):
        landed.extend(extract(client, since=None, full=True, unchanged=none_landed))
    assert rejections(landed) == {}
    assert present(landed) is None if landed else True


def test_a_server_that_dies_before_the_messages_is_not_taken_for_bad_messages(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 31):
        chatwoot.add(number, updated_at=time.time())
    chatwoot.sickness = lambda request: (
        fails() if any("/messages" in asked for asked in chatwoot.requests) else None
    )
    with pytest.raises(TransientError):
        list(extract(client, since=now(), full=False, unchanged=none_landed))


def test_a_token_revoked_midway_stops_the_run_with_the_reason(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number)
    revoked = JSONResponse({"error": "Invalid Access Token"}, 401)
    chatwoot.sickness = lambda request: revoked if len(chatwoot.requests) > 200 else None
    with pytest.raises(PermanentError, match="does not know this access token"):
        everything(client)


def test_a_token_that_is_refused_is_sent_no_more(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.sickness = lambda request: JSONResponse({"error": "Invalid Access Token"}, 401)
    for _ in range(3):
        with pytest.raises(PermanentError, match="does not know this access token"):
            client.get("inboxes")
    assert len(chatwoot.requests) == 1


def test_what_one_may_not_read_closes_nothing_else(chatwoot: Chatwoot, client: Client) -> None:
    denied = JSONResponse({"error": "You are not authorized to do this action"}, 401)
    chatwoot.sickness = lambda request: denied if "inboxes" in request.url.path else None
    for _ in range(2):
        with pytest.raises(PermanentError, match="may not read"):
            client.get("inboxes")
    assert client.check().name == "Box Azul"


# --- answers without measure ---


def gzipped(*pieces: tuple[bytes, int]) -> Response:
    """Each piece so many times, packed as Chatwoot's proxy would."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    packed = bytearray()
    for piece, times in pieces:
        for _ in range(times):
            packed += packer.compress(piece)
    packed += packer.flush()
    return Response(bytes(packed), headers={"content-encoding": "gzip"})


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([(b'{"payload": [', 1), (b" " * 2**20, 200), (b"]}", 1)], "more than 16 MiB"),
        ([(b'{"payload": [{}', 1), (b",{}" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [[]', 1), (b",[]" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [1', 1), (b",1" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [{}', 1), (b",{}" * 1000, 10_000), (b"]}", 1)], "more than 16 MiB"),
    ],
    ids=["bomb", "objects", "lists", "numbers", "30 MB of objects"],
)
def test_an_answer_without_measure_costs_one_clear_error_and_little_memory(
    chatwoot: Chatwoot, client: Client, pieces: list[tuple[bytes, int]], says: str
) -> None:
    answer = gzipped(*pieces)
    chatwoot.sickness = lambda r: answer if "conversations" in r.url.path else None
    client.get("inboxes")
    tracemalloc.start()
    try:
        with pytest.raises(UnansweredError, match=f"^azul: .* answers .* with {says}"):
            client.get("conversations")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40 * 2**20
    assert len(chatwoot.requests) == 2, "it is not asked for again"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_an_encoding_that_nobody_asked_for_is_not_inflated(
    chatwoot: Chatwoot, client: Client, encoding: str
) -> None:
    accepted: list[str | None] = []

    def encoded(request: Request) -> Response:
        accepted.append(request.headers.get("accept-encoding"))
        return Response(b"{}", headers={"content-encoding": encoding})

    chatwoot.sickness = encoded
    with pytest.raises(UnansweredError, match="cannot be inflated"):
        client.get("inboxes")
    assert set(accepted) == {"gzip"}


def test_a_packed_answer_is_read_and_one_cut_off_is_asked_for_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    whole = gzipped((b'{"payload": [{"id": 7, "name": "Recep\xc3\xa7\xc3\xa3o"}]}', 1))
    half = Response(whole.body[:-12], headers={"content-encoding": "gzip"})
    chatwoot.sickness = lambda r: whole if len(chatwoot.requests) == 2 else half
    assert client.rows("inboxes") == [{"id": 7, "name": "Recepção"}]
    assert len(chatwoot.requests) == 2


def test_a_window_of_more_than_an_answer_may_have_is_read_in_parts(
    chatwoot: Chatwoot, client: Client
) -> None:
    busy(chatwoot, 400, custom_attributes={"historico": "x" * 60_000})
    found = conversations(follow(client))
    assert found.keys() == chatwoot.conversations.keys()
    windows = [request for request in chatwoot.requests if "updated_within" in request]
    assert len(windows) == len(set(windows))


def test_a_thread_of_more_than_an_answer_may_have_is_read_in_parts(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=130)
    for message in chatwoot.messages[1]:
        message["content"] = "<p>" * 100_000
    assert read(client) == [row["id"] for row in chatwoot.messages[1]]


def test_a_server_that_never_answers_with_measure_costs_its_tenant_one_error(
    chatwoot: Chatwoot, client: Client
) -> None:
    answer = gzipped((b'{"payload": [{}', 1), (b",{}" * 1000, 10_000), (b"]}", 1))
    chatwoot.sickness = lambda r: None if r.url.path.endswith("profile") else answer
    with pytest.raises(TransientError, match=r"^azul: .* answers .*inboxes with more than 16 MiB"):
        everything(client)
    chatwoot.sickness = lambda r: answer if "conversations" in r.url.path else None
    for full in (True, False):
        with pytest.raises(TransientError, match=r"^azul: .* with more than 16 MiB"):
            follow(client, full=full)
    assert len(chatwoot.requests) < 40


def test_messages_without_measure_are_held_a_few_conversations_at_a_time(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    content = "x" * 8 * 2**20

    def huge(request: Request) -> Response | None:
        if "/messages" not in request.url.path:
            return None
        (row,) = chatwoot.messages[int(request.url.path.split("/")[-2])]
        return Response(json.dumps({"payload": [{**row, "content": content}]}))

    chatwoot.sickness = huge
    found, most = set(), 0
    for batch in extract(client, since=None, full=True, unchanged=none_landed):
        found |= {row.conversation_id for row in batch.conversations}
        most = max(most, sum(len(row.json) for row in batch.messages))
        ahead = len([request for request in chatwoot.requests if "/messages" in request])
        assert ahead - len(found) <= WORKERS + 5, "what waits to land leaves no room for more"
    assert found == chatwoot.conversations.keys()
    assert most <= 41 * 2**20


def test_a_conversation_without_end_is_refused_and_costs_no_other(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2):
        chatwoot.add(number, messages=1)
    (row,) = chatwoot.messages[1]

    def endless(request: Request) -> Response | None:
        query = request.query_params
        if "/1/messages" not in request.url.path:
            return None
        ids = range(int(query["after"]) + 1, int(query["after"]) + 1001)
        rows = [{**row, "id": number, "content": "x" * 10_000} for number in ids]
        return Response(json.dumps({"payload": rows}))

    chatwoot.sickness = endless
    batches = everything(client)
    assert conversations(batches).keys() == {1, 2}
    assert rejections(batches) == {
        "raw.messages/1/": "Conversation 1 has more than 64 MiB of messages."
    }
    assert len(chatwoot.requests) < 40


# --- everything, while the list moves ---


def test_a_first_run_brings_all_statuses_and_ends_in_the_servers_truth(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 131):
        status = ("open", "resolved", "pending", "snoozed")[number % 4]
        chatwoot.add(number, messages=number % 7, status=status)
    seen: list[tuple[int, int | None]] = []
    batches = list(
        extract(
            client,
            since=None,
            full=False,
            unchanged=none_landed,
            progress=lambda done, total: seen.append((done, total)),
        )
    )
    found = conversations(batches)
    assert found.keys() == chatwoot.conversations.keys()
    for number, row in found.items():
        truth = chatwoot.conversations[number]
        for name in ("id", "uuid", "status", "inbox_id", "labels", "created_at", "updated_at"):
            assert row.payload[name] == truth[name]
    assert message_ids(batches) == true_message_ids(chatwoot)
    assert sum(batch.conversations_read for batch in batches) == 130
    assert [inbox.inbox_id for inbox in batches[0].inboxes] == [7, 8]
    assert [agent.payload["name"] for agent in batches[0].agents] == ["Ana"]
    assert seen[-1] == (130, 130)
    assert client.requests <= 1.1 * 130


@pytest.mark.parametrize("total", [0, 30, 10**6, None, "x"])
def test_a_count_that_lies_ends_the_list_neither_early_nor_never(
    chatwoot: Chatwoot, client: Client, total: Any
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.all_count = lambda rows: total
    assert conversations(everything(client)).keys() == chatwoot.conversations.keys()


def test_conversations_deleted_and_made_while_the_list_is_paged_lose_none(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 151):
        chatwoot.add(number, messages=1)

    def move(request: Request) -> None:
        if request.query_params.get("page") == "3":
            for number in (1, 2, 30):
                chatwoot.conversations.pop(number, None)
            chatwoot.add(200, messages=1)

    chatwoot.sickness = move
    batches = everything(client, full=True)
    assert conversations(batches).keys() >= chatwoot.conversations.keys()
    assert present(batches) == chatwoot.conversations.keys(), "the deleted have no messages: gone"


def test_more_deletions_than_a_page_holds_lose_none_either(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 151):
        chatwoot.add(number, messages=1)

    def delete(request: Request) -> None:
        if request.query_params.get("page") == "5":
            for number in range(1, 61):
                chatwoot.conversations.pop(number, None)

    chatwoot.sickness = delete
    assert conversations(everything(client)).keys() >= set(range(61, 151))


def test_a_deletion_that_empties_the_last_page_hides_nobody(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 52):
        chatwoot.add(number, messages=1)

    def delete(request: Request) -> None:
        if request.query_params.get("page") == "3":
            chatwoot.conversations.pop(1, None)

    chatwoot.sickness = delete
    assert 51 in conversations(everything(client))


def test_pages_with_duplicates_yield_each_conversation_once(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)

    def insert_before(request: Request) -> None:
        if request.query_params.get("page") == "2":
            chatwoot.add(900, messages=1, created_at=FIRST_DAY)

    chatwoot.sickness = insert_before
    batches = everything(client)
    assert conversations(batches).keys() == chatwoot.conversations.keys()


def test_a_server_that_always_answers_the_first_page_does_not_hold_us_forever(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    first = [chatwoot.conversations[number] for number in range(1, 26)]
    answer = {"data": {"meta": {"all_count": 60}, "payload": first}}
    chatwoot.sickness = lambda r: JSONResponse(answer) if "page" in r.query_params else None
    with pytest.raises(TransientError, match="page 2 of the conversations with the page before"):
        everything(client)


def test_a_killed_first_run_does_not_read_again_what_landed(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 51):
        chatwoot.add(number)
    landed = {row.content_hash for row in conversations(everything(client)).values()}
    chatwoot.requests.clear()
    batches = list(
        extract(
            client,
            since=None,
            full=False,
            unchanged=lambda rows: {r.conversation_id for r in rows if r.content_hash in landed},
        )
    )
    assert conversations(batches) == {}
    assert not any("messages" in request for request in chatwoot.requests)


@pytest.mark.parametrize(
    ("later", "same"),
    [
        ({"can_reply": False}, True),
        ({"last_non_activity_message": {"id": 9, "status": "read"}}, True),
        ({"last_non_activity_message": {"id": 9, "status": "failed"}}, False),
        (
            {"last_non_activity_message": {"id": 9, "content_attributes": {"deleted": True}}},
            False,
        ),
        (
            {
                "last_non_activity_message": {
                    "id": 9,
                    "content_attributes": {"submitted_values": {"value": "1"}},
                }
            },
            False,
        ),
        ({"meta": {"sender": {"blocked": True}}}, False),
    ],
)
def test_what_time_alone_changes_is_no_change_what_happens_to_the_last_message_is(
    later: dict[str, Any], same: bool
) -> None:
    last = {"id": 9, "status": "sent", "content_attributes": {}}
    listed = {
        "id": 1,
        "created_at": FIRST_DAY,
        "can_reply": True,
        "last_non_activity_message": last,
        "meta": {"sender": {"blocked": False}},
    }
    changed = listed | later
    if "last_non_activity_message" in later:
        changed["last_non_activity_message"] = last | later["last_non_activity_message"]
    before, after = conversation_row(listed), conversation_row(changed)

    assert isinstance(before, Conversation)
    assert isinstance(after, Conversation)
    assert (before.content_hash == after.content_hash) is same
    assert after.payload["can_reply"] is changed["can_reply"]


def test_a_full_run_reads_every_message_again_for_edits_give_no_sign(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    everything(client)
    chatwoot.messages[1][0]["content"] = "editada"
    batches = list(extract(client, since=now(), full=True, unchanged=lambda rows: {1}))
    assert "editada" in [row.payload["content"] for batch in batches for row in batch.messages]


def test_what_an_agent_does_not_see_is_not_declared_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    chatwoot.role = "agent"
    assert present(everything(client, full=True)) is None


def test_an_account_without_conversations_is_whole(client: Client) -> None:
    assert present(everything(client, full=True)) == frozenset()


# --- poison ---


@pytest.mark.parametrize(
    "poisoned", [{1}, {30}, {60}, {20, 70}, {25, 26}, set(range(26, 76)) | {90}]
)
def test_poisoned_conversations_are_rejected_and_cost_no_other(
    chatwoot: Chatwoot, client: Client, poisoned: set[int]
) -> None:
    for number in range(1, 91):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = poisoned
    batches = everything(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - poisoned
    assert rejections(batches).keys() == {f"raw.conversations/{number}" for number in poisoned}
    assert present(batches) == chatwoot.conversations.keys(), "what cannot be read is still there"


def import_history(chatwoot: Chatwoot, numbers: range, older_than: int) -> None:
    """What a bridge does: later numbers with the times of an earlier year."""
    for number in numbers:
        created = FIRST_DAY + older_than * 60 - 365 * 86400 + number
        chatwoot.conversations[number].update(created_at=created, last_activity_at=created)


def asked_for(chatwoot: Chatwoot) -> Counter[int]:
    """How often each number was asked for by itself."""
    found = (re.search(r"/conversations/(\d+)\?", request) for request in chatwoot.requests)
    return Counter(int(match[1]) for match in found if match)


@pytest.mark.parametrize("knows_filter", [True, False])
@pytest.mark.parametrize(
    ("count", "imported", "poisoned"),
    [
        (90, range(61, 91), {70}),
        (296, range(101, 161), {130}),
        (296, range(101, 161), {1, 130, 296}),
        (296, range(271, 297), {296}),
    ],
)
def test_numbers_that_do_not_grow_with_time_cost_no_conversation_and_no_end(
    chatwoot: Chatwoot,
    client: Client,
    count: int,
    imported: range,
    poisoned: set[int],
    knows_filter: bool,
) -> None:
    for number in range(1, count + 1):
        chatwoot.add(number, messages=1)
    import_history(chatwoot, imported, older_than=1)
    chatwoot.poisoned, chatwoot.knows_filter = poisoned, knows_filter
    batches = everything(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - poisoned
    assert rejections(batches).keys() == {f"raw.conversations/{number}" for number in poisoned}
    assert present(batches) == chatwoot.conversations.keys()
    asked = asked_for(chatwoot)
    assert {number: asked.pop(number) for number in poisoned} == dict.fromkeys(poisoned, 2)
    assert all(times == 1 for times in asked.values())
    beyond = 0 if 296 not in poisoned else 100
    assert all(number <= count + beyond for number in asked)
    if knows_filter:
        assert len(asked) + len([r for r in chatwoot.requests if "/filter?" in r]) <= 40


def test_a_sweep_that_finds_fewer_than_the_account_counts_declares_nothing_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.all_count = lambda rows: len(rows) + 3
    batches = everything(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert present(batches) is None
    assert batches[-1].missing == 3
    assert len(asked_for(chatwoot)) <= 60


def test_conversations_of_one_moment_that_two_pages_share_out_badly_are_all_found(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1, created_at=FIRST_DAY)

    def shuffle(request: Request) -> Response | None:
        if request.query_params.get("page") != "2":
            return None
        rows = [chatwoot.conversations[number] for number in (*range(10, 20), *range(26, 41))]
        return JSONResponse({"data": {"meta": {"all_count": 60}, "payload": rows}})

    chatwoot.sickness = shuffle
    batches = everything(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert present(batches) == chatwoot.conversations.keys()


def test_what_had_landed_is_asked_for_before_it_is_declared_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)

    def hide(request: Request) -> Response | None:
        if request.query_params.get("page") != "2":
            return None
        rows = [chatwoot.conversations[number] for number in range(26, 51) if number != 40]
        return JSONResponse({"data": {"meta": {"all_count": 59}, "payload": rows}})

    chatwoot.sickness, chatwoot.all_count = hide, lambda rows: 59
    known = Known(landed=frozenset(range(1, 62)))
    batches = list(
        extract(client, since=None, full=True, unchanged=none_landed, known=lambda: known)
    )
    assert present(batches) == chatwoot.conversations.keys(), "40 is there, 61 is not"


def test_a_contact_that_is_being_deleted_is_looked_at_once_more(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = {40}

    def deletes(request: Request) -> None:
        if sum("page=2" in asked for asked in chatwoot.requests) == 2:
            chatwoot.poisoned = set()
            chatwoot.conversations.pop(40, None)

    chatwoot.sickness = deletes
    batches = everything(client, full=True)
    assert rejections(batches) == {}
    assert present(batches) == chatwoot.conversations.keys() == set(range(1, 61)) - {40}


def test_one_that_is_gone_when_it_is_asked_for_alone_is_not_refused(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = {40}

    def deletes(request: Request) -> None:
        if asked_for(chatwoot)[40] == 2:
            chatwoot.poisoned = set()
            chatwoot.conversations.pop(40, None)

    chatwoot.sickness = deletes
    batches = everything(client, full=True)
    assert rejections(batches) == {}
    assert asked_for(chatwoot)[40] == 2
    assert 40 not in conversations(batches)


# --- what it costs ---


def busy(chatwoot: Chatwoot, count: int, **changes: Any) -> None:
    """An account in which everything has just changed."""
    for number in range(1, count + 1):
        now = time.time()
        inbox_id, status = 7 + number % 2, ("open", "resolved")[number // 2 % 2]
        chatwoot.add(number, messages=1, inbox_id=inbox_id, status=status, **changes)
        chatwoot.conversations[number].update(last_activity_at=int(now), updated_at=now)


def follow(client: Client, refused: Sequence[int] = (), **how: Any) -> list[Batch]:
    known = Known(frozenset(), dict.fromkeys(refused, "fails (500)"))
    options: dict[str, Any] = {"since": now(), "full": False, "unchanged": none_landed, **how}
    return list(extract(client, known=lambda: known, **options))


def test_a_conversation_known_to_fail_is_stepped_around_in_fifteen_requests(
    chatwoot: Chatwoot, client: Client
) -> None:
    busy(chatwoot, 296)
    chatwoot.poisoned = {130}
    listed = [row.conversation_id for row in conversations(everything(client)).values()]
    assert set(listed) == chatwoot.conversations.keys() - {130}
    chatwoot.requests.clear()
    before = client.requests
    read: list[int] = []

    def all_landed(rows: Sequence[Conversation]) -> set[int]:
        read.extend(row.conversation_id for row in rows)
        return set(read)

    batches = follow(client, refused=[130], unchanged=all_landed)
    assert set(read) == chatwoot.conversations.keys() - {130}
    assert rejections(batches) == {}
    assert client.requests - before <= 15
    assert asked_for(chatwoot) == {}, "what is known is not tried"


def test_around_one_known_to_fail_changes_without_activity_are_seen_too(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 201):
        chatwoot.add(number, messages=1, inbox_id=7 + number % 2)
    for number in (30, 50):
        chatwoot.touch(number)
    chatwoot.conversations[61]["updated_at"] = time.time()
    chatwoot.poisoned = {50}
    batches = follow(client, refused=[50])
    assert {30, 61} <= conversations(batches).keys()
    assert len([request for request in chatwoot.requests if "/messages" not in request]) <= 15


@pytest.mark.parametrize("gone", [set(), {130}])
def test_a_full_sweep_asks_again_for_what_failed_before_and_is_still_there(
    chatwoot: Chatwoot, client: Client, gone: set[int]
) -> None:
    for number in range(1, 297):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = {130, 140} - gone
    for number in gone:
        del chatwoot.conversations[number]
    batches = follow(client, refused=[130, 140], full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - {130, 140}
    assert rejections(batches).keys() == {
        f"raw.conversations/{number}" for number in {130, 140} - gone
    }
    assert present(batches) == chatwoot.conversations.keys()
    assert set(asked_for(chatwoot)) & {130, 140} == {130, 140} - gone
    # beside a page of the list for 25 and the messages of each: two chunks that are halved
    assert client.requests < 296 + 12 + 2 * 20


@pytest.fixture
def hasty(stage: Stage, chatwoot: Chatwoot) -> Iterator[Client]:
    """As the client, at a server whose 15 seconds are less: 600 rows take them."""
    stage.app = chatwoot.app()
    chatwoot.row_seconds, chatwoot.limit_seconds = 0.0005, 0.3
    with Client(stage.url, 3, TOKEN, tenant="azul", slow_seconds=0.2) as client:
        yield client


@pytest.mark.parametrize("open_ones", [0, 800])
def test_a_window_that_takes_the_server_too_long_is_asked_for_once_and_then_in_parts(
    chatwoot: Chatwoot, hasty: Client, open_ones: int
) -> None:
    busy(chatwoot, 1000)
    for number in range(1, open_ones + 1):
        chatwoot.conversations[number].update(inbox_id=7, status="open")
    landed: list[int] = []

    def all_landed(rows: Sequence[Conversation]) -> set[int]:
        landed.extend(row.conversation_id for row in rows)
        return set(landed)

    follow(hasty, unchanged=all_landed)
    assert sorted(landed) == sorted(chatwoot.conversations)
    windows = [request for request in chatwoot.requests if "updated_within" in request]
    assert len(windows) == len(set(windows)), "what was too much is never asked for as it was"
    assert not any("inbox_id=7&status=open" in window for window in windows) or not open_ones
    assert len(chatwoot.requests) <= 3 + 2 * 8 + 1000 / 25 + 8, "each row once, or a page more"


@pytest.mark.parametrize("strange", [{"inbox_id": 99}, {"status": "parked"}])
def test_a_heavy_window_leaves_out_no_conversation_of_an_inbox_or_status_unknown(
    chatwoot: Chatwoot, hasty: Client, strange: dict[str, Any]
) -> None:
    busy(chatwoot, 700)
    chatwoot.conversations[350].update(strange)
    assert conversations(follow(hasty)).keys() == chatwoot.conversations.keys()


def test_a_heavy_window_tells_how_many_conversations_there_are(
    chatwoot: Chatwoot, hasty: Client
) -> None:
    busy(chatwoot, 700)
    told: list[int | None] = []
    follow(hasty, progress=lambda done, total: told.append(total))
    assert told[-1] == 700


def test_a_change_without_activity_in_a_heavy_window_is_seen(
    chatwoot: Chatwoot, hasty: Client
) -> None:
    busy(chatwoot, 700)
    for number in range(1, 701):
        chatwoot.conversations[number].update(last_activity_at=FIRST_DAY + number)
    found = conversations(follow(hasty))
    assert found.keys() == chatwoot.conversations.keys()


def test_messages_that_take_the_server_too_long_are_not_asked_for_as_they_were(
    chatwoot: Chatwoot, hasty: Client
) -> None:
    chatwoot.add(1, messages=150)

    def heavy(request: Request) -> Response | None:
        if f"before={END}" not in str(request.url):
            return None
        time.sleep(0.25)
        return fails()

    chatwoot.sickness = heavy
    assert len(read(hasty)) == 150
    assert len([request for request in chatwoot.requests if f"before={END}" in request]) == 1


def test_more_pages_of_sick_rows_than_a_sick_server_would_have_cost_no_healthy_one(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = set(range(30, 221))
    batches = everything(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - chatwoot.poisoned
    assert present(batches) == chatwoot.conversations.keys()


def test_an_account_of_sick_rows_alone_comes_to_an_end(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 141):
        chatwoot.add(number, messages=1)
    chatwoot.poisoned = set(range(1, 141))
    batches = everything(client, full=True)
    assert len(rejections(batches)) == 140
    assert present(batches) == chatwoot.conversations.keys()


def test_a_list_that_fails_altogether_is_the_servers_sickness(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.sickness = lambda r: fails() if r.url.path.endswith("/conversations") else None
    with pytest.raises(TransientError, match="fails on api/v1/accounts/3/conversations"):
        everything(client)


def test_poison_among_the_changed_is_stepped_around_too(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    for number in (5, 50):
        chatwoot.touch(number)
    chatwoot.poisoned = {50}
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert 5 in conversations(batches)
    assert rejections(batches).keys() == {"raw.conversations/50"}


def test_messages_that_cannot_be_read_are_rejected_and_asked_for_again_next_time(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2, 3):
        chatwoot.add(number)
    chatwoot.sickness = lambda r: fails() if "/2/messages" in r.url.path else None
    batches = everything(client)
    found = conversations(batches)
    assert found.keys() == {1, 2, 3}
    assert found[2].content_hash == ""
    assert rejections(batches).keys() == {"raw.messages/2/"}
    assert len(message_ids(batches)) == 6


def test_a_conversation_deleted_before_its_messages_are_read_is_left_out(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2):
        chatwoot.add(number)
    gone = JSONResponse({"error": "Resource could not be found"}, 404)
    chatwoot.sickness = lambda r: gone if "/2/messages" in r.url.path else None
    batches = everything(client, full=True)
    assert conversations(batches).keys() == {1}
    assert present(batches) == frozenset({1})


# --- what changed ---


def test_an_unchanged_account_costs_three_requests(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 101):
        chatwoot.add(number)
    since = everything(client)[0].as_of
    before = client.requests
    told: list[tuple[int, int | None]] = []
    batches = list(
        extract(
            client,
            since=since,
            full=False,
            unchanged=none_landed,
            progress=lambda done, total: told.append((done, total)),
        )
    )
    assert client.requests - before == 3
    assert told == [(0, 100)], "the account's own count costs nothing and is told"
    assert conversations(batches) == {}
    assert present(batches) is None


def test_an_incremental_run_brings_what_changed_and_nothing_else(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 101):
        chatwoot.add(number)
    first = everything(client)
    chatwoot.touch(42, "quero marcar uma aula")
    chatwoot.add(101, updated_at=time.time())
    batches = list(extract(client, since=first[0].as_of, full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {42, 101}
    texts = [row.payload["content"] for batch in batches for row in batch.messages]
    assert "quero marcar uma aula" in texts
    assert conversations(batches)[42].content_hash != conversations(first)[42].content_hash


def test_a_window_with_many_changes_lands_in_batches_of_bounded_size(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 251):
        chatwoot.add(number, messages=1, updated_at=time.time())
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert [len(batch.conversations) for batch in batches] == [0, 100, 100, 50]


def test_a_change_just_before_the_watermark_is_read_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, updated_at=time.time() - 300)
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {1}


def test_a_watermark_of_the_future_lists_everything_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    tomorrow = now() + timedelta(days=1)
    batches = list(extract(client, since=tomorrow, full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {1}


def test_a_clock_put_back_since_the_last_run_hides_no_change(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, updated_at=time.time() - 2.5 * 3600)  # three hours back, six after the run
    batches = list(
        extract(
            client,
            since=now() - timedelta(hours=1),
            elapsed=timedelta(hours=3),
            full=False,
            unchanged=none_landed,
        )
    )
    assert conversations(batches).keys() == {1}


@pytest.mark.parametrize("heaviest", ["whole", "inbox 7", "inbox 7, resolved"])
def test_a_window_too_big_for_one_answer_is_asked_for_in_parts(
    chatwoot: Chatwoot, client: Client, heaviest: str
) -> None:
    for number in range(1, 61):
        chatwoot.add(
            number,
            inbox_id=7 + number % 2,
            status=("open", "resolved")[number // 2 % 2],
            updated_at=time.time(),
            last_activity_at=int(time.time()),
        )

    def too_big(request: Request) -> Response | None:
        query = request.query_params
        if "updated_within" not in query:
            return None
        fits = query.get("inbox_id") == "8" or "inbox_id" in query
        if heaviest == "inbox 7":
            fits = query.get("inbox_id") == "8" or query["status"] != "all"
        if heaviest == "inbox 7, resolved":
            fits = query.get("inbox_id") == "8"
        return None if fits else fails()

    chatwoot.sickness = too_big
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == chatwoot.conversations.keys()


@pytest.mark.parametrize("version", ["3.5.2", "2.16.0", "unknown"])
def test_a_server_that_does_not_know_the_window_is_paged_by_activity(
    chatwoot: Chatwoot, client: Client, version: str
) -> None:
    chatwoot.version = version
    chatwoot.knows_window = False
    for number in range(1, 201):
        del chatwoot.add(number)["updated_at"]
    for number in range(1, 61):
        chatwoot.conversations[number]["last_activity_at"] = int(time.time())
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() >= set(range(1, 61))
    pages = [request for request in chatwoot.requests if "last_activity_at_desc" in request]
    assert 3 <= len(pages) <= 4, "it stops at the first page that is older"


def test_a_server_between_3_6_and_4_0_2_tells_no_updated_at_and_is_trusted(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.version = "3.6.0"
    for number in range(1, 61):
        chatwoot.add(number, updated_at=time.time())

    def without(request: Request) -> Response | None:
        if "updated_within" not in request.query_params:
            return None
        bare = [{k: v for k, v in row.items() if k != "updated_at"} for row in rows]
        return JSONResponse({"data": {"meta": {}, "payload": bare}})

    rows = list(chatwoot.conversations.values())
    chatwoot.sickness = without
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert all(row.updated_at is None for row in conversations(batches).values())
    assert not any("sort_by" in request for request in chatwoot.requests)


def test_two_runs_in_a_row_read_the_same(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    first = everything(client)
    for conversation in chatwoot.conversations.values():
        conversation.update(unread_count=9, agent_last_seen_at=int(time.time()))
        conversation["meta"]["sender"]["thumbnail"] = "https://changed"
    second = everything(client)
    assert conversations(first) == conversations(second)
    assert [b.messages for b in first] == [b.messages for b in second]


# --- messages ---


def read(client: Client, number: int = 1) -> list[int]:
    rows = MessageReader(client).read(number).rows
    return [row.message_id for row in rows if isinstance(row, Message)]


def test_messages_cost_one_request_for_a_conversation_of_any_usual_length(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=999)
    assert read(client) == [row["id"] for row in chatwoot.messages[1]]
    assert client.requests == 1


@pytest.mark.parametrize("order", ["by id", "reversed", "shuffled", "one late"])
@pytest.mark.parametrize("count", [1000, 1001, 2500])
def test_no_message_is_lost_whatever_the_order_of_ids_and_times(
    chatwoot: Chatwoot, client: Client, order: str, count: int
) -> None:
    chatwoot.add(1, messages=count)
    for n, row in enumerate(chatwoot.messages[1]):
        if order == "reversed":
            row["created_at"] -= 2 * n
        elif order == "shuffled":
            row["created_at"] = FIRST_DAY + (n * 7919) % count
    if order == "one late":
        chatwoot.messages[1][3]["created_at"] += 10**6
    assert read(client) == [row["id"] for row in chatwoot.messages[1]]


def test_a_thread_too_heavy_for_a_thousand_is_read_by_hundreds(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=730)

    def heavy(request: Request) -> Response | None:
        query = request.query_params
        if "before" not in query:
            return None
        low, high = int(query["after"]), int(query["before"])
        wanted = sum(low <= row["id"] < high for row in chatwoot.messages[1])
        return fails() if wanted > 100 else None

    chatwoot.sickness = heavy
    assert read(client) == [row["id"] for row in chatwoot.messages[1]]


@pytest.mark.parametrize("count", [0, 19, 20, 21, 95])
def test_an_old_server_that_knows_no_windows_is_paged_back(
    chatwoot: Chatwoot, client: Client, count: int
) -> None:
    chatwoot.knows_message_windows = False
    chatwoot.add(1, messages=count)
    assert read(client) == [row["id"] for row in chatwoot.messages[1]]


def test_messages_of_no_conversation_are_not_found(client: Client) -> None:
    with pytest.raises(NotFoundError):
        read(client, 99)


def test_messages_that_always_fail_say_so(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.sickness = fails
    with pytest.raises(
        UnansweredError, match=r"^azul: .* fails on api/v1/accounts/3/conversations"
    ):
        read(client)


# --- what lands ---


def landed_bytes(batches: list[Batch]) -> str:
    return json.dumps([asdict(batch) for batch in batches], default=str, ensure_ascii=False)


def test_no_secret_and_no_passing_state_lands(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(1)
    chatwoot.add(2, created_at=None, imap_password=SECRET)
    batches = everything(client, full=True)
    assert rejections(batches) == {"raw.conversations/2": "no created_at"}
    found = landed_bytes(batches)
    for word in ("Maria", "Natal", "5584@c.us", "WAID:1"):
        assert word in found
    for word in (SECRET, TOKEN, "unread_count", "last_seen_at", "thumbnail", "contact_inbox"):
        assert word not in found


def test_text_that_postgres_cannot_keep_is_cleaned(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(
        1, custom_attributes={"a\x00b": "\ud83d", "n": float("nan"), "t": [1, {"x": "\x00"}]}
    )
    chatwoot.messages[1][0]["content"] = "oi\x00 \ud83d\ude00 \ud83d"
    batches = everything(client)
    assert batches[1].messages[0].payload["content"] == "oi 😀 �"
    assert batches[1].conversations[0].payload["custom_attributes"] == {
        "ab": "�",
        "n": None,
        "t": [1, {"x": ""}],
    }
    landed_bytes(batches).encode()


@pytest.mark.parametrize(
    ("raw", "key", "reason"),
    [
        ("text", "?", "not an object but str"),
        (None, "?", "not an object but NoneType"),
        ({"created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": "x", "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 1.5, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": True, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 2**64, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 9}, "9", "no created_at"),
        ({"id": 9, "created_at": 0}, "9", "no created_at"),
        ({"id": 9, "created_at": 5}, "9", "created_at is absurd: 5"),
        ({"id": 9, "created_at": FIRST_DAY * 1000}, "9", "created_at is absurd"),
        ({"id": 9, "created_at": 10**400}, "9", "created_at is absurd"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_lands(
    chatwoot: Chatwoot, client: Client, raw: Any, key: str, reason: str
) -> None:
    chatwoot.add(1)
    chatwoot.messages[1].append(chatwoot.messages[1][0])

    def with_bad_row(request: Request) -> Response | None:
        if request.query_params.get("page") == "1":
            rows = [raw, chatwoot.conversations[1]]
        elif request.url.path.endswith("/1/messages"):
            return Response(json.dumps({"payload": [raw, *chatwoot.messages[1]]}))
        else:
            return None
        return Response(json.dumps({"data": {"meta": {"all_count": 2}, "payload": rows}}))

    chatwoot.sickness = with_bad_row
    batches = everything(client)
    assert conversations(batches).keys() == {1}
    assert len(message_ids(batches)) == 3
    rejected = rejections(batches)
    assert {name.rpartition("?")[0] + "?" if key == "?" else name for name in rejected} == {
        f"raw.conversations/{key}",
        f"raw.messages/1/{key}",
    }
    assert all(said.startswith(reason) for said in rejected.values())


def test_odd_types_of_other_versions_land_as_the_usual_ones(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, created_at=str(FIRST_DAY), updated_at="2026-01-01T00:00:00.500Z", labels=None)
    chatwoot.conversations[1].update(
        id="1", inbox_id="7", custom_attributes=None, surprise={"x": 1}
    )
    chatwoot.conversations[1]["meta"] = {"sender": None}
    chatwoot.messages[1] = [
        {
            "id": "10",
            "message_type": "incoming",
            "created_at": "2026-01-01T00:00:00Z",
            "content": None,
            "private": 0,
            "content_attributes": None,
            "attachments": [None, {"id": "3", "data_url": SECRET, "file_type": "audio"}],
        }
    ]
    batches = everything(client)
    conversation, message = batches[1].conversations[0], batches[1].messages[0]
    assert conversation.conversation_id == conversation.payload["id"] == 1
    assert conversation.payload["inbox_id"] == 7
    assert conversation.payload["created_at"] == FIRST_DAY
    assert conversation.payload["labels"] == []
    assert conversation.payload["meta"] == {"sender": {}}
    assert conversation.updated_at == datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc)
    assert message.payload == {
        "id": 10,
        "content": None,
        "message_type": 0,
        "created_at": FIRST_DAY,
        "private": False,
        "content_attributes": {},
        "attachments": [{}, {"id": 3, "file_type": "audio"}],
    }


def test_an_agents_token_that_may_not_list_agents_reads_the_rest(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    denied = JSONResponse({"error": "You are not authorized to do this action"}, 401)
    chatwoot.sickness = lambda r: denied if r.url.path.endswith("/agents") else None
    batches = everything(client)
    assert batches[0].agents == []
    assert conversations(batches).keys() == {1}


def test_every_request_waits_its_turn(chatwoot: Chatwoot) -> None:
    chatwoot.add(1)
    turns: list[None] = []
    with (
        serving(chatwoot.app()) as url,
        Client(url, 3, TOKEN, tenant="azul", wait_turn=lambda: turns.append(None)) as client,
    ):
        everything(client)
        assert len(turns) == client.requests == len(chatwoot.requests)


def test_a_message_of_a_megabyte_lands_whole(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(1)
    chatwoot.messages[1][0]["content"] = "x" * 2**20
    assert len(everything(client)[1].messages[0].payload["content"]) == 2**20


def test_errors_of_all_kinds_are_ours(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.sickness = lambda _: JSONResponse({"payload": {"not": "a list"}})
    with pytest.raises(GeniaiError, match="without a list"):
        everything(client)


# --- the stand-in ---


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(seed=7, requests_per_minute=10**6) as server:
        yield server


@pytest.mark.parametrize("gym", [GYMS[0], GYMS[-1]], ids=lambda gym: gym.slug)
def test_a_sample_gym_ends_up_as_its_server_knows_it(demo: DemoServer, gym: Gym) -> None:
    truth = demo.world.accounts[gym.account_id]
    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as client:
        assert client.check().role == "administrator"
        before = client.requests
        batches = everything(client)
        assert client.requests - before <= 1.1 * len(truth.conversations)
        found = conversations(batches)
        assert rejections(batches) == {}
        assert found.keys() == truth.conversations.keys()
        for number, row in found.items():
            true = truth.conversations[number]
            assert row.payload["status"] == true.status
            assert row.payload["labels"] == true.labels
            assert row.payload["inbox_id"] == true.inbox.id
            assert row.payload["created_at"] == int(true.created_at)
            assert row.payload["meta"]["sender"]["name"] == true.contact.name
            assert row.payload["custom_attributes"] == true.custom_attributes
        assert {
            (row.conversation_id, row.message_id, row.payload["content"])
            for batch in batches
            for row in batch.messages
        } == {
            (conversation.display_id, message.id, message.content)
            for conversation in truth.conversations.values()
            for message in conversation.messages
        }


def test_a_living_gym_is_followed_at_the_cost_of_what_changed(demo: DemoServer) -> None:
    gym, world = GYMS[3], demo.world
    truth = world.accounts[gym.account_id].conversations
    hashes: dict[int, str] = {}

    def unchanged(rows: Sequence[Conversation]) -> set[int]:
        return {
            row.conversation_id
            for row in rows
            if hashes.get(row.conversation_id) == row.content_hash
        }

    def follow(since: datetime | None, *, full: bool = False) -> tuple[list[Batch], int]:
        before = reader.requests
        batches = list(extract(reader, since=since, full=full, unchanged=unchanged))
        hashes.update({n: row.content_hash for n, row in conversations(batches).items()})
        return batches, reader.requests - before

    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as reader:
        first, _ = follow(None)
        written, tagged, deleted, edited = list(truth.values())[:4]
        world.advance(3600)
        world.add_message(written, "quero marcar uma aula experimental")
        world.set_custom_attributes(tagged, {"plano": "anual"})
        second, cost = follow(first[0].as_of)
        assert conversations(second).keys() == {written.display_id, tagged.display_id}
        assert cost == 3 + 2
        assert follow(second[0].as_of)[1] == 3, "nothing new"

        world.delete_conversation(deleted)
        world.edit_message(edited.messages[0], "editada sem deixar sinal")
        assert conversations(follow(second[0].as_of)[0]) == {}, "neither gives a sign"
        swept, _ = follow(None, full=True)
        assert present(swept) == truth.keys()
        assert deleted.display_id not in truth
        texts = [row.payload["content"] for batch in swept for row in batch.messages]
        assert "editada sem deixar sinal" in texts


def test_no_secret_of_a_sample_gym_lands(demo: DemoServer) -> None:
    gym = GYMS[-1]
    account = demo.world.accounts[gym.account_id]
    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as client:
        found = landed_bytes(everything(client, full=True))
    secrets = {gym.token, gym.agent_token, *(user.pubsub_token for user in account.users)}
    for inbox in account.inboxes:
        # Not the names of settings, nor the numbers that are no secret.
        secrets.update(re.findall(r"'([0-9a-f]{20,})'", repr(inbox.secrets)))
    assert len(secrets) > 5
    assert not [secret for secret in secrets if secret in found]
