"""Decides who must act next at the end of a transcript, and since which message they wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Literal

from geniai_pipeline.analysis.state.turns import Turn

Actor = Literal["gym", "contact", "nobody"]
Need = Literal["answer", "deed", "assent", "silence", "refusal", "statement"]

_SILENT_MEDIA = frozenset({"figurinha", "reação", "gif"})
_NEW_MATTER = timedelta(hours=3)
"""After so long a statement begins a matter of its own, which calls for an answer."""
_PAPERS = frozenset({"imagem", "documento"})
_CALLS = frozenset({"asks", "demands", "offers"})
_SHORT = 7


@dataclass(frozen=True)
class Waiting:
    """Who must act next; since which message (its index) they wait, where it is the gym."""

    actor: Actor
    since: int | None = None


class Tracker:
    """Follows who owes what, run by run: questions, tasks and promises that stand open."""

    def __init__(self) -> None:
        """Begins with nothing owed."""
        self.waiting = Waiting("nobody")
        self._question = False  # a question or an offer of the gym stands open
        self._task = False  # the gym waits for a document, a payment, a deed
        self._promise: int | None = None  # the message that a promise of the gym was made for
        self._request: int | None = None  # the last message of the contact that called for it
        self._deed = False  # the contact said that they will do or think about it
        self._last: Turn | None = None

    def hear_contact(self, run: Sequence[Turn]) -> None:
        """Processes a run of the contact's messages."""
        fresh = bool(
            self._last and self._last.at and run[0].at and run[0].at - self._last.at > _NEW_MATTER
        )
        self._last = run[-1]
        needs = [self._weigh(turn, fresh=fresh) for turn in run]
        if any(turn.media in _PAPERS or "sent" in turn.moves for turn in run):
            self._task = False
        self._deed = "deed" in needs
        if "refusal" in needs and "answer" not in needs[needs.index("refusal") :]:
            self._close()
        elif "answer" in needs:
            self._promise, self._question = None, False
            self._request = run[0].index
            self.waiting = Waiting("gym", run[0].index)
        elif self._promise is not None:
            self.waiting = Waiting("gym", self._promise)
        elif self._task or (self._question and not {"deed", "silence"}.isdisjoint(needs)):
            self.waiting = Waiting("contact")
        else:
            self._question = False
            self.waiting = Waiting("nobody")

    def hear_gym(self, run: Sequence[Turn]) -> None:
        """Processes a run of the gym's messages."""
        moves = frozenset[str]().union(*(turn.moves for turn in run))
        last = run[-1].moves
        self._last = run[-1]
        if "receives" in moves:
            self._task = False
        if "ends" in last:
            self._close()
        elif moves & _CALLS:
            self._question = True
            self._task = self._task or "demands" in moves
            self._promise = None
            self.waiting = Waiting("contact")
        elif "promises" in moves and not (run[-1].media and "promises" not in last):
            self._promise = self._request if self._promise is None else self._promise
            if self._promise is not None:
                self.waiting = Waiting("gym", self._promise)
        else:
            remains = self.waiting.actor == "contact" and (self._deed or self._task)
            self._promise = None
            if not remains:
                self._question = False
                self.waiting = Waiting("contact" if self._task else "nobody")

    def _close(self) -> None:
        self._question = self._task = False
        self._promise = None
        self.waiting = Waiting("nobody")

    def _weigh(self, turn: Turn, *, fresh: bool) -> Need:
        """Weighs what one message of the contact calls for."""
        moves = turn.moves
        if turn.media in _SILENT_MEDIA or (not turn.words and not turn.media):
            return "silence"
        if not turn.words:
            return "answer"
        if "gives_up" in moves and "?" not in turn.text:
            return "refusal"
        if "thinks" in moves:
            return "deed"
        if moves & {"asks", "complains"}:
            return "answer"
        if "requests" in moves:
            return "answer"
        if "sends" in moves:
            return "deed"
        if moves & {"thanks", "farewells"}:
            return "assent"
        if moves & {"accepts", "comes"} and len(turn.words) <= _SHORT:
            return "assent"
        if self._question or fresh:
            return "answer"
        return "statement"


def find_next_actor(turns: Sequence[Turn]) -> Waiting:
    """Follows the runs of either side through a transcript; the last one decides."""
    tracker = Tracker()
    for is_contact, run in groupby(_skip_automatic(turns), key=lambda turn: turn.is_contact):
        if is_contact:
            tracker.hear_contact(list(run))
        else:
            tracker.hear_gym(list(run))
    return tracker.waiting


def _skip_automatic(turns: Sequence[Turn]) -> list[Turn]:
    """Leaves out what a bot says while the contact waits: it is no answer."""
    seen: list[Turn] = []
    for turn in turns:
        if turn.sender == "bot" and seen and seen[-1].is_contact:
            continue
        seen.append(turn)
    return seen
