"""Finds the contact's name: in their own messages, else in their profile."""

import re

from geniai_pipeline.analysis.local.words import NOT_NAMES
from geniai_pipeline.contacts import is_placeholder

_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_FULL = rf"([{_LETTER}]{{2,}}(?:\s+(?:d[aeo]s?\s+)?[A-ZÀ-Ö][{_LETTER}]+){{0,3}})"
_INTRODUCED = re.compile(
    r"(?:\b[Mm]e chamo|\b[Mm]eu nome (?:é|e|eh)|\b[Mm]y name is|\b[Mm]e llamo|\b[Mm]i nombre es)"
    rf"\s+(?:o\s+|a\s+)?{_FULL}"
)
_SPEAKING = re.compile(
    r"(?:\b[Ss]ou|\b[Aa]qui (?:é|e|eh|quem fala (?:é|e)|fala)|\b[Ff]ala aqui)"
    rf"\s+(?:o|a)\s+{_FULL}(?=\s*(?:$|[,.!;:?\n(]|e\b|tudo\b|quer|gostaria|da\b|do\b|de\b|mãe\b|pai\b))"
)
_INTRODUCING = re.compile(r"cham|nome|name|llamo|nombre|[Ss]ou [oa] |[Aa]qui |[Ff]ala aqui")
# Several words in capitals need not be a name.
_ANSWER = re.compile(
    r"^\s*(?:(?i:é|eh|e|sou|pode colocar|coloca)\s+(?:[oaOA]\s+)?|(?![A-ZÀ-Ö]+\s+[A-ZÀ-Ö]{2}))"
    rf"{_FULL}\s*[.!😊🙂]*\s*(?i:,\s*(?:\S+@|e-?mail|obrigad).*)?$"
)
_ASKED = re.compile(
    r"\b(?:seu nome|com quem (?:eu )?falo|como (?:você|vc) se chama|your name)", re.I
)
_PARTICLES = frozenset({"da", "de", "do", "das", "dos", "e"})
_JUNK = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ÿ'.\s-]+")
_DRAWN_OUT = re.compile(r"(.)\1+$")
_HANDLE = re.compile(r"[@_\d/]|\w\.\w")


def find_introduced_name(texts: list[str], answers: list[str]) -> str | None:
    """Finds the name that the contact gives in their own messages.

    Args:
        texts: all messages of the contact.
        answers: their answers to the gym's question for their name; these may be a name only.

    """
    tried = [(p, t) for t in texts if _INTRODUCING.search(t) for p in (_INTRODUCED, _SPEAKING)]
    for pattern, text in (*tried, *((_ANSWER, text) for text in answers)):
        match = pattern.search(text)
        if match and not _is_no_name(match.group(1).split()[0]):
            return _capitalize(match.group(1))
    return None


def asks_name(text: str) -> bool:
    """Whether the gym asks for the contact's name."""
    return bool(_ASKED.search(text))


def clean_profile_name(name: str | None) -> str | None:
    """Removes emoji and decoration of a profile name; None: a phone, handle or placeholder."""
    if not name or _HANDLE.search(name) or is_placeholder(name):
        return None
    clean = " ".join(_JUNK.sub(" ", name).split()).strip(" .-'")
    if len(clean) < 2 or _is_no_name(clean.split()[0]):
        return None
    return _capitalize(clean)


def _is_no_name(word: str) -> bool:
    """Whether a word is never a name, also if elongated: "oiii" is "oi"."""
    word = word.lower()
    return word in NOT_NAMES or _DRAWN_OUT.sub(r"\1", word) in NOT_NAMES


def _capitalize(name: str) -> str:
    plain = name.isupper() or name.islower()
    return " ".join(
        w.lower() if w.lower() in _PARTICLES else w.capitalize() if plain else w[0].upper() + w[1:]
        for w in name.split()
    )
