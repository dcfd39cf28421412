"""The day and the hour under discussion: who has named, offered and accepted which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.state import visit_signs
from geniai_pipeline.analysis.state.instants import (
    Moments,
    combine,
    find_bare_hours,
)
from geniai_pipeline.analysis.state.turns import Turn

Side = Literal["contact", "gym"]
_NOON = 12 * 60
_LATE = frozenset({"tarde", "noite"})
_NEAR = frozenset({"hoje", "amanha"})
_NUMBERS = {"1": 0, "2": 1, "3": 2}
_PLACES = {"primeira": 0, "primeiro": 0, "segunda": 1, "segundo": 1, "ultima": -1, "ultimo": -1}
_PARTS = {"manha": range(12), "tarde": range(12, 18), "noite": range(18, 24)}
_BRIEF, _FEW, _MANY = 2, 4, 8
BOTH = frozenset({"contact", "gym"})


@dataclass
class Slot:
    """The day or the hour under discussion, and the sides that named or accepted it."""

    value: date | int | None = None
    sides: frozenset[str] = frozenset()

    def name(self, value: date | int, side: Side) -> None:
        """Takes a value that a side names; "às 7" and 19h are one hour, the later one."""
        known = self.value
        if isinstance(value, int) and isinstance(known, int) and (known - value) % _NOON == 0:
            self.value = value = max(value, known)
        elif self._is_restated(value, side):
            self.value = value
        self.sides = self.sides | {side} if value == self.value else frozenset({side})
        self.value = value

    def _is_restated(self, value: date | int, side: Side) -> bool:
        """Whether the gym says which of the days of one name the contact meant."""
        known = self.value
        if side == "contact" or not isinstance(value, date) or not isinstance(known, date):
            return False
        return self.sides == {"contact"} and abs(value - known) == timedelta(7)

    def place(self, words: Sequence[str]) -> None:
        """Takes "da noite" as said of the hour that is known: "às 9", "noite!"."""
        known = self.value
        if isinstance(known, int) and known < _NOON and not _LATE.isdisjoint(words):
            self.value = known + _NOON

    def accept(self, side: Side) -> None:
        """Takes a side's yes to the value that is known."""
        if self.value is not None:
            self.sides |= {side}


