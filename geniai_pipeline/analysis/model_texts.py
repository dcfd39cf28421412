"""Filters texts that a model wrote, before an agent reads or sends them.

A contact may try to plant a link, address, phone, price or text of the prompt: the sentence with it
is dropped. If too little is left, or the text repeats the prompt, the text by rules stands.
"""

import re
from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_words
from geniai_pipeline.analysis.injection import is_injection
from geniai_pipeline.analysis.privacy import has_placeholder

LONGEST = 400
_SHORTEST = 12
_ECHO = 40

_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?=\S)[^.!?\n]*)*[.!?…]*\s*")
_PLANTED = re.compile(
    Path(__file__).with_name("model_texts.regex").read_text("utf-8"), re.VERBOSE | re.IGNORECASE
)
_LANGUAGES = read_words(Path(__file__).with_name("words.ini"))["languages"]
_PORTUGUESE, _FOREIGN = frozenset(_LANGUAGES["portuguese"]), frozenset(_LANGUAGES["foreign"])


def guard_suggestion(text: str, prompt: str) -> str:
    """Filters a suggestion; returns "" when too little of it is left."""
    safe = _drop_unsafe(text, prompt)
    return safe if len(safe) >= _SHORTEST and is_portuguese(safe) else ""


def guard_reasoning(text: str, prompt: str, instead: str) -> str:
    """Filters a reasoning; returns `instead` when too little of it is left."""
    safe = _drop_unsafe(text, prompt)
    return safe if len(safe) >= _SHORTEST else instead


def clean_label(text: str | None, longest: int = 80) -> str | None:
    """Cleans a condition, goal or name to one line; None: it is empty, too long or unsafe."""
    line = " ".join((text or "").split())
    if not line or len(line) > longest or _PLANTED.search(line) or has_placeholder(line):
        return None
    return None if is_injection(line) else line


def _drop_unsafe(text: str, prompt: str) -> str:
    safe = ""
    if _repeats_prompt(text, prompt):
        return safe
    for sentence in _SENTENCE.findall(text.replace("\x00", "")):
        if len(safe) + len(sentence) > LONGEST:
            break
        if not _is_planted(sentence):
            safe += sentence
    return safe.strip()


def _is_planted(sentence: str) -> bool:
    return bool(_PLANTED.search(sentence) or has_placeholder(sentence) or is_injection(sentence))


def _repeats_prompt(text: str, prompt: str) -> bool:
    """Whether the text repeats a part of the prompt, without regard to spaces and case."""
    words, instructions = (" ".join(t.lower().split()) for t in (text, prompt))
    return any(words[i : i + _ECHO] in instructions for i in range(0, len(words) - _ECHO + 1, 5))


def is_portuguese(text: str) -> bool:
    """Whether a text has at least as many Portuguese as foreign words."""
    words = re.findall(r"\w+", text.lower())
    return sum(w in _PORTUGUESE for w in words) >= sum(w in _FOREIGN for w in words)
