"""Resolves spoken days and hours to dates and hours against the date of the message."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.moments import Moment, find_moments

_WEEKDAYS = ("segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo")
_OFFSETS = {"hoje": 0, "today": 0, "tonight": 0, "amanha": 1, "depois de amanha": 2}
_MONTHS = (
    "janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro",
    "outubro", "novembro", "dezembro",
)  # fmt: skip
_DATED = re.compile(rf" (\d{{1,2}})(?:/(\d{{1,2}})(?:/\d+)?| de ({'|'.join(_MONTHS)}))(?= )")
_NUMBERED = re.compile(
    rf" ({'|'.join(_WEEKDAYS)})(?: feira)?(?: +,)?(?: dia)? (\d{{1,2}})"
    r"(?= (?!h |hs |horas |e meia |da manha |da tarde |da noite ))"
)
_HOURS = {
    word: str(hour)
    for hour, words in enumerate(
        (
            "uma", "duas", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze",
            "doze", "treze", "quatorze catorze", "quinze", "dezesseis", "dezessete", "dezoito",
            "dezenove", "vinte",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_SPOKEN = "|".join(_HOURS)
_BARE = "|".join(word for word in _HOURS if word not in ("uma", "duas"))  # "as duas": both
_BARE_HOUR = re.compile(
    rf"^ (?:pode ser |prefiro )?(\d{{1,2}}|{_BARE}) (?=[?,] |$|eu |da |e |ta |esta |fica |serve )"
)
_FROM_NOW = re.compile(
    rf" (?:daqui|em|mais|dentro de) (?:a )?(?:uns |umas |mais )?"
    rf"(?:(\d{{1,2}}|{_SPOKEN}) (min|minutos|minutinhos|hora|horas|h)|meia horinha|meia hora)(?= )"
)
_EARLY = 5 * 60
"""Before this hour of the morning no gym takes visits: the afternoon is meant."""
_SPOKEN_HOUR = re.compile(
    rf" (?:(?P<before>as|pelas|umas|la pelas|tipo) (?P<one>{_BARE})"
    rf"|(?P<two>{_SPOKEN})"
    rf"(?= (?:horas|e meia|e quinze|e trinta|da manha|da tarde|da noite|em ponto)))(?= )"
)
_MINUTES = re.compile(
    r" (?P<before>as|pelas|umas|la pelas|tipo) (?P<hour>\d{1,2})(?: horas)?"
    r" e (?P<minutes>15|30|45|quinze|trinta)(?= )"
)
_SPOKEN_MINUTES = {"cinco": "5", "dez": "10", "quinze": "15", "vinte": "20", "trinta": "30"}
_DOTTED_DATE = re.compile(r" dia (\d{1,2})\.(\d{1,2})(?= )| (\d\d)\.(0[1-9]|1[0-2])(?= (?:as|,) )")
_DOTTED_HOUR = re.compile(
    rf" (as|umas|pelas|hoje|amanha|{'|'.join(_WEEKDAYS)}) (\d{{1,2}})\.([0-5]\d)(?= )"
)
_FIRST = re.compile(rf" (?:(?:1o|primeiro) de (?={'|'.join(_MONTHS)})|dia (?:1o|primeiro) (?!de ))")
_CLASS_HOUR = re.compile(
    r"(?<! partir)(?<! antes)(?<! depois) das (\d{1,2})(?= (?!h |as |a |ate ))"
)
_SHORT_SPAN = re.compile(r" (?:das|de) (\d{1,2})(h\d*)? (?:as|a) (\d{1,2})(?:h\d*)?(?= (?!da ))")
_SHORT_HOURS = 2
_BACK = {"hoje": 0, "ontem": 1, "anteontem": 2}
_PAST_DAY = re.compile(rf" ({'|'.join((*_BACK, *_WEEKDAYS))})(?= )")
_QUARTER_TO = re.compile(
    rf" (5|10|15|20|cinco|dez|quinze|vinte) para? (?:as? )?(\d{{1,2}}|{_BARE})(?= )"
)
_AHEAD = re.compile(rf" (?:daqui|dentro de|em) (?:a )?(\d|{_SPOKEN}|dois) (dias?|semanas?)(?= )")
_DEADLINE = re.compile(
    rf" ate (?:a |o |as |no )?(?:proxim[ao] )?(?:dia )?"
    rf"(?:{'|'.join(_WEEKDAYS)}|hoje|amanha|\d{{1,2}}(?:/\d+)?)(?: feira)?(?= (?!as |\d))"
)
_DAY_OF_WEEK = rf"(?:{'|'.join(_WEEKDAYS)})(?: feira)?"
_CLOCK = r"(?:as )?\d{1,2}(?:h|:)\S*"
_REGULAR = re.compile(
    rf" {_DAY_OF_WEEK}(?:(?: ,| e)? {_DAY_OF_WEEK})+(?: {_CLOCK}(?:(?: ,| e)? {_CLOCK})*)?(?= )"
)
"""Days of a timetable: "terça e quinta 19h"."""
_INSTEAD = re.compile(r" em (?:vez|lugar) d[aeo]s? (?:as? )?[^ ]+(?= )")
_SHORT_TUESDAY = re.compile(r" ter (?=(?:e |, )?(?:quinta|\d))")
_AND = re.compile(r" e (?!meia )")
_LASTING = re.compile(r" (?:por|dura|durante) \d{1,2} ?h\w*(?= )")
_NEXT_WEEK = re.compile(r" (?:semana que vem|(?:proxima|outra) semana) ")
_OTHER = tuple(f"{'o' if day in ('sabado', 'domingo') else 'a'} {day}" for day in _WEEKDAYS)
_FAR = 62
"""Days ahead in which a weekday and a day number must meet."""
_LATE = 30
"""Days that a named month may lie behind before next year's is meant."""


