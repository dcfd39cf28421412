"""Collects the signals of a conversation, message by message."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.local.findings import (
    TREATMENTS,
    Finding,
    GymTurn,
    extract_findings,
    extract_from_reply,
    parse_menu,
    resolve_choice,
)
from geniai_pipeline.analysis.local.matcher import Sentence
from geniai_pipeline.analysis.local.names import asks_name
from geniai_pipeline.analysis.state import EpisodeState
from geniai_pipeline.analysis.state.turns import Turn

_NAMING = frozenset({"nome", "falo", "chama", "name"})  # every question for a name has one of these


@dataclass
class Signals:
    """The signals of a conversation: its state, findings, and the words of both sides."""

    state: EpisodeState
    findings: list[Finding] = field(default_factory=list)
    visit_quote: str = ""
    """The contact's words beside the visit's last step."""
    namings: list[str] = field(default_factory=list)
    """The contact's messages right after the gym's question for their name."""
    own_sentences: list[Sentence] = field(default_factory=list)
    own_words: set[str] = field(default_factory=set)
    gym_words: set[str] = field(default_factory=set)


def read_signals(conversation: Transcript, turns: Sequence[Turn], state: EpisodeState) -> Signals:
    """Collects what every message with words tells, in order."""
    signals, gym_turn = Signals(state=state), GymTurn()
    for turn in turns:
        if not turn.text:
            continue
        reading, message = turn.reading, conversation.messages[turn.index]
        if turn.is_contact:
            is_choice = resolve_choice(turn.text, gym_turn.menu) is not turn.text
            signals.findings += extract_findings(reading, message, turn.index, gym_turn)
            signals.own_sentences += (
                [s._replace(quote=turn.text) for s in reading.sentences]
                if is_choice
                else reading.sentences
            )
            for sentence in reading.sentences:
                signals.own_words.update(sentence.words)
            if gym_turn.name:
                signals.namings.append(turn.text)
            gym_turn.answered = True
            continue
        gym_turn = GymTurn() if gym_turn.answered else gym_turn
        if options := parse_menu(turn.text):
            # rules that match a menu say nothing about the contact
            gym_turn.menu.update(options)
            continue
        gym_turn.kinds |= reading.kinds
        if reading.kinds & TREATMENTS:
            signals.findings += extract_from_reply(
                reading, signals.findings, conversation, turn.index
            )
        for sentence in reading.sentences:
            signals.gym_words.update(sentence.words)
        if not (gym_turn.name or _NAMING.isdisjoint(signals.gym_words)):
            gym_turn.name = asks_name(turn.text)
    signals.visit_quote = _quote_visit(turns, state)
    return signals


def _quote_visit(turns: Sequence[Turn], state: EpisodeState) -> str:
    """The contact's last words up to the visit's last step; without any, their first ones."""
    own = [turn for turn in turns if turn.is_contact and turn.text]
    last = max((step.turn for step in state.visit.steps), default=0)
    before = [turn.text for turn in own if turn.index <= last]
    return before[-1] if before else own[0].text if own else ""
