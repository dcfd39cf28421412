"""Detects prompt injection: messages of a contact that address the machine."""

import re
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.text import remove_accents

_PATTERN = Path(__file__).with_name("injection.regex").read_text("utf-8")
# groups that capture nothing are searched three times as fast
ORDERS = re.compile(re.sub(r"\((?!\?)", "(?:", _PATTERN), re.VERBOSE | re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*\s*")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FEW_WORDS = 3
_SPACED_LETTER = re.compile(r"\b([a-z])\s(?=[a-z]\b)")
_MIXED_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*\d)\w+")
_DIGIT = re.compile(r"\d")
_DIGITS = str.maketrans("013457", "oieast")


def is_injection(text: str) -> bool:
    """Whether a contact's text tries to instruct the analyzer."""
    folded = _fold(text)
    spelled = _spell(folded)
    return bool(ORDERS.search(folded) or (spelled != folded and ORDERS.search(spelled)))


def is_order(message: TranscriptMessage) -> bool:
    """Whether a message is a contact's and tries to instruct the analyzer."""
    return message.sender == "contact" and message.is_visible and is_injection(message.text)


def drop_orders(conversation: Transcript) -> Transcript:
    """Drops what proves nothing: notes, and contacts' messages that address the machine."""
    messages = tuple(m for m in conversation.messages if m.is_visible and not is_order(m))
    return replace(conversation, messages=messages)


def hide_orders(conversation: Transcript) -> tuple[Transcript, list[str]]:
    """Hides what contacts write to the machine; messages stay at their index.

    Returns:
        The transcript, and the texts of the messages that have orders.

    """
    orders = [m.text for m in conversation.messages if is_order(m)]
    if not orders:
        return conversation, orders
    messages = tuple(_hide_order(m) if is_order(m) else m for m in conversation.messages)
    return replace(conversation, messages=messages), orders


def _hide_order(message: TranscriptMessage) -> TranscriptMessage:
    """Keeps what stands before the first order: what follows one is mostly its continuation."""
    sentences = _SENTENCE.findall(message.text)
    before = "".join(takewhile(lambda sentence: not is_injection(sentence), sentences)).strip()
    if len(_WORD.findall(before)) < _FEW_WORDS or is_injection(before):
        return replace(message, note=True, text="", media="")
    return replace(message, text=before)


def _fold(text: str) -> str:
    letters = remove_accents(text)
    if not letters.isprintable():
        letters = "".join(c for c in letters if c.isprintable())
    return " ".join(letters.lower().split())


def _spell(folded: str) -> str:
    """Writes "i g n o r e" and "1gn0re" as the word."""
    joined = _SPACED_LETTER.sub(r"\1", folded)
    if not _DIGIT.search(joined):
        return joined
    return _MIXED_WORD.sub(lambda word: word[0].translate(_DIGITS), joined)
