"""Edited, deleted and repeated messages, as bridges write them."""

import json
from typing import Any

import pytest

from geniai_pipeline_tests.support.bridges import make_texts
from geniai_pipeline_tests.support.payloads import (
    ASK,
    agent_message,
    bot_message,
    failure,
    make_row,
    make_transcript,
    message,
)


@pytest.mark.parametrize(
    "edited",
    [
        {"content": "\n\n`Mensagem editada:`\n\nPosso ir sexta às 18h?"},
        {"content": "`Mensagem editada:` Posso ir sexta às 18h?"},
        {"content": "Posso ir sexta às 18h?\n\n_`Mensagem editada.`_"},
        {"content": "Posso ir sexta às 18h?\n\n✏️ *Editado no WhatsApp*"},
    ],
)
def test_an_edited_message_replaces_the_one_before_it(edited: dict[str, Any]) -> None:
    row = make_row(
        None, message(1, 0, ASK), message(2, 30, "Posso ir quinta?"), message(3, 60, **edited)
    )

    texts = [entry["text"] for entry in json.loads(row["transcript"])]
    assert texts == [ASK, "Posso ir sexta às 18h?"]
    assert row["contact_message_count"] == 2


def test_an_edit_replaces_the_message_it_is_of() -> None:
    talk = (
        message(1, 0, "Posso ir quinta?", source_id="WAID:A"),
        agent_message(2, 60, "Claro!"),
        message(3, 90, "Obrigado", source_id="WAID:B"),
    )
    by_source = message(4, 99, "`Mensagem editada:`\n\nPosso ir sexta?", source_id="WAID:A")
    by_reply = message(
        4, 99, "`Mensagem editada:`\n\nPosso ir sexta?", content_attributes={"in_reply_to": 1}
    )

    for edit in (by_source, by_reply):
        assert make_texts(*talk, edit) == ["Posso ir sexta?", "Claro!", "Obrigado"]


def test_an_edit_of_nothing_is_a_message() -> None:
    assert make_texts(message(1, 0, "`Mensagem editada:`\n\nOi")) == ["Oi"]


def test_an_edit_on_the_phone_is_of_the_robots_message_that_it_names() -> None:
    talk = (
        message(1, 0, ASK),
        agent_message(2, 60, "Bom dia!"),
        bot_message(3, 70, "São R$ 120.", source_id="WAID:A"),
    )
    edit = message(
        4, 99, "`Mensagem editada:` São R$ 90.", message_type=1, sender=None, source_id="WAID:A"
    )

    assert make_texts(*talk, edit) == [ASK, "Bom dia!", "São R$ 90."]


def test_an_edit_of_a_caption_leaves_the_picture() -> None:
    picture = message(1, 0, "Meu treino", attachments=[{"file_type": "image"}])
    (entry,) = make_transcript(picture, message(2, 30, "`Mensagem editada:` Meu treino de hoje"))

    assert (entry["text"], entry["note"]) == ("Meu treino de hoje", "imagem")


def test_a_message_that_was_deleted_on_the_phone_is_gone() -> None:
    gone = message(3, 90, "❌ *Esta mensagem foi excluída no WhatsApp*")

    assert make_texts(message(1, 0, ASK), message(2, 30, "errei"), gone) == [ASK]


def test_the_same_source_id_twice_is_one_message() -> None:
    row = make_row(
        None,
        message(1, 0, ASK, source_id="WAID:A"),
        message(2, 1, ASK, source_id="WAID:A"),
        agent_message(3, 60, "Olá!", source_id="WAID:B"),
        bot_message(4, 61, "Olá!", source_id="WAID:B"),
        message(5, 90, "Oi", source_id=None),
        message(6, 91, "Oi", source_id=""),
    )

    assert [row["contact_message_count"], row["agent_message_count"]] == [3, 1]
    assert row["bot_message_count"] == 0


def test_a_copy_that_shows_nothing_leaves_the_picture() -> None:
    picture = message(1, 0, None, source_id="A", attachments=[{"file_type": "image"}])
    (entry,) = make_transcript(picture, message(2, 1, None, source_id="A"))

    assert entry["note"] == "imagem"


def test_a_flow_that_gives_every_message_one_source_id_loses_no_words() -> None:
    talk = (
        message(1, 0, "Oi", source_id="5511"),
        message(2, 60, ASK, source_id="5511"),
        agent_message(3, 90, "São R$ 99.", source_id="5511"),
        agent_message(4, 91, "São R$ 99.", source_id="5511"),
    )

    assert make_texts(*talk) == ["Oi", ASK, "São R$ 99."]


def test_what_was_sent_again_and_arrived_is_the_message() -> None:
    failure = {"status": "failed", "content_attributes": {"external_error": "e"}}
    row = make_row(
        None,
        message(1, 0, ASK),
        agent_message(2, 60, "Olá! R$ 99", source_id="WAID:1", **failure),
        agent_message(3, 120, "Olá! R$ 99", source_id="WAID:1"),
    )

    assert row["response_seconds"] == 120
    assert row["delivery_error"] is None


EDIT = "`Mensagem editada:` São R$ 90."
DELETION = "❌ *Esta mensagem foi excluída no WhatsApp*"


@pytest.mark.parametrize("content", [EDIT, DELETION])
def test_what_never_arrived_changes_nothing_that_did(content: str) -> None:
    talk = (message(1, 0, ASK), agent_message(2, 60, "São R$ 120."))
    row = make_row(None, *talk, agent_message(3, 90, content, **failure()))

    assert row["transcript"] == make_row(None, *talk)["transcript"]
    assert row["response_seconds"] == 60
    assert row["delivery_error"] is not None
