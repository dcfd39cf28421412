"""Suggested messages: what the gym may write next, in Portuguese, and until when it holds.

`replies` answers what the contact asked, `follow_ups` writes where the gym owes nothing; both read
a `scene`: the transcript, its state, the gym's facts, and now, unless `silences` finds that nothing
is to be said. `questions` finds topics and questions by `phrases/*.ini`, `promises` what the gym
promised, `echoes` turns a question into the gym's words, `answers` answers from the facts, `names`
and `moments` say names and instants.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from geniai_pipeline.analysis.base import Suggestion, Transcript
from geniai_pipeline.analysis.state import EpisodeState
from geniai_pipeline.analysis.suggestions.follow_ups import FollowUpWriter
from geniai_pipeline.analysis.suggestions.moments import find_expiry
from geniai_pipeline.analysis.suggestions.promises import PromiseReader
from geniai_pipeline.analysis.suggestions.questions import MessageReader
from geniai_pipeline.analysis.suggestions.replies import ReplyWriter
from geniai_pipeline.analysis.suggestions.scene import NOTHING, Scene
from geniai_pipeline.analysis.suggestions.silences import SilenceReader
from geniai_pipeline.tenant_facts import TenantFacts

__all__ = ["SuggestionWriter"]

_VERSION = 3
"""Raised by who changes what the code writes, so that older suggestions are written anew."""

_PHRASES = "".join(
    path.read_text("utf-8") for path in sorted((Path(__file__).parent / "phrases").glob("*.ini"))
)


class SuggestionWriter:
    """Writes suggested messages by rules, from the gym's facts. Threads may share it."""

    def __init__(self, facts: TenantFacts | None = None) -> None:
        """Compiles the rules; without facts nothing is stated of the gym."""
        self._facts = facts or TenantFacts()
        reader, promises = MessageReader(), PromiseReader()
        self._silences = SilenceReader(reader, promises)
        self._replies = ReplyWriter(reader, promises)
        self._follow_ups = FollowUpWriter(reader)

    @property
    def version(self) -> str:
        """Changes with code, phrases and facts: older suggestions are to be written anew."""
        digest = sha256((_PHRASES + self._facts.version).encode()).hexdigest()[:8]
        return f"{_VERSION}-{digest}"

    def write(
        self,
        conversation: Transcript,
        state: EpisodeState,
        now: datetime,
        *,
        proposal: str = "",
        opted_out: bool = False,
    ) -> Suggestion:
        """Writes the message that the gym may send now; empty where nothing is to be said.

        Args:
            conversation: the transcript.
            state: its state.
            now: the instant, in local time of the gym.
            proposal: a model's text, checked by `model_texts`; it is taken where one is due now
                and no moment that it names has passed.
            opted_out: whether the contact asked not to be written to.

        """
        scene = Scene(conversation, state, self._facts, now)
        spoke = scene.open_messages or scene.own_words.strip()
        if opted_out or not spoke or self._silences.is_due(scene):
            return NOTHING
        writer = self._replies if state.next_actor == "gym" else self._follow_ups
        written = writer.write(scene)
        if not proposal or not written.text:
            return written
        until = find_expiry(proposal, now)
        if until and until <= now:
            return written
        return replace(written, text=proposal, holds_until=until)
