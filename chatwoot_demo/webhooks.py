"""What a change tells the account's webhooks: its events, each with Chatwoot's payload.

A payload is serialized for the receiver as Chatwoot does, with what nobody should store: the token
of the contact's websocket, the agents' e-mail addresses, the addresses of attachments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from chatwoot_demo import serializers
from chatwoot_demo.records import (
    ACTIVITY,
    Account,
    Bot,
    DemoContact,
    DemoConversation,
    DemoMessage,
    User,
    format_instant,
)
from chatwoot_demo.versions import Version

JSON = dict[str, Any]
EVENTS = (
    "conversation_status_changed", "conversation_updated", "conversation_created",
    "contact_created", "contact_updated", "message_created", "message_updated",
    "webwidget_triggered", "inbox_created", "inbox_updated", "conversation_typing_on",
    "conversation_typing_off",
)  # fmt: skip
"""What a webhook may subscribe to; the first eight if it does not say."""
_STATUS = {"status", "snoozed_until"}
_INSTANTS = {
    "updated_at", "last_activity_at", "first_reply_created_at", "waiting_since", "snoozed_until",
}  # fmt: skip
_MESSAGE_TYPES = ("incoming", "outgoing", "activity", "template")


@dataclass(slots=True)
class State:
    """What events are told by, of a conversation at one moment."""

    conversation: JSON
    contact: JSON
    of_contact: DemoContact
    messages: list[float]
    """When each message last changed."""


def read_state(record: DemoConversation) -> State:
    """Reads the state of a conversation, and of its contact."""
    return State(
        _read_conversation(record),
        _read_contact(record.contact),
        record.contact,
        [each.updated_at for each in record.messages],
    )


def list_events(
    record: DemoConversation, before: State, now: float, version: Version
) -> Iterator[JSON]:
    """Lists the events of what changed in a conversation since ``before``, as their payloads.

    A conversation that had no message is new. A message that changes the status has two
    ``conversation_updated``, because Chatwoot stores the status first.
    """
    shape = conversation(record, now, version)
    is_new = not before.messages and bool(record.messages)
    added = record.messages[len(before.messages) :]
    if is_new:
        # Chatwoot tells of it before it stores the first message.
        yield shape | {"messages": [], "unread_count": 0, "event": "conversation_created"}
    after = _read_conversation(record)
    changes = _list_changes(before.conversation, after)
    first = changes & _STATUS if any(each.message_type != ACTIVITY for each in added) else changes
    if "status" in changes:
        # Its changes are null in every recording.
        yield shape | {"event": "conversation_status_changed", "changed_attributes": None}
    if first:
        yield _describe_update(shape, "conversation_updated", before.conversation, after, first)
    yield from _list_message_events(record, before, shape)
    if before.of_contact is record.contact:
        yield from _list_contact_events(record, before.contact, now)
    if changes - first and not is_new:
        yield _describe_update(
            shape, "conversation_updated", before.conversation, after, changes - first
        )


def conversation(record: DemoConversation, now: float, version: Version) -> JSON:
    """A conversation as in the payload of its own events and of its messages'."""
    item = serializers.conversation(record, now, version)
    spoken = next(
        (
            each
            for each in reversed(record.messages)
            if each.message_type != ACTIVITY and not each.private
        ),
        None,
    )
    meta: JSON = {
        "sender": serializers.sender(record.contact),
        "assignee": serializers.sender(record.assignee) | _NO_PRESENCE if record.assignee else None,
    }
    if version.has_feature("assignee_type"):
        meta["assignee_type"] = "User" if record.assignee else None
    meta["team"] = {"id": record.team.id, "name": record.team.name} if record.team else None
    meta["hmac_verified"] = False
    shape: JSON = {
        "additional_attributes": record.additional_attributes,
        "can_reply": item["can_reply"],
        "channel": record.inbox.channel_type,
        "contact_inbox": _contact_inbox(record),
        "id": record.display_id,
        "inbox_id": record.inbox.id,
        "messages": [_last_message(spoken, item["unread_count"])] if spoken else [],
        "labels": record.labels,
        "meta": meta,
        "status": record.status,
        "custom_attributes": record.custom_attributes,
        "snoozed_until": item["snoozed_until"],
        "unread_count": item["unread_count"],
        "first_reply_created_at": _format(record.first_reply_created_at),
        "priority": record.priority,
    }
    for name in (
        "waiting_since", "agent_last_seen_at", "contact_last_seen_at", "last_activity_at",
        "timestamp", "created_at",
    ):  # fmt: skip
        shape[name] = item[name]
    shape["updated_at"] = round(record.updated_at, 6)
    if version.has_feature("account of a webhook's conversation"):
        shape["account"] = _account(record.account)
    return shape


