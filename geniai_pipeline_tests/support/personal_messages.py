"""Generates messages with personal data from templates, and measures what a mask hides of them."""

import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path

from geniai_pipeline.analysis.base import Sender, TranscriptMessage
from geniai_pipeline.analysis.privacy import Mask

_SPAN = re.compile(r"<(?P<kind>[A-Z~]+)(?::(?P<form>\w+))?\|(?P<text>[^<>]*)>")
_SLOT = re.compile(r"\{(\w+)\}")
_PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")
_WORDS = "zero um dois três quatro cinco seis sete oito nove".split()  # noqa: SIM905
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Span:
    """Where a text is personal; of the kind "~" it may be hidden or not."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Message:
    """A message and what is personal in it."""

    sender: Sender
    text: str
    spans: tuple[Span, ...]


@dataclass
class Result:
    """Spans that are personal, hidden, and both, by kind."""

    personal: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The part of the personal spans that is hidden to the last letter."""
        return self.found.total() / self.personal.total()

    @property
    def precision(self) -> float:
        """The part of the hidden spans of which at least half is personal."""
        return self.right.total() / self.hidden.total()


class Generator:
    """Fills templates at random; the same seed gives the same talks.

    A template file has a section per kind, with a template a line. In a template, `<KIND|...>` is
    personal and `{name}` is an entry of [values]; in a span "#" is a digit and "@L" a letter.
    Templates with " // " are several messages, those beginning with "G:" the gym's.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self._random = random.Random(seed)
        file = ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        file.read_string(path.read_text("utf-8"))
        self._values = {
            key: [" ".join(value.split()) for value in values.split(",")]
            for key, values in file["values"].items()
        }
        self._templates = {
            section: [line for line in file[section]["templates"].splitlines() if line.strip()]
            for section in file.sections()
            if section != "values"
        }

    def generate(self, count: int) -> Iterator[list[Message]]:
        """Yields talks until they have so many messages: each kind in turn, and "clean" between."""
        kinds = [kind for kind in self._templates if kind != "clean"]
        made = 0
        while made < count:
            for kind in (k for personal in kinds for k in (personal, "clean")):
                talk = self._fill(self._random.choice(self._templates[kind]))
                made += len(talk)
                yield talk

    def _fill(self, template: str) -> list[Message]:
        talk = []
        for part in template.split(" // "):
            sender: Sender = "agent" if part.startswith("G:") else "contact"
            text, spans, end = "", [], 0
            part = part.removeprefix("G:").replace("\\n", "\n")
            for found in _SPAN.finditer(part):
                text += self._fill_slots(part[end : found.start()])
                value = self._fill_span(found["kind"], found["form"], found["text"])
                spans.append(Span(len(text), len(text) + len(value), found["kind"]))
                text += value
                end = found.end()
            text += self._fill_slots(part[end:])
            talk.append(Message(sender, text, tuple(spans)))
        return talk

    def _fill_slots(self, text: str) -> str:
        return _SLOT.sub(lambda found: self._make_value(found[1]), text)

    def _make_value(self, name: str) -> str:
        if name.startswith("low_"):
            return self._make_value(name[4:]).lower()
        if name.startswith("loud_"):
            return self._make_value(name[5:]).upper()
        if name == "n":
            return str(self._random.randint(10, 2999))
        if name == "small":
            return str(self._random.randint(1, 30))
        if name in ("day", "month"):
            return f"{self._random.randint(1, 28 if name == 'day' else 12):02}"
        if name == "year":
            return str(self._random.randint(1950, 2012))
        if name == "yy":
            return f"{self._random.randint(50, 99)}"
        if name == "uuid":
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        return self._random.choice(self._values[name])

    def _fill_span(self, kind: str, form: str | None, text: str) -> str:
        text = self._fill_slots(text)
        digits = iter(self._make_digits(kind, text.count("#"), form))
        text = re.sub("#", lambda _: next(digits), text)
        text = re.sub("@L", lambda _: self._random.choice(_LETTERS), text)
        if form == "emoji":
            return re.sub(r"\d", lambda found: f"{found[0]}\ufe0f\u20e3", text)
        if form == "words":
            return re.sub(r"\d", lambda found: _WORDS[int(found[0])] + " ", text).strip()
        if form == "meia":
            words = re.sub(r"\d", lambda found: _WORDS[int(found[0])] + " ", text).strip()
            return words.replace("seis", "meia")
        if form == "spaced":
            return " ".join(text)
        if form == "low":
            return text.lower()
        return text

    def _make_digits(self, kind: str, count: int, form: str | None) -> str:
        digits = [self._random.randint(0, 9) for _ in range(count)]
        if kind == "CPF" and count == 11:
            for n in (9, 10):
                digits[n] = sum(d * (n + 1 - i) for i, d in enumerate(digits[:n])) * 10 % 11 % 10
        elif kind == "CNPJ" and count == 14:
            digits[8:12] = [0, 0, 0, 1]
            for n in (12, 13):
                rest = sum(d * ((n - 1 - i) % 8 + 2) for i, d in enumerate(digits[:n])) % 11
                digits[n] = 0 if rest < 2 else 11 - rest
        elif kind == "TELEFONE":
            if 10 <= count <= 13:
                at = count - (11 if count in (11, 13) else 10)
                digits[:at] = [5, 5][:at]
                digits[at] = self._random.randint(1, 9)
                digits[at + 1] = self._random.randint(1, 9)
            if count in (9, 11, 13):
                digits[count - 9] = 9
            elif count in (8, 10):
                digits[count - 8] = 3
        return "".join(map(str, digits))


def measure(talks: Iterator[list[Message]], contact: str) -> Result:
    """Hides each talk by a mask of its own, and counts."""
    result = Result()
    for talk in talks:
        mask = Mask([contact], [TranscriptMessage(m.sender, m.text) for m in talk])
        for message in talk:
            _count(result, message, mask)
    return result


def find_hidden(text: str, hidden: str, mask: Mask) -> list[tuple[int, int]]:
    """Finds where the placeholders of a hidden text stand in the original.

    Raises:
        AssertionError: restored, the hidden text is not the original.

    """
    spans, shift = [], 0
    for found in _PLACEHOLDER.finditer(hidden):
        original = mask.restore(found[0])
        start = found.start() + shift
        assert text[start : start + len(original)] == original
        spans.append((start, start + len(original)))
        shift += len(original) - len(found[0])
    assert mask.restore(hidden) == text
    return spans


def _count(result: Result, message: Message, mask: Mask) -> None:
    text = message.text
    hidden = mask.hide(text)
    spans = find_hidden(text, hidden, mask)
    covered = {i for start, end in spans for i in range(start, end)}
    for span in message.spans:
        if span.kind != "~":
            result.personal[span.kind] += 1
            whole = all(i in covered for i in range(span.start, span.end) if text[i].isalnum())
            result.found[span.kind] += whole
            if not whole:
                result.faults.append(f"missed {span.kind}: {text!r} -> {hidden!r}")
    personal = {i for span in message.spans for i in range(span.start, span.end)}
    neutral = {i for s in message.spans if s.kind == "~" for i in range(s.start, s.end)}
    for found, (start, end) in zip(_PLACEHOLDER.finditer(hidden), spans, strict=True):
        if neutral & set(range(start, end)):
            continue
        kind = found[0][1:].split("_")[0]
        letters = [i for i in range(start, end) if text[i].isalnum()]
        right = 2 * sum(i in personal for i in letters) >= len(letters)
        result.hidden[kind] += 1
        result.right[kind] += right
        if not right:
            result.faults.append(f"excess {kind}: {text!r} -> {hidden!r}")