class Moments(NamedTuple):
    """The dates and the hours (minutes after midnight) that a message names, in order."""

    dates: tuple[date, ...]
    hours: tuple[int, ...]


_NO_MOMENTS = Moments((), ())


def find_dates_and_hours(reading: Reading, written: date | None) -> Moments:
    """Finds what a message of the date `written` names; without that date only hours are found."""
    sentences = tuple(map(_write_hours, reading.sentences))
    if not any(sentence.timed for sentence in sentences):
        return _NO_MOMENTS
    reading = reading._replace(sentences=sentences)
    days, hours = find_moments(reading)
    text = " ".join(sentence.text for sentence in reading.sentences)
    dates = resolve_days(days, text, written) if written else ()
    return Moments(dates, tuple(_place_hour(int(hour)) for hour in hours))


def find_past_instant(
    reading: Reading, at: datetime | None, agreed: date | int | None = None
) -> datetime | None:
    """Finds the instant of something that took place: "ontem às 9h", "sábado 10h".

    Args:
        reading: the message that tells it.
        at: when that was written.
        agreed: the hour, in minutes after midnight, where the message names none.

    """
    text = " ".join(sentence.text for sentence in reading.sentences)
    named = _PAST_DAY.search(text)
    if at is None or not named:
        return None
    _, hours = find_dates_and_hours(reading, at.date())
    hours = hours or ((agreed,) if isinstance(agreed, int) else ())
    if len(hours) != 1:
        return None
    back = _BACK.get(named[1])
    if back is None:
        back = (at.weekday() - _WEEKDAYS.index(named[1]) - 1) % 7 + 1
    return combine(at.date() - timedelta(back), hours[0], at)


def find_near_instant(reading: Reading, at: datetime) -> datetime | None:
    """Finds an instant that is told from now: "chego em meia hora", "daqui a 40 minutos"."""
    found = next((f for s in reading.sentences if (f := _FROM_NOW.search(s.text))), None)
    if not found:
        return None
    number = _HOURS.get(found[1] or "", found[1])
    minutes = 30 if not number else int(number) * (60 if found[2].startswith("h") else 1)
    return at + timedelta(minutes=minutes)


def combine(day: date, minutes: int, near: datetime) -> datetime:
    """The instant on a day, in the zone of a message."""
    return datetime.combine(day, time(*divmod(minutes, 60)), near.tzinfo)


def find_bare_hours(reading: Reading) -> tuple[int, ...]:
    """Finds hours that stand alone as an answer: "11?", "dez é ruim"."""
    found = [_BARE_HOUR.match(sentence.text) for sentence in reading.sentences]
    numbers = [int(_HOURS.get(match[1], match[1])) for match in found if match]
    return tuple(number * 60 for number in numbers if 5 <= number < 23)


def _place_hour(minutes: int) -> int:
    return minutes + 12 * 60 if minutes < _EARLY else minutes


