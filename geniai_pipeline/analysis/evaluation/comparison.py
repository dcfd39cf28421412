"""Compares two analyzers on one sample: agreement, and the disagreements with quotes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from geniai_pipeline.analysis.base import Analysis, Transcript

SCORES = range(6)


@dataclass(frozen=True)
class Agreement:
    """Agreement of two analyzers, as shares of the conversations from 0 to 1."""

    compared: int
    lead: float
    score: float
    within_one: float
    visit: float
    role: float
    """The rules' role and the one that the model proposes."""
    kappa: float
    """Quadratically weighted, of the scores (Cohen 1968); 1 where both give one score alone."""


@dataclass(frozen=True)
class Disagreement:
    """A conversation with different scores or visits by the two analyzers."""

    conversation_id: str | int
    rules: dict[str, object]
    openai: dict[str, object]

    def to_json(self) -> dict[str, object]:
        """Converts to the form that ``--json`` prints."""
        return asdict(self)


def measure_agreement(pairs: Sequence[tuple[Analysis, Analysis]]) -> Agreement:
    """Measures the agreement of two analyzers on the same conversations."""
    count = len(pairs)
    share = 1 / count if count else 0.0
    scores = [(a.score, b.score) for a, b in pairs]
    return Agreement(
        compared=count,
        lead=share * sum(a.is_lead == b.is_lead for a, b in pairs),
        score=share * sum(a == b for a, b in scores),
        within_one=share * sum(abs(a - b) <= 1 for a, b in scores),
        visit=share * sum(a.visit_scheduled == b.visit_scheduled for a, b in pairs),
        role=share * sum(a.state.role == (b.proposed_role or b.state.role) for a, b in pairs),
        kappa=compute_kappa(scores),
    )


def compute_kappa(scores: Sequence[tuple[int, int]]) -> float:
    """Computes Cohen's kappa of two raters' scores 0-5, disagreements weighted by their square.

    1 is full agreement, 0 what chance would give; 1 where both give one and the same score alone.
    """
    if not scores:
        return 0.0
    count = len(scores)
    first = [sum(a == s for a, _ in scores) / count for s in SCORES]
    second = [sum(b == s for _, b in scores) / count for s in SCORES]
    observed = sum((a - b) ** 2 for a, b in scores) / count
    expected = sum((i - j) ** 2 * first[i] * second[j] for i in SCORES for j in SCORES)
    return 1.0 if expected == 0 else 1 - observed / expected


def find_disagreements(
    conversations: Sequence[Transcript], pairs: Sequence[tuple[Analysis, Analysis]]
) -> list[Disagreement]:
    """Lists the conversations with different results, the largest difference first."""
    apart = [
        (abs(rules.score - openai.score), conversation, rules, openai)
        for conversation, (rules, openai) in zip(conversations, pairs, strict=True)
        if (rules.score, rules.visit_scheduled) != (openai.score, openai.visit_scheduled)
    ]
    apart.sort(key=lambda found: -found[0])
    return [
        Disagreement(c.id, _describe(rules), _describe(openai)) for _, c, rules, openai in apart
    ]


def _describe(analysis: Analysis) -> dict[str, object]:
    return {
        "role": analysis.proposed_role or analysis.state.role,
        "score": analysis.score,
        "is_lead": analysis.is_lead,
        "visit_scheduled": analysis.visit_scheduled,
        "reasoning": analysis.reasoning,
        "quotes": analysis.quotes,
    }
