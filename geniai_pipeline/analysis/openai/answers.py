"""Parses a model's answer: checks its quotes, computes the score, filters its texts."""

import re

from pydantic import BaseModel, ConfigDict, ValidationError

from geniai_pipeline.analysis.base import Analysis, Evidence, Transcript
from geniai_pipeline.analysis.injection import drop_orders
from geniai_pipeline.analysis.model_texts import clean_label, guard_reasoning, guard_suggestion
from geniai_pipeline.analysis.openai.fallbacks import Fallback, UnusableAnswerError
from geniai_pipeline.analysis.openai.prompt import INSTRUCTIONS
from geniai_pipeline.analysis.privacy import Mask
from geniai_pipeline.analysis.scoring import Criterion, compute_score, select_verbatim
from geniai_pipeline.analysis.state.roles import Role


class _Quote(BaseModel):
    model_config = ConfigDict(extra="forbid")
    criterion: Criterion
    quote: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    evidence: list[_Quote]
    visit_agreement: str | None
    role: Role
    name: str | None
    condition: str | None
    goal: str | None
    reasoning: str
    suggested_message: str


def parse_analysis(
    text: str, conversation: Transcript, mask: Mask, rules: Analysis, *, name: str, version: str
) -> Analysis:
    """Parses an answer of the model into an analysis.

    Args:
        text: the model's JSON, with pseudonyms.
        conversation: the one it is about, unmasked; quotes must occur in it.
        mask: the mask of the request.
        rules: the rules' analysis: whether a visit is agreed, and texts in place of those that
            must not be shown.
        name: the analyzer's name.
        version: the analyzer's version.

    Raises:
        UnusableAnswerError: the answer breaks the schema, or none of its quotes occurs.

    """
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError as error:
        raise UnusableAnswerError(Fallback.MALFORMED) from error
    quotable = drop_orders(conversation)
    claims = [Evidence(q.criterion.value, mask.restore(q.quote).strip()) for q in answer.evidence]
    evidence = tuple(
        e for e in select_verbatim(dict.fromkeys(claims), quotable) if _has_whole_words(e, quotable)
    )
    if claims and not evidence:
        raise UnusableAnswerError(Fallback.NO_EVIDENCE)
    if not _is_own_message(mask.restore(answer.visit_agreement or ""), quotable):
        evidence = tuple(dict.fromkeys(_demote_visit(e) for e in evidence))
    score = compute_score(evidence, contact_spoke=True)
    return Analysis(
        is_lead=score.is_lead,
        score=score.score,
        visit_scheduled=rules.visit_scheduled,
        contact_name=_restore_name(answer.name, mask) or rules.contact_name,
        condition=clean_label(mask.restore(answer.condition or "", only_names=True)),
        goal=clean_label(mask.restore(answer.goal or "", only_names=True)),
        reasoning=guard_reasoning(
            mask.restore(answer.reasoning, only_names=True), INSTRUCTIONS, rules.reasoning
        ),
        evidence=evidence,
        state=rules.state,
        estimate=rules.estimate,
        analyzer=name,
        version=version,
        proposed_role=answer.role,
        ignored_orders=rules.ignored_orders,
        proposal=guard_suggestion(
            mask.restore(answer.suggested_message, only_names=True), INSTRUCTIONS
        ),
    )


def _has_whole_words(evidence: Evidence, conversation: Transcript) -> bool:
    """Whether the quote is more than a letter or a piece of a word."""
    if len(evidence.quote) < 2:
        return False
    whole = re.compile(rf"(?<!\w){re.escape(evidence.quote)}(?!\w)")
    return any(whole.search(m.text) for m in conversation.messages if m.sender == "contact")


def _is_own_message(quote: str, conversation: Transcript) -> bool:
    """Whether the tenant's side wrote the quote: a contact cannot agree for it."""
    quote = quote.strip()
    return len(quote) > 1 and any(
        quote in m.text for m in conversation.messages if m.sender != "contact"
    )


def _demote_visit(evidence: Evidence) -> Evidence:
    """Turns a visit into a request for one: the tenant never agreed to it."""
    if evidence.criterion != Criterion.VISIT.value:
        return evidence
    return Evidence(Criterion.TRIAL.value, evidence.quote)


def _restore_name(name: str | None, mask: Mask) -> str | None:
    """Restores the name the model found; None: it is no pseudonym, so the model made it up."""
    restored = mask.restore(name or "", only_names=True)
    return clean_label(restored, 60) if restored != name else None
