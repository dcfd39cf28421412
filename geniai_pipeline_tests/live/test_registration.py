"""Webhooks are registered, renewed and deleted with their tenants."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer, Server
from geniai_pipeline import administration
from geniai_pipeline.administration.webhooks import ensure_webhook
from geniai_pipeline.chatwoot.webhooks import EVENTS
from geniai_pipeline.live import receiver
from geniai_pipeline.orchestration.partitions import remove_partition
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import live, registry, webhooks
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline.warehouse.webhooks import Webhook
from geniai_pipeline_tests.support.commands import run_geniai
from geniai_pipeline_tests.support.deliveries import VERSIONS
from geniai_pipeline_tests.support.recorded_webhooks import RecordedWebhooks
from geniai_pipeline_tests.support.waiting import wait_until

GYM = GYMS[-1]
SLUG = "avisada"
PUBLIC = "https://painel.example.com"
SetPublic = Callable[[str | None], None]


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture
def hooks(chatwoot: DemoServer) -> Iterator[RecordedWebhooks]:
    hooks = RecordedWebhooks()
    chatwoot.faults[:] = [hooks]
    yield hooks
    chatwoot.faults.clear()


@pytest.fixture
def set_public(embedded: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetPublic]:
    """Sets the public address; the tenant is removed at the end."""

    def set_address(address: str | None) -> None:
        if address is None:
            monkeypatch.delenv("GENIAI_PUBLIC_URL", raising=False)
        else:
            monkeypatch.setenv("GENIAI_PUBLIC_URL", address)
        get_settings.cache_clear()

    set_address(PUBLIC)
    yield set_address
    if any(tenant["slug"] == SLUG for tenant in registry.describe_tenants()):
        registry.remove_tenant(SLUG)
        remove_partition(SLUG)
    monkeypatch.undo()
    get_settings.cache_clear()


def _add(chatwoot: DemoServer, **changes: Any) -> administration.AddedTenant:
    config = {
        "chatwoot_url": chatwoot.url,
        "chatwoot_account_id": GYM.account_id,
        "chatwoot_token": GYM.token,
        **changes,
    }
    return administration.add_tenant(SLUG, "Avisada", TenantConfig(**config))


def _load() -> Webhook | None:
    with TenantSession(registry.load_tenant(SLUG).tenant_id) as session:
        return webhooks.load_webhook(session, SLUG)


def _describe() -> str:
    with TenantSession(registry.load_tenant(SLUG).tenant_id) as session:
        return webhooks.read_state(session).describe()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tenants_webhook_is_registered(
    set_public: SetPublic, chatwoot: DemoServer, version: str
) -> None:
    hooks = RecordedWebhooks(version)
    chatwoot.faults[:] = [hooks]
    added = _add(chatwoot).webhook
    assert added is not None
    assert (added.is_new, added.error) == (True, None)
    (row,) = hooks.rows
    assert row["url"] == added.address
    assert set(row["subscriptions"]) == {*EVENTS}
    stored = _load()
    assert stored is not None
    assert stored.secret == (None if version == "4.2.0" else f"secret-of-{row['id']}")
    assert stored.webhook_id == row["id"]
    assert added.address == f"{PUBLIC}/webhooks/{SLUG}/{stored.token}"
    assert len(stored.token) >= 43
    assert _describe() == "registered, waiting for a first delivery"

    with connect(admin_url()) as connection:
        line = connection.execute("select w::text from ops.webhooks w").fetchall()
    assert stored.token not in str(line)
    assert not stored.secret or stored.secret not in str(line)
    assert stored.token not in repr((stored, added))


def test_a_second_add_changes_nothing(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    rows, stored = list(hooks.rows), _load()
    hooks.requests.clear()
    again = _add(chatwoot).webhook
    assert again is not None
    assert (again.is_new, again.error) == (False, None)
    assert hooks.requests == ["GET"]
    assert (hooks.rows, _load()) == (rows, stored)


def test_no_webhook_without_a_public_address(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    set_public(None)
    assert _add(chatwoot).webhook is None
    assert hooks.requests == []
    assert _load() is None
    assert _describe() == "none"


def test_a_changed_address_replaces_the_webhook(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    foreign = hooks.add_row("https://other.example.com/webhooks/x", ["message_created"])
    same_slug = hooks.add_row(f"https://other.example.com/webhooks/{SLUG}/token", [*EVENTS])
    first = _add(chatwoot).webhook
    before = _load()
    set_public("https://novo.example.com/")
    second = _add(chatwoot).webhook
    after = _load()
    assert first
    assert second
    assert before
    assert after
    assert second.address == first.address.replace("painel", "novo")
    assert hooks.rows[:2] == [foreign, same_slug], "another installation's are left alone"
    assert [row["url"] for row in hooks.rows[2:]] == [second.address]
    assert (after.token, after.secret != before.secret) == (before.token, True)


def test_a_webhook_that_lost_an_event_or_was_deleted_is_made_again(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    hooks.rows[0]["subscriptions"] = ["message_created"]
    _add(chatwoot)
    assert set(hooks.rows[0]["subscriptions"]) == {*EVENTS}
    hooks.rows.clear()
    _add(chatwoot)
    assert len(hooks.rows) == 1
    stored = _load()
    assert stored
    assert stored.webhook_id == hooks.rows[0]["id"]


def test_an_interrupted_registration_is_completed_with_the_same_address(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    hooks.failure = None
    set_public(None)
    _add(chatwoot)
    set_public(PUBLIC)
    with TenantSession(registry.load_tenant(SLUG).tenant_id) as session:
        webhooks.store_webhook(session, Webhook("t" * 43))  # killed before Chatwoot answered
    row = hooks.add_row(f"{PUBLIC}/webhooks/{SLUG}/{'t' * 43}", [*EVENTS])
    assert _describe() == "none"
    ensure_webhook(SLUG)
    assert hooks.rows == [row]
    assert _load() == Webhook("t" * 43, row["secret"], row["id"])


def test_a_refusal_is_stored_and_told(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    hooks.agents.add(GYM.token)
    refused = _add(chatwoot).webhook
    assert refused is not None
    assert refused.error is not None
    assert f"may not read api/v1/accounts/{GYM.account_id}/webhooks" in refused.error
    assert _describe() == refused.error

    done = run_geniai("tenant", "add", SLUG, home=get_settings().home, GENIAI_PUBLIC_URL=PUBLIC)
    assert done.returncode == 0, done.stderr
    assert refused.address in done.stdout
    shown = " ".join(done.stdout.split())
    assert "Settings, Integrations, Webhooks" in shown
    assert all(event in shown for event in EVENTS)
    shown = run_geniai("tenant", "show", SLUG, home=get_settings().home).stdout
    assert "The access token's user may not read" in shown

    hooks.agents.clear()
    allowed = _add(chatwoot).webhook
    assert allowed is not None
    assert (allowed.address, allowed.error) == (refused.address, None)
    assert _describe() == "registered, waiting for a first delivery"


def test_a_registered_webhook_stays_where_chatwoot_cannot_be_asked(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    stored = _load()
    hooks.agents.add(GYM.token)
    refused = ensure_webhook(SLUG)
    assert refused is not None
    assert refused.error is not None
    assert _load() == stored, "its signatures are checked all the same"
    hooks.failure = 503
    unanswered = ensure_webhook(SLUG)
    assert unanswered is not None
    assert unanswered.error is not None
    assert _load() == stored


def test_the_first_delivery_makes_it_live(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    with TenantSession(registry.load_tenant(SLUG).tenant_id) as session:
        live.store_event(
            session, kind="message_created", conversation_id=1, contact_id=None, delivery_id=None
        )
    assert _describe().startswith("live, last event 20")
    set_public("https://novo.example.com")
    _add(chatwoot)
    assert _describe() == "registered, waiting for a first delivery", "at the new address"


def test_a_disabled_tenants_webhook_is_deleted(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    foreign = hooks.add_row("https://other.example.com/webhooks/x", ["message_created"])
    _add(chatwoot)
    warnings: list[str] = []
    administration.disable_tenant(SLUG, warnings.append)
    assert (hooks.rows, _load(), warnings) == ([foreign], None, [])
    _add(chatwoot)
    assert len(hooks.rows) == 2


def test_a_moved_tenants_webhook_is_deleted_in_the_old_account(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    before = _load()
    with DemoServer() as other:
        hooks_there = RecordedWebhooks()
        other.faults[:] = [hooks_there]
        _add(other)
        after = _load()
        assert hooks.rows == []
        assert len(hooks_there.rows) == 1
        assert before
        assert after
        assert after.token != before.token


@pytest.mark.parametrize("act", ["disable", "remove"])
def test_a_chatwoot_that_is_down_stops_no_removal(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks, act: str
) -> None:
    added = _add(chatwoot).webhook
    assert added
    hooks.failure = 503
    options = ["--yes"] if act == "remove" else []
    done = run_geniai("tenant", act, SLUG, *options, home=get_settings().home)
    assert done.returncode == 0, done.stderr
    assert f"warning: {SLUG}: its webhook may still be in its Chatwoot" in done.stderr
    assert added.address.rpartition("/")[2] not in done.stderr + done.stdout
    if act == "remove":
        assert SLUG not in {tenant["slug"] for tenant in registry.describe_tenants()}
    else:
        assert _load() is None, "it is refused here"


def test_a_removed_tenant_leaves_no_webhook_and_a_restored_one_has_one(
    set_public: SetPublic, chatwoot: DemoServer, hooks: RecordedWebhooks
) -> None:
    _add(chatwoot)
    backup = administration.remove_tenant(SLUG)
    assert isinstance(backup, Path)
    assert hooks.rows == []
    administration.restore_tenant(backup)
    assert len(hooks.rows) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_what_happens_in_chatwoot_is_told_from_the_registration_on(
    set_public: SetPublic, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(receiver, "RELOAD_SECONDS", 0.2)
    with DemoServer(version=version) as chatwoot, Server(receiver.build_application()) as public:
        set_public(public.url)
        added = _add(chatwoot).webhook
        assert added is not None
        unread = 400 if version == "4.2.0" else 401
        wait_until(lambda: httpx2.post(added.address, trust_env=False).status_code == unread)
        talk = chatwoot.world.start_conversation(
            GYM.account_id, "Ana", "+5585900000001", "Quanto custa?"
        )
        chatwoot.world.deliveries.wait()

        assert set(chatwoot.world.deliveries.outcomes) <= {"received", "dropped"}
        with tenant_transaction(registry.load_tenant(SLUG).tenant_id) as connection:
            stored = connection.execute(
                "select kind, conversation_id from ops.live_events"
            ).fetchall()
        assert {
            ("conversation_created", talk.display_id),
            ("message_created", talk.display_id),
        } <= {*stored}
        assert _describe().startswith("live, last event")
