"""A visit is scheduled by a day and an hour that both sides accept."""

import pytest

from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline_tests.support.dialogues import dialogue
from geniai_pipeline_tests.support.talks import analyze_lines


@pytest.mark.parametrize(
    ("lines", "scheduled"),
    [
        (["c: posso conhecer amanhã às 19h?", "a: Pode sim!"], True),
        (["c: posso conhecer amanhã às 19h?", "a: Vou verificar e te falo"], False),
        (["c: posso conhecer amanhã às 19h?"], False),
        (["c: quero conhecer", "a: Amanhã às 19h?", "c: pode ser"], True),
        (["c: quero conhecer", "a: Amanhã às 19h?", "c: 👍"], True),
        (["c: quero conhecer", "a: Amanhã às 19h?", "c: se der eu vou"], False),
        (["c: quero conhecer", "a: Sexta?", "c: sexta", "a: 18h ou 19h?", "c: 19"], True),
        (["c: quero conhecer", "a: Sexta às 18h ou 19h?", "c: sim"], False),
        (["c: quero conhecer", "a: Quarta 7h ou quinta 18h?", "c: a de quinta"], True),
        (["c: quero conhecer", "a: Amanhã 19h", "c: ok", "c: não vou conseguir ir"], False),
        (
            [
                "c: quero conhecer",
                "a: Amanhã 19h?",
                "c: ok",
                "c: surgiu um imprevisto, pode ser sexta no mesmo horário?",
                "a: Pode!",
            ],
            True,
        ),
        (["c: quero conhecer", "n: marcado amanhã às 19h, ok", "a: Qual dia?"], False),
        (["c: quero conhecer", "a: Abrimos de segunda a sexta das 6h às 22h", "c: ok"], False),
        (["c: quero conhecer", "a: Te ligo amanhã às 10h, pode ser?", "c: pode"], False),
        (["c: sou aluna, quero marcar avaliação", "a: Amanhã às 9h?", "c: pode ser"], False),
        (
            [
                "c: quero conhecer",
                "a: Amanhã às 7h15 ou às 19h?",
                "c: às 7h15 eu trabalho, pode ser às 19h",
                "a: Anotado!",
            ],
            True,
        ),
        (
            [
                "c: quero conhecer",
                "a: Amanhã 11h?",
                "c: 11h to no serviço",
                "a: E 18h?",
                "c: 18h dá",
            ],
            True,
        ),
        (["c: quero conhecer", "a: Amanhã às 11h?", "c: 11h to no serviço"], False),
        (
            [
                "c: quero conhecer",
                "a: Qual dia?",
                "c: quarta 18h30",
                "a: 18h30 já encheu 😢 19h30 serve?",
                "c: serve",
            ],
            True,
        ),
        (
            [
                "c: Posso ir hoje às 16h conhecer?",
                "a: Hoje estamos com o espaço fechado para manutenção, pode ser amanhã?",
            ],
            False,
        ),
        (
            [
                "a: Vamos marcar sua aula grátis?",
                "c: vamos, pode ser quinta 8h?",
                "a: Quinta 8h já fechou a turma. Sexta 8h?",
                "c: sexta trabalho cedo, que pena",
            ],
            False,
        ),
        (["c: quero conhecer", "a: Qual dia?", "c: sexta, umas 9 e meia", "a: Sexta 9h30!"], True),
        (
            [
                "c: marquei visita hoje 18h mas queria trocar pra quinta no mesmo horário",
                "a: Troquei! Quinta 18h",
            ],
            True,
        ),
        (
            ["c: quero conhecer", "a: Pode vir hoje! Que horas?", "c: por volta das 18", "a: Ok!"],
            True,
        ),
        (
            ["c: quero conhecer", "a: Hoje 10h?", "c: 10h eu já tenho compromisso", "a: Pena!"],
            False,
        ),
        (
            [
                "c: posso ir na segunda?",
                "a: 19h ou 20h?",
                "c: a segunda opção",
                "a: Feito, te espero",
            ],
            True,
        ),
        (["c: posso colar aí quinta 21h pra ver o treino?", "a: cola aí mano, tmj"], True),
        (
            ["c: tem aula teste?", "a: Temos, sábado 8h", "c: me coloca nessa", "a: Prontinho!"],
            True,
        ),
    ],
)
def test_a_visit_needs_a_day_and_an_hour_accepted_by_both_sides(
    lines: list[str], scheduled: bool, analyzer: RulesAnalyzer
) -> None:
    assert analyze_lines(analyzer, *lines).visit_scheduled is scheduled


def test_an_analysis_says_what_the_state_says_and_names_the_day(analyzer: RulesAnalyzer) -> None:
    lines = ["c: quero conhecer", "a: amanhã 18h30?", "c: pode ser"]
    (dated,) = analyzer.analyze([dialogue(*lines)])
    assert dated.visit_scheduled
    assert "quinta, dia 12, às 18h30" in dated.reasoning
    assert "amanhã às 18h30" in analyze_lines(analyzer, *lines).reasoning
    (done,) = analyzer.analyze([dialogue(*lines, "+2d", "c: adorei a aula")])
    assert done.visit_scheduled
