"""The receiver of webhooks as a process of its own, before a real Postgres."""

import json
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from chatwoot_demo.server import Server
from geniai_pipeline.live import receiver as receiver_module
from geniai_pipeline.live.receiver import HEALTH, MOST_BYTES
from geniai_pipeline.services import postgres
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import webhooks
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect, role_url
from geniai_pipeline.warehouse.migrations import migrate
from geniai_pipeline.warehouse.webhooks import Webhook
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.deliveries import (
    ACCOUNT,
    VERSIONS,
    find_personal_texts,
    read_deliveries,
    read_secret,
    sign,
)
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.postgres import run_server
from geniai_pipeline_tests.support.receiver_process import ReceiverProcess, run_receiver
from geniai_pipeline_tests.support.waiting import wait_until

SECRET = read_secret("4.14.2") or ""
SIGNED, UNSIGNED, OTHER, DISABLED = "assinada", "sem-assinatura", "outra", "desligada"
TOKEN = {slug: f"{slug:-<43}" for slug in (SIGNED, UNSIGNED, OTHER, DISABLED)}
BODY = json.dumps(
    {"event": "conversation_updated", "id": 7, "account": {"id": ACCOUNT}}
).encode()  # fmt: skip


@pytest.fixture(scope="module")
def tenant_ids(blank_server: None, make_tenant: MakeTenant) -> dict[str, int]:
    """Tenants in a database that holds nothing else, by slug."""
    migrate()
    numbers = {}
    for slug in TOKEN:
        account = 9 if slug == OTHER else ACCOUNT
        tenant = make_tenant(slug, chatwoot_account_id=account)
        numbers[slug] = tenant.tenant_id
        with TenantSession(tenant.tenant_id) as session:
            secret = None if slug == UNSIGNED else SECRET
            webhooks.store_webhook(session, Webhook(TOKEN[slug], secret, 1))
    with connect(admin_url()) as connection:
        connection.execute("update ops.tenants set active = false where slug = %s", [DISABLED])
    return numbers


@pytest.fixture(scope="module")
def receiver(tenant_ids: dict[str, int]) -> Iterator[ReceiverProcess]:
    with run_receiver(Path(tempfile.mkdtemp()) / "receiver.log") as process:
        yield process


def _post(
    receiver: ReceiverProcess,
    slug: str = SIGNED,
    body: bytes = BODY,
    headers: dict[str, str] | None = None,
    token: str | None = None,
) -> httpx2.Response:
    if headers is None:
        headers = sign(body, SECRET, time.time(), str(uuid4()))
    url = f"{receiver.url}/webhooks/{slug}/{TOKEN[slug] if token is None else token}"
    return httpx2.post(url, content=body, headers=headers, trust_env=False, timeout=30)


def _read_events(slug: str | None = None) -> list[tuple[Any, ...]]:
    with connect(admin_url()) as connection:
        return connection.execute(
            "select kind, conversation_id, contact_id, delivery_id from ops.live_events"
            " join ops.tenants using (tenant_id) where slug = coalesce(%s, slug) order by event_id",
            [slug],
        ).fetchall()


@pytest.fixture
def unchanged(receiver: ReceiverProcess) -> Iterator[None]:
    """The test must leave no event."""
    before = _read_events()
    yield
    assert _read_events() == before


def _post_recorded(receiver: ReceiverProcess, version: str) -> list[str | None]:
    """Posts the recorded deliveries of a version, and returns their new numbers."""
    numbers = []
    for delivery in read_deliveries(version):
        slug, number = UNSIGNED, None
        headers = delivery.headers
        if read_secret(version):  # the recorded time has passed
            slug, number = SIGNED, str(uuid4())
            headers = sign(delivery.body, SECRET, time.time(), number)
        assert _post(receiver, slug, delivery.body, headers).status_code == 200
        numbers.append(number)
    return numbers


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_delivery_is_stored(receiver: ReceiverProcess, version: str) -> None:
    slug = SIGNED if read_secret(version) else UNSIGNED
    before = len(_read_events(slug))
    numbers = _post_recorded(receiver, version)

    stored = _read_events(slug)[before:]
    ids = [delivery.ids for delivery in read_deliveries(version)]
    assert stored == [(*each, number) for each, number in zip(ids, numbers, strict=True)]


