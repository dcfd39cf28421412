"""The pseudonyms of one conversation."""

import re
from collections.abc import Iterable, Sequence

from geniai_pipeline.analysis.base import TranscriptMessage
from geniai_pipeline.analysis.privacy.folding import FoldedText
from geniai_pipeline.analysis.privacy.numbers import (
    SHORTEST,
    find_numbers,
    find_pieces,
    find_spoken_numbers,
)
from geniai_pipeline.analysis.privacy.patterns import find_answered_births, find_forms
from geniai_pipeline.analysis.privacy.people import (
    KnownNames,
    asks_name,
    find_answered_names,
    find_names,
)
from geniai_pipeline.analysis.privacy.placeholders import LOOKALIKE, PLACEHOLDER

_Span = tuple[int, int, str]
_SHORTEST = 4
"""An original of fewer characters is hidden where it was found, and not elsewhere."""
_ASKS_BIRTH = re.compile(r"\b(?:nasc\w*|aniversario|nasceu)\b")
_REACH = 3
"""So many messages after a question its answer may come."""


class Mask:
    """The pseudonyms of one conversation; the same conversation gives the same ones.

    Args:
        names: full names known to be the contact's, from Chatwoot or their own words; the first
            becomes `[NOME_1]`.
        messages: the conversation. A name or number found in one message is hidden in all.

    """

    def __init__(
        self, names: Iterable[str] = (), messages: Sequence[TranscriptMessage] = ()
    ) -> None:
        self._originals: dict[str, str] = {}
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._reserved: set[str] = set()
        """Placeholders that were written by people: they stand for nothing."""
        self._names = KnownNames()
        self._pieces: dict[str, list[_Span]] = {}
        visible = [m for m in messages if m.is_visible]
        for message in visible:
            self._reserve(message.text)
        full = [name.strip() for name in names if name and name.strip()]
        for name in full:
            self._names.learn(name, contact=True)
        self.contact = self._get_placeholder("NOME", full[0]) if full else None
        """The placeholder of the contact's name; None: the name is unknown."""
        self._hidden = self._hide_all(visible)

    def hide(self, text: str) -> str:
        """Replaces personal data with placeholders."""
        if text in self._hidden:
            return self._hidden[text]
        self._reserve(text)
        return self._hide_originals(self._hide(text))

    def restore(self, text: str, *, only_names: bool = False) -> str:
        """Replaces placeholders with their originals; unknown ones stay."""

        def restore_value(found: re.Match[str]) -> str:
            if only_names and found[1] != "NOME":
                return found[0]
            return self._originals.get(_normalize(found), found[0])

        return PLACEHOLDER.sub(restore_value, text)

    def _hide_all(self, messages: Sequence[TranscriptMessage]) -> dict[str, str]:
        """Hides each text; what one of them reveals is hidden in all."""
        folded = [FoldedText(m.text) for m in messages]
        self._read_answers(messages, folded)
        self._read_pieces(messages, folded)
        hidden: dict[str, str] = {}
        newest = 0
        for message, text in zip(messages, folded, strict=True):
            known = self._names.count
            hidden[message.text] = self._hide(message.text, text)
            if self._names.count > known:
                newest = len(hidden)
        for i, (original, result) in enumerate(hidden.items()):
            again = self._hide(result) if i < newest else result
            hidden[original] = self._hide_originals(again)
        return hidden

    def _read_answers(
        self, messages: Sequence[TranscriptMessage], folded: Sequence[FoldedText]
    ) -> None:
        """Finds names and dates of birth that are the answer to a question for them."""
        for i, question in enumerate(folded):
            names, births = asks_name(question.folded), bool(_ASKS_BIRTH.search(question.folded))
            if not (names or births):
                continue
            for message, text in zip(
                messages[i + 1 : i + 1 + _REACH], folded[i + 1 :], strict=False
            ):
                if message.sender == messages[i].sender:
                    continue
                spans: list[_Span] = []
                if names:
                    spans += [(*name, "NOME") for name in find_answered_names(text)]
                if births:
                    spans += find_answered_births(text, message.at.year if message.at else None)
                self._pieces.setdefault(message.text, []).extend(spans)

    def _read_pieces(
        self, messages: Sequence[TranscriptMessage], folded: Sequence[FoldedText]
    ) -> None:
        """Finds numbers that a sender splits over consecutive messages."""
        for i, message in enumerate(messages):
            j = i + 1
            while j < len(messages) and messages[j].sender == message.sender:
                j += 1
            spans = find_pieces([text.folded for text in folded[i:j]]) if j > i + 1 else []
            for piece, span in zip(messages[i:j], spans, strict=False):
                self._pieces.setdefault(piece.text, []).append((*span, "TELEFONE"))

    def _hide(self, text: str, folded: FoldedText | None = None) -> str:
        """Hides until nothing is found any more: what is hidden changes what is around it."""
        spans = self._find_spans(folded or FoldedText(text), self._pieces.get(text, ()))
        while spans:
            parts, end = [], 0
            for start, stop, kind in spans:
                parts += [text[end:start], self._get_placeholder(kind, text[start:stop])]
                end = stop
            text = "".join((*parts, text[end:]))
            spans = self._find_spans(FoldedText(text), ())
        return text

    def _find_spans(self, folded: FoldedText, pieces: Iterable[_Span]) -> list[_Span]:
        """Returns what is personal, in order and without overlaps."""
        text = folded.original
        spans: list[_Span] = [*pieces, *find_forms(folded)]
        if folded.digits >= SHORTEST:
            spans += find_numbers(folded.folded)
        spans += find_spoken_numbers(folded)
        names = find_names(folded, self._names)
        spans += [(*name, "NOME") for name in names]
        if not spans:
            return []
        merged = [(*folded.locate(s, e), kind) for s, e, kind in _merge(spans)]
        for start, end, kind in merged:
            if kind == "NOME":
                self._names.learn(text[start:end], contact=False)
        return merged

    def _hide_originals(self, text: str) -> str:
        """Hides what was found elsewhere in the conversation."""
        for placeholder, original in list(self._originals.items()):
            if original in text and (len(original) >= _SHORTEST or not original.isdecimal()):
                text = _replace_whole(text, original, placeholder)
        return text

    def _reserve(self, text: str) -> None:
        if "_" in text:
            found = map(_normalize, LOOKALIKE.finditer(text))
            self._reserved.update(p for p in found if p not in self._originals)

    def _get_placeholder(self, kind: str, value: str) -> str:
        key = (kind, value)
        if key not in self._placeholders:
            number = self._counts.get(kind, 0) + 1
            while f"[{kind}_{number}]" in self._reserved:
                number += 1
            self._counts[kind] = number
            self._placeholders[key] = f"[{kind}_{number}]"
            self._originals[f"[{kind}_{number}]"] = value
        return self._placeholders[key]


