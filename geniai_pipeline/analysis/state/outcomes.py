"""Judges how the episode of a prospect ended, and why where it is lost."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.state.roles import LEAD_ROLES, Role
from geniai_pipeline.analysis.state.turns import Turn

Outcome = Literal["open", "won", "lost", "not_applicable"]
LostReason = Literal[
    "price", "hours", "distance", "health", "companion", "competitor", "no_answer_of_gym",
    "no_answer_of_contact", "only_curious", "other",
]  # fmt: skip


class Ending(NamedTuple):
    """The outcome; where it is lost the reason, and the contact's words that prove it."""

    outcome: Outcome
    lost_reason: LostReason | None = None
    lost_quote: str | None = None


_REASONS: dict[str, LostReason] = {
    "lost_no_answer_of_gym": "no_answer_of_gym",
    "lost_companion": "companion",
    "lost_health": "health",
    "lost_only_curious": "only_curious",
    "lost_distance": "distance",
    "lost_hours": "hours",
    "lost_price": "price",
    "lost_competitor": "competitor",
}
"""In the order in which they count where a message gives several."""
_ENDS = frozenset({"gives_up", "opts_out"})
_LAST = 3
"""The contact's last messages, in which a reason for giving up stands."""
_FOLLOW_UPS = 3
"""So many messages of the gym on as many days without an answer: the contact is gone."""


def judge_outcome(turns: Sequence[Turn], role: Role) -> Ending:
    """Judges the outcome by plain words; without them a prospect's episode is open."""
    if role not in LEAD_ROLES:
        return Ending("not_applicable")
    own = [turn for turn in turns if turn.is_contact]
    last = own[-_LAST:]
    if any(not _ENDS.isdisjoint(turn.moves) for turn in last) and not _renews(own):
        return _find_reason(last)
    if any(turn.enrols for turn in turns):
        return Ending("won")
    if _is_silent(turns):
        return Ending("lost", "no_answer_of_contact")
    return Ending("open")


def _renews(own: Sequence[Turn]) -> bool:
    """Whether the contact's last message asks for more after all."""
    return "?" in own[-1].text and _ENDS.isdisjoint(own[-1].moves)


def _find_reason(last: Sequence[Turn]) -> Ending:
    """Finds the reason that counts most, with its sentence; without one, who ends it."""
    sentences = [sentence for turn in last for sentence in turn.reading.sentences]
    for move, reason in _REASONS.items():
        for sentence in sentences:
            if move in sentence.names:
                return Ending("lost", reason, sentence.quote)
    ends = [sentence.quote for sentence in sentences if not _ENDS.isdisjoint(sentence.names)]
    return Ending("lost", "other", ends[-1])


def _is_silent(turns: Sequence[Turn]) -> bool:
    """Whether the gym's follow-ups over days stand unanswered at the end."""
    days = set()
    for turn in reversed(turns):
        if turn.is_contact:
            break
        days.add(turn.at.date() if turn.at else turn.index)
    return len(days) >= _FOLLOW_UPS
