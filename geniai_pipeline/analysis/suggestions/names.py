"""Finds the name by which a message may address the contact: a person's first name, or none."""

import re
from pathlib import Path

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.first_names import FIRST_NAMES
from geniai_pipeline.analysis.ini_files import read_words
from geniai_pipeline.analysis.local.names import clean_profile_name, find_introduced_name
from geniai_pipeline.text import remove_accents

_WORDS = read_words(Path(__file__).parent / "phrases" / "names.ini")
_KEPT, _DROPPED = (frozenset(_WORDS["titles"][key]) for key in ("kept", "dropped"))
_TITLE = re.compile(r"^(?:(dona|d\.|da\.)|(seu|sr\.?))\s+", re.IGNORECASE)
_FORMAL = {"Dona": "a senhora", "Seu": "o senhor"}


def find_address(conversation: Transcript) -> tuple[str, str]:
    """Finds how to address the contact: by which name ("", if none is a person's), and as whom.

    Returns:
        The name, "Dona" or "Seu" before it where the gym says so, and the pronoun: "você", or
        "a senhora" or "o senhor" where the gym says so.

    """
    own = [m.text for m in conversation.messages if m.sender == "contact" and m.is_visible]
    gym = " ".join(m.text for m in conversation.messages if m.sender == "agent" and m.is_visible)
    profile = conversation.contact_name or ""
    titled = _TITLE.match(profile)
    name = _select_person(find_introduced_name(own, [])) or _select_person(
        clean_profile_name(_TITLE.sub("", profile))
    )
    title, _, first = name.rpartition(" ")
    if first and not title:
        spoken_title = re.search(rf"\b(dona|seu)\s+{re.escape(first)}\b", gym, re.IGNORECASE)
        title = spoken_title[1].capitalize() if spoken_title else ""
        if titled and not spoken_title:
            title = "Dona" if titled[1] else "Seu"
    spoken = re.search(r"\b(?:a senhora|o senhor)\b", gym, re.IGNORECASE)
    pronoun = spoken[0].lower() if spoken else _FORMAL.get(title, "você")
    return f"{title} {first}".strip(), pronoun


def _select_person(name: str | None) -> str:
    """Selects a first name, with a title that is kept; "" where the words are no person's name."""
    words = (name or "").replace(".", " ").split()
    folded = [remove_accents(word).lower() for word in words]
    while folded and folded[0] in _DROPPED:
        words, folded = words[1:], folded[1:]
    if folded and folded[0] in FIRST_NAMES:
        return words[0]
    if len(folded) > 1 and folded[0] in _KEPT and folded[1] in FIRST_NAMES:
        return f"{words[0]} {words[1]}"
    return ""