def has_placeholder(text: str) -> bool:
    """Whether the text contains a placeholder."""
    return bool(PLACEHOLDER.search(text))


def cut(text: str, chars: int) -> str:
    """Cuts a hidden text to a length, before a placeholder that does not fit."""
    if len(text) <= chars:
        return text
    for found in PLACEHOLDER.finditer(text):
        if found.start() < chars < found.end():
            return text[: found.start()]
    return text[:chars]


def _replace_whole(text: str, original: str, placeholder: str) -> str:
    """Replaces an original where it is no part of a word or of a placeholder."""
    blocked = [found.span() for found in PLACEHOLDER.finditer(text)]
    parts, end, start = [], 0, text.find(original)
    while start >= 0:
        stop = start + len(original)
        around = text[max(0, start - 1) : start] + " " + text[stop : stop + 1]
        is_part = any(char == "_" or char.isalnum() for char in around)
        if not is_part and not any(a < stop and start < b for a, b in blocked):
            parts += [text[end:start], placeholder]
            end = stop
        start = text.find(original, stop)
    return "".join((*parts, text[end:]))


def _normalize(found: re.Match[str]) -> str:
    return f"[{found[1]}_{int(found[2])}]"


def _merge(spans: Iterable[_Span]) -> list[_Span]:
    """Joins spans that overlap; the first finder names the kind."""
    merged: list[tuple[int, int, int, str]] = []
    ranked = sorted((start, end, rank, kind) for rank, (start, end, kind) in enumerate(spans))
    for start, end, rank, kind in ranked:
        if merged and start < merged[-1][1]:
            before = merged.pop()
            rank, kind = min((before[2], before[3]), (rank, kind))
            start, end = before[0], max(end, before[1])
        merged.append((start, end, rank, kind))
    return [(start, end, kind) for start, end, _, kind in merged]
