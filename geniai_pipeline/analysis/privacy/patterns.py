"""Finds personal data by their form: e-mails, addresses, documents, accounts, dates of birth."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.analysis.ini_files import read_ini
from geniai_pipeline.analysis.privacy.folding import WORD, FoldedText, compile_bounded
from geniai_pipeline.analysis.privacy.people import (
    find_capitals_end,
    find_phrase_end,
    is_common_word,
)

_FILE = read_ini(Path(__file__).with_name("patterns.ini"))
_PART = re.compile(r"\{([a-z_]+)\}")
_NEWEST_BIRTH = 2018
"""A full date of a later year is a visit's, unless the words before it say that it is a birth."""
_NO_PLATE = frozenset(_FILE["words"]["no_plate"].split())
_HOMES = frozenset(_FILE["words"]["lives"].split())


class Span(NamedTuple):
    """A piece of a folded text that is personal."""

    start: int
    end: int
    kind: str


class _Pattern(NamedTuple):
    kind: str
    key: str
    regex: re.Pattern[str]
    digits: int
    signs: frozenset[str]
    group: str | int
    """What of it is hidden."""


def _expand(pattern: str) -> str:
    """Puts the parts into a pattern."""
    expanded = _PART.sub(lambda found: _FILE["parts"].get(found[1], found[0]), pattern)
    return expanded if expanded == pattern else _expand(expanded)


def _compile() -> Iterator[_Pattern]:
    for name, needs in _FILE["needs"].items():
        kind, _, key = name.partition(".")
        digits, *signs = needs.split()
        regex = compile_bounded(_expand(_FILE[kind][key]))
        yield _Pattern(
            kind,
            key,
            regex,
            int(digits),
            frozenset(sign.replace("_", " ") for sign in signs),
            "value" if "value" in regex.groupindex else 0,
        )


_PATTERNS = tuple(_compile())
_BY_SIGN: dict[str, list[int]] = {}
for _index, _pattern in enumerate(_PATTERNS):
    for _sign in _pattern.signs:
        _BY_SIGN.setdefault(_sign, []).append(_index)
_ALWAYS = tuple(index for index, pattern in enumerate(_PATTERNS) if not pattern.signs)
_TAIL = compile_bounded(_expand("{tail}"))


def find_forms(text: FoldedText) -> Iterator[Span]:
    """Finds what its form or the words before it mark as personal."""
    folded = text.folded
    indexes = [*_ALWAYS] if text.digits else []
    indexes += {i for sign, patterns in _BY_SIGN.items() if sign in folded for i in patterns}
    for kind, key, regex, digits, _, group in map(_PATTERNS.__getitem__, sorted(indexes)):
        if text.digits < digits:
            continue
        for found in regex.finditer(folded):
            start, end = found.span(group)
            check = _CHECKS.get((kind, key))
            if check is not None:
                end = check(text, found, end)
            if end > start:
                yield Span(start, end, kind)


def _extend_address(text: FoldedText, found: re.Match[str], end: int) -> int:
    """Adds the neighbourhood and the town that follow a street's number."""
    for _ in range(3):
        tail = _TAIL.match(text.folded, end)
        end = tail.end() if tail else end
        follow = _FOLLOW.match(text.folded, end)
        after = find_capitals_end(text, follow.end()) if follow else None
        if follow and follow["named"] and after is None:
            word = _QUARTER.match(text.folded, follow.end())
            after = word.end() if word else None
        if after is None:
            break
        end = after
    return end


_FOLLOW = compile_bounded(_FILE["parts"]["follow"])
_QUARTER = compile_bounded(_FILE["parts"]["quarter"])


