"""The combinations of role, visit, outcome and score that the rubric allows (`docs/labelling.md`).

The model chooses among them as wholes, so what it says never contradicts itself.
"""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from geniai_pipeline.analysis.state.next_actor import Actor
from geniai_pipeline.analysis.state.outcomes import Outcome
from geniai_pipeline.analysis.state.roles import LEAD_ROLES, Role
from geniai_pipeline.analysis.state.visits import State


class Combination(NamedTuple):
    """What an episode may be, all at once."""

    role: Role
    visit: State
    outcome: Outcome
    score: int

    @property
    def is_lead(self) -> bool:
        """Whether the rubric counts it as a lead."""
        return self.role in LEAD_ROLES and self.score >= 2

    @property
    def visit_scheduled(self) -> bool:
        """Whether a visit is agreed, or took place."""
        return self.visit in ("agreed", "done")


ROLES: tuple[Role, ...] = get_args(Role)
VISITS: tuple[State, ...] = get_args(State)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
SCORES = range(6)
ACTORS: tuple[Actor, ...] = get_args(Actor)

_OTHERS: dict[Role, tuple[int, ...]] = {
    "member": (1,),
    "member_family": (1,),
    "ex_member": (1,),
    "outsider": (0,),
    "spam": (0,),
    "unknown": (0, 1),
}
"""The scores of those who are no prospects."""
_OPEN: dict[State, tuple[int, ...]] = {
    "none": (2, 3, 4, 5),
    "proposed": (2, 3, 4, 5),
    "agreed": (5,),
    "cancelled": (2, 3, 4),
    "done": (3, 4, 5),
    "missed": (2, 3, 4),
}
"""The scores of a prospect whose episode is open."""


def _combine() -> Iterator[Combination]:
    for role in ROLES:
        if role not in LEAD_ROLES:
            yield from (Combination(role, "none", "not_applicable", s) for s in _OTHERS[role])
            continue
        for visit, scores in _OPEN.items():
            yield from (Combination(role, visit, "open", score) for score in scores)
            if visit != "agreed":
                yield Combination(role, visit, "lost", 2)
        for visit in ("none", "done"):
            yield Combination(role, visit, "won", 5)


COMBINATIONS = tuple(_combine())
