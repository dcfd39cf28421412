"""What a spreadsheet must not take for a formula, a number or a date: one rule for all downloads.

The pattern is written so that Python and Postgres read it alike, and in time that grows with the
text and no faster.
"""

import re
from html import unescape

from psycopg import sql

_NUMBER = (
    r"[(+-]?\s?(?:R\$|[$€£])?\s?[+-]?[.,]?[0-9０-９][0-9０-９.,]*"
    r"(?:e[+-]?[0-9]+)?\s?[%)]?\s?(?:R\$|[$€£])?"
)
_TIME = r"[0-9]{1,4}:[0-9]{1,2}(?::[0-9]{1,2})?(?:[.,][0-9]+)?\s?(?:[ap]m?)?"
_MONTH = (
    r"(?:jan(?:eiro|uary)?|fev(?:ereiro)?|feb(?:ruary)?|mar(?:ço|ch)?|abr(?:il)?|apr(?:il)?|maio?"
    r"|may|junh?o?|june|julh?o?|july|ago(?:sto)?|aug(?:ust)?|set(?:embro)?|sept?(?:ember)?"
    r"|out(?:ubro)?|oct(?:ober)?|nov(?:embro|ember)?|dez(?:embro)?|dec(?:ember)?)\.?"
)
_BY = r"(?:\s?[/.-]\s?|\s+de\s+|\s?)"
_DATE = (
    r"(?:[0-9]{1,4}\s?[/.-]\s?[0-9]{1,4}(?:\s?[/.-]\s?[0-9]{1,4})?"
    rf"|[0-9]{{1,4}}{_BY}{_MONTH}(?:{_BY}[0-9]{{1,4}})?"
    rf"|{_MONTH}{_BY}[0-9]{{1,4}}(?:,?\s?[0-9]{{4}})?)"
)
_FRACTION = r"[0-9]+\s+[0-9]+/[0-9]+"
_BOOLEAN = r"verdadeiro|falso|true|false"
PATTERN = (
    r"^[\s\u00a0\ufeff]*[-=+@%|－＝＋＠％｜﹦﹢﹣﹫−]|^[\t\r\n]"
    rf"|^\s*(?:{_NUMBER}|{_TIME}|{_DATE}(?:(?:T|\s+){_TIME})?|{_FRACTION}|{_BOOLEAN})\s*$"
)
"""Case does not matter to it."""

_MISREAD = re.compile(PATTERN, re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:div|p|li|tr)\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_FIGURE = re.compile(rf"\s*{_NUMBER}\s*", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15}")


def escape_text(words: str) -> str:
    """Words as a CSV file needs them: with an apostrophe where a spreadsheet would misread them."""
    return "'" + words if _MISREAD.match(words) else words


def escape_text_in_sql(value: sql.Composable) -> sql.Composable:
    """The same of an SQL expression; a missing value is an empty cell."""
    return sql.SQL(
        "case when {value} ~* {pattern} then '''' || {value} else coalesce({value}, '') end"
    ).format(value=value, pattern=sql.Literal(PATTERN))


def strip_markup(words: str) -> str:
    """What a page shows of it: no tags, and a line of its own for each block."""
    if not _TAG.search(words):
        return words
    bare = unescape(_TAG.sub("", _BLOCK.sub("\n", words)))
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(filter(None, lines))


def is_figure(words: str) -> bool:
    """Whether it is a number as Brazilians write it."""
    return _FIGURE.fullmatch(words) is not None


def parse_whole_number(words: str) -> str | int:
    """A whole number that is written with points; other words as they are."""
    return int(words.replace(".", "")) if _WHOLE.fullmatch(words) else words
