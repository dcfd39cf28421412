"""The class of a contact's last words: request, closing or other."""

from typing import Any

import pytest

from geniai_pipeline.conversations.closing import CLOSING, OTHER, REQUEST, classify_last_words

_AGREED = "Combinado! Te espero amanhã às 19h, traz uma garrafinha."
_OFFERED = "Quer marcar uma aula experimental?"


@pytest.mark.parametrize(
    ("gym", "contact", "closing"),
    [
        (_AGREED, "Obrigada, até amanhã! 😊", CLOSING),
        (_AGREED, "Perfeito, ate amanhã", CLOSING),
        (_AGREED, "obrigadoooo", CLOSING),
        (_AGREED, "vlw kkkk", CLOSING),
        (_AGREED, "👍", CLOSING),
        (_AGREED, "Combinado", CLOSING),
        (_AGREED, "Posso levar uma amiga? até amanhã", REQUEST),
        (_AGREED, "Obrigado. Quanto fica o plano anual", REQUEST),
        (_AGREED, "infelizmente nao vou conseguir", REQUEST),
        (_AGREED, "Preciso remarcar, obrigada", REQUEST),
        (_AGREED, "Ansioso já rs", OTHER),
        (_AGREED, "Boa noite", OTHER),
        (_AGREED, "Muito bom", OTHER),
        (_OFFERED, "Não, obrigado", CLOSING),
        (_OFFERED, "Obrigado", CLOSING),
        (_OFFERED, "Sim", OTHER),
        (_OFFERED, "ok, obrigada", OTHER),
        (_OFFERED, "👍", OTHER),
        (_OFFERED, "não", REQUEST),
    ],
)
def test_the_last_words_ask_close_or_neither(gym: str, contact: str, closing: str) -> None:
    assert (
        classify_last_words(
            [_message("contact", "Oi"), _message("agent", gym), _message("contact", contact)]
        )
        == closing
    )


def test_everything_since_the_gyms_last_message_counts() -> None:
    messages = [_message("contact", "E no sábado, abre?"), _message("contact", "Obrigada")]

    assert classify_last_words([_message("agent", _AGREED), *messages]) == REQUEST


def test_thanks_to_a_machine_still_wait_for_the_person_it_promised() -> None:
    promised = _message("bot", "Já já um atendente fala com você.")

    assert (
        classify_last_words([_message("contact", "Oi"), promised, _message("contact", "Obrigada")])
        == OTHER
    )


def test_a_first_message_an_attachment_and_the_gyms_own_last_word() -> None:
    picture = {"from": "contact", "text": "", "note": "image"}

    assert classify_last_words([_message("contact", "Obrigado")]) == OTHER
    assert classify_last_words([_message("agent", _AGREED), picture]) == OTHER
    assert classify_last_words([_message("contact", "Oi"), _message("agent", _AGREED)]) is None
    assert classify_last_words([]) is None


def _message(speaker: str, text: str) -> dict[str, Any]:
    return {"from": speaker, "text": text, "minutes_after_start": 0.0}
