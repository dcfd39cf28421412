"""Pseudonymizes a conversation before it leaves the machine.

CPF, phone, e-mail, links, long numbers and the contact's names become placeholders such as
`[NOME_1]`, one for each spelling, so that a quote can be restored to the contact's exact words.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_words

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_LINK = (
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|app|link|me|io|ly|gle|br)(?:\.br)?(?:/\S*)?\b"
)
_CPF = r"(?<!\d)\d{3}[.\s]?\d{3}[.\s]?\d{3}\s?[-–.]\s?\d{2}(?!\d)"
_CEP = r"(?<!\d)\d{5}-\d{3}(?!\d)"
_PHONE = (
    r"(?<![\d/])(?:\+?\d{1,3}[\s.-]?)?(?:\(?\d{2}\)?[\s.-]?)?(?:9[\s.-]?)?"
    r"\d{4}[\s.-]?\d{4}(?![\d/])"
)
_LONG = r"(?<!\d)\d(?:[\s.-]?\d){13,}(?!\d)"
_NUMBER = r"(?<!\d)\d(?:[\s.-]?\d){7,}(?!\d)"

_KINDS = (
    ("EMAIL", re.compile(_EMAIL)),
    ("LINK", re.compile(_LINK, re.IGNORECASE)),
    ("NUMERO", re.compile(_LONG)),
    ("CPF", re.compile(_CPF)),
    ("CEP", re.compile(_CEP)),
    ("TELEFONE", re.compile(_PHONE)),
    ("NUMERO", re.compile(_NUMBER)),
)
_PLACEHOLDER = re.compile(r"\[?\b(NOME|EMAIL|LINK|CPF|CEP|TELEFONE|NUMERO)_(\d+)\b\]?")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")


_NOT_PERSONAL = frozenset(
    read_words(Path(__file__).with_name("words.ini"))["names"]["not_personal"]
)


class Mask:
    """The pseudonyms of one conversation; the same conversation gives the same ones.

    Args:
        names: full names known to be the contact's, from Chatwoot or their own words; the first
            becomes `[NOME_1]`.

    """

    def __init__(self, names: Iterable[str]) -> None:
        self._originals: list[tuple[str, str]] = []
        self._placeholders: dict[tuple[str, str], str] = {}
        full = [name.strip() for name in names if name and name.strip()]
        words = {
            word
            for name in full
            for word in _NAME_WORD.findall(name)
            if word.lower() not in _NOT_PERSONAL
        }
        known = sorted({*words, *(n for n in full if _NAME_WORD.search(n))}, key=len, reverse=True)
        self._names = (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE)
            if known
            else None
        )
        self.contact = self._get_placeholder("NOME", full[0]) if full else None
        """The placeholder of the contact's name; None: the name is unknown."""

    def hide(self, text: str) -> str:
        """Replaces personal data with placeholders."""
        for kind, pattern in _KINDS:
            text = pattern.sub(lambda found, k=kind: self._get_placeholder(k, found[0]), text)  # type: ignore[misc]
        if self._names is not None:
            text = self._names.sub(lambda found: self._get_placeholder("NOME", found[0]), text)
        return text

    def restore(self, text: str, *, only_names: bool = False) -> str:
        """Replaces placeholders with their originals; unknown ones stay."""

        def restore_value(found: re.Match[str]) -> str:
            number = int(found[2]) - 1
            if only_names and found[1] != "NOME":
                return found[0]
            same = [value for kind, value in self._originals if kind == found[1]]
            return same[number] if 0 <= number < len(same) else found[0]

        return _PLACEHOLDER.sub(restore_value, text)

    def _get_placeholder(self, kind: str, value: str) -> str:
        if _PLACEHOLDER.fullmatch(value):
            return value
        key = (kind, value)
        if key not in self._placeholders:
            self._originals.append(key)
            number = sum(k == kind for k, _ in self._originals)
            self._placeholders[key] = f"[{kind}_{number}]"
        return self._placeholders[key]


def has_placeholder(text: str) -> bool:
    """Whether the text contains a placeholder."""
    return bool(_PLACEHOLDER.search(text))
