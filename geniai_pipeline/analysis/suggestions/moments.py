"""Says instants as people do, and finds until when a text that names one holds."""

import re
from datetime import date, datetime, time, timedelta

from geniai_pipeline.analysis.local.matcher import Matcher
from geniai_pipeline.analysis.state.instants import combine, find_dates_and_hours

_READER = Matcher((), {})
_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_RELATIVE = re.compile(
    r"\b(?:hoje|amanh[ãa]|ontem|anteontem|daqui a pouco|agora|semana que vem|m[êe]s que vem"
    r"|(?:pr[óo]xim|outr|n?est|n?ess)a semana|(?:pr[óo]ximo|n?este|n?esse) m[êe]s"
    r"|fim de semana|mais tarde)\b",
    re.IGNORECASE,
)

_ANY = re.compile(
    r"\b(?:segunda|ter[çc]a|quarta|quinta|sexta|s[áa]bado|domingo)\b|\bdia \d|\b\d{1,2}/\d{1,2}\b"
    r"|\b\d{1,2} ?h(?:s|r|oras)?\d*\b|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
"""A day or an hour in any sense, a deadline or a span, too: such words hold today."""
_HABIT = re.compile(
    r"\b(?:tod[oa]s?(?: [oa]s)?|aos|às)"
    r" (?:segunda|ter[çc]a|quarta|quinta|sexta|s[áa]bado|domingo)s?\b",
    re.IGNORECASE,
)

_BRIEF = 6
"""Words of a question for a day's hours: "e sábado tem que horas?"."""


def find_expiry(text: str, written: datetime) -> datetime | None:
    """Finds until when a text holds that somebody writes at an instant, in local time of the gym.

    Words that name a day or an hour hold until midnight at most, as they are said of the day on
    which they are written, and no longer than until the hour strikes; None: the text names none.
    """
    text = _HABIT.sub(" ", text)
    dates, hours = find_dates_and_hours(_READER.read(text), written.date())
    tonight = end_day(written)
    found = [tonight] if _RELATIVE.search(text) or _ANY.search(text) else []
    if dates and len(hours) == 1:
        found.append(combine(min(dates), hours[0], written))
    elif dates:
        found.append(end_day(datetime.combine(min(dates), time(), written.tzinfo)))
    elif hours:
        at = combine(written.date(), min(hours), written)
        found.append(at if at > written else tonight)
    return min(found, default=None)


def asks_for_moment(text: str) -> bool:
    """Whether a question is about one moment and not about all: it names an hour, or says much."""
    dates, hours = find_dates_and_hours(_READER.read(text), date(2026, 1, 1))
    return bool(hours or _RELATIVE.search(text)) or (bool(dates) and len(text.split()) > _BRIEF)


def end_day(instant: datetime) -> datetime:
    """The midnight at which an instant's day ends."""
    return datetime.combine(instant.date() + timedelta(1), time(), instant.tzinfo)


def say_moment(at: datetime) -> str:
    """Says an instant in words that stay true until then: "quinta (16/4) às 10h"."""
    return f"{_WEEKDAYS[at.weekday()]} ({at.day}/{at.month}) às {say_hour(at.time())}"


def say_hour(hour: time) -> str:
    """Says an hour: "9h", "18h30"."""
    return f"{hour.hour}h{hour.minute:02}" if hour.minute else f"{hour.hour}h"