def test_the_state_counts_events_and_tells_the_last(
    receiver: ReceiverProcess, tenant_ids: dict[str, int]
) -> None:
    def read() -> tuple[Any, ...]:
        with TenantSession(tenant_ids[SIGNED]) as session, session.transaction() as connection:
            row = connection.execute("select events, last_event_at from ops.live_state").fetchone()
        return row or (0, None)

    assert _post(receiver).status_code == 200
    events, at = read()
    assert _post(receiver).status_code == 200
    assert read()[0] == events + 1
    assert read()[1] > at


def test_a_stored_event_is_notified(receiver: ReceiverProcess) -> None:
    with connect(role_url("etl_writer")) as connection:
        connection.autocommit = True
        connection.execute("listen geniai_live")
        assert _post(receiver).status_code == 200
        assert len([*connection.notifies(timeout=10, stop_after=1)]) == 1


def test_a_delivery_is_taken_once(receiver: ReceiverProcess) -> None:
    headers = sign(BODY, SECRET, time.time(), str(uuid4()))
    before = len(_read_events(SIGNED))
    assert [_post(receiver, headers=headers).status_code for _ in range(3)] == [200] * 3
    with ThreadPoolExecutor(8) as senders:
        codes = senders.map(lambda _: _post(receiver, headers=headers).status_code, range(16))
        assert set(codes) == {200}
    assert len(_read_events(SIGNED)) == before + 1


@pytest.mark.usefixtures("unchanged")
def test_a_wrong_token_and_an_unknown_tenant_get_the_same_answer(
    receiver: ReceiverProcess,
) -> None:
    def answer(slug: str, token: str) -> tuple[int, bytes, dict[str, str]]:
        headers = sign(BODY, SECRET, time.time(), str(uuid4()))
        url = f"{receiver.url}/webhooks/{slug}/{token}"
        got = httpx2.post(url, content=BODY, headers=headers, trust_env=False)
        return got.status_code, got.content, {k: v for k, v in got.headers.items() if k != "date"}

    expected = (404, b"", {"connection": "close", "content-length": "0"})
    assert answer(SIGNED, TOKEN[OTHER]) == expected
    assert answer(SIGNED, TOKEN[SIGNED][:-1]) == expected
    assert answer(SIGNED, TOKEN[SIGNED] + "x") == expected
    assert answer("ninguem", TOKEN[SIGNED]) == expected
    assert answer("ninguem", "-" * 43) == expected, "that of whom nobody is compared with"
    assert answer("%C3%A9", "%C3%A9%00") == expected
    assert answer(DISABLED, TOKEN[DISABLED]) == expected


@pytest.mark.usefixtures("unchanged")
def test_a_forged_signature_is_refused(receiver: ReceiverProcess) -> None:
    good = sign(BODY, SECRET, time.time(), str(uuid4()))
    of_another_body = sign(BODY + b" ", SECRET, time.time(), str(uuid4()))
    of_another_secret = sign(BODY, SECRET + "x", time.time(), str(uuid4()))
    later = {**good, "X-Chatwoot-Timestamp": str(int(time.time()) + 5)}
    unsigned = {name: value for name, value in good.items() if name != "X-Chatwoot-Signature"}
    for headers in (of_another_body, of_another_secret, later, unsigned):
        assert _post(receiver, headers=headers).status_code == 401


@pytest.mark.usefixtures("unchanged")
def test_a_signed_delivery_without_a_number_is_refused(receiver: ReceiverProcess) -> None:
    headers = sign(BODY, SECRET, time.time(), "")
    assert _post(receiver, headers=headers).status_code == 400
    headers = sign(BODY, SECRET, time.time(), "9" * 65)
    assert _post(receiver, headers=headers).status_code == 400


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_stale_or_future_delivery_is_refused(receiver: ReceiverProcess, seconds: int) -> None:
    headers = sign(BODY, SECRET, time.time() + seconds, str(uuid4()))
    assert _post(receiver, headers=headers).status_code == 401


