"""Escapes texts that a spreadsheet would read as a formula, a number or a date.

Python and Postgres share one pattern, which both match in time linear in the text.
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
"""Matches without regard to case."""

_MISREAD = re.compile(PATTERN, re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:div|p|li|tr)\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_FIGURE = re.compile(rf"\s*{_NUMBER}\s*", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15}")


def escape_text(words: str) -> str:
    """Escapes a text for a CSV file: an apostrophe precedes what a spreadsheet would misread."""
    return "'" + words if _MISREAD.match(words) else words


def escape_text_in_sql(value: sql.Composable) -> sql.Composable:
    """Escapes an SQL expression likewise; a missing value becomes an empty cell."""
    return sql.SQL(
        "case when {value} ~* {pattern} then '''' || {value} else coalesce({value}, '') end"
    ).format(value=value, pattern=sql.Literal(PATTERN))


def strip_markup(words: str) -> str:
    """Removes HTML tags; each block becomes a line of its own."""
    if not _TAG.search(words):
        return words
    bare = unescape(_TAG.sub("", _BLOCK.sub("\n", words)))
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(filter(None, lines))


def is_figure(words: str) -> bool:
    """Whether a text is a number in Brazilian notation."""
    return _FIGURE.fullmatch(words) is not None


def parse_whole_number(words: str) -> str | int:
    """Parses a whole number written with points; other texts stay."""
    return int(words.replace(".", "")) if _WHOLE.fullmatch(words) else words
