"""What the tests of live tell the worker, and what they read of its work."""

import uuid
from typing import Any

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import live
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.sync import sync
from geniai_pipeline_tests.support.syncs import connection_settings

GYM = GYMS[6]
LEFT = "select count(*) from ops.live_events where done_at is null"


def make_synced(make_tenant: MakeTenant, server: DemoServer) -> Tenant:
    """Registers a tenant of the gym's account, and syncs it."""
    made = make_tenant(f"live-{uuid.uuid4().hex[:12]}", **connection_settings(server.url, GYM))
    sync(made.slug, uuid.uuid4().hex)
    return made


def tell(tenant: Tenant, talk: DemoConversation, contact_id: int | None = None) -> None:
    """Stores an event as the receiver does: of the conversation, or of the contact if given."""
    with TenantSession(tenant.tenant_id) as session:
        live.store_event(
            session,
            kind="message_created",
            conversation_id=None if contact_id else talk.display_id,
            contact_id=contact_id,
            delivery_id=uuid.uuid4().hex,
        )


def sql(tenant: Tenant, statement: str, *values: Any) -> Any:
    """Returns the first row of a query on the tenant's rows."""
    with tenant_transaction(tenant.tenant_id) as connection:
        return connection.execute(statement.encode(), values).fetchone()


def is_shown(tenant: Tenant, talk: DemoConversation) -> bool:
    """Whether the pages have as many messages of a conversation as Chatwoot."""
    found = sql(
        tenant,
        "select sum(message_count) from analytics.conversations_analytics"
        " where conversation_id = %s",
        talk.display_id,
    )
    true = sum(m.message_type in (0, 1, 3) and not m.private for m in talk.messages)
    return found is not None and found[0] == true


def read_state(tenant: Tenant) -> dict[str, Any]:
    """Reads the tenant's row of ``ops.live_state``; empty: it has none."""
    row = sql(tenant, "select to_jsonb(s) from ops.live_state s")
    return row[0] if row else {}
