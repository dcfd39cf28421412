"""Detects prompt injection: messages that address the model; they are no evidence."""

import re
from pathlib import Path

from geniai_pipeline.text import remove_accents

_ORDERS = re.compile(
    Path(__file__).with_name("injection.regex").read_text("utf-8"), re.VERBOSE | re.DOTALL
)


def is_injection(text: str) -> bool:
    """Whether a contact's text tries to instruct the analyzer."""
    return bool(_ORDERS.search(_fold(text)))


def _fold(text: str) -> str:
    letters = "".join(c for c in remove_accents(text) if c.isprintable())
    return " ".join(letters.lower().split())
