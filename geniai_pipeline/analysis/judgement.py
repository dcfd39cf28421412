"""Reconciles an analyzer's score with the state of the episode, for both analyzers alike.

An analyzer proposes a score and its reasons; who the contact is, whether a visit stands and what
became of it are the state's alone.
"""

from dataclasses import replace
from types import MappingProxyType

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.state import LEAD_ROLES, EpisodeState
from geniai_pipeline.analysis.state.roles import Role

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


def _settle_score(score: int, state: EpisodeState) -> int:
    """Applies the rubric to what the state knows better; unknown contacts keep their score."""
    if state.role not in LEAD_ROLES:
        return _SCORES.get(state.role, score)
    if state.outcome == "won":
        return 5
    if state.outcome == "lost":
        return 2
    return 5 if state.visit_scheduled else min(score, 4)
