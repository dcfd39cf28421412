"""Rows of a tenant, written as a run writes them."""

from collections.abc import Sequence

from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline.warehouse.load import reject_rows, upsert

COLUMNS = ("conversation_id", "payload", "content_hash")


def land(tenant_id: int, rows: Sequence[tuple[object, ...]]) -> tuple[int, int, int]:
    """Upserts raw conversations; counts written, unchanged and rejected ones."""
    with tenant_transaction(tenant_id) as connection:
        loaded = upsert(
            connection,
            "raw.conversations",
            COLUMNS,
            rows,
            key=("conversation_id",),
            hash_column="content_hash",
            also_set="changed_at = now()",
        )
        reject_rows(connection, "a-run", loaded.rejected)
    return len(loaded.written), loaded.unchanged, len(loaded.rejected)


def landed(tenant_id: int) -> dict[int, str]:
    """Returns the content hash of each raw conversation."""
    with tenant_transaction(tenant_id) as connection:
        return dict(
            connection.execute(
                "select conversation_id, content_hash from raw.conversations"
            ).fetchall()
        )


def show(tenant_id: int, conversation_id: int) -> None:
    """Publishes one conversation to the tenant's dashboards."""
    with tenant_transaction(tenant_id) as connection:
        connection.execute(
            "insert into analytics.conversations_analytics (tenant_id, conversation_id, inbox_id,"
            " inbox_name, channel, status, created_at, last_activity_at, message_count,"
            " contact_message_count, agent_message_count, bot_message_count, is_lead, lead_score,"
            " visit_scheduled, crm_converted, labels, analyzer, analyzer_version, chatwoot_url,"
            " row_hash) values (%s, %s, 1, 'WhatsApp', 'WhatsApp', 'open', now(), now(), 1, 1, 0,"
            " 0, true, 3, false, false, '{}', 'rules', '1', '', '') on conflict do nothing",
            [tenant_id, conversation_id],
        )
