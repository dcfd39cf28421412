"""Serializers of conversations, messages and contacts, as in the simulated Chatwoot version.

Conversations tell time in epoch seconds with null as 0, ``updated_at`` as a float; the header of
the messages endpoint and some others in ISO 8601. Keys that are absent there are absent here.
"""

from typing import Any

from chatwoot_demo import account_serializers
from chatwoot_demo.records import (
    ACTIVITY,
    INCOMING,
    Bot,
    DemoContact,
    DemoConversation,
    DemoMessage,
    User,
    format_instant,
)
from chatwoot_demo.versions import Version

JSON = dict[str, Any]
_NEWEST = Version()


def conversation(record: DemoConversation, now: float, version: Version = _NEWEST) -> JSON:
    """An item of the conversation lists, and the whole answer of ``show``."""
    unread = _count_unread(record)
    last = record.messages[-1] if record.messages else None
    spoken = next(
        (each for each in reversed(record.messages) if each.message_type != ACTIVITY), None
    )
    meta: JSON = {
        "sender": contact(record.contact, with_dates=True),
        "channel": record.inbox.channel_type,
    }
    if record.assignee is not None:
        meta["assignee"] = account_serializers.agent(record.assignee, version)
        if version.has_feature("assignee_type"):
            meta["assignee_type"] = "User"
    if record.team is not None:
        meta["team"] = account_serializers.team(record.team, record.account.id)
    meta["hmac_verified"] = False
    shape: JSON = {
        "meta": meta,
        "id": record.display_id,
        "messages": [embedded_message(last, unread)] if last else [],
        "account_id": record.account.id,
        "uuid": record.uuid,
        "additional_attributes": record.additional_attributes,
        "agent_last_seen_at": _epoch(record.agent_last_seen_at),
        "assignee_last_seen_at": _epoch(record.assignee_last_seen_at),
        "can_reply": _can_reply(record, now),
        "contact_last_seen_at": 0,
        "custom_attributes": record.custom_attributes,
        "inbox_id": record.inbox.id,
        "labels": record.labels,
        "muted": record.contact.blocked,
        "snoozed_until": _format_instant(record.snoozed_until),
        "status": record.status,
        "created_at": int(record.created_at),
        "timestamp": int(record.last_activity_at),
        "first_reply_created_at": _epoch(record.first_reply_created_at),
        "unread_count": unread,
        "last_non_activity_message": embedded_message(spoken, unread) if spoken else None,
        "last_activity_at": int(record.last_activity_at),
        "priority": record.priority,
        "waiting_since": _epoch(record.waiting_since),
        "sla_policy_id": None,
    }
    if version.has_feature("updated_at"):
        shape["updated_at"] = round(record.updated_at, 6)
    return shape


def embedded_message(record: DemoMessage, unread: int) -> JSON:
    """A message inside a conversation: richer than on its own endpoint."""
    parent = record.conversation
    shape: JSON = {
        "id": record.id,
        "content": record.content,
        "account_id": parent.account.id,
        "inbox_id": parent.inbox.id,
        "conversation_id": parent.display_id,
        "message_type": record.message_type,
        "created_at": int(record.created_at),
        "updated_at": format_instant(record.updated_at),
        "private": record.private,
        "status": record.status,
        "source_id": record.source_id,
        "content_type": record.content_type,
        "content_attributes": record.content_attributes,
        "sender_type": _sender_type(record),
        "sender_id": record.sender.id if record.sender else None,
        "external_source_ids": {},
        "additional_attributes": {},
        "processed_message_content": record.content,
        "sentiment": {},
        "conversation": {
            "assignee_id": parent.assignee.id if parent.assignee else None,
            "unread_count": unread,
            "last_activity_at": int(parent.last_activity_at),
            "contact_inbox": {"source_id": parent.contact.source_id},
        },
    }
    return shape | _serialize_attachment(record)


def message(record: DemoMessage) -> JSON:
    """A message of the messages endpoint."""
    shape: JSON = {
        "id": record.id,
        "content": record.content,
        "inbox_id": record.conversation.inbox.id,
        "conversation_id": record.conversation.display_id,
        "message_type": record.message_type,
        "content_type": record.content_type,
        "status": record.status,
        "content_attributes": record.content_attributes,
        "created_at": int(record.created_at),
        "private": record.private,
        "source_id": record.source_id,
    }
    return shape | _serialize_attachment(record)


