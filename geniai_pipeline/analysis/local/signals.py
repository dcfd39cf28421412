"""Collects the signals of a conversation, message by message."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.local.classifier import Pair, build_pairs
from geniai_pipeline.analysis.local.findings import (
    TREATMENTS,
    Finding,
    GymTurn,
    extract_findings,
    extract_from_reply,
    parse_menu,
    resolve_choice,
)
from geniai_pipeline.analysis.local.matcher import Matcher, Sentence
from geniai_pipeline.analysis.local.names import asks_name
from geniai_pipeline.analysis.local.rules import Rule
from geniai_pipeline.analysis.local.visits import Appointment
from geniai_pipeline.analysis.local.words import GROUPS

_NAMING = frozenset({"nome", "falo", "chama", "name"})  # every question for a name has one of these


@dataclass
class Signals:
    """The signals of a conversation: findings, the appointment, and the words of both sides."""

    findings: list[Finding] = field(default_factory=list)
    appointment: Appointment = field(default_factory=Appointment)
    namings: list[str] = field(default_factory=list)
    """The contact's messages right after the gym's question for their name."""
    own_sentences: list[Sentence] = field(default_factory=list)
    own_words: set[str] = field(default_factory=set)
    own_pairs: set[Pair] = field(default_factory=set)
    gym_words: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    """The names of the rules that matched: `c:` and the contact's, `g:` and the gym's."""


class SignalReader:
    """Reads conversations: the contact's messages by one set of rules, the gym's by another."""

    def __init__(self, contact_rules: Iterable[Rule], gym_rules: Iterable[Rule]) -> None:
        """Compiles both sets of rules."""
        self._contact = Matcher(contact_rules, GROUPS, "c: ")
        self._gym = Matcher(gym_rules, GROUPS, "g: ")

    def read(self, conversation: Transcript) -> Signals:
        """Reads every visible message, in order."""
        signals, gym_turn = Signals(), GymTurn()
        for turn, message in enumerate(conversation.messages):
            if not message.is_visible:
                continue
            if message.sender == "contact":
                meant = resolve_choice(message.text, gym_turn.menu)
                reading = self._contact.read(meant)
                signals.findings += extract_findings(reading, message, turn, gym_turn)
                signals.own_sentences += (
                    reading.sentences
                    if meant is message.text
                    else [s._replace(quote=message.text) for s in reading.sentences]
                )
                for sentence in reading.sentences:
                    signals.own_words.update(sentence.words)
                    signals.own_pairs |= build_pairs(sentence.words, timed=sentence.timed)
                    signals.rules.update(sentence.names)
                if gym_turn.name:
                    signals.namings.append(message.text)
                gym_turn.answered = True
            else:
                gym_turn = GymTurn() if gym_turn.answered else gym_turn
                if options := parse_menu(message.text):
                    # rules that match a menu say nothing about the contact
                    gym_turn.menu.update(options)
                    continue
                reading = self._gym.read(message.text)
                gym_turn.kinds |= reading.kinds
                if reading.kinds & TREATMENTS:
                    signals.findings += extract_from_reply(
                        reading, signals.findings, conversation, turn
                    )
                for sentence in reading.sentences:
                    signals.gym_words.update(sentence.words)
                    signals.rules.update(sentence.names)
                if not (gym_turn.name or _NAMING.isdisjoint(signals.gym_words)):
                    gym_turn.name = asks_name(message.text)
            signals.appointment.process_message(message.sender, reading, message.text)
        return signals
