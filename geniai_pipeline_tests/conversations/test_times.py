"""The times of messages, replies and the last activity."""

import json
from typing import Any

import pytest

from geniai_pipeline_tests.support.payloads import (
    ASK,
    CHOICE,
    START,
    agent_message,
    bot_message,
    make_row,
    menu_message,
    message,
    moment,
    payload,
)


@pytest.mark.parametrize("written", [START, float(START), moment(0).isoformat()])
def test_a_message_that_came_late_bears_the_time_it_was_written(written: Any) -> None:
    late = {"content_attributes": {"external_created_at": written}}
    row = make_row(None, message(1, 35_995, ASK, **late), agent_message(2, 36_000, "Olá!"))

    assert (row["first_contact_message_at"], row["response_seconds"]) == (moment(0), 36_000)
    assert (row["last_speaker"], row["last_spoke_at"]) == ("agent", moment(36_000))


@pytest.mark.parametrize("written", [START + 9_000, (START - 60) * 1000, 0, "ontem", None])
def test_a_time_that_cannot_be_when_it_was_written_is_not_believed(written: Any) -> None:
    odd = {"content_attributes": {"external_created_at": written}}

    assert make_row(None, message(1, 5, ASK, **odd))["first_contact_message_at"] == moment(5)


def test_the_last_incoming_message_is_the_one_that_arrived_last() -> None:
    late = {"content_attributes": {"external_created_at": START - 86_400}}
    row = make_row(
        None,
        message(1, 0, "Oi"),
        message(2, 60, "apagada", content_attributes={"deleted": True}),
        message(3, 90, "de ontem", **late),
        menu_message(4, 120, CHOICE),  # not incoming for Chatwoot
        agent_message(5, 150, "Olá!"),
    )

    assert row["last_incoming_at"] == moment(90)
    assert make_row(None, agent_message(1, 0, "Olá!"))["last_incoming_at"] is None


def test_messages_are_told_in_the_order_of_their_times_not_their_numbers() -> None:
    row = make_row(None, message(3, 30, "c"), message(9, 10, "a"), agent_message(1, 30, "b"))

    assert [entry["text"] for entry in json.loads(row["transcript"])] == ["a", "b", "c"]
    assert row["response_seconds"] == 20
    assert row["last_speaker"] == "contact"


def test_only_what_comes_after_the_first_contact_message_is_a_reply() -> None:
    row = make_row(
        None,
        bot_message(1, 0, "Promoção!"),
        agent_message(2, 10, "Conhece a gente?"),
        message(3, 60, "Oi"),
        agent_message(4, 60, "Olá"),  # in the same second, but later
        bot_message(5, 70, "Anotado"),
    )

    assert row["first_bot_reply_at"] == moment(70)
    assert row["first_human_reply_at"] == moment(60)
    assert row["response_seconds"] == 0


def test_nobody_answered_is_not_an_answer_after_zero_seconds() -> None:
    row = make_row(None, agent_message(1, 0, "Oi!"), message(2, 60, "Oi"))

    assert row["first_human_reply_at"] is None
    assert row["response_seconds"] is None
    assert row["response_business_seconds"] is None


def test_a_night_counts_on_the_wall_clock_and_not_in_business_hours() -> None:
    evening = 15 * 3600 + 50 * 60  # 21:50
    morning = 24 * 3600 + 10 * 60  # 06:10

    row = make_row(None, message(1, evening, "Oi"), agent_message(2, morning, "Bom dia"))

    assert row["response_seconds"] == (8 * 60 + 20) * 60
    assert row["response_business_seconds"] == 20 * 60


@pytest.mark.parametrize(
    "written",
    [
        START,
        float(START),
        str(START),
        "2025-06-10T09:00:00Z",
        "2025-06-10T09:00:00.000Z",
        "2025-06-10T06:00:00-03:00",
        "2025-06-10 09:00:00",
    ],
)
def test_a_time_is_read_however_it_is_written(written: Any) -> None:
    row = make_row(payload(created_at=written), message(1, 0, "Oi", created_at=written))

    assert row["created_at"] == row["first_contact_message_at"] == moment(0)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"last_activity_at": START + 60}, 60),
        ({"last_activity_at": 0, "timestamp": START + 70}, 70),
        ({"last_activity_at": None}, 30),  # the last message
    ],
)
def test_the_last_activity_is_the_best_that_is_known(fields: dict[str, Any], seconds: int) -> None:
    assert make_row(payload(**fields), message(1, 30, "Oi"))["last_activity_at"] == moment(seconds)
