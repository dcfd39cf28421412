"""Follows a first visit through the turns: proposed, agreed, moved, called off, done, missed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.state.instants import (
    Moments,
    combine,
    find_bare_hours,
    find_dates_and_hours,
    find_past_instant,
)
from geniai_pipeline.analysis.state.turns import Turn

State = Literal["none", "proposed", "agreed", "cancelled", "done", "missed"]
Side = Literal["contact", "gym"]

_BOTH = frozenset({"contact", "gym"})
_DOUBTS = frozenset({"thinks", "visit_doubt"})
_REFUSALS = frozenset({"visit_off", "gives_up"})
_INVITES = frozenset({"visit_wish", "visit_settled", "offers", "asks"})
_LEAVES = frozenset({"saio", "saindo", "largo", "termino"})
_COMES = frozenset({"comes", "visit_settled"})
_YES = frozenset({"accepts", "comes", "visit_settled", "yes"})
_FEW = 4
_LONG = 16
"""Words of a message in which a yes is no longer the matter."""
_BAD_NEWS = frozenset(
    {
        "nao", "nem", "ninguem", "esqueceu", "quebrou", "atrasou", "atrasei", "cheguei", "chegamos",
        "acordei", "terminei", "desculpa", "desculpe", "perdoe", "parado", "serio", "hospital",
        "morreu", "recebeu", "direto", "embora",
    }
)  # fmt: skip
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


@dataclass
class _Slot:
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


class Offers(NamedTuple):
    """The hours that the gym's last message with hours offers, by day where it pairs them."""

    pairs: tuple[tuple[date, int], ...] = ()
    hours: tuple[int, ...] = ()

    @classmethod
    def read(cls, turn: Turn, written: date | None) -> "Offers | None":
        """Reads the offers of a message; None where it names no hour."""
        named = find_dates_and_hours(turn.reading, written)
        if not named.hours:
            return None
        dates, hours = named
        if len(hours) == 1:
            hours *= len(dates)
        pairs = tuple(zip(dates, hours, strict=True)) if len(dates) == len(hours) else ()
        return cls(pairs, named.hours)

    def find_hour(self, day: date) -> int | None:
        """The hour offered for a day, or the only one for any day."""
        paired = [hour for paired_day, hour in self.pairs if paired_day == day]
        only = self.hours[0] if len(self.hours) == 1 else None
        return paired[0] if paired else only

    def complete(self, named: Moments, turn: Turn) -> Moments:
        """Adds what the contact chooses by number, by an hour alone, or by a bare hour."""
        if not (named.dates or named.hours):
            choice = [int(word) for word in turn.words[:2] if word in ("1", "2", "3")]
            if choice and len(turn.words) <= 2 and choice[0] <= len(self.pairs):
                day, hour = self.pairs[choice[0] - 1]
                return Moments((day,), (hour,))
        hours = named.hours or find_bare_hours(turn.reading)
        days = [day for day, hour in self.pairs if hours and hour == hours[0]]
        return Moments(named.dates or tuple(days[:1]), hours)


