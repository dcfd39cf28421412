"""Folds a text for the patterns, and knows where each folded character stands in the original."""

import re
import unicodedata
from functools import cached_property

from geniai_pipeline.analysis.privacy.placeholders import PLACEHOLDER

_FILLER = "\x00"
"""Stands for a placeholder: neither a letter nor a space, so no pattern reaches across it."""


def _fold_character(char: str) -> str | None:
    plain = unicodedata.normalize("NFKD", char)[0].lower()
    return plain if plain != char and len(plain) == 1 else None


_LETTERS = {
    code: plain
    for first, last in ((0xC0, 0x24F), (0x1E00, 0x1EFF), (0x2460, 0x2468), (0xFF01, 0xFF5E))
    for code in range(first, last + 1)
    if (plain := _fold_character(chr(code)))
}
_DROPPED = re.compile(
    "[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3]"
)
"""Accents on their own, what has no width, and what makes an emoji of a digit."""
_DIGIT = re.compile(r"\d")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MOST_SPACES = 9
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—−"}
_SPACES = {ord(space): " " for space in "\u00a0\u2007\u2009\u202f\t"}
_TABLE = {**_LETTERS, **_DASHES, **_SPACES}


class FoldedText:
    """A text without capitals, accents and placeholders.

    Attributes:
        original: the text.
        folded: what the patterns read.

    """

    def __init__(self, text: str) -> None:
        self.original = text
        self._offsets: list[int] | None = None
        if "[" in text:
            text = PLACEHOLDER.sub(lambda found: _FILLER * len(found[0]), text)
        if not text.isascii():
            if _DROPPED.search(text):
                self._offsets = [i for i, c in enumerate(text) if not _DROPPED.match(c)]
                text = "".join(text[i] for i in self._offsets)
            text = text.translate(_TABLE)
        self.folded = text.lower()
        self.digits = sum(map(str.isdecimal, text)) if _DIGIT.search(text) else 0
        """How many there are."""
        self.is_loud = text.isupper()
        """Whether all letters are capitals: then a capital marks no name."""

    @cached_property
    def words(self) -> list[tuple[int, str]]:
        """Where each folded word begins, and the word."""
        return [(found.start(), found[0]) for found in WORD.finditer(self.folded)]

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a span of the folded text stands in the original."""
        if self._offsets is None:
            return start, end
        after = self._offsets[end] if end < len(self._offsets) else len(self.original)
        return self._offsets[start], after

    def is_capital(self, position: int) -> bool:
        """Whether the character at a position of the folded text is a capital in the original."""
        return self.original[self.locate(position, position + 1)[0]].isupper()


def compile_bounded(pattern: str) -> re.Pattern[str]:
    """Compiles a verbose pattern in which no run of spaces is without end.

    Unbounded runs beside each other would make a message of spaces take minutes.
    """
    bounded = pattern.replace(r"\s*", rf"\s{{0,{_MOST_SPACES}}}")
    bounded = bounded.replace(r"\s+", rf"\s{{1,{_MOST_SPACES}}}")
    return re.compile(bounded, re.VERBOSE | re.MULTILINE)
