"""Resolves spoken days and hours to dates and hours against the date of the message."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.visits import Moment, find_moments

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
        ("uma", "duas", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze"), 1
    )
    for word in words.split()
}
_SPOKEN = "|".join(_HOURS)
_BARE = "|".join(word for word in _HOURS if word not in ("uma", "duas"))  # "as duas": both
_BARE_HOUR = re.compile(rf"^ (\d{{1,2}}|{_BARE}) (?=[?,] |$|eu |da |e |ta |esta |fica |serve )")
_EARLY = 5 * 60
"""Before this hour of the morning no gym takes visits: the afternoon is meant."""
_SPOKEN_HOUR = re.compile(
    rf" (?:(?P<before>as|pelas|umas|la pelas|tipo) (?P<one>{_BARE})"
    rf"|(?P<two>{_SPOKEN})(?= (?:horas|e meia|da manha|da tarde|da noite|em ponto)))(?= )"
)
_BACK = {"hoje": 0, "ontem": 1, "anteontem": 2}
_PAST_DAY = re.compile(rf" ({'|'.join((*_BACK, *_WEEKDAYS))})(?= )")
_QUARTER_TO = re.compile(r" (5|10|15|20) para? (?:as? )?(\d{1,2})(?= )")
_DEADLINE = re.compile(
    rf" ate (?:a |o |as |no )?(?:proxim[ao] )?(?:dia )?"
    rf"(?:{'|'.join(_WEEKDAYS)}|hoje|amanha|\d{{1,2}}(?:/\d+)?)(?: feira)?(?= (?!as |\d))"
)
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


def find_dates_and_hours(reading: Reading, written: date | None) -> Moments:
    """Finds what a message of the date `written` names; without that date only hours are found."""
    reading = reading._replace(sentences=tuple(map(_write_hours, reading.sentences)))
    if not any(sentence.timed for sentence in reading.sentences):
        return Moments((), ())
    days, hours = find_moments(reading)
    text = " ".join(sentence.text for sentence in reading.sentences)
    dates = resolve_days(days, text, written) if written else ()
    return Moments(dates, tuple(_place_hour(int(hour)) for hour in hours))


def find_past_instant(reading: Reading, at: datetime | None) -> datetime | None:
    """Finds the instant of something that took place: "ontem às 9h", "sábado 10h"."""
    if at is None:
        return None
    _, hours = find_dates_and_hours(reading, at.date())
    text = " ".join(sentence.text for sentence in reading.sentences)
    named = _PAST_DAY.search(text)
    if not named or len(hours) != 1:
        return None
    back = _BACK.get(named[1])
    if back is None:
        back = (at.weekday() - _WEEKDAYS.index(named[1]) - 1) % 7 + 1
    return combine(at.date() - timedelta(back), hours[0], at)


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
    numbers = dict.fromkeys((*beside, *(int(day) for day in map(str, days) if day.isdigit())))
    numbered = {n: _resolve_number(n, months, beside, written) for n in numbers}
    taken = {day.weekday() for day in numbered.values() if day}
    found: list[date | None] = []
    for day in map(str, days):
        if day in _OFFSETS:
            found.append(written + timedelta(_OFFSETS[day]))
        elif day in _WEEKDAYS and _WEEKDAYS.index(day) not in taken:
            found.append(_next_weekday(written, _WEEKDAYS.index(day), text))
        elif day.isdigit():
            found.append(numbered[int(day)])
    found += [day for day in numbered.values() if day not in found]
    return tuple(dict.fromkeys(day for day in found if day))


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
    """Writes spoken hours as numbers: "sete da noite" as "7 da noite"."""
    text = _SPOKEN_HOUR.sub(
        lambda hour: f" {hour['before'] or 'as'} {_HOURS[hour['one'] or hour['two']]}",
        sentence.text.replace(" hora ", " horas ").replace(" meio dia e meia ", " 12h30 "),
    )
    text = _QUARTER_TO.sub(lambda hour: f" {int(hour[2]) - 1}h{60 - int(hour[1])}", text)
    text = _LASTING.sub(" ", _DEADLINE.sub(" ", text))
    # `find_moments` splits at commas and wants a blank after the hour before one
    text = text.replace(" , ", "  , ")
    return sentence if text == sentence.text else sentence._replace(text=text, timed=True)
