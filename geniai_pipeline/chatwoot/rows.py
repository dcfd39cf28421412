"""Landed rows: a whitelisted payload and its hash, or a rejected row."""

import hashlib
import json
import reprlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeVar

from geniai_pipeline import instants
from geniai_pipeline.chatwoot.whitelist import (
    AGENT,
    CONVERSATION,
    INBOX,
    MESSAGE,
    Field,
    parse_number,
    select_fields,
)
from geniai_pipeline.errors import Rejected

EARLIEST, LATEST = instants.EARLIEST.timestamp(), instants.LATEST.timestamp()
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class LandedConversation:
    """A conversation; the id is the account's own (Chatwoot's ``display_id``)."""

    conversation_id: int
    payload: dict[str, Any]
    json: str
    """The payload as it lands."""
    content_hash: str
    """Empty if the conversation's messages could not be read: it equals no stored one, so that the
    conversation is read again whenever it is listed."""
    updated_at: datetime | None
    """By Chatwoot's clock; None before its version 4.0.2."""
    requested: float = field(default_factory=time.monotonic, compare=False)
    """When it was requested, by ``time.monotonic``: of two readings the later one counts."""

    def was_active_since(self, instant: datetime) -> bool:
        """Whether it was active, or changed, since an instant of Chatwoot's clock."""
        active_at = parse_number(self.payload.get("last_activity_at"))
        return (active_at is not None and active_at >= instant.timestamp()) or (
            self.updated_at is not None and self.updated_at >= instant
        )


@dataclass(frozen=True)
class LandedMessage:
    """One message of a conversation."""

    conversation_id: int
    message_id: int
    payload: dict[str, Any]
    json: str
    content_hash: str


@dataclass(frozen=True)
class LandedInbox:
    """A channel of the account."""

    inbox_id: int
    payload: dict[str, Any]
    json: str
    content_hash: str


@dataclass(frozen=True)
class LandedAgent:
    """A user of the account who answers conversations."""

    agent_id: int
    payload: dict[str, Any]
    json: str
    content_hash: str


class _UnusableError(Exception):
    """A row cannot be used; the text says why."""


Row = TypeVar("Row")


def build_conversation(raw: Any) -> LandedConversation | Rejected:
    """Builds the row of a conversation that ``GET /conversations`` lists.

    ``can_reply`` lands but is not part of the hash: it turns false with time, without a change.
    """

    def build(row_id: int, payload: dict[str, Any], text: str) -> LandedConversation:
        _moment(payload, "created_at")
        seconds = payload.get("updated_at")
        updated_at = None
        if seconds is not None and EARLIEST <= seconds < LATEST:
            updated_at = datetime.fromtimestamp(seconds, timezone.utc)
        lasting = _serialize({name: payload[name] for name in payload if name != "can_reply"})
        return LandedConversation(row_id, payload, text, _fingerprint(lasting), updated_at)

    return _row("raw.conversations", raw, CONVERSATION, build)


def build_message(conversation_id: int, raw: Any) -> LandedMessage | Rejected:
    """Builds the row of a message that ``GET /conversations/{id}/messages`` lists."""

    def build(row_id: int, payload: dict[str, Any], text: str) -> LandedMessage:
        _moment(payload, "created_at")
        return LandedMessage(conversation_id, row_id, payload, text, _fingerprint(text))

    return _row("raw.messages", raw, MESSAGE, build, key_prefix=f"{conversation_id}/")


def build_inbox(raw: Any) -> LandedInbox | Rejected:
    """Builds the row of an inbox that ``GET /inboxes`` lists."""
    return _row("raw.inboxes", raw, INBOX, lambda i, p, t: LandedInbox(i, p, t, _fingerprint(t)))


def build_agent(raw: Any) -> LandedAgent | Rejected:
    """Builds the row of an agent that ``GET /agents`` lists."""
    return _row("raw.agents", raw, AGENT, lambda i, p, t: LandedAgent(i, p, t, _fingerprint(t)))


def find_usable_id(raw: Any) -> int | None:
    """Reads the id of a raw row; None: it has no usable one."""
    found = parse_number(raw.get("id")) if isinstance(raw, dict) else None
    if found is None or found != int(found) or not 0 < found <= LARGEST_ID:
        return None
    return int(found)


def _row(
    source: str,
    raw: Any,
    whitelist: Mapping[str, Field],
    build: Callable[[int, dict[str, Any], str], Row],
    key_prefix: str = "",
) -> Row | Rejected:
    row_id = find_usable_id(raw)
    text = ""
    try:
        if not isinstance(raw, dict):
            raise _UnusableError(f"not an object but {type(raw).__name__}")
        payload = select_fields(raw, whitelist)
        if row_id is not None:
            payload["id"] = row_id
        text = _serialize(payload)
        if row_id is None:
            raise _UnusableError("no id that can be used")
        return build(row_id, payload, text)
    except _UnusableError as fault:
        reason = str(fault)
    except RecursionError:
        reason = "nested too deeply"
    key = str(row_id) if row_id is not None else f"?{_fingerprint(text or reprlib.repr(raw))}"
    return Rejected(source, f"{key_prefix}{key}", reason, text)


def _moment(payload: Mapping[str, Any], name: str) -> None:
    value = payload.get(name)
    if value is None or value == 0:
        raise _UnusableError(f"no {name}")
    if not EARLIEST <= value < LATEST:
        raise _UnusableError(f"{name} is absurd: {value}")


def _serialize(value: Any) -> str:
    """Serializes a value with sorted keys, so that equal values give equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
