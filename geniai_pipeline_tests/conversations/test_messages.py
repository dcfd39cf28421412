"""The speaker of a message, and the messages of a conversation."""

import json
from dataclasses import replace
from typing import Any

import pytest

from geniai_pipeline_tests.support.payloads import (
    AGENT,
    CHOICE,
    CONTACT,
    ROBOT,
    TENANT,
    agent_message,
    bot_message,
    find_next_actor,
    make_row,
    menu_message,
    message,
    moment,
)


@pytest.mark.parametrize(
    ("fields", "speaker"),
    [
        ({"message_type": 0}, "contact"),
        ({"message_type": "0"}, "contact"),
        ({"message_type": "incoming"}, "contact"),
        ({"message_type": 0, "sender": None}, "contact"),
        ({"message_type": 1, "sender": AGENT}, "agent"),
        ({"message_type": "outgoing", "sender": AGENT}, "agent"),
        ({"message_type": 1, "sender": ROBOT}, "bot"),
        ({"message_type": 1, "sender": {"type": "captain_assistant"}}, "bot"),
        # an agent who was deleted since, or the echo of an older server
        ({"message_type": 1, "sender": {}}, "agent"),
        ({"message_type": 1, "sender": None}, "agent"),
        ({"message_type": "outgoing", "sender": None, "content_attributes": None}, "agent"),
        ({"message_type": 1, "sender": None, "content_type": "text"}, "agent"),
        ({"message_type": 1, "sender": None, "content_type": "input_select"}, "bot"),
        ({"message_type": 1, "sender": None, "content_type": "cards"}, "bot"),
        (
            {"message_type": 1, "sender": None, "content_attributes": {"automation_rule_id": "4"}},
            "bot",
        ),
        (
            {"message_type": 1, "sender": None, "additional_attributes": {"campaign_id": 7}},
            "bot",
        ),
        (
            {"message_type": 1, "sender": AGENT, "additional_attributes": {"campaign_id": 7}},
            "bot",
        ),
        (
            {
                "message_type": 1,
                "sender": None,
                "additional_attributes": {"template_params": {"name": "promocao"}},
            },
            "bot",
        ),
        (
            {
                "message_type": 1,
                "sender": None,
                "content_attributes": {"template_params": {"name": "promocao"}},
            },
            "bot",
        ),
        # an agent may answer with an approved template
        (
            {
                "message_type": 1,
                "sender": AGENT,
                "additional_attributes": {"template_params": {"name": "retomar"}},
            },
            "agent",
        ),
        (
            {
                "message_type": 1,
                "sender": AGENT,
                "content_attributes": {"automation_rule_id": 4},
            },
            "bot",
        ),
        # written in the WhatsApp or Instagram app itself
        (
            {"message_type": 1, "sender": None, "content_attributes": {"external_echo": True}},
            "agent",
        ),
        ({"message_type": 3, "sender": None}, "bot"),
        ({"message_type": 3, "sender": AGENT}, "agent"),
        ({"message_type": 8, "sender": CONTACT}, "contact"),
        ({"message_type": 8, "sender": AGENT}, "agent"),
        ({"message_type": 0, "content_attributes": None}, "contact"),
    ],
)
def test_the_speaker_follows_from_the_kind_and_the_sender(
    fields: dict[str, Any], speaker: str
) -> None:
    row = make_row(None, message(1, 0, "texto", **fields))

    assert row["last_speaker"] == speaker
    assert row[f"{speaker}_message_count"] == row["message_count"] == 1
    assert json.loads(row["transcript"])[0]["from"] == speaker


@pytest.mark.parametrize(
    ("named", "speaker"),
    [
        ("Ana Lima", "bot"),
        (" ana  lima", "bot"),
        ("5", "bot"),
        ("Ana", "agent"),
        ("55", "agent"),
        ("Maria", "agent"),
    ],
)
def test_a_bot_that_speaks_with_a_persons_token_is_named_by_name_or_id(
    named: str, speaker: str
) -> None:
    tenant = replace(TENANT, bot_agents=frozenset({named}))
    row = make_row(None, message(1, 0, "Oi"), agent_message(2, 5, "Olá!"), tenant=tenant)

    assert row["last_speaker"] == speaker
    assert (row["response_seconds"] is None) is (speaker == "bot")
    assert row["contact_message_count"] == 1  # the contact "Maria" is none of the gym's


