"""A tenant with two weeks to report, its users, and a mail server."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from chatwoot_demo.gyms import GYMS
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import Tenant, logo_uri
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.publish import roll_up
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.published import publish
from geniai_pipeline_tests.support.reports import HOSTILE_NAME, NOW, SLUG, Inbox, set_settings


@pytest.fixture(scope="module")
def tenant(embedded: None) -> Iterator[Tenant]:
    config = TenantConfig(
        chatwoot_url="https://chat.example.com", chatwoot_account_id=1, chatwoot_token="t",
        timezone="America/Manaus", brand_color="#ffcc00",
        brand_logo=logo_uri(GYMS[0].logo.encode()),
    )  # fmt: skip
    registry.add_tenant(SLUG, "Academia\nRelatada & Cia", config)
    made = registry.load_tenant(SLUG)
    with connect(admin_url()) as connection:  # what is older than its first day is its backlog
        connection.execute("update ops.tenants set created_at = %s where slug = %s", [NOW, SLUG])
    week = datetime(2026, 11, 16, 4, tzinfo=timezone.utc)  # its first instant in Manaus
    for number in range(10):
        publish(
            made.tenant_id, number, week + timedelta(hours=16 * number), is_lead=number < 6,
            visit_scheduled=number < 2, crm_converted=number == 0, response_seconds=60 * number,
            last_speaker="agent", unread_audios=3 if number == 8 else 0,
        )  # fmt: skip
    for number in range(10, 14):  # the week before; its last instant is not this week's
        started = week - timedelta(seconds=1) if number == 13 else week - timedelta(days=2)
        publish(made.tenant_id, number, started, response_seconds=7200, last_speaker="agent")
    for number in range(100, 107):
        publish(
            made.tenant_id, number, week - timedelta(days=90), "", f"Oi! Sugestão {number}.",
            lead_score=5 if number == 106 else 4, last_speaker="contact", awaits_reply=True,
            last_spoke_at=NOW - timedelta(hours=number - 97),
            reply_until=NOW + timedelta(hours=121 - number),
            contact_name=HOSTILE_NAME if number == 106 else f"Contato {number}",
            delivery_error="131026: Undeliverable" if number == 106 else None,
            unread_audios=1 if number == 106 else 0,
        )  # fmt: skip
    hot: dict[str, Any] = {"lead_score": 5, "awaits_reply": True, "last_spoke_at": NOW}
    cold: list[dict[str, Any]] = [
        {"lead_score": 3}, {"awaits_reply": False}, {"last_spoke_at": NOW - timedelta(days=8)},
    ]  # fmt: skip
    for number, differs in enumerate(cold, start=200):
        row = hot | differs
        publish(made.tenant_id, number, week - timedelta(days=90), contact_name="NAO", **row)
    with TenantSession(made.tenant_id) as session:
        roll_up(session, "America/Manaus")
    yield made
    registry.remove_tenant(SLUG)


@pytest.fixture
def people(tenant: Tenant) -> Iterator[list[str]]:
    """Three users of the tenant, one of whom may no longer sign in, and another tenant's."""
    with connect(admin_url()) as connection:
        for tenant_id, email, active in (
            (tenant.tenant_id, "ana@example.com", True),
            (tenant.tenant_id, "bia@example.com", True),
            (tenant.tenant_id, "saiu@example.com", False),
            (0, "equipe@example.com", True),
        ):
            connection.execute(
                "insert into ops.users (tenant_id, email, role, active)"
                " values (%s, %s, 'viewer', %s)",
                [tenant_id, email, active],
            )
    yield ["ana@example.com", "bia@example.com"]
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.users where email like '%@example.com'")
        connection.execute("delete from ops.report_recipients")
        connection.execute("delete from ops.report_deliveries")


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server, which the settings name."""
    box, port = Inbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    set_settings(
        monkeypatch,
        SMTP_URL=f"smtp://127.0.0.1:{port}",
        SMTP_SENDER="relatorios@geniai.example",
        PUBLIC_URL="https://painel.example.com/",
    )
    yield box
    controller.stop()
    monkeypatch.undo()
    get_settings.cache_clear()