def _check_numbered(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A street's name with capitals, or one without words that are common."""
    _, *words = WORD.finditer(text.folded, found.start(), end)
    has_capital = not text.is_loud and any(text.is_capital(word.start()) for word in words)
    if words and not has_capital and all(is_common_word(word[0]) for word in words):
        return 0
    return _extend_address(text, found, end)


def _check_street(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A street without a number: it has a capital, or somebody lives there."""
    word = found["name"].split()[-1]
    start = found.end("name") - len(word)
    before = text.folded[max(0, found.start() - 14) : found.start()].split()
    ends = [find_capitals_end(text, start) or 0]
    if _HOMES & set(before):
        ends.append(find_phrase_end(text, start) or 0)
    return _extend_address(text, found, max(ends)) if max(ends) else 0


def _check_building(text: FoldedText, found: re.Match[str], end: int) -> int:
    word = found["name"].split()[-1]
    capitals = find_capitals_end(text, found.end("name") - len(word))
    return _extend_address(text, found, capitals) if capitals else 0


def _check_short_street(text: FoldedText, found: re.Match[str], end: int) -> int:
    return _extend_address(text, found, end) if text.is_capital(found.start()) else 0


def _check_plate(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A plate that is no hour or year: "das 7h30", "nov 2026"."""
    letters, gap = found[0][:3], found[0][3]
    has_capitals = not text.is_loud and all(text.is_capital(found.start() + i) for i in range(3))
    if gap == "-":
        return 0 if letters in _NO_PLATE and not has_capitals else end
    if letters in _NO_PLATE and (not has_capitals or gap == " "):
        return 0
    is_old = found[0][-4:].isdecimal()
    if gap == " " or is_old or found[0][-3] == "h":
        return end if has_capitals or (gap != " " and text.is_loud) else 0
    return end


def _check_birth(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A date that no visit can have, with a day and a month that exist."""
    groups = found.groupdict()
    if not (int(groups.get("day") or 1) <= 31 and int(groups.get("month") or 1) <= 12):
        return 0
    year = int(found["year"])
    return end if 30 <= year <= 99 or 1900 <= year <= _NEWEST_BIRTH else 0


def _check_digits(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A code, and no word of its length."""
    return end if sum(c.isdigit() for c in found[0]) >= 4 else 0


def _check_key(text: FoldedText, found: re.Match[str], end: int) -> int:
    """A key of letters and digits; "12x", "5h30" and "r$99" are none."""
    return 0 if re.match(r"\d+[a-z]{1,2}\d*$|r?\$?\d+reais", found["value"]) else end


def _check_own_handle(text: FoldedText, found: re.Match[str], end: int) -> int:
    return 0 if is_common_word(found["value"]) else end


_CHECKS = {
    ("USUARIO", "own"): _check_own_handle,
    ("ENDERECO", "numbered"): _check_numbered,
    ("ENDERECO", "no_kind"): _check_numbered,
    ("ENDERECO", "by_number"): _extend_address,
    ("ENDERECO", "highway"): _extend_address,
    ("ENDERECO", "short"): _check_short_street,
    ("ENDERECO", "street"): _check_street,
    ("ENDERECO", "building"): _check_building,
    ("PLACA", "mercosul"): _check_plate,
    ("PLACA", "old"): _check_plate,
    ("NASCIMENTO", "full"): _check_birth,
    ("NASCIMENTO", "spoken"): _check_birth,
    ("NASCIMENTO", "iso"): _check_birth,
    ("CNPJ", "form"): _check_digits,
    ("PIX", "random"): _check_digits,
    ("PIX", "bare"): _check_digits,
    ("USUARIO", "spoken"): _check_own_handle,
    ("PIX", "key"): _check_key,
}


def find_answered_births(text: FoldedText, this_year: int | None) -> Iterator[Span]:
    """Finds dates in an answer to the question when somebody was born."""
    for found in _ANY_DATE.finditer(text.folded):
        year = int(found[2] or found[3] or found[4])
        if this_year is None or year not in (this_year, this_year % 100, this_year + 1):
            yield Span(*found.span(), "NASCIMENTO")


_ANY_DATE = re.compile(
    r"(?<![\d/.-])(?:\d\d?\s?([/.-])\s?\d\d?\s?\1\s?(\d{4}|\d\d)"
    r"|\d\d? \d\d? (\d{4})|\d{4}((?:19|20)\d\d))(?![\d/])"
)
