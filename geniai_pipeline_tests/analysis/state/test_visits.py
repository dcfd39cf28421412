"""Short talks about a visit: what both sides hold at the end, and at which instant."""

import pytest

from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline_tests.support.dialogues import dialogue

SETTLED = ["a: quinta 18h te espero", "c: ok"]
CHOICE = "a: segunda 7h, quarta 18h, sexta 19h. Qual fica melhor?"
WISH = "c: posso ir amanhã 8h?"


@pytest.fixture(scope="module")
def reader() -> StateReader:
    return StateReader()


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (["c: vou aí amanhã 10h", "a: beleza, qualquer coisa me chama"], "12T10:00"),
        (["c: dia 16 às 14h eu posso", "a: maravilha"], "16T14:00"),
        (["a: Seu horário ficou: 13/03 às 08h", "c: ok obrigada"], "13T08:00"),
        (["a: Oi! Vi seu interesse. Tenho amanhã 18h30 livre", "c: pode ser!"], "12T18:30"),
        (["c: sexta 18h tem vaga?", "a: tem, quer que eu marque?", "c: quero"], "13T18:00"),
        (["c: queria conhecer", "a: amanhã?", "c: pode ser às 14h?", "a: pode"], "12T14:00"),
        (["c: queria conhecer", "a: sexta temos 8h, 9h ou 15h", "c: às 9 tá bom"], "13T09:00"),
        (["c: queria conhecer", "a: sexta temos 8h, 9h ou 15h", "c: o último"], "13T15:00"),
        (["c: quero ir na quinta", "a: 9h ou 20h?", "c: de noite"], "12T20:00"),
        (["c: sexta às 9", "a: da manhã ou da noite?", "c: noite!", "a: tá anotado"], "13T21:00"),
        ([CHOICE, "c: a de quarta"], "18T18:00"),
        ([CHOICE, "c: à noite só na sexta"], "13T19:00"),
        (["a: quarta 10h ou quinta 16h", "c: pode ser a segunda opção"], "12T16:00"),
        (["a: pode vir amanhã 9h conhecer", "c: blz, levo o que?"], "12T09:00"),
        ([WISH, "a: 8h tá cheio, 9h?", "c: fechado"], "12T09:00"),
        ([WISH, "a: só às 9h", "c: pode ser então"], "12T09:00"),
        (["a: amanhã 6h", "c: 6h é cedo demais, 7h?", "a: 7h ok"], "12T07:00"),
        (["c: to indo aí conhecer, chego em meia hora", "a: ok"], "11T09:31"),
        (["c: amanhã às 7 posso conhecer?", "a: pode, 19h te espero"], "12T19:00"),
        (["c: agendei a visita de amanhã 15h, confirma?", "a: confirmado"], "12T15:00"),
        (["c: posso ir na terça olhar?", "a: terça 17, 9h30", "c: levo minha mãe"], "17T09:30"),
        ([*SETTLED, "c: não vai rolar quinta, pode ser segunda?", "a: pode"], "16T18:00"),
        ([*SETTLED, "a: Lu, consegue vir 17h em vez de 18h?", "c: consigo"], "12T17:00"),
        ([*SETTLED, "c: precisa levar toalha?", "a: precisa"], "12T18:00"),
    ],
)  # fmt: skip
def test_both_sides_hold_an_instant(reader: StateReader, lines: list[str], at: str) -> None:
    found = reader.read(dialogue(*lines))
    assert (found.visit.state, found.visit_at) == ("agreed", f"2026-03-{at}")


@pytest.mark.parametrize(
    "lines",
    [
        [WISH, "a: vou confirmar com a professora e te falo"],
        [WISH, "a: 8h tá lotado"],
        [WISH, "a: 8h não temos, só a partir das 10h"],
        [WISH, "b: Recebemos sua mensagem! Em breve retornaremos."],
        ["a: amanhã 10h te serve?", "c: só posso à noite"],
        ["a: amanhã 6h?", "c: cedo demais"],
        ["a: E aí João, sexta 18h?", "c: [áudio]"],
        ["c: ele só pode às 21h. Tem quarta?", "a: Tem! Quarta 21h, ele vem?", "c: vou ver"],
        ["a: Quinta 6h ou 18h?", "c: tanto faz"],
        ["c: pode ser quarta ou quinta, 17h"],
        [*SETTLED, "c: não vai rolar quinta, pode ser segunda?"],
        [*SETTLED, "c: adia pra semana que vem?"],
    ],
)
def test_what_one_side_leaves_open_is_proposed(reader: StateReader, lines: list[str]) -> None:
    assert reader.read(dialogue(*lines)).visit.state == "proposed"


