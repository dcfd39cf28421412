"""Settles what an analysis says, so that nothing of it contradicts the rest.

The local model decides who the contact is, who must act next and how far a visit and the episode
have come; the rules keep the instants. An analyzer proposes a score and its reasons, which must fit
that state.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.model.features import Course
from geniai_pipeline.analysis.model.model import Estimate
from geniai_pipeline.analysis.state import LEAD_ROLES, EpisodeState
from geniai_pipeline.analysis.state.roles import Role
from geniai_pipeline.analysis.state.turns import Turn
from geniai_pipeline.analysis.state.visits import State, Step, Visit

_SCORES = MappingProxyType(
    {"member": 1, "member_family": 1, "ex_member": 1, "outsider": 0, "spam": 0}
)
_REASONS = MappingProxyType(
    {
        "member": "Já treina na academia.",
        "member_family": "Escreve por alguém que já treina na academia.",
        "ex_member": "Já treinou na academia e não pede para voltar.",
        "outsider": "Não procura a academia para treinar.",
        "spam": "É mensagem em massa ou fraude.",
    }
)
_IGNORED_ORDERS = "Uma mensagem com ordens ao sistema foi ignorada."
_TOLD = frozenset({"agreed", "cancelled", "done", "missed"})
"""States of a visit that a message brings about."""


def settle_state(
    state: EpisodeState, course: Course, estimate: Estimate, turns: Sequence[Turn]
) -> EpisodeState:
    """Returns the state that the model decides, with the instants that the rules read.

    Args:
        state: by the rules.
        course: by the rules, as a prospect's.
        estimate: by the model.
        turns: the transcript's.

    """
    is_prospect = estimate.role in LEAD_ROLES
    visit = _settle_visit(course.visit, estimate.visit, turns) if is_prospect else Visit()
    lost = estimate.outcome == "lost"
    return replace(
        state,
        role=estimate.role,
        next_actor=estimate.next_actor,
        waiting_since=_settle_wait(state, estimate, turns),
        visit=visit,
        appointment=course.appointment if visit.state in _TOLD else "",
        outcome=estimate.outcome,
        lost_reason=(course.ending.lost_reason or "other") if lost else None,
        lost_quote=course.ending.lost_quote if lost else None,
    )


def reconcile(analysis: Analysis) -> Analysis:
    """Returns the analysis with the score and the lead that its state allows.

    Where the state knows no role, a model's proposal is the role.
    """
    state = _settle_role(analysis.state, analysis.proposed_role)
    score = _settle_score(analysis.score, state)
    is_lead = state.role in LEAD_ROLES and score >= 2
    reasoning = analysis.reasoning
    if analysis.is_lead and state.role in _REASONS:
        reasoning = f"{_REASONS[state.role]} {reasoning}"
    if analysis.ignored_orders:
        reasoning = f"{reasoning} {_IGNORED_ORDERS}"
    return replace(analysis, state=state, score=score, is_lead=is_lead, reasoning=reasoning)


def _settle_role(state: EpisodeState, proposed: Role | None) -> EpisodeState:
    if state.role != "unknown" or proposed in (None, "unknown"):
        return state
    if proposed in LEAD_ROLES:
        return replace(state, role=proposed, outcome="open")
    if proposed == "spam":  # nobody answers it
        return replace(state, role=proposed, next_actor="nobody", waiting_since=None)
    return replace(state, role=proposed)


def _settle_visit(visit: Visit, state: State, turns: Sequence[Turn]) -> Visit:
    if visit.state == state:
        return visit
    if state in _TOLD:
        last = turns[-1]
        return replace(visit, state=state, steps=[*visit.steps, Step(state, last.index, last.text)])
    return Visit(state, steps=[step for step in visit.steps if step.state == state])


def _settle_wait(state: EpisodeState, estimate: Estimate, turns: Sequence[Turn]) -> int | None:
    """Returns since which message the gym must answer: as read, else the contact's last run."""
    if estimate.next_actor != "gym" or state.next_actor == "gym":
        return state.waiting_since if estimate.next_actor == "gym" else None
    since = None
    for turn in reversed(turns):
        if turn.is_contact:
            since = turn.index
        elif since is not None:
            break
    return since


def _settle_score(score: int, state: EpisodeState) -> int:
    """Applies the rubric to what the state knows better; unknown contacts keep their score."""
    if state.role not in LEAD_ROLES:
        return _SCORES.get(state.role, min(score, 1))
    if state.outcome == "won":
        return 5
    if state.outcome == "lost":
        return 2
    return 5 if state.visit_scheduled else min(score, 4)
