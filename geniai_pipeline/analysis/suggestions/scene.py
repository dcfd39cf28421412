"""The scene in which a message is to be written, and how its sentences are put together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from geniai_pipeline.analysis.base import Suggestion, Transcript, TranscriptMessage
from geniai_pipeline.analysis.state import EpisodeState
from geniai_pipeline.analysis.suggestions.names import find_address
from geniai_pipeline.analysis.suggestions.texts import TEXTS
from geniai_pipeline.tenant_facts import TenantFacts

LONGEST = 400
"""Characters of a message."""
NOTHING = Suggestion("", None, "")


@dataclass(frozen=True)
class Scene:
    """A transcript with its state and the gym's facts, at an instant in local time of the gym."""

    conversation: Transcript
    state: EpisodeState
    facts: TenantFacts
    now: datetime

    @cached_property
    def messages(self) -> tuple[TranscriptMessage, ...]:
        """The messages that the other side saw, with words or media."""
        return tuple(m for m in self.conversation.messages if m.is_visible or m.media)

    @cached_property
    def open_messages(self) -> tuple[TranscriptMessage, ...]:
        """The contact's messages after the last one of a person of the gym."""
        last = max((i for i, m in enumerate(self.messages) if m.sender == "agent"), default=-1)
        return tuple(m for m in self.messages[last + 1 :] if m.sender == "contact")

    @cached_property
    def last_gym_texts(self) -> tuple[str, ...]:
        """The last messages that a person of the gym wrote, at most two."""
        return tuple(m.text for m in self.messages if m.sender == "agent")[-2:]

    @property
    def is_new(self) -> bool:
        """Whether the contact may become a member: plans and visits are for them alone."""
        return self.state.role in ("prospect", "returning", "unknown")

    @cached_property
    def gym_words(self) -> str:
        """All that the gym wrote, in small letters."""
        return "\n".join(m.text for m in self.messages if m.sender != "contact").lower()

    @cached_property
    def own_words(self) -> str:
        """All that the contact wrote."""
        return "\n".join(m.text for m in self.messages if m.sender == "contact")

    def find_time(self, message: TranscriptMessage) -> datetime:
        """The instant of a message; now, where that is not known."""
        return message.at or self.now

    def compose(self, *sentences: str, late: bool = False, anew: bool = False) -> str:
        """Puts sentences together under the fitting address, within the length of a message.

        Args:
            sentences: empty ones are left out; the last ones are, where they are too long.
            late: begin with an excuse.
            anew: greet, although the gym has written today: it is read later.

        """
        parts = [sentence for sentence in sentences if sentence]
        if not parts:
            return ""
        name, pronoun = self._address
        if late or anew or not self._is_talking():
            hello = TEXTS["hello"].format(name=name) if name else TEXTS["hello_nameless"]
            opening = [hello, TEXTS["late"]] if late else [hello]
            parts = [*opening, *map(_capitalize, parts)]
        else:
            first = parts[0][:1].lower() + parts[0][1:]
            opening = [f"{name}, {first}" if name else _capitalize(first)]
            parts = [*opening, *map(_capitalize, parts[1:])]
        while len(text := " ".join(parts)) > LONGEST and len(parts) > len(opening) + 1:
            parts.pop()
        return _speak_formally(text, pronoun) if pronoun != "você" else text

    @cached_property
    def _address(self) -> tuple[str, str]:
        return find_address(self.conversation)

    def _is_talking(self) -> bool:
        """Whether the gym has written today, so that a greeting would begin anew."""
        written = [m.at for m in self.messages if m.sender == "agent" and m.at]
        return bool(written) and written[-1].date() == self.now.date()


def _capitalize(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _speak_formally(text: str, pronoun: str) -> str:
    """Addresses an elder as the gym does: "a senhora" for "você", "lhe" for "te"."""
    text = re.sub(r"\bpra você\b", f"pr{pronoun}", text)
    text = re.sub(r"\bde você\b", f"d{pronoun}", text)
    text = re.sub(r"\bvocê\b", pronoun, text)
    return re.sub(r"\bVocê\b", pronoun.capitalize(), re.sub(r"\bte (?=\w)", "lhe ", text))


def join(parts: Sequence[str]) -> str:
    """Joins parts of a sentence: "a, b e c"."""
    return " e ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
