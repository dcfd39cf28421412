"""The word lists of `words.ini`."""

from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_words

WORDS = read_words(Path(__file__).with_name("words.ini"))
"""The file as read: section -> key -> words."""

ABBREVIATIONS = {short: full for full, shorts in WORDS["abbreviations"].items() for short in shorts}
"""A shortened or misspelled word -> the regular one."""
GROUPS = WORDS["groups"]
"""A group's name, such as `@want` -> its words."""
FIELDS = WORDS["fields"]
"""A field of meaning -> its words."""
GREETING = frozenset(WORDS["lists"]["greeting"])
NOT_NAMES = frozenset(WORDS["lists"]["not_names"])
