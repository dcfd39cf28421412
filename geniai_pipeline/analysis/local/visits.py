"""Tracks the appointment of a conversation: proposed, accepted, moved, cancelled.

A first visit is scheduled when both sides named or accepted a day and an hour. An open
proposal, a "maybe" and an unanswered confirmation are not agreements.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.rules import Kind

_SPOKEN_DAYS = {
    "amanha": "amanhã",
    "depois de amanha": "depois de amanhã",
    "terca": "terça",
    "sabado": "sábado",
    "today": "hoje",
    "tonight": "hoje",
}
_DAY_WORDS = "hoje|amanha|segunda|terca|quarta|quinta|sexta|sabado|domingo"
_DAY = re.compile(
    rf" (?:(depois de amanha)|({_DAY_WORDS})(?! (?:via|vez|serie|aula|mensalidade|em dia|opcao))"
    r"|dia (\d{1,2})(?:/\d+)?|(\d{1,2})/\d{1,2}(?:/\d+)?|(today|tonight))(?= )"
)
_HOUR = re.compile(
    r" (?:(?:(?:as|at|umas|pelas|la|das|pras|tipo) )?(\d{1,2})"
    r"(?:[:h](\d{2})(?:h|hs|min)?|(h|hs|hr|hrs|pm|am)| (?:h|hs|hrs|horas|pm|am)(?= )"
    r"|(?= (?:da|de|do|em) (?:manha|tarde|noite)))"
    r"|(?:as|at|umas|pelas|volta das|perto das) (\d{1,2})|(meio dia|noon|midday))(?= )"
    r"(?: (?:horas )?(?:da|de|do) (manha|tarde|noite)(?= ))?"
)
_NUMBER = re.compile(r" (\d{1,2})(?= )")
_ANY_MOMENT = re.compile(rf"\d|{_DAY_WORDS}|meio dia|noon|midday|today|tonight")
# A span of time is no appointment: "de segunda a sexta das 6h às 22h".
_SPAN = re.compile(
    rf" (?:(?:de )?(?:{_DAY_WORDS}) (?:feira )?a (?:{_DAY_WORDS})(?: feira)?"
    r"|(?:das?|de|entre) \d{1,2}\S* (?:horas )?(?:as|ate|a|e) (?:as )?\d{1,2}\S*(?: horas)?"
    r"|\d{1,2}(?:h\d*|:\d\d) (?:as|a|ate) (?:as )?\d{1,2}\S*"
    r"|(?:ate|desde|partir das?|antes das?|depois das?|abr(?:e|em|imos)|fecha(?:m|mos)?)"
    r" (?:as )?\d{1,2}\S*)(?= )"
)
_CLAUSE = re.compile(r" (?:,|mas|e|so|pode ser|tem como|podemos|consigo|prefiro)(?= )")
_REFUSED = re.compile(
    r" (?:nao|infelizmente|cancelar|desmarcar|surgiu|reuniao|ocupad[ao]"
    r"|trabalho|servico|trampo|facul\w*|plantao|estudo|viajo|tenho|saio|largo|feriado|fechad[ao]s?"
    r"|lota(?:r|d[ao]s?)|lotou|encheu|chei[ao]s?|esgotou|esgotad[ao]s?|fechou)(?= )"
)
# "18h30 já encheu 19h30 serve?": the full hour stands before the word, the free one after it.
_FULL = re.compile(r" (?:lotad[ao]s?|lotou|encheu|chei[ao]s?|esgotou|esgotad[ao]s?)(?= )")
_HALF = re.compile(r" (\d{1,2})(?:h|hs| h| hs| horas)? e meia(?= )")

_ORDINAL = re.compile(r" (primeir|segund)[ao] opcao ")
_ASSENT_WORDS = 2
_DOUBTFUL = "? hm hum hmm hmmm ixi ih vish vixe vixi putz poxa puts aff nossa oi ola"
_HESITATION = frozenset(_DOUBTFUL.split())
_TOPIC = frozenset({Kind.TRIAL, Kind.OFFERS_TRIAL})
_REOPENS = frozenset({Kind.CANCEL, Kind.CHANGE})
_REFUSES = frozenset({Kind.NO, Kind.CANCEL})
_ANSWERS = _REOPENS | _REFUSES | {Kind.YES, Kind.MAYBE, Kind.SAME_TIME}

Moment = str | int
"""A day as it was said, or an hour in minutes after midnight."""


@dataclass
class _Part:
    """A day or an hour under discussion: each side's proposals, and the accepted value."""

    value: Moment | None = None
    sides: set[str] = field(default_factory=set)
    offered: dict[str, list[Moment]] = field(default_factory=dict)

    def record_values(self, side: str, values: list[Moment], other: str) -> None:
        """Records the values that a side names.

        A value that the other side offered is accepted; any other value is an offer.
        """
        offered = self.offered.get(other, [])
        picked = [v for v in values if v in offered]
        if not picked:
            picked = [o for v in values for o in offered if _is_same_hour(v, o)]
        if len(picked) == 1:
            self.value, self.sides = picked[0], {side, other}
        elif values == [self.value]:
            self.sides.add(side)
        elif len(values) == 1:
            self.value, self.sides = values[0], {side}
        else:
            self.value, self.sides = None, set()
        self.offered[side] = values

    @property
    def agreed(self) -> bool:
        return self.value is not None and len(self.sides) == 2


