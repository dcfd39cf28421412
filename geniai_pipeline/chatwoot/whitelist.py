"""What may land of Chatwoot's answers: everything named here, and nothing else.

Administrators are handed secrets (passwords of inboxes, tokens, signed addresses), and fields that
change while the conversation does not (who saw it when, who is online). Neither is named here, so
neither lands, and no field of a later Chatwoot does before somebody has looked at it. The one
exception is ``can_reply``, which time alone turns false: see ``rows.conversation``.

A whitelist is a dict of fields. A field's value says what its content is: one of the functions
below, a dict for an object, a list of one for a list of those.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from geniai_pipeline.contacts import WHATSAPP_ADDRESS
from geniai_pipeline.text import storable

MESSAGE_TYPES = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
"""The numbers of the message types, by the names that webhooks and some proxies use."""

_WHOLE_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)
_DECIMAL_NUMBER = re.compile(r"-?\d{1,19}\.\d{1,19}", re.ASCII)


def clean(value: Any) -> Any:
    """The same value as Postgres can keep it: no NUL, no lone surrogate, no infinity.

    Keys are cleaned too.
    """
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value


def number(value: Any) -> int | float | None:
    """A number, also where it comes as text; a time in ISO 8601 becomes seconds since 1970."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if _DECIMAL_NUMBER.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def text(value: Any) -> str | None:
    """A text, cleaned; a number is written out."""
    if isinstance(value, str):
        return str(clean(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def flag(value: Any) -> bool | None:
    """True or false, also where it comes as 1, 0 or text."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def message_type(value: Any) -> int | float | None:
    """A message type as its number; a type that is not known yet stays what it is."""
    return MESSAGE_TYPES.get(str(value), number(value))


def failure(value: Any) -> str | None:
    """A message's status if it says that it never arrived; the others follow one another."""
    return "failed" if value == "failed" else None


def anything(value: Any) -> Any:
    """What the tenant defines himself, in whatever shape."""
    return clean(value)


def contact_attributes(value: Any) -> dict[str, Any]:
    """Where a contact is, and under any name its WhatsApp addresses as a bridge wrote them."""
    return {
        name: text(item)
        for name, item in clean(value if isinstance(value, dict) else {}).items()
        if name in ("city", "country")
        or (isinstance(item, str) and WHATSAPP_ADDRESS.fullmatch(item))
    }


Field = Callable[[Any], Any] | Mapping[str, Any] | list[Any]


def keep(value: Any, field: Field) -> Any:
    """What of a value the whitelist names; None if it is not of the kind that the whitelist says.

    What should be an object or a list and is not (``"content_attributes": null``) counts as empty;
    keys that are absent stay absent.
    """
    if callable(field):
        return field(value)
    if isinstance(field, list):
        if not isinstance(value, list):
            return []
        return [clean for item in value if (clean := keep(item, field[0])) is not None]
    if not isinstance(value, dict):
        return {}
    return {name: keep(value[name], inner) for name, inner in field.items() if name in value}


REFERRAL: Mapping[str, Field] = {
    "source_id": text,
    "source_type": text,
    "source_url": text,
    "headline": text,
    "body": text,
    "media_type": text,
    "ctwa_clid": text,
}
"""The ad that a contact came by."""

CONVERSATION: Mapping[str, Field] = {
    "id": number,
    "uuid": text,
    "status": text,
    "inbox_id": number,
    "channel": text,
    "labels": [text],
    "priority": text,
    "created_at": number,
    "last_activity_at": number,
    "updated_at": number,
    "waiting_since": number,
    "first_reply_created_at": number,
    "snoozed_until": text,
    "can_reply": flag,
    "custom_attributes": anything,
    "additional_attributes": {
        "type": text,
        "referral": REFERRAL,
        "referer": text,
        "initiated_at": {"timestamp": text},
        "mail_subject": text,
        "browser_language": text,
        "conversation_language": text,
    },
    "meta": {
        "channel": text,
        "sender": {
            "id": number,
            "name": text,
            "email": text,
            "phone_number": text,
            "identifier": text,
            "blocked": flag,
            "custom_attributes": anything,
            "additional_attributes": contact_attributes,
        },
        "assignee_type": text,
        "assignee": {"id": number, "name": text, "available_name": text, "type": text},
        "team": {"id": number, "name": text},
    },
    # The last message. Before Chatwoot 4.0.2 it alone tells of a second message in one second.
    "messages": [{"id": number}],
    # What happens to it later gives no other sign, since Chatwoot 4.12.
    "last_non_activity_message": {
        "id": number,
        "status": failure,
        "content_attributes": {"deleted": flag, "submitted_values": anything},
    },
}

MESSAGE: Mapping[str, Field] = {
    "id": number,
    "content": text,
    "message_type": message_type,
    "content_type": text,
    "created_at": number,
    "private": flag,
    "status": text,
    "source_id": text,
    "sender": {"id": number, "name": text, "type": text},
    "content_attributes": {
        "deleted": flag,
        "in_reply_to": number,
        "is_unsupported": flag,
        "external_created_at": number,
        "external_echo": flag,
        "external_error": text,
        "automation_rule_id": number,
        "submitted_values": anything,
        "template_params": {"name": text},
        "referral": REFERRAL,
    },
    "additional_attributes": {"campaign_id": number, "template_params": {"name": text}},
    "attachments": [
        {
            "id": number,
            "file_type": text,
            "extension": text,
            "transcribed_text": text,
            "fallback_title": text,
        }
    ],
}

INBOX: Mapping[str, Field] = {
    "id": number,
    "name": text,
    "channel_type": text,
    "provider": text,
    "medium": text,
    "timezone": text,
    "additional_attributes": {"agent_reply_time_window": number},
    "working_hours_enabled": flag,
    "working_hours": [
        {
            "day_of_week": number,
            "closed_all_day": flag,
            "open_all_day": flag,
            "open_hour": number,
            "open_minutes": number,
            "close_hour": number,
            "close_minutes": number,
        }
    ],
}

AGENT: Mapping[str, Field] = {"id": number, "name": text, "available_name": text, "role": text}
