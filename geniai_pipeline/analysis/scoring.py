"""Computes the score from criteria; no analyzer and no contact can set it directly.

An analyzer gives evidence: a criterion and the contact's words that prove it. This module drops
quotes that the contact did not write, and applies the rubric to the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from geniai_pipeline.analysis.base import Evidence, Transcript


class Criterion(str, Enum):
    """What a quote can prove. The rubric below says what each is worth."""

    IRRELEVANT = "irrelevant"  # vendor, job seeker, spam, wrong number, off topic, refusal
    MEMBER = "member"  # enrolled already: billing, access, cancellation, upgrade
    CURIOSITY = "curiosity"  # wants to know more, nothing concrete
    LOST = "lost"  # was a prospect and gave up
    DROP_IN = "drop_in"  # pays for one day, drop-in
    INTENT = "intent"  # wants to start, or to come back
    QUESTION = "question"  # price, times, plans, classes, conditions
    GOAL = "goal"  # a goal or a health reason
    TRIAL = "trial"  # asks for a trial, a visit, an assessment
    ENROLMENT = "enrolment"  # decides to enrol
    VISIT = "visit"  # day and hour of a first visit accepted by both sides


@dataclass(frozen=True)
class Score:
    """The result of the rubric."""

    score: int
    is_lead: bool


def select_verbatim(evidence: Iterable[Evidence], conversation: Transcript) -> tuple[Evidence, ...]:
    """Selects the evidence whose quote is verbatim in a message of the contact."""
    texts = [m.text for m in conversation.messages if m.sender == "contact" and m.is_visible]
    return tuple(e for e in evidence if e.quote.strip() and any(e.quote in t for t in texts))


def compute_score(evidence: Iterable[Evidence], *, contact_spoke: bool) -> Score:
    """Applies the rubric to verified evidence; a contact who never wrote has no interest."""
    found = {Criterion(e.criterion) for e in evidence}
    return apply_rubric(found) if contact_spoke else Score(0, is_lead=False)


def apply_rubric(criteria: Iterable[Criterion]) -> Score:
    """Computes the score of a set of criteria.

    0 irrelevant or silent, 1 member or only a greeting, 2 curious or lost, 3 clear interest,
    4 a goal with a concrete question or a trial asked for, 5 visit scheduled or enrolling. Who
    the contact is comes before what they ask: a member who asks for prices stays a member.
    """
    found = set(criteria)
    if Criterion.DROP_IN in found and Criterion.TRIAL not in found:
        found.discard(Criterion.VISIT)  # an hour agreed for a paid day is a sale, not a first visit
    score = _score(found)
    return Score(score=score, is_lead=score >= 2)


def _score(found: set[Criterion]) -> int:
    if Criterion.IRRELEVANT in found:
        return 0
    if Criterion.MEMBER in found:
        return 1
    if Criterion.LOST in found:
        return 2
    if found & {Criterion.VISIT, Criterion.ENROLMENT}:
        return 5
    if Criterion.TRIAL in found:
        return 4
    if Criterion.DROP_IN in found:
        return 3
    if {Criterion.GOAL, Criterion.QUESTION} <= found:
        return 4
    if found & {Criterion.GOAL, Criterion.QUESTION, Criterion.INTENT}:
        return 3
    return 2 if Criterion.CURIOSITY in found else 1