@dataclass
class Appointment:
    """The state of the first visit; `process_message` takes every message in order."""

    day: _Part = field(default_factory=_Part)
    hour: _Part = field(default_factory=_Part)
    topic: bool = False
    quote: str = ""
    _agreed: bool = False
    _pairs: list[tuple[Moment, Moment]] = field(default_factory=list)
    _last_hour: Moment | None = None
    _begun: bool = False  # a day or an hour was named
    _open: bool = False  # after "talvez" of the contact, an agent's yes is no agreement
    _willing: bool = False  # the contact answered the gym's proposal without a refusal

    @property
    def agreed(self) -> bool:
        """Whether both sides accepted a day and an hour, for any purpose."""
        return self._agreed

    @property
    def scheduled(self) -> bool:
        """Whether a first visit is scheduled: both sides accepted a day and an hour."""
        return self._agreed and self.topic

    @property
    def spoken(self) -> str:
        """Formats the appointment in Portuguese: "quinta às 20h", "dia 12 às 18h30"."""
        hour, minute = divmod(int(self.hour.value or 0), 60)
        day = _SPOKEN_DAYS.get(str(self.day.value), str(self.day.value))
        day = f"dia {day}" if day.isdigit() else day
        return f"{day} às {hour}h{minute or '':0>{2 if minute else 0}}"

    def process_message(self, sender: str, reading: Reading, text: str) -> None:
        """Processes one message of the `contact` or of the gym (`agent` or `bot`)."""
        side, other = ("contact", "gym") if sender == "contact" else ("gym", "contact")
        kinds = reading.kinds
        self.topic = self.topic or not kinds.isdisjoint(_TOPIC)
        if self._agreed and kinds.isdisjoint(_REOPENS):
            return
        timed = any(sentence.timed for sentence in reading.sentences)
        self._begun = self._begun or timed
        refuses, maybe = not kinds.isdisjoint(_REFUSES), Kind.MAYBE in kinds
        if side == "contact":
            self._willing = self._is_discussed("gym") and not refuses and not maybe
        if not self._begun or (
            not timed
            and kinds.isdisjoint(_ANSWERS)
            and (sender != "contact" or reading.word_count > _ASSENT_WORDS)
        ):
            return
        days, hours = _find_counteroffer(reading) if refuses else find_moments(reading)
        if not days and not hours and side == "contact":
            days, hours = self._resolve_choice(reading)
        if not hours:
            hours = self._read_bare_hour(other, reading)
        named = bool(days or hours)
        counters = Kind.CHANGE in kinds and not hours  # "pode ser mais tarde?" accepts no hour
        agrees = (named or Kind.YES in kinds) and not maybe and not counters
        if not (agrees or refuses or maybe or counters):
            agrees = side == "contact" and self._is_discussed(other) and _is_short_assent(reading)
        if refuses and not named:
            if Kind.CANCEL not in kinds and _has_only_hours(
                reading
            ):  # "11h não dá": the day stands
                self.hour, self._agreed = _Part(), False
            elif Kind.CANCEL in kinds or self._is_discussed(other):
                self._cancel_visit()
        elif side == "gym" and self._willing and _is_settled(reading, days, hours):
            self.day = _Part(days[0], {side, other})
            self.hour = _Part(hours[0], {side, other})
            self._agreed = True
        elif named or agrees or maybe:
            self._agreed = self._agreed and not named
            self._move(side, other, days, hours, same_hour=Kind.SAME_TIME in kinds)
            if side == "contact":
                self._open = maybe
                self.quote = text
            if agrees and refuses:  # a refusal accepts nothing that it does not name
                if _has_only_hours(reading):  # "14h não, 15h?" keeps the day
                    self.day.sides.add(side)
                self._agreed = self.day.agreed and self.hour.agreed
            elif agrees and not self._open:
                self.day.sides |= {side} if not days else set()
                self.hour.sides |= {side} if not hours else set()
                self._agreed = self.day.agreed and self.hour.agreed

    def _move(
        self,
        side: str,
        other: str,
        days: list[Moment],
        hours: list[Moment],
        *,
        same_hour: bool,
    ) -> None:
        if len(days) == 1 and not hours:
            hours = [h for d, h in self._pairs if d in days]
        elif len(hours) == 1 and not days:
            days = [d for d, h in self._pairs if _is_same_hour(h, hours[0])]
        self._pairs = list(zip(days, hours, strict=True)) if len(days) == len(hours) > 1 else []
        if days:
            self.day.record_values(side, days, other)
        if hours:
            self.hour.record_values(side, hours, other)
        elif same_hour and self._last_hour is not None:
            self.hour.record_values(side, [self._last_hour], other)
        self._last_hour = self.hour.value or self._last_hour

    def _resolve_choice(self, reading: Reading) -> tuple[list[Moment], list[Moment]]:
        """Resolves "a segunda opção" to a moment or an hour that the gym offered."""
        text = "".join(sentence.text for sentence in reading.sentences)
        picked = _ORDINAL.search(text)
        number = ("primeir", "segund").index(picked.group(1)) if picked else 0
        hours = self.hour.offered.get("gym", [])
        if picked and not self._pairs and len(hours) > number:
            return [], [hours[number]]
        if not picked or len(self._pairs) <= number:
            return [], []
        day, hour = self._pairs[number]
        return [day], [hour]

    def _is_discussed(self, side: str) -> bool:
        return bool(self.day.offered.get(side) or self.hour.offered.get(side))

    def _cancel_visit(self) -> None:
        self.day, self.hour, self._agreed = _Part(), _Part(), False

    def _read_bare_hour(self, other: str, reading: Reading) -> list[Moment]:
        """Reads a bare number as an hour that was offered: "18h ou 19h?" - "19"."""
        offered = self.hour.offered.get(other, [])
        if not offered or reading.word_count > 4:
            return []
        numbers = [int(n) * 60 for s in reading.sentences for n in _NUMBER.findall(s.text)]
        return [n for n in numbers if any(_is_same_hour(n, o) for o in offered)]


