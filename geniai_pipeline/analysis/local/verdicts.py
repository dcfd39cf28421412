"""Combines the rules' findings with the model's score.

The model scores the whole conversation; the findings are the evidence. Findings that
contradict its score are dropped. If none is left, the sentence with the largest weight for that
score becomes the evidence. The final score is then computed from the evidence
(`scoring.compute_score`), as with every analyzer.
"""

from geniai_pipeline.analysis.local.findings import Finding, resolve_conflicts
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.local.signals import Signals
from geniai_pipeline.analysis.local.words import GREETING
from geniai_pipeline.analysis.model.model import Model

_STRANGER = {Kind.VENDOR, Kind.JOB, Kind.WRONG_NUMBER, Kind.SPAM, Kind.INJECTION, Kind.OFF_TOPIC}
_MEMBER = {Kind.MEMBER, Kind.MEMBER_SERVICE}
_CLEAR = {Kind.QUESTION, Kind.INTENT, Kind.RETURNING, Kind.DROP_IN, Kind.STAFF}
_PERSONAL = {Kind.CONDITION, Kind.GOAL}
_WARM = _CLEAR | _PERSONAL | {Kind.CURIOSITY, Kind.TRIAL}
_FEW_WORDS = 2
_WARM_SCORE = 4


def weigh_evidence(signals: Signals, model: Model, score: int) -> list[Finding]:
    """Selects the findings that are the evidence of a score."""
    weighed, visit = resolve_conflicts(signals.findings), signals.state.visit_scheduled
    if not visit and signals.own_words <= GREETING:
        return weighed
    return _select_evidence(signals, weighed, model, score, visit)


def _select_evidence(
    signals: Signals, weighed: list[Finding], model: Model, verdict: int, visit: bool
) -> list[Finding]:
    """Selects the findings that support the score; if none does, the sentence of most weight."""

    def find_strongest(kind: Kind, means: str) -> Finding:
        sentence = max(
            signals.own_sentences,
            key=lambda s: model.compute_weight(s.words, verdict) / (len(s.words) or 1) ** 0.5,
        )
        return Finding(kind, means, sentence.quote, turn=-1)

    pool = weighed
    if weighed is not signals.findings:
        pool = list(dict.fromkeys([*weighed, *signals.findings]))
    kinds = {f.kind for f in pool}

    def select_kinds(wanted: set[Kind]) -> list[Finding]:
        return [f for f in pool if f.kind in wanted]

    if verdict == 0:
        return select_kinds(_STRANGER) or [find_strongest(Kind.OFF_TOPIC, "não procura a academia")]
    if verdict == 1:
        if kinds & _MEMBER or len(signals.own_words - GREETING) <= _FEW_WORDS:
            return select_kinds(_MEMBER)
        return [find_strongest(Kind.MEMBER_SERVICE, "escreve como quem já treina na academia")]
    if verdict == 2:
        if Kind.LOST in kinds:
            return select_kinds({Kind.LOST, Kind.CURIOSITY})
        return select_kinds({Kind.CURIOSITY}) or [
            find_strongest(Kind.CURIOSITY, "mostrou interesse")
        ]
    if verdict == 3:
        clear = select_kinds(_CLEAR) or select_kinds(_PERSONAL)
        return clear or [find_strongest(Kind.QUESTION, "quer saber o que a academia oferece")]
    if verdict == 4:
        warm = [f for f in select_kinds(_WARM) if f.kind is not Kind.DROP_IN]
        if Kind.TRIAL in kinds:
            return warm
        if not kinds & _PERSONAL:
            warm.append(find_strongest(Kind.GOAL, "contou por que procura a academia"))
        if Kind.QUESTION not in kinds:
            warm.append(find_strongest(Kind.QUESTION, "quer saber como a academia pode ajudar"))
        return warm
    if Kind.ENROLMENT in kinds or visit:
        return select_kinds(_WARM | {Kind.ENROLMENT})
    return [*select_kinds(_WARM), find_strongest(Kind.ENROLMENT, "decidiu começar")]
