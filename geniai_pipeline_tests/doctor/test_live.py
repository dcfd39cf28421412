"""Doctor's check of live: which reason a silent webhook has, and failures that last."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer, Server
from geniai_pipeline.administration.webhooks import ensure_webhook
from geniai_pipeline.doctor import live as doctor
from geniai_pipeline.live.receiver import HEALTH
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import live, registry, webhooks
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.webhooks import Webhook
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.recorded_webhooks import RecordedWebhooks

SLUG = "calada"
GYM = GYMS[-1]


class _Public:
    """The public address: a server that answers health as the receiver does, or otherwise."""

    def __init__(self) -> None:
        self.answer: Callable[[], Response] = lambda: JSONResponse(HEALTH)

    async def respond(self, request: Request) -> Response:
        return self.answer()


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Public]:
    public = _Public()
    with Server(Starlette(routes=[Route("/webhooks/health", public.respond)])) as server:
        monkeypatch.setenv("GENIAI_PUBLIC_URL", server.url)
        get_settings.cache_clear()
        yield public


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture
def hooks(
    embedded: None, public: _Public, chatwoot: DemoServer, make_tenant: MakeTenant
) -> Iterator[RecordedWebhooks]:
    """Of a tenant whose webhook is registered, with a conversation since."""
    hooks = RecordedWebhooks()
    chatwoot.faults[:] = [hooks]
    tenant = make_tenant(
        SLUG,
        chatwoot_url=chatwoot.url,
        chatwoot_account_id=GYM.account_id,
        chatwoot_token=GYM.token,
    )
    ensure_webhook(SLUG)
    _insert_conversation(tenant.tenant_id, datetime.now(timezone.utc) + timedelta(minutes=5))
    yield hooks
    registry.remove_tenant(SLUG)


def _insert_conversation(tenant_id: int, at: datetime) -> None:
    with connect(admin_url()) as connection:
        columns = connection.execute(
            "select a.attname, format_type(a.atttypid, null) from pg_attribute a"
            " where a.attrelid = 'core.conversations'::regclass and a.attnum > 0"
            " and a.attnotnull and not a.atthasdef and not a.attisdropped"
        ).fetchall()
        values: dict[str, Any] = {"timestamp with time zone": at, "text": "x", "text[]": []}
        values |= {"boolean": False, "jsonb": Jsonb([])}
        row = {name: values.get(kind, 1) for name, kind in columns}
        row |= {"tenant_id": tenant_id, "status": "open"}
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        connection.execute(
            f"insert into core.conversations ({names}) values ({places})".encode(), [*row.values()]
        )


def _find() -> list[str]:
    return [
        f"{finding.what} {finding.mend}"
        for finding in doctor.check_live()
        if finding.tenant in (SLUG, None)
    ]


def _session() -> TenantSession:
    return TenantSession(registry.load_tenant(SLUG).tenant_id)


def test_a_private_address_is_named(hooks: RecordedWebhooks) -> None:
    (finding,) = _find()
    assert "127.0.0.1 is a private address" in finding
    assert "SAFE_FETCH_ALLOW_PRIVATE_NETWORK=true" in finding


def test_a_public_address_that_works_from_here_leaves_chatwoots_side(
    hooks: RecordedWebhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_is_private", lambda host: False)
    (finding,) = _find()
    assert "works from here" in finding
    assert "Sidekiq" in finding


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: PlainTextResponse("Sign in", 200), "200, 'Sign in'"),
        (lambda: PlainTextResponse("Bad Gateway", 502), "502, 'Bad Gateway'"),
    ],
)
def test_an_address_that_leads_elsewhere_is_told_with_its_answer(
    hooks: RecordedWebhooks,
    public: _Public,
    answer: Callable[[], Response],
    says: str,
) -> None:
    public.answer = answer
    address, silence = _find()
    assert says in address
    assert str(get_settings().live_port) in address
    assert "the public address does not lead to the receiver" in silence


def test_an_address_without_a_server_is_told(
    hooks: RecordedWebhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIAI_PUBLIC_URL", "http://127.0.0.1:1")
    get_settings.cache_clear()
    address, _ = _find()
    assert "http://127.0.0.1:1/webhooks/health cannot be reached from here" in address


def test_a_clock_that_is_wrong_is_told(
    hooks: RecordedWebhooks, chatwoot: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = chatwoot.world.now
    monkeypatch.setattr(chatwoot.world, "now", lambda: now() + 10_000_000)
    (finding,) = _find()
    assert "s from this machine's, so signatures are refused" in finding


def test_another_secret_is_told(hooks: RecordedWebhooks) -> None:
    hooks.rows[0]["secret"] = "another"
    assert "signs by another secret" in _find()[0]
    ensure_webhook(SLUG)
    assert "private address" in _find()[0]


def test_a_webhook_that_was_deleted_is_told(hooks: RecordedWebhooks) -> None:
    hooks.rows.clear()
    assert "it was deleted in Chatwoot" in _find()[0]


def test_a_refused_registration_is_told(hooks: RecordedWebhooks) -> None:
    with _session() as session:
        webhooks.store_webhook(session, Webhook("t" * 43, error="Not for agents."))
    (finding,) = _find()
    assert finding.startswith("Its webhook is not registered: Not for agents.")


def test_a_webhook_that_told_something_or_had_nothing_to_tell_is_well(
    hooks: RecordedWebhooks,
) -> None:
    with connect(admin_url()) as connection:
        connection.execute("update ops.webhooks set registered_at = now() + interval '1 hour'")
    assert _find() == [], "no conversation went on since"
    with connect(admin_url()) as connection:
        connection.execute("update ops.webhooks set registered_at = now()")
    assert len(_find()) == 1
    with _session() as session:
        live.store_event(
            session, kind="contact_updated", conversation_id=None, contact_id=1, delivery_id=None
        )
    assert _find() == []


def test_a_failure_is_told_after_ten_minutes(hooks: RecordedWebhooks) -> None:
    with _session() as session:
        webhooks.delete_webhook(session)
        live.open_state(session)
        live.store_error(session, "Its Chatwoot is on fire.")
    assert _find() == []
    with connect(admin_url()) as connection:
        connection.execute(
            "update ops.live_state set failing_since = failing_since - interval '11 minutes'"
        )
    (finding,) = _find()
    assert "Its Chatwoot is on fire." in finding
