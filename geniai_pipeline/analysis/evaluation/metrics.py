"""Metrics of an analyzer against labels that people gave the same conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.evaluation.comparison import SCORES, compute_kappa
from geniai_pipeline.analysis.files import Label
from geniai_pipeline.analysis.state import EpisodeState

_Z = 1.96  # of a 95% interval


class Case(NamedTuple):
    """A conversation with its label, its analysis, and the state read from it."""

    conversation: Transcript
    label: Label
    analysis: Analysis
    state: EpisodeState | None = None

    @property
    def distance(self) -> int:
        """The absolute difference of the two scores."""
        return abs(self.analysis.score - self.label.score)

    @property
    def agrees(self) -> bool:
        """Whether lead, score and visit all equal the label."""
        return self.label[:3] == (
            self.analysis.is_lead,
            self.analysis.score,
            self.analysis.visit_scheduled,
        )


@dataclass(frozen=True)
class Detection:
    """Accuracy, precision, recall and F1 of a binary decision, from 0 to 1.

    An undefined share is 0.
    """

    accuracy: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ScoreCalibration:
    """The labels of the conversations to which the analyzer gave one score."""

    score: int
    count: int
    mean_label: float
    lead_share: float


@dataclass(frozen=True)
class Reliability:
    """The conversations whose probability of a lead lies in one tenth."""

    count: int
    mean_probability: float
    lead_share: float


@dataclass(frozen=True)
class FieldAccuracy:
    """How often one field of the state equals the label, where labels have it."""

    field: str
    count: int
    accuracy: float
    interval: tuple[float, float]
    """In which it lies on all such conversations with 95% (Wilson 1927)."""


@dataclass(frozen=True)
class Evaluation:
    """The figures of `geniai eval`; shares are from 0 to 1."""

    conversations: int
    lead: Detection
    accuracy_interval: tuple[float, float]
    """In which the accuracy on all such conversations lies with 95% (Wilson 1927)."""
    visit: Detection
    score_exact: float
    score_within_one: float
    kappa: float
    """Quadratically weighted, of the scores (Cohen 1968)."""
    calibration_error: float
    """Points between a score and the mean label of the conversations given it, on average."""
    calibration: list[ScoreCalibration]
    confusion: list[list[int]]
    """Row: the label's score; column: the analyzer's."""
    fields: list[FieldAccuracy]
    """Of the state; empty where no label has any."""
    reliability: list[Reliability]
    """By tenths of the probability of a lead; without the empty ones."""
    lead_calibration_error: float
    """Between the probability of a lead and the share of leads, by tenths, on average (the expected
    calibration error of Naeini 2015)."""
    certain_share: float
    """Of the conversations, those about which the local model is certain."""
    certain_accuracy: float
    """Lead or not, on these alone; 0 where there are none."""


def evaluate(cases: Sequence[Case]) -> Evaluation:
    """Compares an analyzer's results with the labels; there must be at least one case."""
    count = len(cases)
    lead = measure_detection([(c.label.is_lead, c.analysis.is_lead) for c in cases])
    certain = [c for c in cases if c.analysis.estimate.is_certain]
    confusion = [[0] * len(SCORES) for _ in SCORES]
    for case in cases:
        confusion[case.label.score][case.analysis.score] += 1
    calibration = [_calibrate_score(score, cases) for score in SCORES]
    reliability = measure_reliability(
        [(c.analysis.estimate.lead_probability, c.label.is_lead) for c in cases]
    )
    return Evaluation(
        conversations=count,
        lead=lead,
        accuracy_interval=compute_wilson_interval(lead.accuracy, count),
        visit=measure_detection(
            [(c.label.visit_scheduled, c.analysis.visit_scheduled) for c in cases]
        ),
        score_exact=sum(c.distance == 0 for c in cases) / count,
        score_within_one=sum(c.distance <= 1 for c in cases) / count,
        kappa=compute_kappa([(c.label.score, c.analysis.score) for c in cases]),
        calibration_error=sum(g.count * abs(g.score - g.mean_label) for g in calibration) / count,
        calibration=[g for g in calibration if g.count],
        confusion=confusion,
        fields=measure_fields(cases),
        reliability=reliability,
        lead_calibration_error=sum(
            each.count * abs(each.mean_probability - each.lead_share) for each in reliability
        )
        / count,
        certain_share=len(certain) / count,
        certain_accuracy=sum(c.label.is_lead == c.analysis.is_lead for c in certain)
        / max(len(certain), 1),
    )


def measure_reliability(pairs: Sequence[tuple[float, bool]]) -> list[Reliability]:
    """Groups pairs of a probability and what was true by tenths of the probability."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for pair in pairs:
        groups.setdefault(min(int(10 * pair[0]), 9), []).append(pair)
    return [
        Reliability(
            count=len(group),
            mean_probability=sum(probability for probability, _ in group) / len(group),
            lead_share=sum(true for _, true in group) / len(group),
        )
        for _, group in sorted(groups.items())
    ]


def measure_fields(cases: Sequence[Case]) -> list[FieldAccuracy]:
    """Measures each field of the state, and a model's role, on cases whose labels have it."""
    agreed: dict[str, list[bool]] = {}
    for case in cases:
        found = case.state.fields if case.state else {}
        for name, value in found.items():
            if name in case.label.state:
                agreed.setdefault(name, []).append(case.label.state[name] == value)
        proposed = case.analysis.proposed_role
        if proposed and "role" in case.label.state:
            agreed.setdefault("proposed_role", []).append(case.label.state["role"] == proposed)
    return [_measure_field(name, agreements) for name, agreements in agreed.items()]


def select_errors(cases: Sequence[Case]) -> list[Case]:
    """Selects the wrong cases, wrong leads and the largest distances first."""
    return sorted(
        (case for case in cases if not case.agrees),
        key=lambda case: (case.analysis.is_lead == case.label.is_lead, -case.distance),
    )


def measure_detection(pairs: Sequence[tuple[bool, bool]]) -> Detection:
    """Measures a binary decision from pairs of label and prediction."""
    both = sum(true and found for true, found in pairs)
    found, true = sum(found for _, found in pairs), sum(true for true, _ in pairs)
    return Detection(
        accuracy=sum(true == found for true, found in pairs) / len(pairs),
        precision=both / found if found else 0.0,
        recall=both / true if true else 0.0,
        f1=2 * both / (found + true) if found + true else 0.0,
    )


def compute_wilson_interval(share: float, count: int) -> tuple[float, float]:
    """Computes the 95% interval of a share observed in `count` cases (Wilson 1927)."""
    squared = _Z**2 / count
    centre = share + squared / 2
    margin = _Z * sqrt(share * (1 - share) / count + squared / (4 * count))
    return (centre - margin) / (1 + squared), (centre + margin) / (1 + squared)


def _measure_field(name: str, agreements: Sequence[bool]) -> FieldAccuracy:
    count = len(agreements)
    share = sum(agreements) / count
    return FieldAccuracy(name, count, share, compute_wilson_interval(share, count))


def _calibrate_score(score: int, cases: Sequence[Case]) -> ScoreCalibration:
    labels = [case.label for case in cases if case.analysis.score == score]
    share = 1 / len(labels) if labels else 0.0
    return ScoreCalibration(
        score=score,
        count=len(labels),
        mean_label=share * sum(label.score for label in labels),
        lead_share=share * sum(label.is_lead for label in labels),
    )