def messages_header(record: DemoConversation) -> JSON:
    """The ``meta`` of the messages endpoint."""
    meta: JSON = {
        "labels": record.labels,
        "additional_attributes": record.additional_attributes,
        "contact": contact(record.contact) | {"type": "contact"},
    }
    if record.assignee is not None:
        meta["assignee"] = sender(record.assignee)
    return meta | {
        "agent_last_seen_at": _format_instant(record.agent_last_seen_at),
        "assignee_last_seen_at": _format_instant(record.assignee_last_seen_at),
    }


def contact(record: DemoContact, *, with_dates: bool = False) -> JSON:
    """A contact; with its dates and availability where Chatwoot's own partial has them."""
    shape: JSON = {
        "additional_attributes": record.additional_attributes,
        "custom_attributes": record.custom_attributes,
        "email": record.email,
        "id": record.id,
        "identifier": record.identifier,
        "name": record.name,
        "phone_number": record.phone_number,
        "thumbnail": record.thumbnail,
        "blocked": record.blocked,
    }
    if with_dates:
        shape["availability_status"] = "offline"
        if record.last_activity_at is not None:
            shape["last_activity_at"] = int(record.last_activity_at)
        shape["created_at"] = int(record.created_at)
    return shape


def contact_item(record: DemoContact, *, with_inboxes: bool = True) -> JSON:
    """A contact of the contact list, and the payload of its ``show``."""
    shape = contact(record, with_dates=True)
    if with_inboxes:
        inbox = record.inbox
        slim = {
            "id": inbox.id,
            "avatar_url": "",
            "channel_id": inbox.channel_id,
            "name": inbox.name,
            "channel_type": inbox.channel_type,
            "provider": inbox.settings.get("provider"),
        }
        shape["contact_inboxes"] = [{"source_id": record.source_id, "inbox": slim}]
    return shape


def csat(record: DemoMessage, version: Version) -> JSON | None:
    """The answer to a satisfaction survey, if this message is one that was answered."""
    answer = record.content_attributes.get("submitted_values", {}).get("csat_survey_response")
    if answer is None:
        return None
    parent = record.conversation
    shape: JSON = {
        "id": record.id,
        "rating": answer["rating"],
        "feedback_message": answer.get("feedback_message"),
        "csat_review_notes": None,
        "account_id": parent.account.id,
        "message_id": record.id,
        "contact": contact(parent.contact, with_dates=True),
        "conversation_id": parent.display_id,
        "created_at": int(record.updated_at),
    }
    if parent.assignee is not None:
        shape["assigned_agent"] = account_serializers.agent(parent.assignee, version)
    return shape


def _serialize_attachment(record: DemoMessage) -> JSON:
    """The two keys that are absent rather than null."""
    extra: JSON = {}
    if record.attachments:
        extra["attachments"] = record.attachments
    if record.sender is not None:
        extra["sender"] = sender(record.sender)
    return extra


def sender(record: DemoContact | User | Bot) -> JSON:
    """Whoever writes a message, as a part of it."""
    if isinstance(record, DemoContact):
        return contact(record) | {"type": "contact"}
    if isinstance(record, Bot):
        return {"id": record.id, "name": record.name, "avatar_url": "", "type": "agent_bot"}
    return {
        "id": record.id,
        "name": record.name,
        "available_name": record.name,
        "avatar_url": "",
        "type": "user",
        "availability_status": "online",
        "thumbnail": "",
    }


def _sender_type(record: DemoMessage) -> str | None:
    if record.sender is None:
        return None
    return {DemoContact: "Contact", User: "User", Bot: "AgentBot"}[type(record.sender)]


def _count_unread(record: DemoConversation) -> int:
    """Incoming messages since an agent last looked; Chatwoot counts to ten."""
    seen = record.agent_last_seen_at or 0.0
    unread = 0
    for each in reversed(record.messages):
        if each.created_at <= seen or unread == 10:
            break
        unread += each.message_type == INCOMING
    return unread


def _can_reply(record: DemoConversation, now: float) -> bool:
    if record.inbox.reply_hours is None:
        return True
    heard = (each.created_at for each in reversed(record.messages) if each.message_type == INCOMING)
    return now - next(heard, 0.0) < 3600 * record.inbox.reply_hours


def _epoch(at: float | None) -> int:
    return 0 if at is None else int(at)


def _format_instant(at: float | None) -> str | None:
    return None if at is None else format_instant(at)
