"""A conversation as Chatwoot and bridges send it, and the row that it becomes."""

import json
from datetime import datetime, time, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline.conversations import RawConversation, TransformResult, transform
from geniai_pipeline.tenant_settings import REQUIRED, SETTINGS
from geniai_pipeline.tenants import BusinessHours, Tenant

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
WEEK: BusinessHours = {
    **{day: (time(6), time(22)) for day in range(5)},
    5: (time(8), time(14)),
}
_DEFAULTS: dict[str, Any] = {
    name: setting.default for name, setting in SETTINGS.items() if setting.default is not REQUIRED
}
_OWN: dict[str, Any] = {
    "tenant_id": 1,
    "slug": "cross-norte",
    "name": "Cross Norte",
    "active": True,
    "chatwoot_url": "https://chat.example.com/",
    "chatwoot_account_id": 3,
    "chatwoot_token": "secret",
    "timezone": SAO_PAULO,
    "business_hours": WEEK,
    "converted_labels": frozenset({"Matriculado"}),
}
TENANT = Tenant(**_DEFAULTS | _OWN)
INBOXES: dict[int, dict[str, Any]] = {
    7: {"id": 7, "name": "Recepção", "channel_type": "Channel::Whatsapp"}
}
CHANGED_AT = datetime(2026, 6, 10, 12, 0, 0, 123456, tzinfo=timezone.utc)
START = 1_749_546_000  # 2025-06-10 09:00:00 UTC, a Tuesday, 06:00 in São Paulo: the gym opens
CONTACT = {"id": 451, "name": "Maria", "type": "contact"}
AGENT = {"id": 5, "name": "Ana Lima", "type": "user"}
ROBOT = {"id": 3, "name": "Robô", "type": "agent_bot"}
ASK = "Oi, quanto custa a mensalidade? Queria conhecer a academia"


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, timezone.utc)


def message(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "content": content,
        "message_type": 0,
        "content_type": "text",
        "content_attributes": {},
        "created_at": START + seconds,
        "private": False,
        "sender": CONTACT,
        **fields,
    }


def agent_message(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return message(number, seconds, content, **{"message_type": 1, "sender": AGENT, **fields})


def bot_message(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return message(number, seconds, content, **{"message_type": 1, "sender": ROBOT, **fields})


def payload(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1187,
        "inbox_id": 7,
        "status": "open",
        "labels": [],
        "created_at": START,
        "last_activity_at": START + 600,
        "additional_attributes": {},
        "meta": {
            "channel": "Channel::Whatsapp",
            "sender": {
                "id": 451,
                "name": "Maria",
                "email": "maria@example.com",
                "phone_number": "+5511999990000",
                "identifier": None,
            },
            "assignee": {"id": 5, "name": "Ana Lima"},
        },
        **fields,
    }


def raw_conversation(
    conversation: Any = None, messages: Any = (), conversation_id: int = 1187
) -> RawConversation:
    return RawConversation(
        conversation_id, conversation or payload(), list(messages), changed_at=CHANGED_AT
    )


def convert(*conversations: RawConversation, tenant: Tenant = TENANT) -> TransformResult:
    return transform(conversations, tenant, INBOXES)


def make_row(conversation: Any = None, *messages: Any, tenant: Tenant = TENANT) -> dict[str, Any]:
    result = convert(raw_conversation(conversation, messages), tenant=tenant)
    assert result.rejected == []
    (row,) = result.rows.to_dict("records")
    return {str(name): value for name, value in row.items()}


def contact_payload(**fields: Any) -> dict[str, Any]:
    changed = payload()
    changed["meta"]["sender"].update(fields)
    return changed


def make_transcript(*messages: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(make_row(None, *messages)["transcript"])
    return entries


def find_next_actor(row: dict[str, Any]) -> str:
    """Reads who must act next at the end of a row's transcript."""
    record = {"id": 1, "contact_name": None, "messages": json.loads(row["transcript"])}
    return _read_states().read(parse_record(record)).next_actor


@lru_cache(maxsize=1)
def _read_states() -> StateReader:
    return StateReader()


def failure(error: str | None = "131047: Re-engagement message") -> dict[str, Any]:
    return {
        "status": "failed",
        "content_attributes": {} if error is None else {"external_error": error},
    }


CHOICE = {"name": "menu", "title": "Quero conhecer", "value": "1"}


def menu_message(number: int, seconds: int, submitted: Any, **fields: Any) -> dict[str, Any]:
    content_type = "form" if isinstance(submitted, list) else "input_select"
    fields = {"content_type": content_type, **fields}
    attributes = {"content_attributes": {"submitted_values": submitted}}
    return bot_message(number, seconds, "Escolha:", **attributes, **fields)
