"""Judges who the contact is to the gym, by what either side says and by the contact's name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.local.words import GREETING
from geniai_pipeline.analysis.state.turns import Turn
from geniai_pipeline.analysis.state.visits import State

Role = Literal[
    "prospect", "returning", "member", "member_family", "ex_member", "outsider", "spam", "unknown"
]
LEAD_ROLES = frozenset({"prospect", "returning"})
"""Those who may become members."""


class Vote(NamedTuple):
    """What one sign says for each standing: who trains here, who may come, who is neither."""

    here: float = 0
    new: float = 0
    stranger: float = 0


# Weights in quarters, set by how often each sign is right on the training authors.
_START = Vote(new=0.5)
_OWN_MOVES = {
    "role_prospect": Vote(here=-0.5, new=1),
    "role_prospect_hint": Vote(new=0.5),
    "role_returning": Vote(here=-0.5, new=2, stranger=-0.5),
    "role_member": Vote(here=1, new=-0.5),
    "role_member_here": Vote(here=1.5, new=-0.5),
    "role_member_hint": Vote(here=0.5, new=-0.5),
    "role_family": Vote(here=0.5, stranger=-0.5),
    "role_family_hint": Vote(here=0.25, stranger=-0.5),
    "role_ex_member": Vote(here=2.5, new=-1.5),
    "role_outsider": Vote(here=-0.5, new=-0.5, stranger=1.5),
    "role_pitches": Vote(here=-0.5, new=-0.5, stranger=1),
    "role_spam": Vote(here=-0.5, new=-0.5, stranger=2),
    "role_resumes": Vote(here=-0.5, new=1),
    "complains": Vote(here=0.5, stranger=-0.5),
    "visit_wish": Vote(new=0.5),
    "visit_told": Vote(new=1),
    "thinks": Vote(new=0.5),
    "gives_up": Vote(new=0.5),
}
_OWN_KINDS = {
    Kind.MEMBER: Vote(here=1),
    Kind.MEMBER_SERVICE: Vote(here=1, new=-0.5),
    Kind.TRIAL: Vote(here=-1, new=0.5),
    Kind.RETURNING: Vote(here=-0.5, new=1),
    Kind.CONDITION: Vote(new=1, stranger=-0.5),
    Kind.GOAL: Vote(new=0.5),
    Kind.INTENT: Vote(new=0.5),
    Kind.QUESTION: Vote(new=0.5, stranger=-0.5),
    Kind.CURIOSITY: Vote(new=0.5),
    Kind.VENDOR: Vote(here=-0.5, new=-0.5, stranger=1.5),
    Kind.JOB: Vote(here=-0.5, new=-0.5, stranger=1.5),
    Kind.OFF_TOPIC: Vote(here=-0.5, new=-0.5, stranger=1),
    Kind.WRONG_NUMBER: Vote(new=-0.5, stranger=1),
    Kind.INJECTION: Vote(here=-0.5, stranger=0.5),
}
_NAME_MOVES = {
    "name_member": Vote(here=1, stranger=-0.5),
    "name_family": Vote(here=1, stranger=-0.5),
    "name_ex_member": Vote(here=1),
    "name_outsider": Vote(new=-0.5, stranger=1.5),
}
_GYM_MOVES = {
    "gym_sells": Vote(new=1, stranger=-0.5),
    "gym_serves": Vote(here=0.25, stranger=0.25),
    "gym_keeps_member": Vote(here=2.5, new=-1.5),
    "gym_meets_stranger": Vote(here=-0.5, new=-1, stranger=2.5),
    "promises": Vote(here=0.5, new=-0.5, stranger=0.5),
}
_GYM_KINDS = {
    Kind.OFFERS_TRIAL: Vote(here=-0.5, new=0.5),
    Kind.OFFERS_ENROLMENT: Vote(new=0.5),
    Kind.HEARS_MEMBER: Vote(here=0.5, stranger=-0.5),
    Kind.HEARS_STRANGER: Vote(stranger=0.5),
}
_NO_VISITOR = frozenset({"gym_keeps_member", "gym_meets_stranger", "role_outsider"})
_VISIT = 1.0
"""The vote of an appointment for a new contact, where they say little and nothing else tells."""
_CLAIM = 4.0
"""The vote of "sou aluna" in as few words, where it is not said to speak for another."""
_GYM_FIRST = Vote(here=-0.5, new=1, stranger=-0.5)
_OPENING = 3
"""The contact's first messages say most about who they are; the later ones count half."""
_TELLING = _OWN_MOVES.keys() | {"asks", "requests"}
_WEAK, _FEW = 1.0, 20
"""So weak a vote over so few words tells nothing."""
_FAMILY = 3
"""Signs of family that outweigh speaking of oneself; a plain one counts two."""
_MOST = 2
"""A sign counts no more often than this."""