class Offers(NamedTuple):
    """What a side has offered last: days, hours, and which hour on which day."""

    days: tuple[date, ...] = ()
    hours: tuple[int, ...] = ()
    pairs: tuple[tuple[date, int], ...] = ()

    def renew(self, named: Moments) -> "Offers":
        """Takes the moments that a message names; what it does not name stays."""
        days, hours = named
        if not hours:
            return self._replace(days=days or self.days)
        paired = hours * len(days) if len(hours) == 1 else hours
        pairs = tuple(zip(days, paired, strict=True)) if len(days) == len(paired) else ()
        return Offers(days or self.days, hours, pairs)

    def find_hour(self, day: date) -> int | None:
        """Finds the hour offered for a day, or the only one for any day."""
        paired = [hour for paired_day, hour in self.pairs if paired_day == day]
        only = self.hours[0] if len(self.hours) == 1 else None
        return paired[0] if paired else only

    def complete(self, named: Moments, turn: Turn) -> Moments:
        """Adds what the contact chooses by number or place, by an hour alone, or a bare hour."""
        if not any(named):
            named = self._choose(turn)
        taken = {day.day * 60 for day in self.days}
        bare = tuple(hour for hour in find_bare_hours(turn.reading) if hour not in taken)
        hours = named.hours or bare or self._pick_hour(turn)
        days = [day for day, hour in self.pairs if hours and hour == hours[0]]
        return Moments(named.dates or tuple(days[:1]), hours)

    def _pick_hour(self, turn: Turn) -> tuple[int, ...]:
        """Reads "sexta 10" after an offer of 10h."""
        numbers = [int(word) * 60 for word in turn.words if word.isdigit()]
        picked = [hour for hour in numbers if hour in self.hours]
        return tuple(picked[:1]) if len(turn.words) <= _FEW else ()

    def _choose(self, turn: Turn) -> Moments:
        """Reads "2", "a primeira", "o da noite" as one of the moments offered."""
        offered = [Moments((day,), (hour,)) for day, hour in self.pairs]
        numbered = offered and (len(turn.words) <= _BRIEF or "opcao" in turn.words)
        places = _PLACES | _NUMBERS if numbered else _PLACES
        offered = offered or [Moments((), (hour,)) for hour in self.hours]
        if len(turn.words) > (_FEW if "opcao" not in turn.words else _MANY):
            return Moments((), ())
        chosen = [places[word] for word in turn.words if word in places]
        if chosen and -len(offered) <= chosen[0] < len(offered):  # "a última" counts from the end
            return offered[chosen[0]]
        parts = [_PARTS[word] for word in turn.words if word in _PARTS]
        fit = [each for each in offered if parts and each.hours[0] // 60 in parts[0]]
        return fit[0] if len(fit) == 1 else Moments((), ())


class Negotiation:
    """What both sides say of the day and the hour, message by message."""

    def __init__(self) -> None:
        """Begins with nothing named."""
        self.day, self.hour = Slot(), Slot()
        self._offers: dict[Side, Offers] = {"contact": Offers(), "gym": Offers()}

    @property
    def is_closed(self) -> bool:
        """Whether both sides hold a day and an hour."""
        return self.day.sides == self.hour.sides == BOTH

    def complete(self, named: Moments, turn: Turn) -> Moments:
        """Adds what the contact chooses among the gym's offers."""
        return self._offers["gym"].complete(named, turn)

    def find_instant(self, turn: Turn) -> datetime | None:
        """The instant that both sides hold, in the zone of a message; None where they do not."""
        day, hour = self.day.value, self.hour.value
        if not self.is_closed or not isinstance(day, date) or not isinstance(hour, int):
            return None
        return combine(day, hour, turn.at) if turn.at else None

    def drop_day(self) -> None:
        """Keeps the hour as both sides hold it."""
        self.day = Slot()

    def forget_day(self) -> None:
        """Keeps the hour, which nobody holds any more."""
        self.day, self.hour = Slot(), Slot(self.hour.value)

    def accept(self, side: Side) -> None:
        """Takes a side's yes to what is known."""
        self.day.accept(side)
        self.hour.accept(side)

    def note_offers(self, turn: Turn, side: Side) -> None:
        """Takes the moments of a message as what its side has offered last."""
        self._offers[side] = self._offers[side].renew(turn.named)

    def name(self, turn: Turn, named: Moments, *, agreed: bool) -> None:
        """Takes the moments that a message names; of several, none is the one discussed.

        Args:
            turn: the message.
            named: its moments.
            agreed: whether a visit is agreed on, so that several moments put nothing off.

        """
        dates, hours = named
        side: Side = "contact" if turn.is_contact else "gym"
        other: Side = "gym" if turn.is_contact else "contact"
        offers = self._offers[other]
        picks = not (turn.asks or visit_signs.refuses(turn))
        if visit_signs.chooses(turn):
            dates = tuple(day for day in dates if day != self.day.value)[-1:] or dates[-1:]
        if turn.is_contact and "visit_held" in turn.moves and visit_signs.is_whole(named):
            self.day, self.hour = Slot(dates[0], BOTH), Slot(hours[0], BOTH)
        elif len(dates) == 1:
            self.day.name(self._find_known_day(dates[0], turn), side)
            if picks and dates[0] in offers.days:
                self.day.accept(other)
            chooses = turn.is_contact and not hours and "visit_moves" not in turn.moves
            hour = offers.find_hour(dates[0]) if chooses else None
            if hour is not None:
                self.hour = Slot(hour, BOTH)
        elif dates and not agreed:
            self.day = Slot()
        if len(hours) == 1:
            self.hour.name(hours[0], side)
            if picks and hours[0] in offers.hours:
                self.hour.accept(other)
        elif hours and not agreed:
            self.hour = Slot()
        elif Kind.SAME_TIME in turn.kinds:
            self.hour.accept(side)
        if hours and not dates:
            self.day.accept(side)

    def _find_known_day(self, day: date, turn: Turn) -> date:
        """The day under discussion where only its weekday is named again, a week too early."""
        known = self.day.value
        if not isinstance(known, date) or not _NEAR.isdisjoint(turn.words):
            return day
        return known if known - day == timedelta(7) else day
