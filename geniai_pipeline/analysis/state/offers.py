"""The moments under discussion: day and hour with who accepts them, and the gym's offers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.state.instants import (
    Moments,
    find_bare_hours,
    find_dates_and_hours,
)
from geniai_pipeline.analysis.state.turns import Turn

Side = Literal["contact", "gym"]
BOTH = frozenset({"contact", "gym"})


@dataclass
class Slot:
    """The day or the hour under discussion, and the sides that named or accepted it."""

    value: date | int | None = None
    sides: frozenset[str] = frozenset()

    def name(self, value: date | int, side: Side) -> None:
        """Takes a value that a side names; "às 7" after an offer of 19h is 19h."""
        known = self.value
        if isinstance(value, int) and isinstance(known, int) and (known - value) % 720 == 0:
            value = max(value, known)
        self.sides = self.sides | {side} if value == self.value else frozenset({side})
        self.value = value

    def accept(self, side: Side) -> None:
        """Takes a side's yes to the value that is known."""
        if self.value is not None:
            self.sides |= {side}


class Offers(NamedTuple):
    """The hours that the gym's last message with hours offers, by day where it pairs them."""

    pairs: tuple[tuple[date, int], ...] = ()
    hours: tuple[int, ...] = ()

    @classmethod
    def read(cls, turn: Turn) -> "Offers | None":
        """Reads the offers of a message; None where it names no hour."""
        dates, hours = find_dates_and_hours(turn.reading, turn.date)
        if not hours:
            return None
        paired = hours * len(dates) if len(hours) == 1 else hours
        pairs = tuple(zip(dates, paired, strict=True)) if len(dates) == len(paired) else ()
        return cls(pairs, hours)

    def find_hour(self, day: date) -> int | None:
        """Finds the hour offered for a day, or the only one for any day."""
        paired = [hour for paired_day, hour in self.pairs if paired_day == day]
        only = self.hours[0] if len(self.hours) == 1 else None
        return paired[0] if paired else only

    def complete(self, named: Moments, turn: Turn) -> Moments:
        """Adds what the contact chooses by number, by an hour alone, or by a bare hour."""
        if not any(named) and len(turn.words) <= 2:
            choice = [int(word) for word in turn.words if word in ("1", "2", "3")]
            if choice and choice[0] <= len(self.pairs):
                day, hour = self.pairs[choice[0] - 1]
                return Moments((day,), (hour,))
        hours = named.hours or find_bare_hours(turn.reading)
        days = [day for day, hour in self.pairs if hours and hour == hours[0]]
        return Moments(named.dates or tuple(days[:1]), hours)
