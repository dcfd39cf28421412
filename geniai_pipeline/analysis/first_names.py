"""Knows first names of Brazil."""

from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_words
from geniai_pipeline.text import remove_accents

FIRST_NAMES = frozenset(
    name
    for names in read_words(Path(__file__).with_name("first_names.ini"))["first_names"].values()
    for name in names
)
"""Folded: no capitals, no accents."""


def is_first_name(word: str) -> bool:
    """Whether a word is a person's first name."""
    return remove_accents(word).lower() in FIRST_NAMES