def find_moments(reading: Reading) -> tuple[list[Moment], list[Moment]]:
    """Finds the days and hours (minutes after midnight) that a message names, in order."""
    days: list[Moment] = []
    hours: list[Moment] = []
    for sentence in reading.sentences:
        if not sentence.timed or _is_call(sentence):
            continue
        found_days: Sequence[Moment]
        found_hours: Sequence[Moment]
        found_days, found_hours = _parse_moments(sentence.text)
        if " mas " in sentence.text:
            # "marquei às 15h, mas posso ir às 17h?": the second hour counts
            late_days, late_hours = _parse_moments(" " + sentence.text.rpartition(" mas ")[2])
            if _is_reopened(sentence):
                # "marquei às 15h, mas tem como ser outro dia?": no hour counts
                same = any(hit.rule.kind is Kind.SAME_TIME for hit in sentence.hits)
                found_days = late_days
                found_hours = late_hours or (found_hours if same else [])
            else:
                found_days, found_hours = late_days or found_days, late_hours or found_hours
        elif len(found_days) > 1 or len(found_hours) > 1:
            free_days, free_hours = _find_accepted(
                sentence.text
            )  # "7h15 eu trabalho, pode ser 19h?"
            found_days, found_hours = free_days or found_days, free_hours or found_hours
        days += found_days
        hours += found_hours
    if len(days) + len(hours) < 2:
        return days, hours
    return list(dict.fromkeys(days)), list(dict.fromkeys(hours))