def message(record: DemoMessage, parent: JSON) -> JSON:
    """A message as in the payload of its events; ``parent`` is its conversation's shape."""
    account, inbox = record.conversation.account, record.conversation.inbox
    shape: JSON = {
        "account": _account(account),
        "additional_attributes": {},
        "content_attributes": record.content_attributes,
        "content_type": record.content_type,
        "content": record.content,
        "conversation": parent,
        "created_at": format_instant(record.created_at),
        "id": record.id,
        "inbox": {"id": inbox.id, "name": inbox.name},
        "message_type": _MESSAGE_TYPES[record.message_type],
        "private": record.private,
        "sender": _sender(record.sender, account),
        "source_id": record.source_id,
    }
    return shape | ({"attachments": record.attachments} if record.attachments else {})


def contact(record: DemoContact, account: Account) -> JSON:
    """A contact as in the payload of its events, and as the sender of a message."""
    return {
        "account": _account(account),
        "additional_attributes": record.additional_attributes,
        "avatar": record.thumbnail,
        "custom_attributes": record.custom_attributes,
        "email": record.email,
        "id": record.id,
        "identifier": record.identifier,
        "name": record.name,
        "phone_number": record.phone_number,
        "thumbnail": record.thumbnail,
        "blocked": record.blocked,
    }


_NO_PRESENCE = {"availability_status": None}
"""Outside of a request Chatwoot does not know who is online."""


def _list_message_events(record: DemoConversation, before: State, shape: JSON) -> Iterator[JSON]:
    """Lists the events of messages; activities have none."""
    for index, each in enumerate(record.messages):
        if each.message_type == ACTIVITY:
            continue
        is_added = index >= len(before.messages)
        if is_added:
            yield message(each, shape) | {"event": "message_created"}
        # A channel refuses a message after it was created.
        if each.status == "failed" if is_added else each.updated_at != before.messages[index]:
            yield message(each, shape) | {"event": "message_updated"}


def _list_contact_events(record: DemoConversation, before: JSON, now: float) -> Iterator[JSON]:
    after = _read_contact(record.contact)
    changes = _list_changes(before, after)
    if changes:
        after["updated_at"] = now
        shape = contact(record.contact, record.account)
        yield _describe_update(shape, "contact_updated", before, after, changes)


def _list_changes(before: JSON, after: JSON) -> set[str]:
    return {name for name in after if name != "updated_at" and before[name] != after[name]}


def _describe_update(shape: JSON, event: str, before: JSON, after: JSON, names: set[str]) -> JSON:
    """Adds to a shape the event's name and the old and the new value of what changed."""
    changed = []
    for name in after:
        if name in names or name == "updated_at":
            values = before[name], after[name]
            old, new = map(_format, values) if name in _INSTANTS else values
            changed.append({name: {"previous_value": old, "current_value": new}})
    return shape | {"event": event, "changed_attributes": changed}


def _read_conversation(record: DemoConversation) -> JSON:
    """Reads the attributes whose change Chatwoot tells of, by its names for them.

    Instants are epoch seconds, because two changes may be within one millisecond.
    """
    return {
        "status": record.status,
        "assignee_id": record.assignee.id if record.assignee else None,
        "updated_at": record.updated_at,
        "team_id": record.team.id if record.team else None,
        "snoozed_until": record.snoozed_until,
        "custom_attributes": {**record.custom_attributes},
        "priority": record.priority,
        "first_reply_created_at": record.first_reply_created_at,
        "waiting_since": record.waiting_since,
        "cached_label_list": ", ".join(record.labels) or None,
        "label_list": [*record.labels],
    }


def _read_contact(record: DemoContact) -> JSON:
    return {
        "name": record.name,
        "email": record.email,
        "phone_number": record.phone_number,
        "updated_at": record.last_activity_at or record.created_at,
        "additional_attributes": {**record.additional_attributes},
        "custom_attributes": {**record.custom_attributes},
        "last_activity_at": record.last_activity_at,
        "blocked": record.blocked,
    }


def _account(record: Account) -> JSON:
    return {"id": record.id, "name": record.name}


def _contact_inbox(record: DemoConversation) -> JSON:
    who = record.contact
    secret = md5(f"pubsub {who.source_id}".encode(), usedforsecurity=False).hexdigest()[:24]
    return {
        "id": who.id,
        "contact_id": who.id,
        "inbox_id": record.inbox.id,
        "source_id": who.source_id,
        "created_at": format_instant(who.created_at),
        "updated_at": format_instant(who.created_at),
        "hmac_verified": False,
        "pubsub_token": secret,
    }


def _last_message(record: DemoMessage, unread: int) -> JSON:
    shape = serializers.embedded_message(record, unread)
    if isinstance(record.sender, User):
        shape["sender"] |= _NO_PRESENCE
    return shape


def _sender(record: DemoContact | User | Bot | None, account: Account) -> JSON | None:
    if record is None:
        return None
    if isinstance(record, DemoContact):
        return contact(record, account)
    if isinstance(record, Bot):
        return {"id": record.id, "name": record.name, "type": "agent_bot"}
    return {"id": record.id, "name": record.name, "email": record.email, "type": "user"}


def _format(at: float | None) -> str | None:
    return None if at is None else format_instant(at)
