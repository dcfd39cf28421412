"""Reads a transcript as turns: what each message that the other side saw does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.analysis.local.findings import parse_menu, resolve_choice
from geniai_pipeline.analysis.local.matcher import Matcher, Reading, Sentence
from geniai_pipeline.analysis.local.rules import CONTACT_RULES, GYM_RULES, Kind, read_rule_file
from geniai_pipeline.analysis.local.words import GROUPS
from geniai_pipeline.analysis.state.instants import Moments, find_dates_and_hours
from geniai_pipeline.text import remove_accents

_FOLDER = Path(__file__).with_name("moves")
CONTACT_MOVES = read_rule_file(_FOLDER / "contact.ini")
GYM_MOVES = read_rule_file(_FOLDER / "gym.ini")
ROLE_MOVES = read_rule_file(_FOLDER / "roles.ini")
VISIT_MOVES = read_rule_file(_FOLDER / "visits.ini")
OUTCOME_MOVES = read_rule_file(_FOLDER / "outcomes.ini")
MOVES = (*CONTACT_MOVES, *GYM_MOVES, *ROLE_MOVES, *VISIT_MOVES, *OUTCOME_MOVES)


_TAGS = tuple([word] for word in ("ok", "ne", "esta", "viu", "certo", "beleza", "hein"))
_BEGIN = datetime(2026, 1, 5, 0, 5, tzinfo=timezone.utc)
"""Where no message has an instant, the first is taken as written early on a Monday."""
_AUTOMATIC = re.compile(r"(?<![a-z])automaticas?(?![a-z])")
_BRIEF = 14
"""Words of a bot's question that tells nothing besides."""


@dataclass(frozen=True)
class Turn:
    """A message that the other side saw, with the names and kinds of the rules it matched."""

    index: int
    sender: str
    text: str
    media: str
    at: datetime | None
    reading: Reading
    moves: frozenset[str]

    @cached_property
    def is_contact(self) -> bool:
        """Whether the contact wrote it."""
        return self.sender == "contact"

    @property
    def asks(self) -> bool:
        """Whether it asks something: more than "ok?" or "né?"."""
        return any(map(asks, self.reading.sentences))

    @property
    def enrols(self) -> bool:
        """Whether it says that the contact has paid or is enrolled."""
        if self.is_contact:
            return any(
                "enrolled" in s.names and not s.text.endswith(" ? ") for s in self.reading.sentences
            )
        return "gym_enrols" in self.moves or {"receives", "gym_welcomes"} <= self.moves

    @property
    def is_automatic(self) -> bool:
        """Whether it is a bot's menu or question, or a message of absence: no answer."""
        if self.sender == "bot":
            return bool(
                self.moves & {"answers_bot", "forwards_bot"}
                or parse_menu(self.text)
                or ("?" in self.text and len(self.words) <= _BRIEF)
            )
        # not of the regular words: those take "débito automático" for a typing error
        return "answers_bot" in self.moves and bool(
            _AUTOMATIC.search(remove_accents(self.text).lower())
        )

    @property
    def is_survey(self) -> bool:
        """Whether a program asks how satisfied the contact is."""
        return self.sender == "bot" and "surveys" in self.moves

    @property
    def date(self) -> date | None:
        """The day on which it was written, where that is known."""
        return self.at.date() if self.at else None

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of the rules that matched."""
        return self.reading.kinds

    @cached_property
    def named(self) -> Moments:
        """The days and hours that it names."""
        return find_dates_and_hours(self.reading, self.date)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The regular words, without question marks and commas."""
        sentences = self.reading.sentences
        return tuple(word for s in sentences for word in s.words if word not in ("?", ","))


def asks(sentence: Sentence) -> bool:
    """Whether a sentence asks something: more than "ok?" or "né?"."""
    return sentence.words[-1:] == ["?"] and sentence.words[-2:-1] not in _TAGS


class TurnReader:
    """Reads the contact with one set of rules, the gym with another. Threads may share it."""

    def __init__(self) -> None:
        """Compiles the rules."""
        self._contact = Matcher(
            (*CONTACT_RULES, *CONTACT_MOVES, *ROLE_MOVES, *OUTCOME_MOVES, *VISIT_MOVES), GROUPS
        )
        self._gym = Matcher((*GYM_RULES, *GYM_MOVES, *VISIT_MOVES), GROUPS)

    def read(self, conversation: Transcript) -> tuple[Turn, ...]:
        """Reads every message that the other side saw, in order."""
        return tuple(self._read(conversation))

    def read_name(self, conversation: Transcript) -> frozenset[str]:
        """Reads the contact's name as the inbox shows it, as something that the contact says."""
        reading = self._contact.read(conversation.contact_name or "")
        return frozenset([name for sentence in reading.sentences for name in sentence.names])

    def _read(self, conversation: Transcript) -> Iterator[Turn]:
        menu: dict[str, str] = {}
        is_dated = any(message.at for message in conversation.messages)
        for index, message in enumerate(conversation.messages):
            if not (message.is_visible or message.media):
                continue
            if message.sender == "contact":
                reading = self._contact.read(resolve_choice(message.text, menu))
                menu = {}
            else:
                menu |= parse_menu(message.text)
                reading = self._gym.read(message.text)
            assumed = None if is_dated else _BEGIN + timedelta(minutes=message.minutes)
            yield _build_turn(index, message, reading, message.at or assumed)


def _build_turn(
    index: int, message: TranscriptMessage, reading: Reading, at: datetime | None
) -> Turn:
    return Turn(
        index=index,
        sender=message.sender,
        text=message.text if message.is_visible else "",
        media=message.media,
        at=at,
        reading=reading,
        moves=frozenset([name for s in reading.sentences for name in s.names]),
    )