@pytest.mark.usefixtures("unchanged")
def test_recorded_deliveries_are_stale(receiver: ReceiverProcess) -> None:
    delivery = read_deliveries("4.14.2")[0]
    assert _post(receiver, SIGNED, delivery.body, delivery.headers).status_code == 401


@pytest.mark.usefixtures("unchanged")
def test_another_tenants_delivery_is_refused(receiver: ReceiverProcess) -> None:
    """The other account has the same secret here, so that its account alone tells them apart."""
    assert _post(receiver, OTHER).status_code == 403
    own = BODY.replace(b'"id": 2', b'"id": 9')
    assert _post(receiver, SIGNED, own).status_code == 403
    assert _post(receiver, UNSIGNED, own, headers={}).status_code == 403


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff" * 9, b"[" * 10**5, b'{"event": "message_created", "id": 1}'],
)
def test_a_broken_delivery_is_refused(receiver: ReceiverProcess, body: bytes) -> None:
    assert _post(receiver, body=body).status_code == 400


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", ["contact_created", "conversation_typing_on", "x" * 1000])
def test_nothing_is_stored_of_other_kinds(receiver: ReceiverProcess, kind: str) -> None:
    body = json.dumps({"event": kind, "id": 1, "account": {"id": ACCOUNT}}).encode()
    assert _post(receiver, body=body).status_code == 200


@pytest.mark.usefixtures("unchanged")
def test_a_delivery_of_a_megabyte_is_read_and_a_larger_one_is_not(
    receiver: ReceiverProcess,
) -> None:
    body = b'{"event": "contact_created", "x": "'
    largest = body + b"x" * (MOST_BYTES - len(body) - 2) + b'"}'
    assert len(largest) == MOST_BYTES
    assert _post(receiver, body=largest).status_code == 200
    assert _post(receiver, body=largest + b" ").status_code == 413


@pytest.mark.usefixtures("unchanged")
def test_a_large_delivery_is_refused_before_it_is_sent(receiver: ReceiverProcess) -> None:
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=30) as sent:
        sent.sendall(_head(b"Content-Length: 1000000000"))
        assert sent.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.usefixtures("unchanged")
def test_a_large_delivery_in_chunks_is_refused_on_the_way(receiver: ReceiverProcess) -> None:
    part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    taken = 0
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=30) as sent:
        sent.sendall(_head(b"Transfer-Encoding: chunked"))
        try:
            while taken < 64 * MOST_BYTES:
                sent.sendall(part)
                taken += len(part)
        except OSError:  # closed by the receiver
            pass
    assert taken < 16 * MOST_BYTES, "what fits into the buffers of both ends is taken"


def _head(length: bytes) -> bytes:
    path = f"/webhooks/{SIGNED}/{TOKEN[SIGNED]}".encode()
    return b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n\r\n"


def test_health_and_other_paths(receiver: ReceiverProcess) -> None:
    def get(path: str, method: str = "GET") -> int:
        return httpx2.request(method, f"{receiver.url}{path}", trust_env=False).status_code

    assert httpx2.get(f"{receiver.url}/webhooks/health", trust_env=False).json() == HEALTH
    assert get("/") == 404
    assert get(f"/webhooks/{SIGNED}/{TOKEN[SIGNED]}") == 405
    assert get(f"/webhooks/{SIGNED}/{TOKEN[SIGNED]}/", "POST") == 404, "no redirect repeats it"


def test_nothing_that_was_answered_is_lost_by_a_kill(receiver: ReceiverProcess) -> None:
    for _ in range(3):
        number = str(uuid4())
        headers = sign(BODY, SECRET, time.time(), number)
        assert _post(receiver, headers=headers).status_code == 200
        receiver.kill()
        assert Counter(row[3] for row in _read_events(SIGNED))[number] == 1
        receiver.restart()


