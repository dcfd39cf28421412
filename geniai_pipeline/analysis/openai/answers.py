"""From the model's words to an analysis: quotes are checked, and code computes the score."""

import re

from pydantic import BaseModel, ConfigDict, ValidationError

from geniai_pipeline.analysis.base import Analysis, Conversation, Evidence
from geniai_pipeline.analysis.openai.fallbacks import Fallback, Unusable
from geniai_pipeline.analysis.openai.prompt import INSTRUCTIONS, heard
from geniai_pipeline.analysis.privacy import Mask
from geniai_pipeline.analysis.scoring import Criterion, compute, verified
from geniai_pipeline.analysis.suggestions import safe_reasoning, safe_suggestion, short_label


class _Quoted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    criterion: Criterion
    quote: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    evidence: list[_Quoted]
    visit_agreement: str | None
    name: str | None
    condition: str | None
    goal: str | None
    reasoning: str
    suggested_message: str


def judged(
    text: str, conversation: Conversation, mask: Mask, rules: Analysis, *, name: str, version: str
) -> Analysis:
    """The analysis that an answer amounts to.

    Args:
        text: the model's JSON, with pseudonyms.
        conversation: as it was; quotes must stand in it.
        mask: the one it was asked with.
        rules: what the rules say, for texts that must not be shown.
        name: the analyzer's.
        version: the analyzer's.

    Raises:
        Unusable: it is not what the schema says, or none of its quotes stands.

    """
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError as error:
        raise Unusable(Fallback.MALFORMED) from error
    spoken = heard(conversation)
    claimed = [Evidence(q.criterion.value, mask.restore(q.quote).strip()) for q in answer.evidence]
    proof = tuple(e for e in verified(dict.fromkeys(claimed), spoken) if _whole_words(e, spoken))
    if claimed and not proof:
        raise Unusable(Fallback.NO_EVIDENCE)
    if not _gym_agreed(mask.restore(answer.visit_agreement or ""), spoken):
        proof = tuple(dict.fromkeys(_asked_for(e) for e in proof))
    score = compute(proof, contact_spoke=True)
    return Analysis(
        is_lead=score.is_lead,
        score=score.score,
        visit_scheduled=score.visit_scheduled,
        contact_name=_name(answer.name, mask) or rules.contact_name,
        condition=short_label(mask.restore(answer.condition or "", only_names=True)),
        goal=short_label(mask.restore(answer.goal or "", only_names=True)),
        reasoning=safe_reasoning(
            mask.restore(answer.reasoning, only_names=True), INSTRUCTIONS, rules.reasoning
        ),
        suggested_message=safe_suggestion(
            mask.restore(answer.suggested_message, only_names=True),
            INSTRUCTIONS,
            rules.suggested_message,
        ),
        evidence=proof,
        analyzer=name,
        version=version,
    )


def _whole_words(evidence: Evidence, conversation: Conversation) -> bool:
    """Whether the quote is more than a letter or a piece of a word."""
    if len(evidence.quote) < 2:
        return False
    whole = re.compile(rf"(?<!\w){re.escape(evidence.quote)}(?!\w)")
    return any(whole.search(m.text) for m in conversation.messages if m.sender == "contact")


def _gym_agreed(quote: str, conversation: Conversation) -> bool:
    """Whether the gym itself wrote these words: no contact can write them for it."""
    quote = quote.strip()
    return len(quote) > 1 and any(
        quote in m.text for m in conversation.messages if m.sender != "contact"
    )


def _asked_for(evidence: Evidence) -> Evidence:
    """A visit that the gym never agreed to was at most asked for."""
    if evidence.criterion != Criterion.VISIT.value:
        return evidence
    return Evidence(Criterion.TRIAL.value, evidence.quote)


def _name(name: str | None, mask: Mask) -> str | None:
    """The name the model found, unless it made it up: it must stand for a pseudonym."""
    return short_label(mask.restore(name), 60) if name and name != mask.restore(name) else None
