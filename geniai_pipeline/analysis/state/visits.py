"""Follows a first visit through the turns: proposed, agreed, moved, called off, done, missed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from geniai_pipeline.analysis.state import visit_signs
from geniai_pipeline.analysis.state.instants import Moments, combine, find_past_instant
from geniai_pipeline.analysis.state.negotiations import BOTH, Negotiation, Side
from geniai_pipeline.analysis.state.turns import Turn

State = Literal["none", "proposed", "agreed", "cancelled", "done", "missed"]

_UNDER_WAY = timedelta(minutes=25)
"""After the agreed hour; what the contact writes later is written after the visit."""
_LATER = timedelta(hours=3)
"""After an agreement; a yes that comes earlier still belongs to it."""
_MOVES = frozenset({"visit_moves", "accepts"})
_FEW = 3
"""Words of an answer that says only which part of the day is meant."""
_NEWS = timedelta(days=6)
"""After the agreed hour; what is written later tells nothing of the visit by itself."""


@dataclass(frozen=True)
class Step:
    """A step of the visit, and the words that prove it."""

    state: State
    turn: int
    quote: str


@dataclass
class Visit:
    """The first visit: its state, the instant agreed last, and its steps."""

    state: State = "none"
    at: datetime | None = None
    steps: list[Step] = field(default_factory=list)
    moved: int = 0
    """How often another instant was agreed instead."""
    confirmed: bool = False
    """Whether the contact has said yes again later, as to a reminder."""

    @property
    def agreed(self) -> int | None:
        """The message (its index) by which a visit was agreed for the first time."""
        return next((step.turn for step in self.steps if step.state == "agreed"), None)


class VisitTracker:
    """Takes every turn in order."""

    def __init__(self) -> None:
        """Begins without a visit."""
        self.visit = Visit()
        self._moment = Negotiation()
        self._informs = False  # the contact has asked something, so the gym's answer informs
        self._settled = False  # the gym's last message named an hour and asked nothing
        self._taken = False  # the contact has just named or accepted a moment
        self._discussed = False  # somebody spoke of coming
        self._invited = False  # the gym named a moment or asked for one
        self._answering = False  # it did so in its last message
        self._awaits_news = False  # the contact has not written since the agreed hour
        self._agreed_at: datetime | None = None  # when the agreement was written
        self._reminded = False  # the gym has come back to it later
        self._open = False  # the contact has left it open, so the gym's yes closes nothing
        self._ended = False  # it took place, or the contact enrolled: what follows is no first one

    def hear(self, turn: Turn) -> None:
        """Processes one message."""
        if self._ended or self._hears_enrolment(turn):
            return
        named = visit_signs.read_moments(turn)
        if turn.is_automatic and not any(named):
            return
        if turn.is_contact and self._invited:
            named = self._moment.complete(named, turn)
        if turn.is_contact:
            self._informs = not turn.moves.isdisjoint({"asks", "visit_info"})
        speaks = visit_signs.speaks_of_coming(turn, named, informs=self._informs)
        self._discussed = self._discussed or speaks
        if self._hears_outcome(turn, named) or self._hears_told_visit(turn):
            return
        self._hear_told_absence(turn, named)
        if not self._calls_off(turn, named):
            self._discuss(turn, named)

    def _hears_enrolment(self, turn: Turn) -> bool:
        if self.visit.state in ("none", "proposed") and turn.enrols:
            self.visit, self._ended = Visit(), True
        return self._ended

    def _hears_outcome(self, turn: Turn, named: Moments) -> bool:
        """Hears whether the agreed visit took place; returns whether that was the matter."""
        at = self.visit.at
        if self.visit.state != "agreed" or at is None or turn.at is None or turn.at < at:
            return False
        if turn.is_contact and "visit_failed" in turn.moves:
            self._cancel(turn)
            return True
        sign = "visit_off" if turn.is_contact else "visit_consoled"
        missed = not turn.moves.isdisjoint({"visit_missed", sign})
        if missed and "visit_done" not in turn.moves:
            self._step("missed", turn)
            self._moment.forget_day()
            return not (turn.is_contact and any(named))
        if "visit_done" in turn.moves or self._hears_good_news(turn, turn.at - at):
            self._step("done", turn)
            return True
        self._awaits_news = self._awaits_news and not turn.is_contact
        return False

    def _hears_good_news(self, turn: Turn, late: timedelta) -> bool:
        first = self._awaits_news and turn.is_contact and _UNDER_WAY < late < _NEWS
        return first and visit_signs.tells_good_news(turn)

    def _hears_told_visit(self, turn: Turn) -> bool:
        """Hears of a visit that was not agreed on in this transcript, or not at this instant."""
        tells = "visit_told" in turn.moves
        first = not turn.is_contact and turn.index == 0 and "visit_done" in turn.moves
        if not tells and not first:
            return False
        agreed = self.visit.state == "agreed"
        past = find_past_instant(turn.reading, turn.at, self._moment.hour.value if agreed else None)
        is_new = past is not None or not agreed
        hears = is_new if turn.is_contact else self.visit.state == "none"
        if hears:
            self.visit.at = past or self.visit.at
            self._step("done", turn)
        return hears

    def _hear_told_absence(self, turn: Turn, named: Moments) -> None:
        """Hears in the first message that the contact has missed a visit."""
        ours = not turn.is_contact or "visit_wish" in turn.moves
        campaign = turn.sender == "bot" and not any(named)
        if turn.index or campaign or not ours or "visit_missed" not in turn.moves:
            return
        self._discussed = True
        self.visit.at = find_past_instant(turn.reading, turn.at)
        if self.visit.at is None and named.hours and turn.at:
            self.visit.at = combine(turn.at.date(), named.hours[0], turn.at)
        self._step("missed", turn)

    def _calls_off(self, turn: Turn, named: Moments) -> bool:
        """Takes a message that calls the agreed visit off; returns whether that is all it does."""
        at = self.visit.at
        if self.visit.state != "agreed" or at is None:
            return False
        elsewhere = bool(named.hours) or any(day != at.date() for day in named.dates)
        asks = "?" in turn.text or (elsewhere and not turn.moves.isdisjoint(_MOVES))
        moves = "visit_moves" in turn.moves and "?" in turn.text
        if turn.is_contact and moves and not any(named):
            self._moment.drop_day()
            self._step("proposed", turn)
        elif "visit_off" in turn.moves and not (elsewhere and asks):
            self._cancel(turn)
        else:
            if elsewhere and (moves or "visit_off" in turn.moves):
                self._step("proposed", turn)
            return False
        return True

    def _cancel(self, turn: Turn) -> None:
        self._moment.forget_day()
        asks = turn.is_contact and "visit_moves" in turn.moves and "?" in turn.text
        self._step("proposed" if asks else "cancelled", turn)

    def _discuss(self, turn: Turn, named: Moments) -> None:
        """Takes what a message names, doubts and accepts; both sides' yes is an agreement."""
        side: Side = "contact" if turn.is_contact else "gym"
        if turn.is_contact and self._answering and len(turn.words) <= _FEW:
            self._moment.hour.place(turn.words)
        if any(named):
            self._moment.name(turn, named, agreed=self.visit.state == "agreed")
            fits = {"discussed": self._discussed, "invited": self._answering}
            if visit_signs.proposes(turn, named, **fits):
                self._propose(turn)
        elif turn.is_contact and visit_signs.declines(turn) and self.visit.state != "agreed":
            self._moment.forget_day()
            self._invited = False
        self._leave_open(turn, named)
        blocked = turn.is_contact and self._open and not any(named)
        accepts = not blocked and (
            visit_signs.assents(turn, named, invited=self._invited) or self._lets_stand(turn, named)
        )
        if accepts:
            self._moment.accept(side)
        if self.visit.state == "agreed":
            self._hear_confirmation(turn, named)
        self._agree(turn)
        self._taken = turn.is_contact and (accepts or any(named))
        self._moment.note_offers(turn, side)
        if side == "gym":
            self._settled = bool(named.hours) and not turn.asks
            discussed = self._discussed and any(named)
            self._answering = visit_signs.invites(turn) or discussed
            self._invited = self._invited or self._answering

    def _hear_confirmation(self, turn: Turn, named: Moments) -> None:
        """Hears whether the contact says yes again, long after the agreement."""
        if not turn.at or not self._agreed_at or turn.at - self._agreed_at < _LATER:
            return
        stands = self._moment.find_instant(turn) == self.visit.at
        if turn.is_contact:
            says_yes = visit_signs.assents(turn, named, invited=True)
            self.visit.confirmed |= stands and says_yes and (self._reminded or any(named))
        self._reminded = not turn.is_contact and (turn.asks or any(named))

    def _lets_stand(self, turn: Turn, named: Moments) -> bool:
        """Whether the contact goes on after the gym has settled the hour of a day they named."""
        stands = turn.is_contact and self._settled and self._moment.day.sides == BOTH
        objects = visit_signs.refuses(turn) or visit_signs.doubts(turn, named)
        return stands and bool(turn.words) and not objects and not any(named)

    def _propose(self, turn: Turn) -> None:
        if self.visit.state == "none" or (self.visit.state == "cancelled" and turn.is_contact):
            self._step("proposed", turn)

    def _leave_open(self, turn: Turn, named: Moments) -> None:
        if turn.is_contact:
            remains = self._open and not any(named)
            self._open = remains or visit_signs.doubts(turn, named)
        elif named.hours and "visit_settled" in turn.moves:
            self._open = False

    def _agree(self, turn: Turn) -> None:
        if self._taken and "visit_settled" in turn.moves and self._moment.is_closed:
            self._discussed = True
        at = self._moment.find_instant(turn)
        if at is None or turn.at is None or not self._discussed or self._open:
            return
        same = self.visit.state == "agreed" and at == self.visit.at
        if same or at < turn.at - _UNDER_WAY or visit_signs.waits_for_yes(turn):
            return
        self._invited, self._awaits_news = False, True
        self._agreed_at, self._reminded, self.visit.confirmed = turn.at, False, False
        self.visit.moved += self.visit.at is not None and self.visit.at != at
        self.visit.at = at
        self._step("agreed", turn)

    def _step(self, state: State, turn: Turn) -> None:
        self.visit.state = state
        self.visit.steps.append(Step(state, turn.index, turn.text))
        self._ended = state == "done"


def follow_visit(turns: Sequence[Turn]) -> Visit:
    """Follows the visit through every turn."""
    tracker = VisitTracker()
    for turn in turns:
        tracker.hear(turn)
    return tracker.visit
