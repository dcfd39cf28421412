"""Finds long numbers - documents, telephones, postcodes - in digits and in words."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from geniai_pipeline.analysis.privacy.folding import FoldedText

_SEPARATOR = r"[\s.()+_*•·-]{0,4}"
_RUN = re.compile(rf"\+?\(?\d(?:{_SEPARATOR}\d){{7,}}")
_GROUP = re.compile(r"\d+")
_DATE = re.compile(r"(?<!\d)(?:\d\d?[.-]\d\d?[.-]20\d\d|20\d\d-\d\d-\d\d)(?!\d)")
_AREA_AND_SLASH = re.compile(r"(?<!\d)\(?0?\d\d\)?\s?/\s?9?\s?\d{4}[\s.-]?\d{4}(?!\d)")
_ALPHANUMERIC = re.compile(r"\b(?=[a-z]*\d)[0-9a-z]{12}\d\d\b")
_PREFIX = re.compile(r"(?:\d[,:/]|\$\s?)$")
"""Before the end of an hour, a date or a price."""
_CPF = re.compile(r"(?<!\d)\d{3}(?:[.,\s-]\s?\d{3}){2}\s?[-./,\s]\s?\d\d(?![\d,])")
_AREA = re.compile(r"(?<!dia )(?<!as )(?<!ate )[(+]*(?:55|0)?\s?\d\d\)?\s*$")
_CUE = re.compile(
    r"\b(?:tel\w*|fone|whats\w*|wpp|zap\w*|cel\w*|numero|nr|n[º°]|liga\w*|contato|cpf|cnpj|rg|cep"
    r"|pix|documento|cartao)\b[^\d\n]{0,20}$"
)
_UNITS = {
    "zero": 0, "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5,
    "seis": 6, "meia": 6, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12,
    "treze": 13, "quatorze": 14, "catorze": 14, "quinze": 15, "dezesseis": 16, "dezessete": 17,
    "dezoito": 18, "dezenove": 19,
}  # fmt: skip
_TENS = {
    "vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "sessenta": 60, "setenta": 70,
    "oitenta": 80, "noventa": 90,
}  # fmt: skip
_VALUES = {**_UNITS, **_TENS}
_ATOM = rf"(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})"
_WORDS = re.compile(rf"\b{_ATOM}\b(?:(?:[\s,.…/-]{{1,4}}(?:e\s+)?)(?:{_ATOM}\b|\d{{1,5}}\b)){{3,}}")
_WORD_OR_DIGITS = re.compile(rf"\b(e\s+)?(?:({_ATOM})\b|(\d+))")
_PIECE = re.compile(rf"[\s(+.,/-]*\d(?:{_SEPARATOR}\d)*[\s.)!]*")
_LAST_PIECE = re.compile(rf"(?<![\d,/:$])[(+]*\d(?:{_SEPARATOR}\d)*[\s.)-]*$")
_WORD_PIECE = re.compile(rf"\s*(?:{_ATOM}|\d{{1,5}})(?:[\s,.-]+(?:{_ATOM}|\d{{1,5}}))*[\s.!]*")
SHORTEST = 8
"""Digits; a number of fewer is not hidden for its length."""
_LONGEST = 14
_PIECES, _LAST_CHARS = 5, 60
"""So many messages may hold a number, and its first piece is at the end of the first."""


def find_numbers(folded: str) -> Iterator[tuple[int, int, str]]:
    """Finds numbers of eight digits or more: where they begin and end, and their kind.

    Hours, prices, years and dates in a row stay.
    """
    if "-" in folded or "." in folded:
        folded = _DATE.sub(lambda found: "\x00" * len(found[0]), folded)
    for found in _AREA_AND_SLASH.finditer(folded):
        yield *found.span(), "TELEFONE"
    for found in _CPF.finditer(folded):
        if not _is_list(found[0]):
            yield *found.span(), "CPF"
    for found in _RUN.finditer(folded):
        yield from _classify_run(folded, found)
    for found in _ALPHANUMERIC.finditer(folded):
        if is_cnpj(found[0]):
            yield *found.span(), "CNPJ"


def find_spoken_numbers(text: FoldedText) -> Iterator[tuple[int, int, str]]:
    """Finds numbers of eight digits or more that are written in words."""
    if sum(word in _VALUES for _, word in text.words) < 2:
        return
    for found in _WORDS.finditer(text.folded):
        digits, values = _read_words(found[0])
        if digits >= SHORTEST and not _is_monotone(values):
            yield *found.span(), "TELEFONE" if digits <= 13 else "NUMERO"


def find_pieces(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Finds a number that is split over consecutive messages of one sender.

    Args:
        texts: folded; the first may have other words before its piece.

    Returns:
        Where in each of the first texts its piece stands; empty: no number begins here.

    """
    first = _LAST_PIECE.search(texts[0], max(0, len(texts[0]) - _LAST_CHARS))
    if first is None:
        whole = _WORD_PIECE.fullmatch(texts[0])
        if whole is None:
            return []
        first = whole
    spans = [first.span()]
    for text in texts[1:_PIECES]:
        piece = _PIECE.fullmatch(text) or _WORD_PIECE.fullmatch(text)
        if piece is None:
            break
        spans.append(piece.span())
    while len(spans) > 1:
        pieces = [text[start:end] for text, (start, end) in zip(texts, spans, strict=False)]
        counts = [_read_words(piece)[0] for piece in pieces]
        groups = [int(group) for piece in pieces for group in _GROUP.findall(piece)]
        is_area = len(spans) == 2 and counts[1] in (8, 9) and _AREA.search(texts[0])
        if (max(counts) >= SHORTEST and not is_area) or sum(counts) > _LONGEST:
            spans.pop()
        elif sum(counts) < SHORTEST or (groups and _is_list(" ".join(pieces))):
            return []
        else:
            return spans
    return []


