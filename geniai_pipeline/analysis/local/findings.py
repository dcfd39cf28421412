"""Extracts findings from the contact's messages, and resolves contradictions."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.analysis.local.matcher import Reading
from geniai_pipeline.analysis.local.moments import find_moments
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.scoring import Criterion

CRITERIA = {
    Kind.VENDOR: Criterion.IRRELEVANT.value,
    Kind.JOB: Criterion.IRRELEVANT.value,
    Kind.WRONG_NUMBER: Criterion.IRRELEVANT.value,
    Kind.SPAM: Criterion.IRRELEVANT.value,
    Kind.INJECTION: Criterion.IRRELEVANT.value,
    Kind.OFF_TOPIC: Criterion.IRRELEVANT.value,
    Kind.MEMBER: Criterion.MEMBER.value,
    Kind.MEMBER_SERVICE: Criterion.MEMBER.value,
    Kind.CURIOSITY: Criterion.CURIOSITY.value,
    Kind.STAFF: Criterion.QUESTION.value,
    Kind.INTENT: Criterion.INTENT.value,
    Kind.RETURNING: Criterion.INTENT.value,
    Kind.QUESTION: Criterion.QUESTION.value,
    Kind.DROP_IN: Criterion.DROP_IN.value,
    Kind.TRIAL: Criterion.TRIAL.value,
    Kind.ENROLMENT: Criterion.ENROLMENT.value,
    Kind.LOST: Criterion.LOST.value,
    Kind.CONDITION: Criterion.GOAL.value,
    Kind.GOAL: Criterion.GOAL.value,
}
_TELLING = frozenset({*CRITERIA, Kind.REFUSAL, Kind.FOR_ANOTHER})
_STRANGER = {Kind.VENDOR, Kind.JOB, Kind.WRONG_NUMBER, Kind.SPAM, Kind.OFF_TOPIC}
_MEMBER = {Kind.MEMBER, Kind.MEMBER_SERVICE}
_CONCRETE = {Kind.QUESTION, Kind.TRIAL, Kind.ENROLMENT, Kind.DROP_IN, Kind.STAFF}
_INTEREST = _CONCRETE | {Kind.CURIOSITY, Kind.INTENT, Kind.RETURNING, Kind.GOAL, Kind.CONDITION}
_EAGER = _CONCRETE | {Kind.INTENT}
_CONTESTED = frozenset({*_STRANGER, *_MEMBER, Kind.STAFF, Kind.INJECTION, Kind.RETURNING, Kind.LOST,
                        Kind.REFUSAL, Kind.FOR_ANOTHER})  # fmt: skip
_NOT_A_YES = frozenset({Kind.NO, Kind.CANCEL, Kind.MAYBE})
_GIVES_UP = frozenset({Kind.LOST, Kind.REFUSAL, Kind.CANCEL, Kind.MAYBE})
_OFFERS = {Kind.OFFERS_TRIAL, Kind.OFFERS_INFO}
_NO_GOAL = frozenset({*_INTEREST, Kind.NO, Kind.MAYBE, Kind.REFUSAL})
_ABOUT = {Kind.ABOUT_GYM, Kind.GOAL, Kind.CONDITION}
_UNDERSTOOD = frozenset({*CRITERIA, Kind.SMALL_TALK}) - {Kind.GOAL, Kind.CONDITION}

# What a yes means after the gym's question; the first question counts.
_ANSWERS = (
    (Kind.ASKS_MEMBER, Kind.MEMBER, "confirmou que já é aluno"),
    (Kind.OFFERS_ENROLMENT, Kind.ENROLMENT, "aceitou fazer a matrícula"),
    (Kind.OFFERS_INFO, Kind.QUESTION, "aceitou receber informações"),
    (Kind.OFFERS_TRIAL, Kind.TRIAL, "aceitou o convite para conhecer a academia"),
)
_TREATMENTS = (
    (Kind.HEARS_STRANGER, Kind.OFF_TOPIC, "escreveu algo que a academia não atende"),
    (Kind.HEARS_MEMBER, Kind.MEMBER_SERVICE, "foi atendido como aluno"),
)
TREATMENTS = frozenset(kind for kind, _, _ in _TREATMENTS)
_MENU_MARK = re.compile(r"(?:^|\s)[\W_]*([1-9])(?:️?⃣|\s*[-–.):]|(?=\s+[A-ZÀ-Ý]))[\W_]*")
_MENU_CHOICE = re.compile(r"^\W*(?:op[cç][aã]o\s*)?([1-9])(?:️?⃣)?\W*$", re.IGNORECASE)
_GOAL_ANSWER_WORDS = 8
_OPEN_QUESTION_WORDS = 4  # with its question mark


class Finding(NamedTuple):
    """One finding: its kind, its meaning in Portuguese, and the contact's quote."""

    kind: Kind
    means: str
    quote: str
    turn: int
    label: str = ""


@dataclass
class GymTurn:
    """What the gym asked since the contact's latest message: questions and a menu."""

    kinds: set[Kind] = field(default_factory=set)
    menu: dict[str, str] = field(default_factory=dict)
    name: bool = False
    answered: bool = False


