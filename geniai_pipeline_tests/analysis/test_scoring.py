"""The score follows from criteria that the contact's own words prove."""

import pytest

from geniai_pipeline.analysis.base import Evidence
from geniai_pipeline.analysis.scoring import Criterion, compute_score, select_verbatim
from geniai_pipeline_tests.support.talks import talk


@pytest.mark.parametrize(
    ("criteria", "score"),
    [
        ([], 1),
        ([Criterion.IRRELEVANT, Criterion.QUESTION], 0),
        ([Criterion.MEMBER, Criterion.QUESTION, Criterion.TRIAL], 1),
        ([Criterion.CURIOSITY], 2),
        ([Criterion.LOST, Criterion.QUESTION, Criterion.VISIT], 2),
        ([Criterion.QUESTION], 3),
        ([Criterion.INTENT], 3),
        ([Criterion.GOAL], 3),
        ([Criterion.DROP_IN, Criterion.GOAL, Criterion.VISIT], 3),
        ([Criterion.GOAL, Criterion.QUESTION], 4),
        ([Criterion.TRIAL], 4),
        ([Criterion.ENROLMENT], 5),
        ([Criterion.TRIAL, Criterion.VISIT], 5),
    ],
)
def test_the_rubric_scores_the_criteria(criteria: list[Criterion], score: int) -> None:
    result = compute_score([Evidence(c.value, "x") for c in criteria], contact_spoke=True)
    assert result.score == score
    assert result.is_lead is (score >= 2)


def test_a_silent_contact_scores_zero() -> None:
    assert compute_score([], contact_spoke=False).score == 0


def test_a_quote_the_contact_never_wrote_is_dropped_with_its_criterion() -> None:
    conversation = talk("c: Oi, quanto custa?", "a: Quer aula experimental?", "n: quer visita")
    proven = Evidence("question", "quanto custa")
    invented = [
        Evidence("trial", "quer aula experimental"),
        Evidence("trial", "Quer aula experimental?"),
        Evidence("visit", "quer visita"),
        Evidence("goal", " "),
    ]
    assert select_verbatim([*invented, proven], conversation) == (proven,)
