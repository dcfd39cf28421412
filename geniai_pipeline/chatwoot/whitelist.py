"""Whitelist of the fields of Chatwoot's answers that land.

Administrators get secrets (passwords of inboxes, tokens, signed addresses), and fields that
change without the conversation (who saw it when, who is online). Neither is listed, so
neither lands. A field of a later Chatwoot lands only after a review. The one
exception is ``can_reply``, which turns false with time: see ``rows.build_conversation``.

A whitelist maps a field to its parser: one of the functions below, a dict for an object, or a list
of one parser for a list.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from geniai_pipeline.contacts import WHATSAPP_ADDRESS
from geniai_pipeline.text import remove_unstorable

MESSAGE_TYPES = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
"""The numbers of the message types, by the names that webhooks and some proxies use."""

_WHOLE_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)
_DECIMAL_NUMBER = re.compile(r"-?\d{1,19}\.\d{1,19}", re.ASCII)


def clean_value(value: Any) -> Any:
    """Removes what Postgres cannot store: NUL, lone surrogates, infinity.

    Keys are cleaned too.
    """
    if isinstance(value, str):
        return remove_unstorable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {clean_value(str(key)): clean_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_value(item) for item in value]
    return value


def parse_number(value: Any) -> int | float | None:
    """Parses a number, also from text; a time in ISO 8601 becomes seconds since 1970."""
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


def parse_text(value: Any) -> str | None:
    """Parses a text and cleans it; a number becomes its digits."""
    if isinstance(value, str):
        return str(clean_value(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def parse_flag(value: Any) -> bool | None:
    """Parses true or false, also from 1, 0 or text."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def parse_message_type(value: Any) -> int | float | None:
    """Parses a message type to its number; an unknown number stays."""
    return MESSAGE_TYPES.get(str(value), parse_number(value))


def parse_failure(value: Any) -> str | None:
    """Parses a message's status; only ``failed`` lands, because the others change with time."""
    return "failed" if value == "failed" else None


def clean_custom_value(value: Any) -> Any:
    """Cleans a custom value that the tenant defines, of any shape."""
    return clean_value(value)


def parse_contact_attributes(value: Any) -> dict[str, Any]:
    """Selects a contact's city, country and the WhatsApp addresses that a bridge wrote."""
    return {
        name: parse_text(item)
        for name, item in clean_value(value if isinstance(value, dict) else {}).items()
        if name in ("city", "country")
        or (isinstance(item, str) and WHATSAPP_ADDRESS.fullmatch(item))
    }


Field = Callable[[Any], Any] | Mapping[str, Any] | list[Any]


def select_fields(value: Any, field: Field) -> Any:
    """Selects what the whitelist lists of a value; None if it has another type.

    A missing object or list (``"content_attributes": null``) becomes an empty one; absent keys
    stay absent.
    """
    if callable(field):
        return field(value)
    if isinstance(field, list):
        if not isinstance(value, list):
            return []
        return [
            clean_value
            for item in value
            if (clean_value := select_fields(item, field[0])) is not None
        ]
    if not isinstance(value, dict):
        return {}
    return {
        name: select_fields(value[name], inner) for name, inner in field.items() if name in value
    }


REFERRAL: Mapping[str, Field] = {
    "source_id": parse_text,
    "source_type": parse_text,
    "source_url": parse_text,
    "headline": parse_text,
    "body": parse_text,
    "media_type": parse_text,
    "ctwa_clid": parse_text,
}
"""The ad that led the contact here."""

CONVERSATION: Mapping[str, Field] = {
    "id": parse_number,
    "uuid": parse_text,
    "status": parse_text,
    "inbox_id": parse_number,
    "channel": parse_text,
    "labels": [parse_text],
    "priority": parse_text,
    "created_at": parse_number,
    "last_activity_at": parse_number,
    "updated_at": parse_number,
    "waiting_since": parse_number,
    "first_reply_created_at": parse_number,
    "snoozed_until": parse_text,
    "can_reply": parse_flag,
    "custom_attributes": clean_custom_value,
    "additional_attributes": {
        "type": parse_text,
        "referral": REFERRAL,
        "referer": parse_text,
        "initiated_at": {"timestamp": parse_text},
        "mail_subject": parse_text,
        "browser_language": parse_text,
        "conversation_language": parse_text,
    },
    "meta": {
        "channel": parse_text,
        "sender": {
            "id": parse_number,
            "name": parse_text,
            "email": parse_text,
            "phone_number": parse_text,
            "identifier": parse_text,
            "blocked": parse_flag,
            "custom_attributes": clean_custom_value,
            "additional_attributes": parse_contact_attributes,
        },
        "assignee_type": parse_text,
        "assignee": {
            "id": parse_number,
            "name": parse_text,
            "available_name": parse_text,
            "type": parse_text,
        },
        "team": {"id": parse_number, "name": parse_text},
    },
    # The last message. Before Chatwoot 4.0.2 only it shows a second message within one second.
    "messages": [{"id": parse_number}],
    # Since Chatwoot 4.12 only this shows a later change of that message.
    "last_non_activity_message": {
        "id": parse_number,
        "status": parse_failure,
        "content_attributes": {"deleted": parse_flag, "submitted_values": clean_custom_value},
    },
}

MESSAGE: Mapping[str, Field] = {
    "id": parse_number,
    "content": parse_text,
    "message_type": parse_message_type,
    "content_type": parse_text,
    "created_at": parse_number,
    "private": parse_flag,
    "status": parse_text,
    "source_id": parse_text,
    "sender": {"id": parse_number, "name": parse_text, "type": parse_text},
    "content_attributes": {
        "deleted": parse_flag,
        "in_reply_to": parse_number,
        "is_unsupported": parse_flag,
        "external_created_at": parse_number,
        "external_echo": parse_flag,
        "external_error": parse_text,
        "automation_rule_id": parse_number,
        "submitted_values": clean_custom_value,
        "template_params": {"name": parse_text},
        "referral": REFERRAL,
    },
    "additional_attributes": {"campaign_id": parse_number, "template_params": {"name": parse_text}},
    "attachments": [
        {
            "id": parse_number,
            "file_type": parse_text,
            "extension": parse_text,
            "transcribed_text": parse_text,
            "fallback_title": parse_text,
        }
    ],
}

INBOX: Mapping[str, Field] = {
    "id": parse_number,
    "name": parse_text,
    "channel_type": parse_text,
    "provider": parse_text,
    "medium": parse_text,
    "timezone": parse_text,
    "additional_attributes": {"agent_reply_time_window": parse_number},
    "working_hours_enabled": parse_flag,
    "working_hours": [
        {
            "day_of_week": parse_number,
            "closed_all_day": parse_flag,
            "open_all_day": parse_flag,
            "open_hour": parse_number,
            "open_minutes": parse_number,
            "close_hour": parse_number,
            "close_minutes": parse_number,
        }
    ],
}

AGENT: Mapping[str, Field] = {
    "id": parse_number,
    "name": parse_text,
    "available_name": parse_text,
    "role": parse_text,
}
