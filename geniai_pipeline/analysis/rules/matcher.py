"""The phrase language of the rules and a matcher that tries only phrases whose words all occur.

A phrase is a line of slots, matched against regular words (see `language`):

- `quero|queria` one of these words; `emagrec*` any word that begins so; `@want` a named group
- `(a|o)` an optional word; `...` up to five words between
- `^` the sentence's start, `$` its end; `$|sim` the end or "sim"
- `?` and `,` themselves; a line that begins with `|` goes on from the line above

The anatomy: every word maps to bit masks, one per slot position, that say which phrases it can
fill. The masks of a sentence's words are united; phrases with every bit set are the candidates,
and only their compiled regular expressions run. So time grows with the words, not with the rules.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import NamedTuple

from geniai_pipeline.analysis.rules.language import (
    regular,
    sentences,
    tokens,
)

_SLOTS = 4
_NEGATED = re.compile(r" (?:nao|nunca|nem|sem|deixei de|not|dont) (?:[^ ,?]+ ){0,2}$")
_FILLERS = re.compile(
    r"^ (?:(?:oi|ola|opa|ah|aa|eh|entao|eita|nossa|hum+|hey|hi|hello|hola|bom dia|boa tarde"
    r"|boa noite|boa|kk+|(?:rs)+|(?:ha)+h?|aham|mas|gente|gnt|moca|moco|,) )+"
)
_END = r"(?:[,?] )*$"
_TYPO_LENGTH = 8
_NO_TYPOS = frozenset({"depressa", "academica", "academico", "academicas"})
_CACHE_LIMIT = 100_000


class Kind(IntEnum):
    """What a rule's match means; the first group says who, the second what, the third how."""

    VENDOR = auto()
    JOB = auto()
    WRONG_NUMBER = auto()
    SPAM = auto()
    INJECTION = auto()
    OFF_TOPIC = auto()
    STAFF = auto()
    MEMBER = auto()
    MEMBER_SERVICE = auto()
    FOR_ANOTHER = auto()
    RETURNING = auto()

    CURIOSITY = auto()
    INTENT = auto()
    QUESTION = auto()
    DROP_IN = auto()
    TRIAL = auto()
    ENROLMENT = auto()
    LOST = auto()
    REFUSAL = auto()
    CONDITION = auto()
    GOAL = auto()

    YES = auto()
    NO = auto()
    MAYBE = auto()
    CANCEL = auto()
    CHANGE = auto()
    SAME_TIME = auto()
    CALL = auto()
    ABOUT_GYM = auto()
    SMALL_TALK = auto()
    HEARS_MEMBER = auto()
    HEARS_STRANGER = auto()
    OFFERS_TRIAL = auto()
    OFFERS_INFO = auto()
    OFFERS_ENROLMENT = auto()
    ASKS_GOAL = auto()
    ASKS_MEMBER = auto()


@dataclass(frozen=True)
class Rule:
    """One thing worth knowing, and the phrases that say it.

    `means` tells a person, in Portuguese, what a match says of the contact (it appears in the
    reasoning). `label` is the noun phrase of a condition or goal. `unless` phrases in the same
    sentence void the rule. `negatable` rules are void after "não", "nunca", "sem".
    """

    name: str
    kind: Kind
    means: str
    phrases: str
    example: str
    counter: str
    unless: str = ""
    label: str = ""
    negatable: bool = True


class Hit(NamedTuple):
    """A rule that matched, with the verbatim sentence it matched in."""

    rule: Rule
    quote: str


class Sentence(NamedTuple):
    """A verbatim sentence, its regular words between single blanks, and the rules it matched."""

    quote: str
    words: str
    hits: tuple[Hit, ...]


class Reading(NamedTuple):
    """A message read: its sentences, and every kind of rule that matched in them."""

    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    kinds: frozenset[Kind]

    @property
    def word_count(self) -> int:
        """How many words and punctuation tokens the message has."""
        return sum(s.words.count(" ") - 1 for s in self.sentences)


class _Phrase(NamedTuple):
    pattern: re.Pattern[str]
    rule: Rule
    voids: bool


