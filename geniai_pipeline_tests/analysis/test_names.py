"""The contact's name, as they introduce themselves or their profile has it."""

import pytest

from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.local.names import clean_profile_name, find_introduced_name
from geniai_pipeline_tests.support.talks import analyze_lines


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Oi, me chamo ana paula", "Ana"),
        ("meu nome é João da Silva, quero saber o preço", "João da Silva"),
        ("Boa tarde, sou a Vanessa.", "Vanessa"),
        ("Aqui é o Carlos, tudo bem?", "Carlos"),
        ("sou a mãe do Pedro", None),
        ("sou aluna", None),
    ],
)
def test_the_contact_introduces_himself(text: str, name: str | None) -> None:
    assert find_introduced_name([text], answers=[]) == name


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ("Rafaela Moura 🌸", "Rafaela Moura"),
        ("MARIA DAS DORES", "Maria das Dores"),
        ("+55 31 98877-1234", None),
        ("~", None),
        ("😎", None),
        ("bia.fit", None),
        ("Contato", None),
        ("John Doe", None),
        ("shy-river-482", None),
        ("Unknown (IG: 17841400000000)", None),
        ("EvolutionAPI", None),
        (None, None),
    ],
)
def test_a_profile_name_is_cleaned_or_dropped(profile: str | None, name: str | None) -> None:
    assert clean_profile_name(profile) == name


def test_the_answer_to_who_am_i_talking_to_is_the_name(analyzer: RulesAnalyzer) -> None:
    for answer, name in {
        "Joana": "Joana",
        "Eh Tiago Nascimento": "Tiago Nascimento",
        "PODE COLOCAR DÉBORA PACHECO": "Débora Pacheco",
        "Edson Azevedo, edson75@example.com": "Edson Azevedo",
        "thaís Nowak, obrigada": "Thaís Nowak",
    }.items():
        lines = ("c: oi quanto custa?", "a: Oi! Qual seu nome?", f"c: {answer}")
        assert analyze_lines(analyzer, *lines, name="~").contact_name == name


@pytest.mark.parametrize(
    "lines",
    [
        ("c: oii", "c: quanto custa?", "a: Oi! Qual seu nome?", "c: quanto custa"),
        ("c: oi", "a: Qual seu nome? Prefere hoje ou amanhã?", "c: Amanhã"),
        ("c: oi", "a: Oi! Com quem eu falo?", "c: oiii", "a: Como você se chama?", "c: simm"),
        ("c: oi", "a: Qual seu nome?", "c: tem musculação?", "a: Tem sim!", "c: show"),
        ("c: oi", "a: Qual seu nome?", "c: ME DESCULPA"),
    ],
)
def test_a_word_that_answers_something_else_is_no_name(
    analyzer: RulesAnalyzer, lines: tuple[str, ...]
) -> None:
    assert analyze_lines(analyzer, *lines, name="Thaís").contact_name == "Thaís"
