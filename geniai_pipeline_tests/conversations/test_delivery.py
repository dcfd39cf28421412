"""Undelivered messages: they count neither as answers nor as visits, and keep their error."""

import json
from typing import Any

import pytest

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline_tests.support.payloads import (
    ASK,
    agent_message,
    bot_message,
    failure,
    find_next_actor,
    make_row,
    make_transcript,
    message,
    moment,
)


def test_a_message_that_never_arrived_is_no_answer() -> None:
    row = make_row(None, message(1, 0, ASK), agent_message(2, 60, "Olá!", **failure()))

    assert (row["first_human_reply_at"], row["response_seconds"]) == (None, None)
    assert (row["message_count"], row["agent_message_count"]) == (1, 0)
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", moment(0))
    assert find_next_actor(row) == "gym"
    assert row["delivery_error"] == "131047: Re-engagement message"


def test_the_answer_is_the_first_that_arrived() -> None:
    row = make_row(
        None,
        message(1, 0, ASK),
        bot_message(2, 5, "Já chamo alguém!", **failure()),
        agent_message(3, 60, "Olá!", **failure()),
        agent_message(4, 5400, "Olá!", status="delivered"),
    )

    assert (row["response_seconds"], row["first_bot_reply_at"]) == (5400, None)
    assert (row["last_speaker"], row["delivery_error"]) == ("agent", None)


def test_what_never_arrived_is_told_apart_from_what_was_said_with_its_place() -> None:
    arrivals = [
        message(1, 0, "Oi"),
        agent_message(2, 60, "Olá!", status="read"),
        message(4, 180, "Alguém?"),
    ]
    losses = [
        agent_message(3, 120, "Quer vir?", **failure(" 131026:\nMessage undeliverable ")),
        bot_message(5, 240, "", attachments=[{"file_type": "image"}], **failure(None)),
        agent_message(6, 300, "apagada", status="failed", content_attributes={"deleted": True}),
    ]
    row = make_row(None, *arrivals, *losses)

    assert row["transcript"] == make_row(None, *arrivals)["transcript"]
    assert row["content_hash"] == make_row(None, *arrivals)["content_hash"]
    assert json.loads(row["undelivered"]) == [
        {
            "position": 2,
            "from": "agent",
            "text": "Quer vir?",
            "error": "131026: Message undeliverable",
        },
        {"position": 3, "from": "bot", "text": "", "note": "imagem", "error": ""},
    ]


@pytest.mark.parametrize(
    ("later", "error"),
    [
        ([], "e"),
        ([message(3, 120, "Oi?")], "e"),
        ([bot_message(3, 120, "Estamos fechados")], "e"),  # a machine's words are not the lost ones
        ([agent_message(3, 120, "Olá!")], None),
        ([agent_message(3, 120, "Olá!", **failure(None))], ""),
    ],
)
def test_the_error_is_that_of_the_gyms_last_words_if_they_never_arrived(
    later: list[dict[str, Any]], error: str | None
) -> None:
    row = make_row(None, message(1, 0, ASK), agent_message(2, 60, "Olá!", **failure("e")), *later)

    assert row["delivery_error"] == error


def test_a_failed_greeting_of_the_robot_is_forgotten_once_it_speaks_again() -> None:
    row = make_row(
        None, message(1, 0, ASK), bot_message(2, 5, "Oi!", **failure()), bot_message(3, 9, "Oi!")
    )

    assert row["delivery_error"] is None


def test_an_offer_that_never_arrived_and_a_yes_are_no_visit() -> None:
    offer = "Quer vir amanhã às 18h?"
    talk = [message(1, 0, ASK), agent_message(2, 60, "Olá! R$ 99.")]

    def has_visit(**fields: Any) -> bool:
        messages = [*talk, agent_message(3, 90, offer, **fields), message(4, 150, "sim!")]
        record = {"id": 1, "messages": make_transcript(*messages)}
        (analysis,) = RulesAnalyzer().analyze([parse_record(record)])
        return analysis.visit_scheduled

    assert has_visit()
    assert not has_visit(**failure())