class VisitTracker:
    """Takes every turn in order."""

    def __init__(self) -> None:
        """Begins without a visit."""
        self.visit = Visit()
        self._day, self._hour = _Slot(), _Slot()
        self._offers = Offers()
        self._topic = False  # somebody spoke of coming
        self._invited = False  # the gym named a moment or asked for one
        self._answering = False  # it did so in its last message
        self._awaits_news = False  # the contact has not written since the agreed hour
        self._open = False  # the contact has left it open, so the gym's yes closes nothing
        self._enrolled = False  # what follows is no first visit

    def hear(self, turn: Turn) -> None:
        """Processes one message."""
        if self.visit.state == "done" or self._enrolled or self._hears_enrolment(turn):
            return
        side: Side = "contact" if turn.is_contact else "gym"
        written = turn.at.date() if turn.at else None
        named = find_dates_and_hours(_drop_busy(turn.reading), written)
        if side == "gym" and len(named.dates) > 1:
            named = _read_last_sentence(turn, written) or named
        if turn.is_contact and self._invited:
            named = self._offers.complete(named, turn)
        self._topic = self._topic or self._opens_topic(turn, side, named)
        if self.visit.state == "agreed" and self._hear_outcome(turn, named):
            return
        if self._hears_told_visit(turn, named):
            return
        if self._calls_off(turn, named):
            self._cancel(turn)
            return
        if self._name(turn, side, named):
            self._propose(turn)
        self._leave_open(turn, named)
        if turn.is_contact and not any(named) and _declines(turn) and self.visit.state != "agreed":
            self._day, self._hour, self._invited = _Slot(), _Slot(self._hour.value), False
        if self._assents(turn, side, named):
            self._accept(side)
        self._agree(turn)
        if side == "gym":
            self._offers = Offers.read(turn, written) or self._offers
            self._answering = (
                not _INVITES.isdisjoint(turn.moves)
                or "?" in turn.text
                or (self._topic and bool(named.dates))
            )
            self._invited = self._invited or self._answering

    def _leave_open(self, turn: Turn, named: Moments) -> None:
        doubts = turn.moves & _DOUBTS
        if turn.is_contact:
            open_still = self._open and not (named.dates or named.hours)
            self._open = open_still or ("visit_doubt" in doubts or bool(doubts and not named.hours))
        elif named.hours and "visit_settled" in turn.moves:
            self._open = False

    def _hears_enrolment(self, turn: Turn) -> bool:
        if self.visit.state not in ("none", "proposed"):
            return False
        self._enrolled = turn.enrols
        if self._enrolled:
            self.visit = Visit()
        return self._enrolled

    def _hear_outcome(self, turn: Turn, named: Moments) -> bool:
        """Hears whether the visit took place; returns whether that was said."""
        at = self.visit.at
        if at is None or turn.at is None or turn.at < at:
            return False
        if turn.is_contact and "visit_failed" in turn.moves:
            self._cancel(turn)
            return True
        sign = "visit_off" if turn.is_contact else "visit_consoled"
        missed = not turn.moves.isdisjoint({"visit_missed", sign})
        if missed and "visit_done" not in turn.moves:
            self._step("missed", turn)
            self._day, self._hour = _Slot(), _Slot(self._hour.value)
            return not (turn.is_contact and (named.dates or named.hours))
        late = turn.at - at
        if "visit_done" in turn.moves or (
            self._awaits_news
            and turn.is_contact
            and _UNDER_WAY < late < _NEWS
            and _tells_good_news(turn)
        ):
            self._step("done", turn)
            return True
        self._awaits_news = self._awaits_news and not turn.is_contact
        return False

    def _hears_told_visit(self, turn: Turn, named: Moments) -> bool:
        """Hears of a visit that nobody had agreed on in this transcript."""
        if self.visit.state not in ("none", "proposed", "missed", "cancelled"):
            return False
        tells = "visit_told" in turn.moves and (turn.is_contact or self.visit.state == "none")
        if tells:
            self.visit.at = find_past_instant(turn.reading, turn.at) or self.visit.at
            self._step("done", turn)
        elif not turn.is_contact and turn.index == 0 and "visit_missed" in turn.moves:
            self._topic = True
            if named.hours and turn.at:
                self.visit.at = combine(turn.at.date(), named.hours[0], turn.at)
            self._step("missed", turn)
        else:
            return False
        return True

    def _calls_off(self, turn: Turn, named: Moments) -> bool:
        if self.visit.state != "agreed" or self.visit.at is None:
            return False
        if turn.is_contact and "visit_moves" in turn.moves and not (named.dates or named.hours):
            return "?" in turn.text
        if "visit_off" not in turn.moves:
            return False
        elsewhere = [day for day in named.dates if day != self.visit.at.date()]
        asks = "?" in turn.text or bool(turn.moves & {"visit_moves", "accepts"})
        return not ((elsewhere or named.hours) and asks)

    def _cancel(self, turn: Turn) -> None:
        asks = turn.is_contact and "visit_moves" in turn.moves and "?" in turn.text
        self._day, self._hour = _Slot(), _Slot(self._hour.value)
        self._step("proposed" if asks else "cancelled", turn)

    def _name(self, turn: Turn, side: Side, named: Moments) -> bool:
        """Takes the days and hours that a message names; returns whether it proposes a visit."""
        if not (named.dates or named.hours):
            return False
        dates, hours = named.dates, named.hours
        if turn.is_contact and " ou " not in turn.text:
            hours = hours[-1:] if _LEAVES & set(turn.words) else hours[:1]
            dates = tuple(day for day in dates if day != self._day.value)[-1:] or dates[-1:]
        if len(dates) == 1:
            self._day.name(dates[0], side)
            hour = self._offers.find_hour(dates[0]) if side == "contact" and not hours else None
            if hour is not None:
                self._hour = _Slot(hour, _BOTH)
        elif dates and self.visit.state != "agreed":
            self._day = _Slot()
        if len(hours) == 1:
            self._hour.name(hours[0], side)
        elif hours and self.visit.state != "agreed":
            self._hour = _Slot()
        whole = len(named.dates) == len(named.hours) == 1
        if side == "gym":
            inviting = bool(_INVITES & turn.moves) or "?" in turn.text
            if "promises" in turn.moves and not hours:
                return False
            return inviting and (self._topic or whole)
        return "visit_wish" in turn.moves or (
            (self._topic or whole)
            and (self._answering or "?" in turn.text or not _COMES.isdisjoint(turn.moves))
        )

    def _assents(self, turn: Turn, side: Side, named: Moments) -> bool:
        moves, asks = turn.moves, "?" in turn.text
        if moves & _REFUSALS or (Kind.NO in turn.kinds and not moves & {"accepts"}):
            return False
        if "visit_busy" in moves and not (named.dates or named.hours):
            return False
        if side == "gym":
            waits = "visit_doubt" in moves or ("promises" in moves and not named.hours)
            return not (asks or waits) and (
                bool(moves & {"visit_settled", "receives"})
                or Kind.YES in turn.kinds
                or bool(named.dates and named.hours)
                or len(turn.words) <= 2
            )
        if "visit_doubt" in moves or ("thinks" in moves and not named.hours):
            return False
        statements = frozenset[str]().union(
            *(s.names for s in turn.reading.sentences if " ? " not in s.text)
        )
        accepts = not statements.isdisjoint(_YES) and (
            len(turn.words) <= _LONG or not statements.isdisjoint({"comes", "visit_settled"})
        )
        if named.dates or named.hours:
            return not asks or accepts
        if self._open:
            return False
        if not self._invited:
            return False
        return (
            accepts
            or (not asks and not statements.isdisjoint({"thanks", "farewells", "sends"}))
            or (not asks and len(turn.words) <= 4)
        )

    def _accept(self, side: Side) -> None:
        for slot in (self._day, self._hour):
            if slot.value is not None:
                slot.sides |= {side}

    def _agree(self, turn: Turn) -> None:
        day, hour = self._day, self._hour
        if not self._topic or not day.sides == hour.sides == _BOTH or self._open:
            return
        if not isinstance(day.value, date) or not isinstance(hour.value, int) or not turn.at:
            return
        at = combine(day.value, hour.value, turn.at)
        if (self.visit.state == "agreed" and at == self.visit.at) or at < turn.at - _UNDER_WAY:
            return
        if any(s.text.endswith(" ? ") and _asks_to_agree(turn, s) for s in turn.reading.sentences):
            return
        self._invited = False
        self._awaits_news = True
        self.visit.moved += self.visit.at is not None and self.visit.at != at
        self.visit.at = at
        self._step("agreed", turn)

    def _propose(self, turn: Turn) -> None:
        if self.visit.state == "none" or (self.visit.state == "cancelled" and turn.is_contact):
            self._step("proposed", turn)

    def _step(self, state: State, turn: Turn) -> None:
        self.visit.state = state
        self.visit.steps.append(Step(state, turn.index, turn.text))

    def _opens_topic(self, turn: Turn, side: Side, named: Moments) -> bool:
        return (
            "visit_wish" in turn.moves
            or (side == "gym" and any(map(_is_short_question, turn.reading.sentences)))
            or (len(named.dates) == len(named.hours) == 1 and (bool(_INVITES & turn.moves) or "?" in turn.text))
        )


