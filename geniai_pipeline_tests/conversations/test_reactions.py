"""Reactions, which bridges write as messages."""

from typing import Any

import pytest

from geniai_pipeline_tests.support.bridges import OFFER, analyze_messages, make_texts
from geniai_pipeline_tests.support.payloads import (
    ASK,
    agent_message,
    find_next_actor,
    make_row,
    message,
)

REACTIONS = [
    {"content": "Reagiu: 👍"},
    {"content": "Fulana reagiu: 👍"},
    {"content": "Fulana de Tal reagiu: 👍🏽"},
    {"content": "*Reagiu com* 👍"},
    {"content": "👍", "content_attributes": {"in_reply_to": 2}},
]


@pytest.mark.parametrize("reaction", REACTIONS)
def test_a_thumb_to_an_offer_accepts_it(reaction: dict[str, Any]) -> None:
    talk = (message(1, 0, ASK), agent_message(2, 60, OFFER))

    assert make_texts(*talk, message(3, 90, **reaction))[2][0] == "👍"
    assert analyze_messages(*talk, message(3, 90, **reaction)).visit_scheduled
    assert not analyze_messages(*talk).visit_scheduled


@pytest.mark.parametrize("reaction", [*REACTIONS, {"content": "*Reação removida*"}])
def test_a_reaction_to_a_statement_is_nothing(reaction: dict[str, Any]) -> None:
    talk = (message(1, 0, ASK), agent_message(2, 60, "São R$ 120 por mês."))

    assert make_row(None, *talk, message(3, 90, **reaction)) == make_row(None, *talk)


def test_a_reaction_alone_opens_no_conversation() -> None:
    row = make_row(None, message(1, 0, "Reagiu: 👍"), agent_message(2, 60, "Oi!"))

    assert row["first_contact_message_at"] is row["response_seconds"] is None
    assert find_next_actor(make_row(None, message(1, 0, "Reagiu: 👍"))) == "nobody"


def test_a_reaction_of_the_gym_is_no_answer() -> None:
    row = make_row(
        None, message(1, 0, "Oi, queria saber o preço."), agent_message(2, 60, "Reagiu: ❤️")
    )

    assert row["response_seconds"] is None
    assert find_next_actor(row) == "gym"


def test_a_reaction_is_to_the_message_it_names() -> None:
    talk = (
        message(1, 0, ASK),
        agent_message(2, 60, OFFER),
        agent_message(3, 70, "Estamos te esperando."),
    )
    to_the_offer = message(4, 90, "👍", content_attributes={"in_reply_to": 2})
    to_the_rest = message(4, 90, "👍", content_attributes={"in_reply_to": 3})

    assert make_texts(*talk, to_the_offer)[3:] == ["👍"]
    assert make_texts(*talk, to_the_rest)[3:] == []


def test_a_reaction_to_ones_own_message_accepts_nothing() -> None:
    talk = (message(1, 0, ASK), agent_message(2, 60, OFFER))
    to_oneself = message(3, 90, "👍", content_attributes={"in_reply_to": 1})

    assert make_row(None, *talk, to_oneself) == make_row(None, *talk)


@pytest.mark.parametrize("text", ["Meu marido reagiu: adorou", "O professor reagiu mal?", "reagiu"])
def test_who_tells_of_a_reaction_does_not_react(text: str) -> None:
    assert make_texts(message(1, 0, text)) == [text]


def test_a_reaction_to_an_offer_that_never_arrived_accepts_nothing() -> None:
    thumb = message(3, 120, "Reagiu: 👍")
    sent, lost = agent_message(2, 60, OFFER), agent_message(2, 60, OFFER, status="failed")

    assert make_texts(message(1, 0, ASK), sent, thumb)[-1] == "👍"
    assert make_texts(message(1, 0, ASK), lost, thumb) == [ASK]
