"""The cascade: what it costs to ask a model about the least certain conversations, and its use."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from geniai_pipeline.analysis.evaluation.metrics import Case

STEPS = 10


@dataclass(frozen=True)
class CascadePoint:
    """The least certain share of the conversations is sent to the model; shares are from 0 to 1."""

    share: float
    certainty: float
    """Who is less certain is sent."""
    cost_per_thousand: float
    """Of a thousand conversations, sent or not; in the currency of the costs."""
    local_accuracy: float | None
    """Lead or not, of those that are not sent; None: all are."""
    accuracy: float | None
    """Lead or not, of all; None: the model's answers are not known."""


def measure_cascade(
    local: Sequence[Case], costs: Sequence[Decimal], remote: Sequence[Case] | None
) -> list[CascadePoint]:
    """Measures the cascade at shares of 0, 10, … 100%.

    Args:
        local: the local analyses; at least one.
        costs: what asking the model about each of them costs.
        remote: the analyses with the model, in the same order; None: they are not known.

    """
    count = len(local)
    order = sorted(range(count), key=lambda i: local[i].analysis.certainty)
    points = []
    for step in range(STEPS + 1):
        sent, rest = order[: count * step // STEPS], order[count * step // STEPS :]
        right = sum(_is_right(local[i]) for i in rest)
        points.append(
            CascadePoint(
                share=step / STEPS,
                certainty=local[rest[0]].analysis.certainty if rest else 1.0,
                cost_per_thousand=float(sum(costs[i] for i in sent) * 1000 / count),
                local_accuracy=right / len(rest) if rest else None,
                accuracy=(right + sum(_is_right(remote[i]) for i in sent)) / count
                if remote
                else None,
            )
        )
    return points


def _is_right(case: Case) -> bool:
    return case.analysis.is_lead == case.label.is_lead