def _drop_busy(reading: Reading) -> Reading:
    """Leaves out the sentences that say when somebody cannot: "quinta eu trabalho"."""
    free = tuple(
        s
        for s in reading.sentences
        if "visit_busy" not in s.names or not {"accepts", "visit_wish"}.isdisjoint(s.names)
    )
    return reading._replace(sentences=free)


def _read_last_sentence(turn: Turn, written: date | None) -> Moments | None:
    """Reads the last sentence with moments; None where it names no one day."""
    timed = [sentence for sentence in turn.reading.sentences if sentence.timed]
    named = find_dates_and_hours(turn.reading._replace(sentences=tuple(timed[-1:])), written)
    return named if len(named.dates) == 1 else None


def _is_short_question(sentence: Sentence) -> bool:
    """Whether it asks for a moment and nothing else: "quinta?"."""
    return sentence.timed and sentence.words[-1] == "?" and len(sentence.words) <= _FEW


def _asks_to_agree(turn: Turn, question: Sentence) -> bool:
    """Whether the question is about the moment itself, so that its answer comes first."""
    return question.timed if turn.is_contact else "visit_wish" in question.names


def _declines(turn: Turn) -> bool:
    return not turn.moves.isdisjoint({"gives_up", "lost_only_curious"})


def _tells_good_news(turn: Turn) -> bool:
    return bool(turn.words) and _BAD_NEWS.isdisjoint(turn.words)


def follow_visit(turns: Sequence[Turn]) -> Visit:
    """Follows the visit through every turn."""
    tracker = VisitTracker()
    for turn in turns:
        tracker.hear(turn)
    return tracker.visit
