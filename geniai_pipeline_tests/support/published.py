"""Conversations written directly to the dashboards' tables."""

from datetime import datetime, timedelta
from typing import Any

from geniai_pipeline.warehouse.connections import tenant_transaction


def note_waiting(tenant_id: int, at: datetime | None = None) -> None:
    """Tells open pages that who waits changed, as live does; None: now."""
    with tenant_transaction(tenant_id) as connection:
        connection.execute(
            "insert into ops.live_state (tenant_id, waiting_at)"
            " values (%s, coalesce(%s, ops.now()))"
            " on conflict (tenant_id) do update set waiting_at = excluded.waiting_at",
            [tenant_id, at],
        )


def publish(
    tenant_id: int,
    number: int,
    created_at: datetime,
    analysis: str = "",
    reply: str = "",
    **wide: Any,
) -> None:
    """Inserts a conversation with its texts; ``wide`` overrides columns of a plain lead.

    A lead is a person of its own, counted where it is, with its visit and its enrolment.
    """
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "conversation_id": number,
        "inbox_id": 1,
        "inbox_name": "WhatsApp",
        "channel": "WhatsApp",
        "status": "open",
        "created_at": created_at,
        "last_activity_at": created_at + timedelta(hours=1),
        "message_count": 5,
        "contact_message_count": 3,
        "agent_message_count": 2,
        "bot_message_count": 0,
        "is_lead": True,
        "lead_score": 3,
        "visit_scheduled": False,
        "crm_converted": False,
        "labels": [],
        "analyzer": "rules",
        "analyzer_version": "1",
        "chatwoot_url": f"https://chat.example.com/app/accounts/1/conversations/{number}",
        "row_hash": "",
        **wide,
    }
    row = {
        "person_id": number,
        "is_new_lead": row["is_lead"],
        "visit_state": "agreed" if row["visit_scheduled"] else "none",
        "visit_agreed_at": created_at if row["visit_scheduled"] else None,
        "lead_agreed_visit": row["is_lead"] and row["visit_scheduled"],
        "enrolled_on": created_at.date() if row["crm_converted"] else None,
        **row,
    }
    columns, places = ", ".join(row), ", ".join(f"%({column})s" for column in row)
    with tenant_transaction(tenant_id) as connection:
        connection.execute(
            f"insert into analytics.conversations_analytics ({columns}) values ({places})", row
        )
        connection.execute(
            "insert into analytics.conversation_texts values"
            " (%s, %s, '', null, null, %s, %s, '{}', '')",
            [tenant_id, number, analysis, reply],
        )
