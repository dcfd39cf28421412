"""The types both analyzers share, and the ``Analyzer`` protocol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from geniai_pipeline.analysis.bill import Bill, Notice

if TYPE_CHECKING:  # both are read from the transcripts of this module
    from geniai_pipeline.analysis.model.model import Estimate
    from geniai_pipeline.analysis.state import EpisodeState
    from geniai_pipeline.analysis.state.roles import Role

Sender = Literal["contact", "agent", "bot"]
_MENU_DIGIT = re.compile(r"\W*\d\W*")


@dataclass(frozen=True)
class TranscriptMessage:
    """One message of a transcript.

    `minutes` counts from the start of the conversation. `note` marks what has no words for the
    other side: an agent's private note, or an attachment without text. `at` is the instant as
    local time of the gym. `media` names what came with the text or in its place: "áudio",
    "figurinha", "reação". `is_transcription` marks words that were spoken: who reads them has heard
    the audio.
    """

    sender: Sender
    text: str
    minutes: float = 0.0
    note: bool = False
    at: datetime | None = None
    media: str = ""
    is_transcription: bool = False

    @property
    def is_visible(self) -> bool:
        """Whether the other side could read it: it has text and is not a note."""
        return not self.note and bool(self.text.strip())


@dataclass(frozen=True)
class Transcript:
    """A conversation as analyzers read it, its messages in the order they were sent."""

    id: str | int
    inbox: str | None
    contact_name: str | None
    messages: tuple[TranscriptMessage, ...]


@dataclass(frozen=True)
class Evidence:
    """A verbatim quote of the contact and the criterion (`scoring.Criterion` value) it proves."""

    criterion: str
    quote: str


@dataclass(frozen=True)
class Suggestion:
    """A message that the gym may send; texts are in Brazilian Portuguese, empty: say nothing."""

    text: str
    holds_until: datetime | None
    """The instant from which `afterwards` stands in its place, in local time; None: it lasts."""
    afterwards: str
    """Holds at any time."""

    def find_text(self, now: datetime) -> str:
        """Returns the text that holds at an instant."""
        return self.text if self.holds_until is None or now < self.holds_until else self.afterwards


@dataclass(frozen=True)
class Analysis:
    """An analyzer's result for one conversation; texts are in Brazilian Portuguese."""

    is_lead: bool
    score: int
    visit_scheduled: bool
    contact_name: str | None
    condition: str | None
    goal: str | None
    reasoning: str
    evidence: tuple[Evidence, ...]
    state: EpisodeState
    """By the rules and the local model, whatever the analyzer."""
    estimate: Estimate
    """The local model's, whatever the analyzer: how probable a lead and a visit are."""
    analyzer: str
    version: str
    proposal: str = ""
    """The next message that a model proposes; empty: the message by rules stands."""
    proposed_role: Role | None = None
    """Who a model takes the contact for; it holds only where the state knows no role."""
    ignored_orders: int = 0
    """Messages of the contact that address the machine, which the analysis goes without."""
    fallback_reason: str | None = None
    """Why another analyzer replaced the tenant's (`openai.fallbacks.Fallback`); None: none did."""

    @property
    def certainty(self) -> float:
        """The local model's probability that lead or not is right in the local analysis, 0 to 1."""
        return self.estimate.certainty

    @property
    def quotes(self) -> list[str]:
        """The contact's words that support the score, each once; a menu's digit is none."""
        quotes = dict.fromkeys(evidence.quote for evidence in self.evidence)
        return [quote for quote in quotes if not is_menu_digit(quote)]


def is_menu_digit(quote: str) -> bool:
    """Whether a contact's words are one digit alone, as they choose from a menu."""
    return bool(_MENU_DIGIT.fullmatch(quote))


class Analyzer(Protocol):
    """Reads conversations and yields one analysis for each, in the same order.

    Callers never test which analyzer they have: every difference is a member of this protocol.
    """

    @property
    def name(self) -> str:
        """Short name stored beside every result, such as `rules`."""

    @property
    def version(self) -> str:
        """Changes whenever the same conversation could get another analysis."""

    @property
    def bill(self) -> Bill | None:
        """Counts and cost so far; None: the analyzer is free."""

    def unavailable_reason(self) -> Notice | None:
        """Returns why it cannot be used now, and what to do about it; None: it can."""

    def can_replace_fallbacks(self) -> bool:
        """Whether it would now analyze what another analyzer had to analyze in its place."""

    def analyze(self, conversations: Iterable[Transcript]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order; lazily, so that results can stream."""
