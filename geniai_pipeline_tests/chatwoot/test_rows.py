"""The rows that land: whitelisted, cleaned, or rejected."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from chatwoot_demo.server import Fault
from geniai_pipeline.chatwoot import Client, LandedConversation
from geniai_pipeline.chatwoot.rows import build_conversation as conversation_row
from geniai_pipeline_tests.support.chatwoot import FIRST_DAY, SECRET, TOKEN, Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    landed_text,
    message_ids,
    read_all,
    rejections,
)
from geniai_pipeline_tests.support.faults import replace_fields


def rows_fault(rows: list[Any], messages: list[Any]) -> Fault:
    """Answer the first page with these rows, and conversation 1 with these messages."""

    def answer(request: Request) -> Response | None:
        if request.query_params.get("page") == "1":
            meta = {"all_count": len(rows)}
            return Response(json.dumps({"data": {"meta": meta, "payload": rows}}))
        if request.url.path.endswith("/1/messages"):
            return Response(json.dumps({"meta": {}, "payload": messages}))
        return None

    return answer


@pytest.mark.parametrize(
    ("later", "same"),
    [
        ({"can_reply": False}, True),
        ({"last_non_activity_message": {"id": 9, "status": "read"}}, True),
        ({"last_non_activity_message": {"id": 9, "status": "failed"}}, False),
        (
            {"last_non_activity_message": {"id": 9, "content_attributes": {"deleted": True}}},
            False,
        ),
        (
            {
                "last_non_activity_message": {
                    "id": 9,
                    "content_attributes": {"submitted_values": {"value": "1"}},
                }
            },
            False,
        ),
        ({"meta": {"sender": {"blocked": True}}}, False),
    ],
)
def test_what_time_alone_changes_is_no_change_what_happens_to_the_last_message_is(
    later: dict[str, Any], same: bool
) -> None:
    last = {"id": 9, "status": "sent", "content_attributes": {}}
    listed = {
        "id": 1,
        "created_at": FIRST_DAY,
        "can_reply": True,
        "last_non_activity_message": last,
        "meta": {"sender": {"blocked": False}},
    }
    changed = listed | later
    if "last_non_activity_message" in later:
        changed["last_non_activity_message"] = last | later["last_non_activity_message"]
    before, after = conversation_row(listed), conversation_row(changed)

    assert isinstance(before, LandedConversation)
    assert isinstance(after, LandedConversation)
    assert (before.content_hash == after.content_hash) is same
    assert after.payload["can_reply"] is changed["can_reply"]


def test_no_secret_and_no_passing_state_lands(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(1)
    chatwoot.add(2)
    chatwoot.edit = replace_fields({2: {"created_at": None, "imap_password": SECRET}})
    batches = read_all(client, full=True)
    assert rejections(batches) == {"raw.conversations/2": "no created_at"}
    found = landed_text(batches)
    for word in ("Maria", "Natal", "5584@c.us", "WAID:1"):
        assert word in found
    for word in (SECRET, TOKEN, "unread_count", "last_seen_at", "thumbnail", "contact_inbox"):
        assert word not in found


def test_text_that_postgres_cannot_keep_is_cleaned(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(1)
    attributes = {"a\x00b": "\ud83d", "n": float("nan"), "t": [1, {"x": "\x00"}]}
    row = chatwoot.row(1) | {"custom_attributes": attributes}
    message = chatwoot.message_rows(1)[0] | {"content": "oi\x00 \ud83d\ude00 \ud83d"}
    chatwoot.fault = rows_fault([row], [message])
    batches = read_all(client)
    assert batches[1].messages[0].payload["content"] == "oi 😀 �"
    assert batches[1].conversations[0].payload["custom_attributes"] == {
        "ab": "�",
        "n": None,
        "t": [1, {"x": ""}],
    }
    landed_text(batches).encode()


@pytest.mark.parametrize(
    ("raw", "key", "reason"),
    [
        ("text", "?", "not an object but str"),
        (None, "?", "not an object but NoneType"),
        ({"created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": "x", "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 1.5, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": True, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 2**64, "created_at": FIRST_DAY}, "?", "no id that can be used"),
        ({"id": 9}, "9", "no created_at"),
        ({"id": 9, "created_at": 0}, "9", "no created_at"),
        ({"id": 9, "created_at": 5}, "9", "created_at is absurd: 5"),
        ({"id": 9, "created_at": FIRST_DAY * 1000}, "9", "created_at is absurd"),
        ({"id": 9, "created_at": 10**400}, "9", "created_at is absurd"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_lands(
    chatwoot: Chatwoot, client: Client, raw: Any, key: str, reason: str
) -> None:
    chatwoot.add(1)
    messages = chatwoot.message_rows(1)
    chatwoot.fault = rows_fault([raw, chatwoot.row(1)], [raw, *messages, messages[0]])
    batches = read_all(client)
    assert conversations(batches).keys() == {1}
    assert len(message_ids(batches)) == 3
    rejected = rejections(batches)
    assert {name.rpartition("?")[0] + "?" if key == "?" else name for name in rejected} == {
        f"raw.conversations/{key}",
        f"raw.messages/1/{key}",
    }
    assert all(found.startswith(reason) for found in rejected.values())


def test_odd_types_of_other_versions_land_as_the_usual_ones(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    row = chatwoot.row(1) | {
        "id": "1",
        "created_at": str(FIRST_DAY),
        "updated_at": "2026-01-01T00:00:00.500Z",
        "inbox_id": "7",
        "labels": None,
        "custom_attributes": None,
        "meta": {"sender": None},
        "surprise": {"x": 1},
    }
    odd_message = {
        "id": "10",
        "message_type": "incoming",
        "created_at": "2026-01-01T00:00:00Z",
        "content": None,
        "private": 0,
        "content_attributes": None,
        "attachments": [None, {"id": "3", "data_url": SECRET, "file_type": "audio"}],
    }
    chatwoot.fault = rows_fault([row], [odd_message])
    batches = read_all(client)
    conversation, message = batches[1].conversations[0], batches[1].messages[0]
    assert conversation.conversation_id == conversation.payload["id"] == 1
    assert conversation.payload["inbox_id"] == 7
    assert conversation.payload["created_at"] == FIRST_DAY
    assert conversation.payload["labels"] == []
    assert conversation.payload["meta"] == {"sender": {}}
    assert conversation.updated_at == datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc)
    assert message.payload == {
        "id": 10,
        "content": None,
        "message_type": 0,
        "created_at": FIRST_DAY,
        "private": False,
        "content_attributes": {},
        "attachments": [{}, {"id": 3, "file_type": "audio"}],
    }
