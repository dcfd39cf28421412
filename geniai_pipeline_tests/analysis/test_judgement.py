"""Who decides where analyzers and the state differ."""

from dataclasses import replace

import pytest

from geniai_pipeline.analysis.base import Analysis, Transcript, TranscriptMessage
from geniai_pipeline.analysis.judgement import reconcile
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.state.roles import Role

RULES = RulesAnalyzer()


def analyze(*texts: str) -> Analysis:
    messages = tuple(TranscriptMessage("contact", text) for text in texts)
    (found,) = RULES.analyze([Transcript(1, "WhatsApp", "Ana", messages)])
    return found


def propose(analysis: Analysis, role: Role | None, score: int) -> Analysis:
    """What a model says of it."""
    return replace(analysis, proposed_role=role, score=score, is_lead=score >= 2)


@pytest.mark.parametrize(
    ("role", "score", "is_lead", "outcome", "next_actor"),
    [
        ("prospect", 3, True, "open", "gym"),
        ("returning", 3, True, "open", "gym"),
        ("member", 1, False, "not_applicable", "gym"),
        ("outsider", 0, False, "not_applicable", "gym"),
        ("spam", 0, False, "not_applicable", "nobody"),
        ("unknown", 1, False, "not_applicable", "gym"),
        (None, 1, False, "not_applicable", "gym"),
    ],
)
def test_a_proposed_role_holds_where_the_rules_know_none(
    role: Role | None, score: int, is_lead: bool, outcome: str, next_actor: str
) -> None:
    rules = analyze("oi")
    assert rules.state.role == "unknown"
    found = reconcile(propose(rules, role, 3))
    assert found.state.role == (role or "unknown")
    assert (found.score, found.is_lead) == (score, is_lead)
    assert (found.state.outcome, found.state.next_actor) == (outcome, next_actor)
    assert (found.state.waiting_since is None) == (next_actor == "nobody")


@pytest.mark.parametrize("role", ["prospect", "spam", "unknown", None])
def test_a_proposed_role_changes_none_that_the_rules_know(role: Role | None) -> None:
    for texts, known in (
        (("sou aluna, meu boleto não chegou",), "member"),
        (("quanto custa a mensalidade?",), "prospect"),
    ):
        rules = analyze(*texts)
        found = reconcile(propose(rules, role, rules.score))
        assert found.state == rules.state
        assert found.state.role == known


def test_a_role_alone_makes_no_lead() -> None:
    found = reconcile(propose(analyze("oi"), "prospect", 1))
    assert (found.state.role, found.is_lead, found.score) == ("prospect", False, 1)