@pytest.mark.parametrize(
    "fields",
    [
        {"private": True},
        {"private": True, "created_at": None},
        {"message_type": 2, "sender": None},
        {"message_type": "activity"},
        {"message_type": 8, "sender": None},
        {"message_type": None, "sender": None},
    ],
)
def test_notes_and_activity_are_not_part_of_the_conversation(fields: dict[str, Any]) -> None:
    row = make_row(None, message(1, 0, "Oi"), agent_message(2, 60, "só entre nós", **fields))

    assert row["message_count"] == 1
    assert "entre nós" not in row["transcript"]
    assert row["first_human_reply_at"] is None
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", moment(0))


def test_a_deleted_message_keeps_its_time_and_loses_everything_else() -> None:
    gone = {"content_attributes": {"deleted": True}}
    row = make_row(
        None,
        message(1, 0, "Esta mensagem foi apagada", **gone),
        agent_message(2, 60, "Esta mensagem foi apagada", **gone),
        message(3, 120, "Oi"),
        agent_message(4, 180, "Esta mensagem foi apagada", **gone),
    )

    assert (row["first_contact_message_at"], row["first_human_reply_at"]) == (moment(0), moment(60))
    assert row["response_seconds"] == 60
    assert row["message_count"] == 1
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", moment(120))
    assert json.loads(row["transcript"]) == [
        {"from": "contact", "at": "2025-06-10T06:02:00-03:00", "text": "Oi"}
    ]


FORM = [
    {"name": "nome", "value": "Lia"},
    {"name": "idade", "value": 31},
    {"name": "x", "value": ""},
]
SURVEY = {"csat_survey_response": {"rating": 5, "feedback_message": "Ótimo"}}


@pytest.mark.parametrize(
    ("submitted", "words"),
    [
        (CHOICE, "Quero conhecer"),
        ({"name": "menu", "value": "1"}, "1"),
        ([{"title": "Quero conhecer", "value": "1"}], "Quero conhecer"),
        (FORM, "Lia\n31"),
    ],
)
def test_what_was_submitted_are_the_contacts_words_right_behind_what_asked_for_them(
    submitted: Any, words: str
) -> None:
    row = make_row(
        None,
        menu_message(1, 0, submitted),
        bot_message(2, 0, "Certo!"),
        agent_message(3, 90, "Oi!"),
    )

    assert [(e["from"], e["text"]) for e in json.loads(row["transcript"])] == [
        ("bot", "Escolha:"), ("contact", words), ("bot", "Certo!"), ("agent", "Oi!"),
    ]  # fmt: skip
    assert (row["contact_message_count"], row["bot_message_count"]) == (1, 2)
    assert (row["first_contact_message_at"], row["response_seconds"]) == (moment(0), 90)


def test_a_click_that_nobody_answered_waits() -> None:
    row = make_row(None, message(1, 0, "Oi"), menu_message(2, 5, CHOICE))

    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", moment(5))
    assert find_next_actor(row) == "gym"


@pytest.mark.parametrize("submitted", [SURVEY, {}, [], "x", [{"name": "a"}], {"value": " "}, None])
def test_a_survey_and_what_says_nothing_are_no_words(submitted: Any) -> None:
    row = make_row(None, message(1, 0, "Oi"), menu_message(2, 5, submitted))

    assert (row["contact_message_count"], row["last_speaker"]) == (1, "bot")


def test_what_was_submitted_goes_with_the_message_that_holds_it() -> None:
    gone = menu_message(2, 5, CHOICE)
    gone["content_attributes"]["deleted"] = True
    hidden = menu_message(3, 6, CHOICE, private=True)

    assert make_row(None, message(1, 0, "Oi"), gone, hidden)["contact_message_count"] == 1