def is_cpf(digits: str) -> bool:
    """Whether eleven digits are a CPF, by its check digits."""
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(
        int(digits[n]) == sum(int(d) * (n + 1 - i) for i, d in enumerate(digits[:n])) * 10 % 11 % 10
        for n in (9, 10)
    )


def is_cnpj(code: str) -> bool:
    """Whether fourteen letters and digits are a CNPJ, by its check digits."""
    code = code.upper()
    if len(code) != 14 or not code[12:].isdecimal() or len(set(code)) == 1:
        return False
    for n in (12, 13):
        weights = [(n - 1 - i) % 8 + 2 for i in range(n)]
        rest = sum((ord(c) - 48) * w for c, w in zip(code, weights, strict=False)) % 11
        if int(code[n]) != (0 if rest < 2 else 11 - rest):
            return False
    return True


def _classify_run(folded: str, found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Drops hours and prices at the ends of a run of digits, and says what the rest is."""
    groups = list(_GROUP.finditer(folded, *found.span()))
    before = folded[max(0, found.start() - 40) : found.start()]
    start = found.start()
    if len(groups[0][0]) <= 4 and _PREFIX.search(before):
        groups = groups[1:]
        start = groups[0].start() if groups else start
    while len(groups) > 1 and len(groups[-1][0]) <= 2 and _COUNTED.match(folded, groups[-1].end()):
        groups = groups[:-1]
    digits = "".join(group[0] for group in groups)
    if len(digits) < SHORTEST:
        return
    end = groups[-1].end()
    if _is_list(folded[start:end]) and not _CUE.search(before):
        return
    yield start, end, _name_kind([group[0] for group in groups], digits)


_COUNTED = re.compile(
    r"\s?(?:h\b|hs\b|hrs|horas?\b|x\b|vezes|%|:\d|,\d\d|/\d|anos|kg|reais|km\b|min)"
)


def _is_list(run: str) -> bool:
    """Whether a run of digits lists hours, prices or years."""
    groups = _GROUP.findall(run)
    if "." in run or is_cpf("".join(groups)):
        return False
    values = [int(group) for group in groups]
    if len(groups) == 3 and [len(g) <= 2 for g in groups] == [True, True, False]:
        return 2000 < values[2] < 2100 and values[0] <= 31 and values[1] <= 12
    if all(len(group) == 4 and 1950 <= int(group) <= 2039 for group in groups):
        return len(groups) > 1
    if len(groups) < 3 or any(len(group) > 3 for group in groups):
        return False
    return _is_monotone(values) and max(values) > 9


def _is_monotone(values: Sequence[int]) -> bool:
    steps = {(b > a) - (b < a) for a, b in pairwise(values)}
    return steps in ({1}, {-1})


def _name_kind(groups: Sequence[str], digits: str) -> str:
    lengths = [len(group) for group in groups]
    if lengths == [3, 3, 3, 2] or (
        is_cpf(digits) and not (len(groups) > 1 and lengths[0] == 2) and lengths != [7, 4]
    ):
        return "CPF"
    if len(digits) == 14 and is_cnpj(digits):
        return "CNPJ"
    if lengths in ([5, 3], [2, 3, 3]):
        return "CEP"
    return "TELEFONE" if len(digits) <= 13 else "NUMERO"


def _read_words(text: str) -> tuple[int, list[int]]:
    """Counts the digits of a number in words and digits, and lists its values."""
    digits, values = 0, []
    previous = ""
    for found in _WORD_OR_DIGITS.finditer(text):
        conjunction, word, number = found.groups()
        if number:
            digits += len(number)
            values.append(int(number))
        elif conjunction and previous in _TENS and word in _UNITS and _UNITS[word] < 10:
            values[-1] += _UNITS[word]
        else:
            digits += 1 if _VALUES[word] < 10 else 2
            values.append(_VALUES[word])
        previous = word or ""
    return digits, values
