"""The `Analyzer` of local rules and a local model."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from geniai_pipeline.analysis.base import Analysis, Evidence, Transcript
from geniai_pipeline.analysis.bill import Notice
from geniai_pipeline.analysis.injection import ORDERS, hide_orders
from geniai_pipeline.analysis.judgement import settle_state
from geniai_pipeline.analysis.local import reasoning
from geniai_pipeline.analysis.local.findings import CRITERIA, Finding
from geniai_pipeline.analysis.local.names import clean_profile_name, find_introduced_name
from geniai_pipeline.analysis.local.rules import RULES, Kind
from geniai_pipeline.analysis.local.signals import read_signals
from geniai_pipeline.analysis.local.verdicts import weigh_evidence
from geniai_pipeline.analysis.local.words import WORDS
from geniai_pipeline.analysis.model import compute_model_version
from geniai_pipeline.analysis.model.features import read_course, read_parts
from geniai_pipeline.analysis.model.model import Model
from geniai_pipeline.analysis.scoring import Criterion, compute_score, select_verbatim
from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline.analysis.state.turns import MOVES

_COMMANDS = "só deu ordens ao sistema"
_ADVISED = "recomendação médica"
"""The label that a more specific condition replaces."""


@lru_cache(maxsize=1)
def _load_states() -> StateReader:
    return StateReader()


class RulesAnalyzer:
    """The `Analyzer` of local rules and a local model. Threads may share it."""

    name = "rules"
    bill = None

    def __init__(self) -> None:
        """Compiles the rules and reads the model's weights, once in a process."""
        self._states = _load_states()
        self._model = Model.load()

    @property
    def version(self) -> str:
        """Returns a digest of rules, word lists and weights."""
        return _version()

    def unavailable_reason(self) -> Notice | None:
        """Returns None: it can always be used."""
        return None

    def can_replace_fallbacks(self) -> bool:
        """Returns False: its fallbacks are analyses by the same rules."""
        return False

    def analyze(self, conversations: Iterable[Transcript]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order, lazily."""
        for conversation in conversations:
            yield self._analyze(conversation)

    def _analyze(self, conversation: Transcript) -> Analysis:
        whole = conversation
        conversation, orders = hide_orders(whole)
        turns = self._states.read_turns(conversation)
        read = self._states.judge(conversation, turns)
        course = read_course(conversation, turns, read)
        parts = read_parts(conversation, turns, read, course)
        estimate = self._model.estimate(parts, has_instant=bool(course.appointment))
        wrote = any(turn.is_contact for turn in turns)
        state = settle_state(read, course, estimate, turns) if wrote else read
        signals = read_signals(conversation, turns, state)
        findings = weigh_evidence(signals, self._model, estimate.score)
        texts = [m.text for m in conversation.messages if m.sender == "contact" and m.is_visible]
        if orders and not texts:
            findings = [Finding(Kind.INJECTION, _COMMANDS, orders[0], turn=0)]
        pairs = [(CRITERIA[f.kind], f.quote) for f in findings]
        if state.visit_scheduled:
            pairs.append((Criterion.VISIT.value, signals.visit_quote))
        evidence = select_verbatim([Evidence(*pair) for pair in dict.fromkeys(pairs)], whole)
        spoke = any(m.sender == "contact" for m in conversation.messages)
        if not wrote:
            estimate = replace(
                estimate, lead_probability=0.0, visit_probability=0.0, is_certain=True
            )
        score = compute_score(evidence, contact_spoke=spoke)
        name = find_introduced_name(texts, signals.namings) or clean_profile_name(
            conversation.contact_name
        )
        situation = reasoning.Situation(
            score=score,
            kinds=frozenset([f.kind for f in findings]),
            proofs=tuple([reasoning.Proof(f.kind, f.means, f.quote) for f in findings]),
            appointment=state.appointment,
            contact_spoke=spoke,
            contact_wrote=bool(texts or orders),
        )
        labelled = signals.findings if score.score else []
        return Analysis(
            is_lead=score.is_lead,
            score=score.score,
            visit_scheduled=state.visit_scheduled,
            contact_name=name,
            condition=_labels(labelled, Kind.CONDITION),
            goal=_labels(labelled, Kind.GOAL),
            reasoning=reasoning.write_reasoning(situation),
            evidence=evidence,
            state=state,
            estimate=estimate,
            analyzer=self.name,
            version=self.version,
            ignored_orders=len(orders),
        )


@lru_cache(maxsize=1)
def _version() -> str:
    data = repr((RULES, MOVES, WORDS, ORDERS.pattern, compute_model_version())).encode()
    return "5-" + sha256(data).hexdigest()[:8]


def _labels(findings: list[Finding], kind: Kind) -> str | None:
    labels = list(dict.fromkeys([f.label for f in findings if f.kind is kind and f.label]))
    if len(labels) < 2:
        return labels[0] if labels else None
    specific = [label for label in labels if label != _ADVISED]
    return ", ".join(specific or labels) or None
