"""Follows a first visit through the turns: proposed, agreed, moved, called off, done, missed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from geniai_pipeline.analysis.state import visit_signs
from geniai_pipeline.analysis.state.instants import Moments, combine, find_past_instant
from geniai_pipeline.analysis.state.offers import BOTH, Offers, Side, Slot
from geniai_pipeline.analysis.state.turns import Turn

State = Literal["none", "proposed", "agreed", "cancelled", "done", "missed"]

_UNDER_WAY = timedelta(minutes=25)
"""After the agreed hour; what the contact writes later is written after the visit."""
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


class VisitTracker:
    """Takes every turn in order."""

    def __init__(self) -> None:
        """Begins without a visit."""
        self.visit = Visit()
        self._day, self._hour = Slot(), Slot()
        self._offers = Offers()
        self._discussed = False  # somebody spoke of coming
        self._invited = False  # the gym named a moment or asked for one
        self._answering = False  # it did so in its last message
        self._awaits_news = False  # the contact has not written since the agreed hour
        self._open = False  # the contact has left it open, so the gym's yes closes nothing
        self._ended = False  # it took place, or the contact enrolled: what follows is no first one

    def hear(self, turn: Turn) -> None:
        """Processes one message."""
        if self._ended or self._hears_enrolment(turn):
            return
        named = visit_signs.read_moments(turn)
        if turn.is_contact and self._invited:
            named = self._offers.complete(named, turn)
        self._discussed = self._discussed or visit_signs.speaks_of_coming(turn, named)
        if self._hears_outcome(turn, named) or self._hears_told_visit(turn, named):
            return
        if self._calls_off(turn, named):
            self._cancel(turn)
        else:
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
            self._day, self._hour = Slot(), Slot(self._hour.value)
            return not (turn.is_contact and any(named))
        if "visit_done" in turn.moves or self._hears_good_news(turn, turn.at - at):
            self._step("done", turn)
            return True
        self._awaits_news = self._awaits_news and not turn.is_contact
        return False

    def _hears_good_news(self, turn: Turn, late: timedelta) -> bool:
        first = self._awaits_news and turn.is_contact and _UNDER_WAY < late < _NEWS
        return first and visit_signs.tells_good_news(turn)

    def _hears_told_visit(self, turn: Turn, named: Moments) -> bool:
        """Hears of a visit that nobody had agreed on in this transcript."""
        if self.visit.state == "agreed":
            return False
        if "visit_told" in turn.moves and (turn.is_contact or self.visit.state == "none"):
            self.visit.at = find_past_instant(turn.reading, turn.at) or self.visit.at
            self._step("done", turn)
            return True
        if turn.is_contact or turn.index or "visit_missed" not in turn.moves:
            return False
        self._discussed = True
        if named.hours and turn.at:
            self.visit.at = combine(turn.at.date(), named.hours[0], turn.at)
        self._step("missed", turn)
        return True

    def _calls_off(self, turn: Turn, named: Moments) -> bool:
        if self.visit.state != "agreed" or self.visit.at is None:
            return False
        if turn.is_contact and "visit_moves" in turn.moves and not any(named):
            return "?" in turn.text
        if "visit_off" not in turn.moves:
            return False
        elsewhere = [day for day in named.dates if day != self.visit.at.date()]
        asks = "?" in turn.text or not turn.moves.isdisjoint({"visit_moves", "accepts"})
        return not ((elsewhere or named.hours) and asks)

    def _cancel(self, turn: Turn) -> None:
        asks = turn.is_contact and "visit_moves" in turn.moves and "?" in turn.text
        self._day, self._hour = Slot(), Slot(self._hour.value)
        self._step("proposed" if asks else "cancelled", turn)

    def _discuss(self, turn: Turn, named: Moments) -> None:
        """Takes what a message names, doubts and accepts; both sides' yes is an agreement."""
        side: Side = "contact" if turn.is_contact else "gym"
        if any(named):
            self._name(turn, named, side)
            fits = {"discussed": self._discussed, "invited": self._answering}
            if visit_signs.proposes(turn, named, **fits):
                self._propose(turn)
        elif turn.is_contact and visit_signs.declines(turn) and self.visit.state != "agreed":
            self._day, self._hour, self._invited = Slot(), Slot(self._hour.value), False
        self._leave_open(turn, named)
        blocked = turn.is_contact and self._open and not any(named)
        if not blocked and visit_signs.assents(turn, named, invited=self._invited):
            self._day.accept(side)
            self._hour.accept(side)
        self._agree(turn)
        if side == "gym":
            self._offers = Offers.read(turn) or self._offers
            discussed = self._discussed and bool(named.dates)
            self._answering = visit_signs.invites(turn) or discussed
            self._invited = self._invited or self._answering

    def _name(self, turn: Turn, named: Moments, side: Side) -> None:
        """Takes the moments that a message names; of several, none is the one discussed."""
        dates, hours = named
        if visit_signs.chooses(turn):
            dates = tuple(day for day in dates if day != self._day.value)[-1:] or dates[-1:]
        if len(dates) == 1:
            self._day.name(self._known_day(dates[0]), side)
            hour = self._offers.find_hour(dates[0]) if side == "contact" and not hours else None
            if hour is not None:
                self._hour = Slot(hour, BOTH)
        elif dates and self.visit.state != "agreed":
            self._day = Slot()
        if len(hours) == 1:
            self._hour.name(hours[0], side)
        elif hours and self.visit.state != "agreed":
            self._hour = Slot()

    def _known_day(self, day: date) -> date:
        """The day under discussion where only its weekday is named again, a week too early."""
        known = self._day.value
        return known if isinstance(known, date) and known - day == timedelta(7) else day

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
        day, hour = self._day, self._hour
        if not self._discussed or self._open or not day.sides == hour.sides == BOTH:
            return
        if not isinstance(day.value, date) or not isinstance(hour.value, int) or not turn.at:
            return
        at = combine(day.value, hour.value, turn.at)
        same = self.visit.state == "agreed" and at == self.visit.at
        if same or at < turn.at - _UNDER_WAY or visit_signs.waits_for_yes(turn):
            return
        self._invited, self._awaits_news = False, True
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