def judge_role(turns: Sequence[Turn], name: frozenset[str], visit: State) -> Role:
    """Judges the role.

    Args:
        turns: the transcript.
        name: the moves of the contact's name read as a text.
        visit: how far an appointment has come, if the contact is one for whom it is a visit.

    """
    own = [turn for turn in turns if turn.is_contact]
    if not turns or (visit == "none" and _says_nothing(turns, own)):
        return "unknown"
    timed = any(sentence.timed for turn in turns for sentence in turn.reading.sentences)
    words = {word for turn in own for word in turn.words}
    if (not timed or (words and turns[0].is_contact)) and not words - GREETING:
        return "unknown"
    early = Counter(move for turn in own[:_OPENING] for move in turn.moves)
    late = Counter(move for turn in own[_OPENING:] for move in turn.moves)
    gym = [turn for turn in turns if not turn.is_contact]
    votes = [
        _START,
        *_weigh(early, 1.0),
        *_weigh(late, 0.5),
        *(_NAME_MOVES[move] for move in name & _NAME_MOVES.keys()),
        *(_OWN_KINDS[kind] for kind in _kinds(own) & _OWN_KINDS.keys()),
        *(_GYM_KINDS[kind] for kind in _kinds(gym) & _GYM_KINDS.keys()),
        *(_GYM_MOVES[move] for move in {m for t in gym for m in t.moves} & _GYM_MOVES.keys()),
    ]
    if not turns[0].is_contact:
        votes.append(_GYM_FIRST)
    spoken = sum(len(turn.words) for turn in own)
    total = Vote(*(sum(part) for part in zip(*votes, strict=True)))
    signs = {m for t in gym for m in t.moves} | early.keys() | _kinds(own)
    if spoken <= _FEW and Kind.MEMBER in signs and Kind.FOR_ANOTHER not in signs:
        total = total._replace(here=total.here + _CLAIM)
    elif visit != "none" and spoken <= _FEW and _NO_VISITOR.isdisjoint(signs):
        total = total._replace(new=total.new + _VISIT)
    moves = early + late
    telling = timed or moves.keys() & _TELLING or _kinds(own) & _OWN_KINDS.keys()
    if max(total) <= _WEAK and spoken <= _FEW and not telling:
        return "unknown"
    if total.stranger > max(total.here, total.new):
        return "spam" if moves["role_spam"] > moves["role_outsider"] else "outsider"
    if total.here > total.new:
        return _judge_standing(moves, words, name)
    if moves["role_former"] and not (words & _COMES_BACK or _wants(own)):
        return "ex_member"
    returns = Kind.RETURNING in _kinds(own) and not moves["role_resumes"]
    return "returning" if moves["role_returning"] or returns else "prospect"


def _judge_standing(moves: Counter[str], words: set[str], name: frozenset[str]) -> Role:
    """Judges whether who belongs to the gym trains here, did once, or writes for another."""
    if moves["role_former"] and words & _COMES_BACK:
        return "returning"
    former = moves["role_ex_member"] or moves["role_former"] or "name_ex_member" in name
    if former and not moves["role_family"]:
        return "ex_member"
    family = 2 * moves["role_family"] + moves["role_family_hint"] + 2 * ("name_family" in name)
    return "member_family" if family >= _FAMILY else "member"


_COMES_BACK = frozenset({"voltar", "retornar", "retomar", "recomecar"})
_WANTS = frozenset({"role_prospect", "visit_wish"})
_SERVICES = frozenset({"role_member", "role_member_here", "complains"})


def _says_nothing(turns: Sequence[Turn], own: Sequence[Turn]) -> bool:
    """Whether the contact has written nothing, or only says no to a campaign."""
    return not turns[0].is_contact and all(turn.moves & {"gives_up", "opts_out"} for turn in own)


def _wants(own: Sequence[Turn]) -> bool:
    """Whether the contact asks for training rather than for a service to somebody who left."""
    moves = {move for turn in own for move in turn.moves}
    serves = Kind.MEMBER_SERVICE in _kinds(own) or not moves.isdisjoint(_SERVICES)
    return not serves or not moves.isdisjoint(_WANTS)


def _kinds(turns: Iterable[Turn]) -> set[Kind]:
    return {kind for turn in turns for kind in turn.kinds}


def _weigh(moves: Counter[str], share: float) -> list[Vote]:
    return [
        Vote(*(min(count, _MOST) * share * part for part in _OWN_MOVES[move]))
        for move, count in moves.items()
        if move in _OWN_MOVES
    ]
