"""Reads the data files of the analyzers: phrases and word lists, with comments."""

from configparser import ConfigParser
from pathlib import Path


def read_ini(path: Path) -> ConfigParser:
    """Reads a file whose keys keep their case."""
    parser = ConfigParser(delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text("utf-8"), str(path))
    return parser


def read_words(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Reads a file of word lists: section -> key -> its words in order."""
    return {
        section: {key: tuple(words.split()) for key, words in values.items()}
        for section, values in read_ini(path).items()
    }