def _is_settled(reading: Reading, days: list[Moment], hours: list[Moment]) -> bool:
    """Whether a message states one day and one hour as agreed ("Fechado, quinta 9h30!")."""
    return (
        len(days) == len(hours) == 1
        and Kind.YES in reading.kinds
        and not any(sentence.text.endswith("? ") for sentence in reading.sentences)
    )


def _is_reopened(sentence: Sentence) -> bool:
    return any(hit.rule.kind in _REOPENS for hit in sentence.hits)


def _is_call(sentence: Sentence) -> bool:
    return any(hit.rule.kind is Kind.CALL for hit in sentence.hits)


def _is_short_assent(reading: Reading) -> bool:
    """Whether one or two words without question or hesitation accept a proposal: "é nóis"."""
    words = {word for sentence in reading.sentences for word in sentence.words}
    return 0 < len(words) <= _ASSENT_WORDS and not words & _HESITATION


def _has_only_hours(reading: Reading) -> bool:
    days, hours = find_moments(reading)
    return bool(hours) and not days


def _find_counteroffer(reading: Reading) -> tuple[list[Moment], list[Moment]]:
    """Finds the counteroffer of a refusal ("amanhã não, sexta 8h?")."""
    wanted = [_find_accepted(sentence.text) for sentence in reading.sentences]
    days = dict.fromkeys(day for days, _ in wanted for day in days)
    hours = dict.fromkeys(hour for _, hours in wanted for hour in hours)
    return list(days), list(hours)


def _find_accepted(text: str) -> tuple[list[Moment], list[Moment]]:
    """Finds the moments of a sentence's clauses, except of clauses with a refusal."""
    parts = _CLAUSE.split(_FULL.sub(r"\g<0> ,", text))
    found = [_parse_moments(part) for part in parts if not _REFUSED.search(f"{part} ")]
    days = [day for days, _ in found for day in days]
    return days, [hour for _, hours in found for hour in hours]


@lru_cache(maxsize=4096)
def _parse_moments(words: str) -> tuple[tuple[Moment, ...], tuple[Moment, ...]]:
    if not _ANY_MOMENT.search(words):
        return (), ()
    words = _HALF.sub(r" \1h30", _SPAN.sub(" ", words))
    days: list[Moment] = [
        next(group for group in match.groups() if group) for match in _DAY.finditer(words)
    ]
    hours: list[Moment] = []
    for match in _HOUR.finditer(words):
        hour, minute, suffix, spoken, noon, part = match.groups()
        value = 12 if noon else int(hour or spoken)
        if value < 12 and (part in {"tarde", "noite"} or suffix == "pm"):
            value += 12
        if 1 <= value < 24:
            hours.append(value * 60 + int(minute or 0))
    return tuple(days), tuple(hours)


def _is_same_hour(one: Moment, other: Moment) -> bool:
    """Whether two hours are the same on a clock face: "7" and "7 da noite" both answer 19h."""
    return isinstance(one, int) and isinstance(other, int) and one % 720 == other % 720