class Matcher:
    """Reads messages by a fixed set of rules; word look-ups are remembered between messages."""

    def __init__(self, rules: Iterable[Rule], groups: dict[str, str]) -> None:
        """Compiles the rules' phrases; `groups` are the named word groups (`@want`)."""
        self._phrases: list[_Phrase] = []
        self._exact: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        self._unused = [0] * _SLOTS  # bits of phrases that have no slot at this position
        self._words: dict[str, tuple[str, tuple[int, ...] | None]] = {}
        for rule in rules:
            for voids, block in ((False, rule.phrases), (True, rule.unless)):
                for line in filter(None, map(str.strip, _joined(block).splitlines())):
                    self._add(rule, line, groups, voids=voids)
        self._typos = _deletions(w for w in self._exact if len(w) >= _TYPO_LENGTH)

    def read(self, text: str) -> Reading:
        """Splits a message into sentences and finds the rules that match in each."""
        parts = tuple(self._sentence(part) for part in sentences(text))
        hits = tuple(hit for part in parts for hit in part.hits)
        return Reading(parts, hits, frozenset(hit.rule.kind for hit in hits))

    def _sentence(self, quote: str) -> Sentence:
        first, second, third, fourth = self._unused
        words = []
        known = self._words
        for token in tokens(quote):
            word, bits = known.get(token) or self._learn(token)
            words.append(word)
            if bits:
                first |= bits[0]
                second |= bits[1]
                third |= bits[2]
                fourth |= bits[3]
        text = f" {' '.join(words)} "
        candidates = first & second & third & fourth
        hits = self._matches(candidates, text, quote) if candidates else ()
        return Sentence(quote, text, hits)

    def _matches(self, candidates: int, text: str, quote: str) -> tuple[Hit, ...]:
        found: dict[str, Rule] = {}
        voided = set()
        opening = _FILLERS.match(text)
        text = text[opening.end() - 1 :] if opening else text
        while candidates:
            lowest = candidates & -candidates
            candidates ^= lowest
            phrase = self._phrases[lowest.bit_length() - 1]
            rule = phrase.rule
            if rule.name in found and not phrase.voids:
                continue
            for match in phrase.pattern.finditer(text):
                if rule.negatable and _NEGATED.search(text, 0, match.start()):
                    continue
                if phrase.voids:
                    voided.add(rule.name)
                else:
                    found[rule.name] = rule
                break
        return tuple(Hit(rule, quote) for name, rule in found.items() if name not in voided)

    def _learn(self, token: str) -> tuple[str, tuple[int, ...] | None]:
        word = regular(token)
        if word[0].isdigit() and word not in self._exact:
            return word, None  # numbers are without end: not remembered, nor corrected
        if word not in self._exact and len(word) >= _TYPO_LENGTH:
            word = self._corrected(word)
        masks = [0] * _SLOTS
        for position, bits in enumerate(self._exact.get(word, ())):
            masks[position] |= bits
        for stem, stem_bits in self._stems.items():
            if word.startswith(stem):
                for position, bits in enumerate(stem_bits):
                    masks[position] |= bits
        if len(self._words) > _CACHE_LIMIT:
            self._words.clear()
        entry = (word, tuple(masks) if any(masks) else None)
        self._words[token] = entry
        return entry

    def _corrected(self, word: str) -> str:
        """The rule word one slip of the finger away, unless a stem knows the word as it is."""
        if word in _NO_TYPOS or any(word.startswith(stem) for stem in self._stems):
            return word
        return next((self._typos[d] for d in _deleted(word) if d in self._typos), word)

    def _add(self, rule: Rule, line: str, groups: dict[str, str], *, voids: bool) -> None:
        bit = 1 << len(self._phrases)
        pattern, position = "", 0
        for slot in line.split():
            if slot == "...":
                pattern += r"(?:[^ ]+ ){0,5}"
            elif slot == "^":
                pattern += "^ "
            elif slot == "$":
                pattern += _END
            else:
                optional = slot.startswith("(")
                words = "|".join(
                    groups.get(word, word) for word in slot.strip("()").split("|")
                ).split("|")
                choice = "|".join(
                    re.escape(w[:-1]) + r"[^ ]*" if w.endswith("*") else re.escape(w)
                    for w in words
                    if w != "$"
                )
                end = f"|{_END}" if "$" in words else ""
                pattern += f"(?:(?:{choice}) {end}){'?' if optional else ''}"
                if not optional and not end and position < _SLOTS:
                    self._index(words, position, bit)
                    position += 1
        if not position:
            raise ValueError(f"rule {rule.name}: a phrase needs a word that must occur: {line!r}")
        for unused in range(position, _SLOTS):
            self._unused[unused] |= bit
        if not pattern.startswith("^"):
            pattern = r"(?<= )" + pattern
        self._phrases.append(_Phrase(re.compile(pattern), rule, voids))

    def _index(self, words: Iterable[str], position: int, bit: int) -> None:
        for word in words:
            table, key = (self._stems, word[:-1]) if word.endswith("*") else (self._exact, word)
            table.setdefault(key, [0] * _SLOTS)[position] |= bit


def _joined(block: str) -> str:
    return re.sub(r"\n\s*\|", "|", block)


def _deleted(word: str) -> list[str]:
    """The word and every word that is left when one letter, but the first, is dropped."""
    return [word] + [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def _deletions(vocabulary: Iterable[str]) -> dict[str, str]:
    """Dropped-letter forms of the vocabulary: two words one slip apart share one of them."""
    return {form: word for word in vocabulary for form in _deleted(word)}
