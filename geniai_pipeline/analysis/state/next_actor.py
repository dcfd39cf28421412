"""Decides who must act next at the end of a transcript, and since which message they wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Literal

from geniai_pipeline.analysis.local.words import GREETING
from geniai_pipeline.analysis.state.turns import Turn

Actor = Literal["gym", "contact", "nobody"]
Need = Literal["answer", "deed", "assent", "silence", "refusal", "statement"]
"""What a message of the contact calls for; after a deed that they announce, it is their turn."""

_SILENT_MEDIA = frozenset({"figurinha", "reação", "gif"})
_PAPERS = frozenset({"imagem", "documento"})
_CALLS = frozenset({"asks", "demands", "offers", "offers_deed"})
_INVITES = frozenset({"demands", "offers", "offers_deed", "visit_wish"})
_ASSENTS = frozenset({"accepts", "comes", "yes"})
_OTHER_MATTERS = frozenset({"thanks", "farewells", "thinks", "sent"})
_INTRODUCTION = frozenset({"aqui", "sou", "nome", "chamo", "prazer"})
_SOON = timedelta(minutes=10)
"""After a promise; what the gym adds earlier still belongs to it."""
_NEW_MATTER = timedelta(hours=3)
"""After so long a statement begins a matter of its own, which calls for an answer."""
_BRIEF, _SHORT, _LONG, _LAUGH, _GREETING = 2, 7, 14, 4, 6
"""Words of a yes to an hour that the gym named, of any yes, of a long one, of a laugh, and of
what stands beside a greeting."""


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
        self._last: Turn | None = None
        # what the contact owes
        self._question = False  # a question or an offer of the gym stands open
        self._task = False  # the gym waits for a document, a payment, a deed
        self._deed = False  # the contact announced that they will do or think about it
        self._invited = False  # the gym has asked or offered something at some time
        # what the gym owes
        self._request: int | None = None  # the contact's message that last called for something
        self._promise: int | None = None  # the message that a promise was made for
        self._asking = False  # a question of the contact stands open
        # how to read the contact's next words
        self._deed_offered = False  # a yes asks the gym to act
        self._timed = False  # the gym's last words ask for or settle a day or an hour
        self._asks_name = False  # the gym only asks for a name to a visit that it has settled

    def hear_contact(self, run: Sequence[Turn]) -> None:
        """Processes a run of the contact's messages."""
        needs = self._weigh_run(run)
        self._last = run[-1]
        if any(turn.media in _PAPERS or "sent" in turn.moves for turn in run):
            self._task = False
        self._deed = "deed" in needs
        if "refusal" in needs and "answer" not in needs[needs.index("refusal") :]:
            self._close()
        elif "answer" in needs or (self._deed_offered and any(map(_takes_offer, run))):
            self._asking = any(turn.moves & {"asks", "requests"} for turn in run)
            self._promise, self._question = None, False
            self._request = run[0].index
            self.waiting = Waiting("gym", run[0].index)
        elif self._promise is not None:
            self.waiting = Waiting("gym", self._promise)
        elif (
            self._task
            or (self._invited and self._deed)
            or (self._question and not {"deed", "silence"}.isdisjoint(needs))
            or (self._question and not self._timed and all(map(_takes_offer, run)))
        ):
            self.waiting = Waiting("contact")
        else:
            self._question = False
            self.waiting = Waiting("nobody")

    def hear_gym(self, run: Sequence[Turn]) -> None:
        """Processes a run of the gym's messages."""
        moves = frozenset[str]().union(*(turn.moves for turn in run))
        self._last = run[-1]
        self._invited = self._invited or not moves.isdisjoint(_INVITES)
        self._deed_offered = False
        self._timed = any(s.timed for turn in run for s in turn.reading.sentences)
        self._asks_name = {"asks_name", "visit_settled"} <= moves
        if "receives" in moves:
            self._task = False
        if "ends" in run[-1].moves:
            self._close()
        elif self.waiting.actor == "gym" and self._asking and _only_greets(run):
            return  # "em que posso ajudar?" answers no question
        elif self._promise is not None and _only_replies_thanks(run):
            return
        elif moves & _CALLS:
            self._question = True
            self._deed_offered = "offers_deed" in moves
            self._task = self._task or ("demands" in moves and not self._asks_name)
            self._promise = None
            self.waiting = Waiting("contact")
        elif "promises" in moves and not _is_fulfilled(run):
            self._promise = self._request if self._promise is None else self._promise
            if self._promise is not None:
                self.waiting = Waiting("gym", self._promise)
        else:
            self._answer()

    def _answer(self) -> None:
        """Takes a statement of the gym: it answers what was asked, or leaves the contact at it."""
        remains = self.waiting.actor == "contact" and (self._deed or self._task)
        self._task = self._task and self.waiting.actor != "gym"
        self._promise = None
        if not remains:
            self._question = False
            self.waiting = Waiting("contact" if self._task else "nobody")

    def _close(self) -> None:
        self._question = self._task = self._invited = False
        self._promise = None
        self.waiting = Waiting("nobody")

    def _weigh_run(self, run: Sequence[Turn]) -> list[Need]:
        """Weighs each message; the first run of all calls for an answer, but for a greeting."""
        last = self._last
        needs = [self._weigh(turn, fresh=last is None or _is_later(run[0], last)) for turn in run]
        if last is None and not _only_reacts(run):
            return ["answer" if need in ("assent", "statement") else need for need in needs]
        return needs

    def _weigh(self, turn: Turn, *, fresh: bool) -> Need:
        moves, length = turn.moves, len(turn.words)
        if turn.media in _SILENT_MEDIA or not (length or turn.media):
            return "silence"
        if not length:
            return "answer"
        if "gives_up" in moves and "?" not in turn.text:
            return "refusal"
        if "thinks" in moves:
            return "deed"
        if length <= _SHORT and moves & {"apologizes", "praises"} and "asks" not in moves:
            return "assent"
        if moves & {"asks", "complains"} and "jokes" not in moves:
            return "answer"
        if "visit_done" in moves and self._question:
            return "answer"
        if "requests" in moves and not ("accepts" in moves and self._question):
            return "answer"
        if "sends" in moves:
            return "deed" if self._task else "assent"
        if moves & {"thanks", "farewells"}:
            return "assent"
        if self._question and self._names_moment(turn):
            return "answer"
        if self._is_yes(turn) or (self._asks_name and length <= _SHORT):
            return "assent"
        return "answer" if self._question or fresh else "statement"

    def _names_moment(self, turn: Turn) -> bool:
        """Whether a day or an hour answers the gym, which named none."""
        return not self._timed and any(sentence.timed for sentence in turn.reading.sentences)

    def _is_yes(self, turn: Turn) -> bool:
        length = len(turn.words)
        return (
            (self._timed and length <= _BRIEF)
            or (bool(turn.moves & _ASSENTS) and length <= (_LONG if self._timed else _SHORT))
            or ("laughs" in turn.moves and length <= _LAUGH)
        )


