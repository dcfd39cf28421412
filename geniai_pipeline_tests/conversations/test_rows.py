"""A conversation becomes one typed row, or one rejected row without effect on others."""

import json
import random
import re
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest

from geniai_pipeline.conversations import COLUMNS, RawConversation, settings_version, source_version
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.support.payloads import (
    CHANGED_AT,
    INBOXES,
    TENANT,
    agent_message,
    bot_message,
    convert,
    make_row,
    message,
    moment,
    payload,
    raw_conversation,
)


def test_the_columns_are_those_of_the_table_in_its_order(embedded: None) -> None:
    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select attname from pg_attribute where attrelid = 'core.conversations'::regclass"
            " and attnum > 0 and not attisdropped order by attnum"
        ).fetchall()
    columns = [name for (name,) in rows if name != "tenant_id"]

    assert list(COLUMNS) == columns
    assert list(convert(raw_conversation()).rows.columns) == columns


def test_a_conversation_becomes_one_typed_row() -> None:
    row = make_row(
        payload(labels=["VIP", " matriculado ", "vip"], status="Resolved"),
        message(1, 0, "Oi, quanto custa?"),
        bot_message(2, 5, "Já chamo alguém!"),
        agent_message(3, 90, "Olá! R$ 120 por mês."),
        message(4, 150, "Obrigada"),
    )
    content_hash = row.pop("content_hash")

    assert re.fullmatch("[0-9a-f]{64}", content_hash)
    assert row == {
        "conversation_id": 1187,
        "source_version": source_version(CHANGED_AT, settings_version(TENANT, INBOXES)),
        "inbox_id": 7,
        "inbox_name": "Recepção",
        "channel": "WhatsApp",
        "status": "resolved",
        "contact_id": 451,
        "contact_name": "Maria",
        "contact_email": "maria@example.com",
        "contact_phone": "+5511999990000",
        "assignee_name": "Ana Lima",
        "labels": ["matriculado", "vip"],
        "created_at": moment(0),
        "last_activity_at": moment(600),
        "message_count": 4,
        "contact_message_count": 2,
        "agent_message_count": 1,
        "bot_message_count": 1,
        "first_contact_message_at": moment(0),
        "first_bot_reply_at": moment(5),
        "first_human_reply_at": moment(90),
        "response_seconds": 90,
        "response_business_seconds": 90,
        "last_speaker": "contact",
        "last_spoke_at": moment(150),
        "ad_id": None,
        "ad_headline": None,
        "crm_converted": True,
        "chatwoot_url": "https://chat.example.com/app/accounts/3/conversations/1187",
        "transcript": '[{"from":"contact","at":"2025-06-10T06:00:00-03:00",'
        '"text":"Oi, quanto custa?"},'
        '{"from":"bot","at":"2025-06-10T06:00:05-03:00","text":"Já chamo alguém!"},'
        '{"from":"agent","at":"2025-06-10T06:01:30-03:00","text":"Olá! R$ 120 por mês."},'
        '{"from":"contact","at":"2025-06-10T06:02:30-03:00","text":"Obrigada"}]',
        "undelivered": "[]",
        "delivery_error": None,
        "contact_blocked": False,
        "last_incoming_at": moment(150),
        "episode": 1,
        "is_latest": True,
        "resolved_by_person": None,
        "snoozed_until": None,
        "converted_at": None,
        "last_agent_message_at": moment(90),
        "is_member": False,
        "unread_audios": 0,
    }


def test_the_values_are_plain_python_that_copy_can_write() -> None:
    silent = raw_conversation(
        payload(meta=None, labels=None, additional_attributes=None), conversation_id=1
    )
    busy = raw_conversation(
        messages=[message(1, 0, "Oi"), agent_message(2, 9, "Olá")], conversation_id=2
    )

    kinds = {
        type(value)
        for row in convert(silent, busy).rows.itertuples(index=False, name=None)
        for value in row
    }

    assert kinds == {int, str, bool, list, datetime, type(None)}


def test_a_conversation_without_messages_is_a_row_with_empty_counts() -> None:
    row = make_row(payload(last_activity_at=0, timestamp=0))

    assert row["message_count"] == row["contact_message_count"] == 0
    assert row["transcript"] == "[]"
    assert row["last_activity_at"] == moment(0)
    assert row["first_contact_message_at"] is None
    assert row["response_seconds"] is None
    assert row["last_speaker"] is None


