"""The visit, the role and the outcome at the end of a transcript."""

from datetime import datetime

import pytest

from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline_tests.support.dialogues import dialogue

ASKS = "c: oi, quero fazer uma aula experimental"
OFFER = "a: que bom! quinta dia 12 às 18h?"
ACCEPTS = "c: pode ser, quinta 18h"
SETTLED = "a: marcado, te espero"


@pytest.fixture(scope="module")
def reader() -> StateReader:
    return StateReader()


@pytest.mark.parametrize(
    ("lines", "state", "at"),
    [
        (["c: quanto custa a mensalidade?", "a: 99,90"], "none", None),
        ([ASKS, OFFER], "proposed", None),
        ([ASKS, OFFER, "c: vou ver e te confirmo"], "proposed", None),
        ([ASKS, OFFER, ACCEPTS], "agreed", "2026-03-12T18:00"),
        ([ASKS, "a: Então fica quarta dia 18 às 17h", "c: ok"], "agreed", "2026-03-18T17:00"),
        (["c: posso ir conhecer amanhã 9h?", "a: pode vir"], "agreed", "2026-03-12T09:00"),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "c: posso trocar pra sexta 19h?", "a: pode, sexta 19h"],
         "agreed", "2026-03-13T19:00"),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "c: não vou conseguir ir, desculpa"], "cancelled",
         "2026-03-12T18:00"),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "+2d", "a: oi, você não veio ontem"], "missed",
         "2026-03-12T18:00"),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "+2d", "c: adorei a aula"], "done", "2026-03-12T18:00"),
        ([ASKS, "a: Temos quinta às 18h ou sábado às 10h, qual prefere?", "c: sábado", SETTLED],
         "agreed", "2026-03-14T10:00"),
        ([ASKS, "a: quer vir quinta?", "c: a última"], "proposed", None),
        ([ASKS, "a: quinta às 18h ou às 20h?", "c: a última", SETTLED], "agreed",
         "2026-03-12T20:00"),
        ([ASKS, OFFER, "c: quinta eu trabalho. sexta 19h?", "a: pode"], "agreed",
         "2026-03-13T19:00"),
        (["c: posso ir hoje 18:30?", "a: Pode! É só chegar de tênis, ok?"], "agreed",
         "2026-03-11T18:30"),
        ([ASKS, "a: semana que vem, na quarta, às 9h?", "c: pode marcar, quarta às 9"], "agreed",
         "2026-03-18T09:00"),
        ([ASKS, OFFER, "c: acho que sim", "a: ok, pré-reservado"], "proposed", None),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "+2d", "c: fomos aí e estava fechado"], "cancelled",
         "2026-03-12T18:00"),
        (["c: fiz a experimental ontem às 18h e gostei"], "done", "2026-03-10T18:00"),
        ([ASKS, "c: paguei a matrícula", "a: segunda às 7h te espero", "c: ok"], "none", None),
        ([ASKS, OFFER, ACCEPTS, SETTLED, "+2d", "c: adorei", "a: sexta 7h de novo?", "c: sim"],
         "done", "2026-03-12T18:00"),
    ],
)  # fmt: skip
def test_the_visit_goes_its_way(
    reader: StateReader, lines: list[str], state: str, at: str | None
) -> None:
    found = reader.read(dialogue(*lines))
    assert (found.visit.state, found.visit_at) == (state, at)


def test_each_step_is_proved_and_a_move_is_counted(reader: StateReader) -> None:
    lines = [ASKS, OFFER, ACCEPTS, SETTLED, "c: posso trocar pra sexta 19h?", "a: pode, sexta 19h"]
    visit = reader.read(dialogue(*lines)).visit
    assert [(step.state, step.turn, step.quote) for step in visit.steps] == [
        ("proposed", 1, OFFER[3:]), ("agreed", 2, ACCEPTS[3:]),
        ("proposed", 4, "posso trocar pra sexta 19h?"), ("agreed", 5, "pode, sexta 19h"),
    ]  # fmt: skip
    assert visit.moved == 1
    assert isinstance(visit.at, datetime)
    assert visit.at.utcoffset() is not None


