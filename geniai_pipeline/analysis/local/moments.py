"""Finds the days and hours that a message names, as they were said."""

import re
from collections.abc import Sequence
from functools import lru_cache

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.rules import Kind

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

_REOPENS = frozenset({Kind.CANCEL, Kind.CHANGE})

Moment = str | int
"""A day as it was said, or an hour in minutes after midnight."""


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


def _is_reopened(sentence: Sentence) -> bool:
    return any(hit.rule.kind in _REOPENS for hit in sentence.hits)


def _is_call(sentence: Sentence) -> bool:
    return any(hit.rule.kind is Kind.CALL for hit in sentence.hits)


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