def parse_menu(text: str) -> dict[str, str]:
    """Parses the numbered options of a menu: digit -> its words."""
    if "1" not in text or "2" not in text:
        return {}
    marks = list(_MENU_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    options = {
        mark.group(1): text[mark.end() : end].split("\n")[0].strip()
        for mark, end in zip(marks, ends, strict=True)
    }
    return options if len(options) > 1 else {}


def resolve_choice(text: str, menu: dict[str, str]) -> str:
    """Returns the menu's text of an option if the contact sent its number, else their own text."""
    choice = _MENU_CHOICE.match(text) if menu else None
    return menu.get(choice.group(1), text) if choice else text


def extract_findings(
    reading: Reading, message: TranscriptMessage, turn: int, gym: GymTurn
) -> list[Finding]:
    """Extracts the findings of one message, by itself and as an answer to the gym."""
    kinds = reading.kinds
    injected = Kind.INJECTION in kinds
    findings = [
        Finding(
            rule.kind,
            rule.means,
            quote if quote in message.text else message.text,
            turn,
            rule.label,
        )
        for rule, quote in reading.hits
        if rule.kind in _TELLING and (not injected or rule.kind is Kind.INJECTION)
    ]
    if injected:
        return findings
    if "?" in message.text:
        findings += _open_questions(reading, message, turn)
    if not gym.kinds:
        return findings
    if Kind.OFFERS_TRIAL in gym.kinds and not kinds & _NOT_A_YES and any(find_moments(reading)):
        findings.append(Finding(Kind.TRIAL, "escolheu quando vir", message.text, turn))
    elif (
        Kind.OFFERS_TRIAL in gym.kinds
        and Kind.NO in kinds
        and kinds.isdisjoint(_GIVES_UP)
        and any(find_moments(reading))
    ):  # "hoje não" refuses the day
        findings.append(Finding(Kind.TRIAL, "não pode no dia oferecido", message.text, turn))
    elif Kind.YES in kinds and Kind.NO not in kinds:
        for question, kind, means in _ANSWERS:
            if question in gym.kinds:
                findings.append(Finding(kind, means, message.text, turn))
                break
    elif gym.kinds & _OFFERS and (Kind.MAYBE in kinds or Kind.CANCEL in kinds):
        findings.append(Finding(Kind.CURIOSITY, "ficou de pensar", message.text, turn))
    elif (
        Kind.ASKS_GOAL in gym.kinds
        and not kinds & _NO_GOAL
        and reading.word_count <= _GOAL_ANSWER_WORDS
    ):
        answer = message.text.strip()
        findings.append(Finding(Kind.GOAL, "contou seu objetivo", message.text, turn, answer))
    return findings


def extract_from_reply(
    reading: Reading, findings: list[Finding], conversation: Transcript, turn: int
) -> list[Finding]:
    """Extracts whether the gym treats a contact without findings as a member or as a stranger."""
    if {f.kind for f in findings} - {Kind.CURIOSITY}:
        return []
    texts = [m.text for m in conversation.messages[:turn] if m.sender == "contact" and m.is_visible]
    for kind, meaning, means in _TREATMENTS:
        if kind in reading.kinds and texts:
            return [Finding(meaning, means, texts[-1], turn)]
    return []


def _open_questions(reading: Reading, message: TranscriptMessage, turn: int) -> list[Finding]:
    """Extracts questions that match no rule: interest if they concern the gym, else curiosity."""
    findings = []
    for sentence in reading.sentences:
        if not sentence.text.endswith(" ? ") or len(sentence.words) < _OPEN_QUESTION_WORDS:
            continue
        kinds = {hit.rule.kind for hit in sentence.hits}
        if not kinds & _UNDERSTOOD:
            kind = Kind.QUESTION if kinds & _ABOUT else Kind.CURIOSITY
            quote = sentence.quote if sentence.quote in message.text else message.text
            findings.append(Finding(kind, "fez uma pergunta", quote, turn))
    return findings


def resolve_conflicts(findings: list[Finding]) -> list[Finding]:
    """Drops findings that other findings contradict; the rest is the evidence."""
    last = {f.kind: f.turn for f in findings}
    if _CONTESTED.isdisjoint(last):
        return findings
    drop: set[Kind] = {Kind.FOR_ANOTHER, Kind.REFUSAL}
    kinds = set(last)

    def find_latest(group: set[Kind]) -> int:
        return max((last[k] for k in group & kinds), default=-1)

    if Kind.STAFF in kinds:
        drop.add(Kind.VENDOR)
    if Kind.WRONG_NUMBER in kinds and find_latest(_CONCRETE) > last[Kind.WRONG_NUMBER]:
        drop.add(Kind.WRONG_NUMBER)
    if Kind.INJECTION in kinds and kinds & _INTEREST:
        drop.add(Kind.INJECTION)
    if Kind.RETURNING in kinds:
        drop |= _MEMBER
    if Kind.FOR_ANOTHER in kinds and kinds & _CONCRETE and Kind.MEMBER_SERVICE not in kinds:
        drop.add(Kind.MEMBER)
    gone = find_latest({Kind.LOST, Kind.REFUSAL})
    if gone >= 0 and find_latest(_EAGER) > gone:
        drop.add(Kind.LOST)
    elif Kind.REFUSAL in kinds:
        return _resolve_refusal(findings, kinds - drop)
    remaining = [f for f in findings if f.kind not in drop]
    if {f.kind for f in remaining} & _STRANGER:
        return [f for f in remaining if f.kind in _STRANGER]
    if {f.kind for f in remaining} & _MEMBER:
        return [f for f in remaining if f.kind in _MEMBER | {Kind.CONDITION, Kind.GOAL}]
    return remaining


def _resolve_refusal(findings: list[Finding], kinds: set[Kind]) -> list[Finding]:
    """Converts refusals to a lost prospect, or to no interest if there was none before."""
    if kinds & (_STRANGER | _MEMBER):
        return [f for f in findings if f.kind in _STRANGER | _MEMBER]
    refusals = [f for f in findings if f.kind is Kind.REFUSAL]
    earlier = [f for f in findings if f.kind in _INTEREST and f.turn < refusals[0].turn]
    kind = Kind.LOST if earlier or Kind.LOST in kinds else Kind.OFF_TOPIC
    return [Finding(kind, f.means, f.quote, f.turn) for f in refusals] + earlier