def find_next_actor(turns: Sequence[Turn]) -> Waiting:
    """Follows the runs of either side through a transcript; the last one decides."""
    tracker = Tracker()
    for is_contact, run in groupby(_skip_automatic(turns), key=lambda turn: turn.is_contact):
        if is_contact:
            tracker.hear_contact(list(run))
        else:
            tracker.hear_gym(list(run))
    return tracker.waiting


def _is_later(turn: Turn, before: Turn) -> bool:
    return bool(turn.at and before.at and turn.at - before.at > _NEW_MATTER)


def _only_reacts(run: Sequence[Turn]) -> bool:
    """Whether a run of the contact is a greeting, a laugh or a short praise."""
    words = {word for turn in run for word in turn.words}
    brief = sum(len(turn.words) for turn in run) <= _GREETING
    reacts = all(turn.moves & {"laughs", "praises"} and "asks" not in turn.moves for turn in run)
    return words <= GREETING or (brief and reacts)


def _takes_offer(turn: Turn) -> bool:
    """Whether it says yes to what the gym offers to do: thanks alone do not."""
    return bool(turn.moves & _ASSENTS) and turn.moves.isdisjoint(_OTHER_MATTERS)


def _only_replies_thanks(run: Sequence[Turn]) -> bool:
    """Whether a run of the gym says that it was a pleasure, and no more."""
    return all("replies_thanks" in turn.moves and len(turn.words) <= _SHORT for turn in run)


def _only_greets(run: Sequence[Turn]) -> bool:
    """Whether a run of the gym asks how to help, or how somebody is, and says no more."""
    sentences = [sentence for turn in run for sentence in turn.reading.sentences]
    greets = ["greets_gym" in sentence.names for sentence in sentences]
    if not any(greets):
        return False
    last = len(greets) - greets[::-1].index(True)
    return all(
        greeted or len(sentence.words) <= _GREETING
        for sentence, greeted in zip(sentences[:last], greets, strict=False)
    ) and all(_INTRODUCTION & {*sentence.words} for sentence in sentences[last:])


def _is_fulfilled(run: Sequence[Turn]) -> bool:
    """Whether the gym kept the promise in the same run: by media, or by what it wrote later."""
    position = max(i for i, turn in enumerate(run) if "promises" in turn.moves)
    promise, later = run[position], run[position + 1 :]
    return any(
        turn.media or (turn.at and promise.at and turn.at - promise.at >= _SOON) for turn in later
    )


def _skip_automatic(turns: Sequence[Turn]) -> list[Turn]:
    """Leaves out surveys, and menus and messages of absence that are no answer."""
    seen: list[Turn] = []
    for turn in turns:
        waits = bool(seen) and seen[-1].is_contact
        if not turn.is_contact and (turn.is_survey or (waits and turn.is_automatic)):
            continue
        seen.append(turn)
    return seen
