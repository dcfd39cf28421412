"""A delivery of a webhook: whether Chatwoot signed it, and what it is about.

No text of a payload is in an error: errors are logged.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from geniai_pipeline.chatwoot.rows import LARGEST_ID
from geniai_pipeline.chatwoot.webhooks import CONTACT_EVENTS, CONVERSATION_EVENTS, MESSAGE_EVENTS

CLOCK_SECONDS = 300
"""How far a delivery's time may be from ours, in either direction."""


class RefusedError(Exception):
    """A delivery is not taken; ``status`` is the answer's."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True)
class Event:
    """What a delivery is about."""

    kind: str
    conversation_id: int | None
    """The account's own number, which people see."""
    contact_id: int | None


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Checks that a delivery is signed by the webhook's secret, and when.

    Args:
        secret: the webhook's.
        headers: of the delivery.
        body: as it came.
        now: in seconds since 1970.

    Raises:
        RefusedError: it is not, or its time is more than ``CLOCK_SECONDS`` from now.

    """
    timestamp = headers.get("x-chatwoot-timestamp", "")
    signed = timestamp.encode() + b"." + body
    expected = f"sha256={hmac.new(secret.encode(), signed, sha256).hexdigest()}"
    given = headers.get("x-chatwoot-signature", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise RefusedError(401, "its signature is not that of the webhook's secret")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise RefusedError(401, "its time is not a number of seconds")
    apart = int(timestamp) - now
    if abs(apart) > CLOCK_SECONDS:
        raise RefusedError(401, f"its time is {apart:+.0f} s from this machine's")


def read_event(body: bytes, account_id: int) -> Event | None:
    """Reads what a delivery is about.

    Args:
        body: as it came.
        account_id: the tenant's in its Chatwoot.

    Returns:
        None: it is of a kind that nothing follows from.

    Raises:
        RefusedError: it is no JSON object, names no conversation or contact, or is about another
            account. Conversations' events of Chatwoot 4.2 name no account: there, the address
            alone tells whose they are.

    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "it is no JSON") from None
    if not isinstance(payload, dict):
        raise RefusedError(400, "it is no JSON object")
    kind = payload.get("event")
    if kind in CONVERSATION_EVENTS:
        event = Event(kind, _read_id(payload), None)
    elif kind in MESSAGE_EVENTS:
        event = Event(kind, _read_id(payload.get("conversation")), None)
    elif kind in CONTACT_EVENTS:
        event = Event(kind, None, _read_id(payload))
    else:
        return None
    if any(named != account_id for named in _list_accounts(payload)):
        raise RefusedError(403, "it is about another account")
    return event


def _read_id(record: Any) -> int:
    number = record.get("id") if isinstance(record, dict) else None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= LARGEST_ID:
        raise RefusedError(400, "it names no conversation or contact")
    return number


def _list_accounts(payload: dict[str, Any]) -> Iterator[Any]:
    """Lists the accounts that a payload and the messages in it name."""
    for record in (payload, payload.get("conversation")):
        if not isinstance(record, dict):
            continue
        if isinstance(account := record.get("account"), dict):
            yield account.get("id")
        messages = record.get("messages")
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, dict) and "account_id" in message:
                yield message["account_id"]