def test_an_empty_batch_is_an_empty_frame() -> None:
    assert convert().rows.empty
    assert convert().rejected == []


def test_every_row_of_a_batch_has_its_own_messages() -> None:
    result = convert(
        raw_conversation(messages=[message(1, 0, "primeira")], conversation_id=1),
        raw_conversation(conversation_id=2),
        raw_conversation(payload(status="?"), [message(2, 0, "recusada")], conversation_id=3),
        raw_conversation(
            messages=[agent_message(4, 5, "b"), message(3, 1, "a")], conversation_id=4
        ),
    )

    assert result.rows["conversation_id"].tolist() == [1, 2, 4]
    assert result.rows["message_count"].tolist() == [1, 0, 2]
    assert [
        [entry["text"] for entry in json.loads(transcript)]
        for transcript in result.rows["transcript"]
    ] == [["primeira"], [], ["a", "b"]]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"created_at": None}, "created_at"),
        ({"created_at": 0}, "created_at"),
        ({"created_at": "ontem"}, "created_at"),
        ({"created_at": float("nan")}, "created_at"),
        ({"created_at": 10**400}, "created_at"),
        ({"created_at": True}, "created_at"),
        ({"inbox_id": None}, "inbox_id"),
        ({"inbox_id": 2**63}, "inbox_id"),
        ({"status": "archived"}, "'archived'"),
        ({"status": None}, "status"),
        ({"status": []}, "status"),
    ],
)
def test_a_conversation_without_identity_is_refused_and_costs_no_other(
    fields: dict[str, Any], reason: str
) -> None:
    result = convert(
        raw_conversation(conversation_id=1), raw_conversation(payload(**fields), conversation_id=2)
    )

    (rejected,) = result.rejected
    assert result.rows["conversation_id"].tolist() == [1]
    assert (rejected.source, rejected.key) == ("core.conversations", "2")
    assert reason in rejected.reason
    assert '"Maria"' in rejected.payload


def test_a_message_without_a_time_is_refused_and_costs_no_other() -> None:
    result = convert(
        raw_conversation(
            messages=[message(1, 0, "Oi"), message(2, 0, "quando?", created_at=0), "lixo"]
        )
    )

    assert result.rows["message_count"].tolist() == [1]
    assert [rejected.key for rejected in result.rejected] == ["1187/2", "1187/None"]
    assert "quando?" in result.rejected[0].payload


JUNK: list[Any] = [
    None,
    0,
    -1,
    "",
    "x",
    [],
    {},
    [None],
    {"a": []},
    True,
    1e300,
    float("inf"),
    2**70,
    "\ud800",
]


def test_no_junk_anywhere_costs_a_good_conversation_or_goes_unaccounted() -> None:
    chance = random.Random(20260610)
    good = raw_conversation(
        messages=[message(1, 0, "Oi"), agent_message(2, 60, "Olá")], conversation_id=1
    )
    (expected,) = convert(good).rows.to_dict("records")

    def spoil(value: Any) -> Any:
        if chance.random() < 0.12:
            return chance.choice(JUNK)
        if isinstance(value, dict):
            return {name: spoil(inner) for name, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    whole = payload(labels=["vip"], additional_attributes={"referral": {"source_id": "1"}})
    attached = message(
        1,
        0,
        "Oi",
        attachments=[{"file_type": "audio", "transcribed_text": "Oi"}],
        content_attributes={"referral": {"source_id": "1", "headline": "A"}},
    )
    spoiled = [
        RawConversation(
            number,
            spoil(deepcopy(whole)),
            spoil([deepcopy(attached), agent_message(2, 60, "Olá"), bot_message(3, 70, "Tchau")]),
            CHANGED_AT,
        )
        for number in range(2, 1502)
    ]

    result = convert(*spoiled[:700], good, *spoiled[700:])

    rows = result.rows.set_index("conversation_id", drop=False)
    refused = {int(one.key) for one in result.rejected if "/" not in one.key}
    assert rows.loc[1].to_dict() == expected
    assert set(rows.index) | refused == set(range(1, 1502))
    assert not set(rows.index) & refused
    assert 300 < len(refused) < 1200
    for row in rows.itertuples(index=False, name=None):
        assert {type(value) for value in row} <= {int, str, bool, list, datetime, type(None)}
        for value in row:
            str(value).encode()  # no lone surrogate is left
