"""The webhooks of an account: list, register, delete."""

from dataclasses import dataclass, field
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.refusals import NotFoundError, UnansweredError
from geniai_pipeline.chatwoot.transport import LATER

CONVERSATION_EVENTS = (
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
)
MESSAGE_EVENTS = ("message_created", "message_updated")
CONTACT_EVENTS = ("contact_updated",)
EVENTS = (*CONVERSATION_EVENTS, *MESSAGE_EVENTS, *CONTACT_EVENTS)
"""What a webhook of GeniAI subscribes to."""
_NAME = "GeniAI"
_TRIES = 2


@dataclass(frozen=True)
class AccountWebhook:
    """A webhook as Chatwoot lists it."""

    webhook_id: int
    url: str = field(repr=False)
    events: frozenset[str]
    secret: str | None = field(repr=False)
    """That its deliveries are signed by; None: the version signs nothing."""


def list_webhooks(client: Client) -> list[AccountWebhook]:
    """Lists the account's webhooks.

    Raises:
        PermanentError: the token's user may not see them.
        TransientError: the Chatwoot cannot be reached, or is sick.

    """
    answer = client.get("webhooks", tries=_TRIES)
    payload = answer.get("payload") if isinstance(answer, dict) else None
    rows = payload.get("webhooks") if isinstance(payload, dict) else None
    if not isinstance(rows, list):
        raise _build_form_error(client)
    return [_read_row(client, row) for row in rows]


def register_webhook(client: Client, url: str) -> AccountWebhook:
    """Registers an address for all ``EVENTS``. It is sent once: a second would be refused.

    Raises:
        PermanentError: the token's user may not, or the address is registered.
        TransientError: the Chatwoot cannot be reached, or is sick.

    """
    wanted = {"name": _NAME, "url": url, "subscriptions": [*EVENTS]}
    answer = client.post("webhooks", {"webhook": wanted}, tries=1)
    payload = answer.get("payload") if isinstance(answer, dict) else None
    return _read_row(client, payload.get("webhook") if isinstance(payload, dict) else None)


def delete_webhook(client: Client, webhook_id: int) -> None:
    """Deletes a webhook, unless it is gone.

    Raises:
        PermanentError: the token's user may not.
        TransientError: the Chatwoot cannot be reached, or is sick.

    """
    try:
        client.delete(f"webhooks/{webhook_id}", tries=_TRIES)
    except NotFoundError:
        return


def _read_row(client: Client, row: Any) -> AccountWebhook:
    try:
        return AccountWebhook(
            webhook_id=int(row["id"]),
            url=str(row["url"]),
            events=frozenset(map(str, row["subscriptions"] or ())),
            secret=str(row["secret"]) if row.get("secret") else None,
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        raise _build_form_error(client) from None


def _build_form_error(client: Client) -> UnansweredError:
    return UnansweredError(
        f"Chatwoot at {client.url} answered webhooks in a form that GeniAI does not know.",
        mend=LATER,
        tenant=client.tenant,
    )