@pytest.mark.parametrize(
    "lines",
    [
        ["c: vocês abrem sábado às 8h?", "a: abrimos"],
        ["c: tem zumba terça 19h?", "a: tem sim"],
        ["c: minha filha pode fazer jazz?", "a: Pode! Turma terça e quinta 15h", "c: obrigada"],
        ["c: qual o horário da natação?", "a: seg/qua/sex 19h", "c: ok"],
        ["a: Sandra, sua reavaliação é amanhã às 9h, ok?", "c: ok"],
        ["a: Entrevista confirmada amanhã 14h", "c: estarei aí"],
        ["c: posso repor a aula de terça na quinta 18h?", "a: pode"],
    ],
)
def test_opening_hours_timetables_and_members_hours_are_no_visit(
    reader: StateReader, lines: list[str]
) -> None:
    assert reader.read(dialogue(*lines)).visit.state == "none"


@pytest.mark.parametrize(
    ("lines", "state", "at"),
    [
        ([*SETTLED, "c: melhor deixar pra outro dia"], "cancelled", "12T18:00"),
        ([*SETTLED, "c: surgiu viagem, cancela pra mim"], "cancelled", "12T18:00"),
        ([*SETTLED, "a: tivemos que cancelar quinta"], "cancelled", "12T18:00"),
        (["c: tinha marcado avaliação hoje às 10", "c: não vou poder ir"], "cancelled", "11T10:00"),
        ([*SETTLED, "+2d", "c: foi mal, acabei ficando preso no trabalho"], "missed", "12T18:00"),
        ([*SETTLED, "+2d", "a: vi que não conseguiu vir"], "missed", "12T18:00"),
        (["a: Kelly, esperamos você ontem às 19h e não apareceu"], "missed", "10T19:00"),
        ([*SETTLED, "+2d", "a: como foi ontem?"], "done", "12T18:00"),
        ([*SETTLED, "+2d", "a: obrigada pela visita!"], "done", "12T18:00"),
        (["a: quarta 19h, anotada pra aula grátis", "c: vlw", "+1d",
          "c: fui ontem mas não vou seguir"], "done", "11T19:00"),
        (["a: Oi Sil! obrigado pela visita de ontem às 10h"], "done", "10T10:00"),
        (["a: Você veio conhecer a gente segunda às 10h, gostou?"], "done", "09T10:00"),
    ],
)  # fmt: skip
def test_a_visit_ends_at_the_instant_that_was_meant(
    reader: StateReader, lines: list[str], state: str, at: str
) -> None:
    found = reader.read(dialogue(*lines))
    assert (found.visit.state, found.visit_at) == (state, f"2026-03-{at}")


@pytest.mark.parametrize(
    ("lines", "agreed", "confirmed", "moved"),
    [
        (["c: quanto custa?", "a: 99,90"], None, False, 0),
        (SETTLED, 1, False, 0),
        ([*SETTLED, "c: obrigada"], 1, False, 0),
        ([*SETTLED, "+1d", "a: lembrando da sua aula hoje 18h, confirma?", "c: confirmo"],
         1, True, 0),
        ([*SETTLED, "+1d", "c: confirmado 18h hein"], 1, True, 0),
        ([*SETTLED, "+1d", "a: sua aula é hoje 18h, confirma?"], 1, False, 0),
        ([*SETTLED, "+1d", "a: sua aula é hoje 18h, confirma?", "c: não vou conseguir"],
         1, False, 0),
        ([*SETTLED, "+5h", "c: posso trocar pra sexta 19h?", "a: pode"], 1, False, 1),
        ([*SETTLED, "+5h", "a: tudo certo pra amanhã 18h?", "c: tudo sim", "+1h",
          "c: posso trocar pra sexta 19h?", "a: pode"], 1, False, 1),
    ],
)  # fmt: skip
def test_the_first_agreement_a_later_yes_and_moves_are_told(
    reader: StateReader, lines: list[str], agreed: int | None, *, confirmed: bool, moved: int
) -> None:
    visit = reader.read(dialogue(*lines)).visit
    assert (visit.agreed, visit.confirmed, visit.moved) == (agreed, confirmed, moved)