def resolve_days(days: Sequence[Moment], text: str, written: date) -> tuple[date, ...]:
    """Resolves days as they were said; a weekday and the day number beside it are one date."""
    months = {
        int(number): int(month) if month else _MONTHS.index(name) + 1
        for number, month, name in _DATED.findall(text)
    }
    beside = {int(number): weekday for weekday, number in _NUMBERED.findall(text)}
    numbers = dict.fromkeys(
        (*beside, *months, *(int(day) for day in map(str, days) if day.isdigit()))
    )
    numbered = {n: _resolve_number(n, months, beside, written) for n in numbers}
    near = [written + timedelta(_OFFSETS[day]) for day in map(str, days) if day in _OFFSETS]
    taken = {day.weekday() for day in (*numbered.values(), *near) if day}
    found: list[date | None] = []
    for day in map(str, days):
        if day in _OFFSETS:
            found.append(written + timedelta(_OFFSETS[day]))
        elif day in _WEEKDAYS and _WEEKDAYS.index(day) not in taken:
            found.append(_next_weekday(written, _WEEKDAYS.index(day), text))
        elif day.isdigit():
            found.append(numbered[int(day)])
    found += [day for day in numbered.values() if day not in found]
    found += [written + timedelta(_count_days(*ahead)) for ahead in _AHEAD.findall(text)]
    return tuple(dict.fromkeys(day for day in found if day))


def _count_days(number: str, unit: str) -> int:
    spoken = {"dois": "2", **_HOURS}
    return int(spoken.get(number, number)) * (7 if unit.startswith("semana") else 1)


def _resolve_number(
    number: int, months: dict[int, int], beside: dict[int, str], written: date
) -> date | None:
    """The next date with this day number, of the month and on the weekday that stand beside it."""
    if number in months:
        return _date_in(written, months[number], number)
    ahead = [written + timedelta(days) for days in range(_FAR)]
    fit = [day for day in ahead if day.day == number]
    if number in beside:
        agreeing = [day for day in fit if day.weekday() == _WEEKDAYS.index(beside[number])]
        fit = agreeing or fit
    return fit[0] if fit else None


def _date_in(written: date, month: int, number: int) -> date | None:
    for year in (written.year, written.year + 1):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= written - timedelta(_LATE):
            return day
    return None


def _next_weekday(written: date, weekday: int, text: str) -> date:
    """The weekday after the message's date, of next week or "na outra quinta" where it says so."""
    if _NEXT_WEEK.search(text):
        return written + timedelta(7 - written.weekday() + weekday)
    coming = written + timedelta((weekday - written.weekday() - 1) % 7 + 1)
    return coming + timedelta(7) if f" outr{_OTHER[weekday]} " in text else coming


def _write_hours(sentence: Sentence) -> Sentence:
    """Writes spoken hours and dates as numbers: "sete da noite" as "7 da noite"."""
    if not sentence.timed and _HOURS.keys().isdisjoint(sentence.words):
        return sentence
    text = _write_numbers(sentence.text)
    return sentence if text == sentence.text else sentence._replace(text=text, timed=True)


@lru_cache(maxsize=1024)
def _write_numbers(text: str) -> str:
    text = text.replace(" hora ", " horas ").replace(" meio dia e meia ", " 12h30 ")
    text = _SHORT_TUESDAY.sub(" terca ", text)
    text = _FIRST.sub(lambda day: " 1 de " if day[0].endswith("de ") else " dia 1 ", text)
    text = _QUARTER_TO.sub(_write_quarter, text)
    text = _SPOKEN_HOUR.sub(
        lambda hour: f" {hour['before'] or 'as'} {_HOURS[hour['one'] or hour['two']]}", text
    )
    text = _MINUTES.sub(_write_minutes, text)
    text = _DOTTED_DATE.sub(lambda day: f" dia {day[1] or day[3]}/{day[2] or day[4]}", text)
    text = _DOTTED_HOUR.sub(r" \1 \2h\3", text)
    text = _CLASS_HOUR.sub(r" as \1", _SHORT_SPAN.sub(_write_begin, text))
    for unmeant in (_DEADLINE, _REGULAR, _INSTEAD, _LASTING):
        text = unmeant.sub(" ", text)
    # `find_moments` splits at commas and "e", and wants a blank after the hour before them
    return _AND.sub("  e ", text.replace(" , ", "  , "))


def _write_quarter(match: re.Match[str]) -> str:
    """Writes "15 para as 8" as "7h45"."""
    minutes, hour = _SPOKEN_MINUTES.get(match[1], match[1]), _HOURS.get(match[2], match[2])
    return f" {int(hour) - 1}h{60 - int(minutes)}"


def _write_minutes(match: re.Match[str]) -> str:
    """Writes "as 7 e quinze" as "as 7h15"."""
    minutes = _SPOKEN_MINUTES.get(match["minutes"], match["minutes"])
    return f" {match['before']} {match['hour']}h{minutes}"


def _write_begin(match: re.Match[str]) -> str:
    """Writes "das 9h as 10h" as "as 9h"; longer spans are opening hours."""
    begin, minutes, end = match.groups()
    short = 0 < int(end) - int(begin) <= _SHORT_HOURS
    return f" as {begin}{minutes or 'h'}" if short else match[0]
