"""The local analyzer: rules as data, no key, no network, the same answer every time.

`strangers`, `members`, `interest`, `decisions`, `health`, `goals`, `turns` and `gym` hold the
rules; `matcher` finds them in a message; `findings` says what they show of the contact and weighs
what contradicts; `visits` follows the appointment; `replies` puts the result into words.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256

from geniai_pipeline.analysis import Analysis, Conversation, Evidence
from geniai_pipeline.analysis.rules import (
    decisions,
    goals,
    gym,
    health,
    interest,
    members,
    replies,
    strangers,
    turns,
)
from geniai_pipeline.analysis.rules.findings import (
    CRITERIA,
    Finding,
    GymTurn,
    chosen,
    found,
    menu,
    overheard,
    settled,
)
from geniai_pipeline.analysis.rules.groups import GROUPS
from geniai_pipeline.analysis.rules.matcher import Kind, Matcher, Rule
from geniai_pipeline.analysis.rules.names import asks_name, introduced_name, profile_name
from geniai_pipeline.analysis.rules.visits import Appointment
from geniai_pipeline.analysis.score import Criterion, compute, verified

RULES: tuple[Rule, ...] = (
    *strangers.RULES,
    *members.RULES,
    *interest.RULES,
    *decisions.RULES,
    *health.RULES,
    *goals.RULES,
    *turns.RULES,
    *gym.RULES,
)
_VERSION = "1-" + sha256(repr((RULES, GROUPS)).encode()).hexdigest()[:8]


class RulesAnalyzer:
    """The `Analyzer` that needs nothing but the rules. Safe to use from several threads."""

    name = "rules"

    def __init__(self) -> None:
        """Compiles the rules."""
        self._read = lru_cache(maxsize=4096)(Matcher(RULES, GROUPS).read)

    @property
    def version(self) -> str:
        """A digest of the rules, so that it changes whenever they do."""
        return _VERSION

    def analyze(self, conversations: Iterable[Conversation]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order, as each is asked for."""
        for conversation in conversations:
            yield self._one(conversation)

    def _one(self, conversation: Conversation) -> Analysis:
        heard, appointment, asked_name = self._listen(conversation)
        findings = settled(heard)
        evidence = [Evidence(CRITERIA[f.kind].value, f.quote) for f in findings]
        if appointment.scheduled:
            evidence.append(Evidence(Criterion.VISIT.value, appointment.quote))
        proof = verified(dict.fromkeys(evidence), conversation)
        said = [m.text for m in conversation.messages if m.sender == "contact" and m.said]
        spoke = any(m.sender == "contact" for m in conversation.messages)
        score = compute(proof, contact_spoke=spoke)
        name = introduced_name(said, asked_name) or profile_name(conversation.contact_name)
        situation = replies.Situation(
            score=score,
            name=name,
            kinds=frozenset(f.kind for f in findings),
            for_another=any(f.kind is Kind.FOR_ANOTHER for f in heard),
            proofs=tuple(replies.Proof(f.kind, f.means, f.quote) for f in findings),
            appointment=appointment.spoken if score.visit_scheduled else "",
            contact_spoke=spoke,
            contact_wrote=bool(said),
        )
        return Analysis(
            is_lead=score.is_lead,
            score=score.score,
            visit_scheduled=score.visit_scheduled,
            contact_name=name,
            condition=_labels(findings, Kind.CONDITION),
            goal=_labels(findings, Kind.GOAL),
            reasoning=replies.reasoning(situation),
            suggested_message=replies.suggestion(situation),
            evidence=proof,
            analyzer=self.name,
            version=self.version,
        )

    def _listen(self, conversation: Conversation) -> tuple[list[Finding], Appointment, bool]:
        findings: list[Finding] = []
        appointment, asked, asked_name = Appointment(), GymTurn(), False
        for turn, message in enumerate(conversation.messages):
            if not message.said:
                continue
            if message.sender == "contact":
                reading = self._read(chosen(message.text, asked.menu))
                findings += found(reading, message, turn, asked)
                asked.answered = True
            else:
                reading = self._read(message.text)
                asked = GymTurn() if asked.answered else asked
                asked.kinds |= reading.kinds
                findings += overheard(reading, findings, conversation, turn)
                asked.menu.update(menu(message.text))
                asked_name = asked_name or asks_name(message.text)
            appointment.step(message.sender, reading, message.text)
        return findings, appointment, asked_name


def _labels(findings: list[Finding], kind: Kind) -> str | None:
    labels = list(dict.fromkeys(f.label for f in findings if f.kind is kind))
    named = [label for label in labels if label != health.ADVISED]
    return ", ".join(named or labels) or None
