"""The moves: each rule finds its example and spares its counter; what plain sentences do."""

import pytest

from geniai_pipeline.analysis.local.matcher import Matcher
from geniai_pipeline.analysis.local.rules import Rule
from geniai_pipeline.analysis.local.words import GROUPS
from geniai_pipeline.analysis.state.turns import (
    CONTACT_MOVES,
    GYM_MOVES,
    OUTCOME_MOVES,
    ROLE_MOVES,
    VISIT_MOVES,
    TurnReader,
)
from geniai_pipeline_tests.support.dialogues import dialogue

MOVES = (*CONTACT_MOVES, *GYM_MOVES, *OUTCOME_MOVES, *ROLE_MOVES, *VISIT_MOVES)


@pytest.mark.parametrize("rule", MOVES, ids=lambda rule: rule.name)
def test_a_move_is_found_in_its_example_and_not_in_its_counter(rule: Rule) -> None:
    matcher = Matcher([rule], GROUPS)
    assert matcher.read(rule.example).hits
    assert not matcher.read(rule.counter).hits


@pytest.fixture(scope="module")
def reader() -> TurnReader:
    return TurnReader()


@pytest.mark.parametrize(
    ("line", "move"),
    [
        ("c: que horas abre no sábado", "asks"),
        ("c: me manda a segunda via por favor", "requests"),
        ("c: cobraram duas vezes e ninguém responde", "complains"),
        ("c: muito obrigada viu", "thanks"),
        ("c: combinado então", "accepts"),
        ("c: vou pensar e te aviso", "thinks"),
        ("c: mando o laudo amanhã", "sends"),
        ("c: deixa pra lá, desisti", "gives_up"),
        ("c: estarei aí às 18h", "comes"),
        ("c: não vou conseguir ir hoje", "visit_off"),
        ("a: qual horário você prefere?", "asks"),
        ("a: me manda foto do documento", "demands"),
        ("a: quer fazer uma aula experimental", "offers"),
        ("a: vou ver e te falo", "promises"),
        ("a: já te retorno", "promises"),
        ("a: um momento", "promises"),
        ("a: recebido, obrigada", "receives"),
        ("a: anotado, te espero quinta", "visit_settled"),
        ("a: oi, você não veio ontem", "visit_missed"),
    ],
)
def test_a_sentence_makes_its_move(reader: TurnReader, line: str, move: str) -> None:
    (turn,) = reader.read(dialogue(line))
    assert move in turn.moves


@pytest.mark.parametrize(
    "line",
    ["a: te mando ela em foto se abrir vaga", "a: combinado, tá?", "a: vou encerrar por aqui"],
)
def test_a_condition_a_tag_and_a_farewell_promise_and_ask_nothing(
    reader: TurnReader, line: str
) -> None:
    (turn,) = reader.read(dialogue(line))
    assert turn.moves.isdisjoint({"promises", "asks"})


def test_private_notes_are_no_turns_and_media_are(reader: TurnReader) -> None:
    turns = reader.read(dialogue("c: [áudio]", "n: lead quente", "a: oi"))
    assert [(turn.index, turn.media, turn.text) for turn in turns] == [
        (0, "áudio", ""),
        (2, "", "oi"),
    ]


def test_a_choice_of_the_bots_menu_is_read_as_its_words(reader: TurnReader) -> None:
    menu = "b: Digite:\n1 - Quero conhecer a academia\n2 - Já sou aluno"
    turns = reader.read(dialogue("c: oi", menu, "c: 1"))
    assert "visit_wish" in turns[-1].moves