def test_an_appointment_of_who_is_no_prospect_is_no_visit(reader: StateReader) -> None:
    lines = [
        "c: somos distribuidores de suplementos e gostaríamos de apresentar nossos produtos",
        "a: pode vir quinta às 15h", "c: combinado",
    ]  # fmt: skip
    found = reader.read(dialogue(*lines))
    assert (found.role, found.visit.state, found.outcome) == ("outsider", "none", "not_applicable")


@pytest.mark.parametrize(
    ("lines", "role"),
    [
        (["c: fui aluna até março e ainda veio uma cobrança no cartão"], "ex_member"),
        (["c: fui aluna até março e quero voltar"], "returning"),
        (["c: penso em voltar a treinar, quanto custa o plano?"], "prospect"),
        (["c: parabéns, você foi selecionado, resgate aqui: bit.example/1"], "spam"),
        (
            ["a: esta semana a matrícula é grátis. quer saber mais?", "c: agora não, obrigada"],
            "unknown",
        ),
        (["c: quem dá a aula das 19h hoje?"], "member"),
        (["c: queria saber os valores, nunca treinei"], "prospect"),
        (["c: treinei aí em 2022 e quero voltar"], "returning"),
        (["c: minha digital não passa na catraca e meu plano está pago"], "member"),
        (["c: sou mãe do Pedro, ele treina às 17h e esqueceu a garrafa aí"], "member_family"),
        (["c: fui aluno até 2024 e preciso da nota fiscal pro imposto de renda"], "ex_member"),
        (["c: mando meu currículo, vocês têm vaga de estágio?"], "outsider"),
        (["c: parabéns, sua empresa foi sorteada, clique no link"], "spam"),
        (["c: oi", "a: bom dia, como posso ajudar?"], "unknown"),
    ],
)
def test_the_role_follows_from_plain_words(
    reader: StateReader, lines: list[str], role: str
) -> None:
    assert reader.read(dialogue(*lines)).role == role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Ana", "member"),
        ("Ana mãe do Léo", "member_family"),
    ],
)
def test_the_name_tells_the_role_where_words_do_not(
    reader: StateReader, name: str, role: str
) -> None:
    lines = ["c: oi, ele perguntou se o horário de amanhã mudou", "a: vou ver e te falo"]
    assert reader.read(dialogue(*lines, name=name)).role == role


@pytest.mark.parametrize(
    ("last", "outcome", "reason"),
    [
        ("c: vou pensar", "open", None),
        ("c: paguei agora, segue o comprovante", "won", None),
        ("c: não vai dar, ficou caro pra mim", "lost", "price"),
        ("c: desisti, os horários não batem com minha escala", "lost", "hours"),
        ("c: ficou longe demais, não compensa", "lost", "distance"),
        ("c: o médico não liberou, então deixa pra lá", "lost", "health"),
        ("c: sem ela eu não vou, deixa pra lá", "lost", "companion"),
        ("c: fechei com outra academia", "lost", "competitor"),
        ("c: como ninguém respondeu, desisti", "lost", "no_answer_of_gym"),
        ("c: era só curiosidade mesmo", "lost", "only_curious"),
        ("c: desisti por enquanto", "lost", "other"),
    ],
)
def test_the_outcome_has_its_reason(
    reader: StateReader, last: str, outcome: str, reason: str | None
) -> None:
    found = reader.read(
        dialogue("c: queria saber os valores da musculação", "a: 120 por mês", last)
    )
    assert (found.outcome, found.lost_reason) == (outcome, reason)
    assert found.lost_quote == (last[3:] if reason else None)


def test_the_quote_is_the_sentence_that_names_the_reason(reader: StateReader) -> None:
    last = "c: Oi! Ficou caro pra mim. Desisto, obrigada"
    assert reader.read(dialogue("c: quanto é?", "a: 120", last)).lost_quote == "Ficou caro pra mim."


def test_follow_ups_over_days_without_an_answer_lose_the_contact(reader: StateReader) -> None:
    lines = ["c: queria saber os valores", "a: 120, quer vir?", "+3d", "a: oi, pensou?", "+3d",
             "a: ainda tem interesse?"]  # fmt: skip
    found = reader.read(dialogue(*lines))
    assert (found.outcome, found.lost_reason) == ("lost", "no_answer_of_contact")
    assert found.lost_quote is None
