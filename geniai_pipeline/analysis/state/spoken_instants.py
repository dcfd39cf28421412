"""Says the instant of a visit in Portuguese."""

from collections.abc import Sequence
from datetime import datetime

from geniai_pipeline.analysis.local.moments import find_moments
from geniai_pipeline.analysis.state.instants import resolve_days
from geniai_pipeline.analysis.state.turns import Turn

_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_ACCENTED = {
    "amanha": "amanhã",
    "depois de amanha": "depois de amanhã",
    "terca": "terça",
    "sabado": "sábado",
    "today": "hoje",
    "tonight": "hoje",
}


def say_instant(at: datetime, turns: Sequence[Turn], *, is_dated: bool) -> str:
    """Says "quinta, dia 12, às 18h30"; without dates the day as the messages said it."""
    hour = f"às {at.hour}h{at.minute or '':0>{2 if at.minute else 0}}"
    day = f"{_WEEKDAYS[at.weekday()]}, dia {at.day}," if is_dated else _find_said_day(at, turns)
    return f"{day} {hour}".strip()


def _find_said_day(at: datetime, turns: Sequence[Turn]) -> str:
    for turn in reversed(turns):
        text = " ".join(sentence.text for sentence in turn.reading.sentences)
        for day in find_moments(turn.reading)[0]:
            if turn.date and resolve_days((day,), text, turn.date) == (at.date(),):
                word = str(day)
                return f"dia {word}" if word.isdigit() else _ACCENTED.get(word, word)
    return ""