def test_nothing_that_was_answered_is_lost_by_a_kill_under_load(receiver: ReceiverProcess) -> None:
    answered: list[str] = []

    def send(_: int) -> None:
        number = str(uuid4())
        try:
            if _post(receiver, headers=sign(BODY, SECRET, time.time(), number)).status_code == 200:
                answered.append(number)
        except httpx2.HTTPError:
            pass
        if len(answered) == 40:
            receiver.process.kill()

    with ThreadPoolExecutor(8) as senders:
        list(senders.map(send, range(120)))
    receiver.process.wait()
    receiver.restart()
    assert 40 <= len(answered) < 120
    assert set(answered) <= {row[3] for row in _read_events(SIGNED)}


def test_an_answer_waits_for_the_commit(
    receiver: ReceiverProcess, tenant_ids: dict[str, int]
) -> None:
    with connect(admin_url()) as connection:
        connection.execute(
            "select from ops.live_state where tenant_id = %s for update", [tenant_ids[SIGNED]]
        )
        assert _post(receiver).status_code == 503, "not stored within the seconds Chatwoot waits"


def test_nothing_of_a_payload_is_in_the_database_or_the_logs(receiver: ReceiverProcess) -> None:
    texts: set[str] = set()
    for version in VERSIONS:
        _post_recorded(receiver, version)
        for delivery in read_deliveries(version):
            texts.update(find_personal_texts(delivery.payload))
    tokens = {line for line in texts if len(line) > 20 and " " not in line}
    assert len(texts) > 30
    assert len(tokens) > 5

    with connect(admin_url()) as connection:
        tables = connection.execute(
            "select c.oid::regclass::text from pg_class c where relkind in ('r', 'm')"
            " and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = "\n".join(
            str(row) for (table,) in tables
            for row in connection.execute(f"select t::text from {table} t")
        )  # fmt: skip
        assert SIGNED in rows
        assert [text for text in texts if text in rows] == []
        connection.execute("checkpoint")
    needles = Path(tempfile.mkdtemp()) / "needles"
    secrets = [SECRET, *TOKEN.values()]
    needles.write_text("\n".join(sorted([*texts, *secrets])) + "\n")
    found = subprocess.run(
        ["grep", "-raoFf", needles, get_settings().home, receiver.log],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stdout) == (1, ""), "files of the server, its log, ours"


def test_a_new_webhook_is_taken_and_a_deleted_one_is_not(
    tenant_ids: dict[str, int], make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver_module, "RELOAD_SECONDS", 0.2)
    with Server(receiver_module.build_application()) as server:

        def post() -> int:
            headers = sign(BODY, SECRET, time.time(), str(uuid4()))
            url = f"{server.url}/webhooks/nova/{'n' * 43}"
            return httpx2.post(url, content=BODY, headers=headers, trust_env=False).status_code

        tenant_id = make_tenant("nova", chatwoot_account_id=ACCOUNT).tenant_id
        assert post() == 404
        with TenantSession(tenant_id) as session:
            webhooks.store_webhook(session, Webhook("n" * 43, SECRET, 1))
            wait_until(lambda: post() == 200)
            webhooks.delete_webhook(session)
            wait_until(lambda: post() == 404)


def test_a_database_that_is_down_is_told_and_found_again(
    monkeypatch: pytest.MonkeyPatch, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENIAI_HOME", tempfile.mkdtemp(dir=get_settings().home.parent))
    get_settings.cache_clear()
    home, log = get_settings().home, tmp_path / "postgres.log"
    postgres.prepare(home)
    command = postgres.command(home, free_port())
    try:
        with run_server(command, log, lambda: admin_url("postgres")):
            migrate()
            with TenantSession(make_tenant(SIGNED, chatwoot_account_id=2).tenant_id) as session:
                webhooks.store_webhook(session, Webhook(TOKEN[SIGNED], SECRET, 1))
            process = ReceiverProcess(tmp_path / "receiver.log")
            assert _post(process).status_code == 200
        assert [_post(process).status_code for _ in range(5)] == [503] * 5
        assert httpx2.get(f"{process.url}/webhooks/health", trust_env=False).status_code == 200
        with run_server(command, log, lambda: admin_url("postgres")):
            assert [_post(process).status_code for _ in range(5)] == [200] * 5
            assert len(_read_events(SIGNED)) == 6
        assert TOKEN[SIGNED] not in process.log.read_text()
    finally:
        process.kill()
        monkeypatch.undo()
        get_settings.cache_clear()
