"""Finds the rules whose phrases match a message, with an index of words.

A phrase is a line of slots, matched against regular words (see `language`):

- `quero|queria` one of these words; `emagrec*` any word that begins so; `@want` a named group
- `(a|o)` an optional word; `...` up to five words between
- `^` the sentence's start, `$` its end; `$|sim` the end or "sim"
- `?` and `,` themselves

The index maps each word to one number. It holds one bit mask per slot position: the phrases in
which the word can be that slot. The numbers of a sentence's words are combined by OR. A phrase
with all its bits set is a candidate, and only candidates' regular expressions run. So the time
grows with the number of words, not of rules.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple, TypeVar

from geniai_pipeline.analysis.local.language import (
    DAYS,
    regularize_word,
    split_sentences,
    split_words,
)
from geniai_pipeline.analysis.local.rules import Kind, Rule

_SLOTS = 4
_NEGATED = re.compile(r" (?:nao|nunca|nem|sem|deixei de|not|dont) (?:[^ ,?]+ ){0,2}$")
_NEGATION = frozenset({"nao", "nunca", "nem", "sem", "deixei", "not", "dont"})
_FILLERS = re.compile(
    r"^ (?:(?:oi|ola|opa|ah|aa|eh|entao|eita|nossa|hum+|hey|hi|hello|hola|bom dia|boa tarde"
    r"|boa noite|boa|kk+|(?:rs)+|(?:ha)+h?|aham|mas|gente|gnt|moca|moco|,) )+"
)
_END = r"(?:[,?] )*$"
_TYPO_LENGTH = 8
_NO_TYPOS = frozenset({"depressa", "academica", "academico", "academicas"})
_CACHE_LIMIT = 50_000
_SHORT = 20  # letters of the longest cached sentence: longer ones rarely recur


class Hit(NamedTuple):
    """A rule that matched, with the verbatim sentence it matched in."""

    rule: Rule
    quote: str


class Sentence(NamedTuple):
    """A verbatim sentence, its regular words, and the rules it matched.

    `text` has the words between single blanks, with one at either end, as phrases expect them.
    `names` are the names of the rules. `timed` says whether a day or
    a number is among the words.
    """

    quote: str
    words: list[str]
    text: str
    hits: tuple[Hit, ...]
    names: tuple[str, ...]
    timed: bool


class Reading(NamedTuple):
    """A parsed message: its sentences, and every rule and kind of rule that matched in them."""

    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    kinds: frozenset[Kind]

    @property
    def word_count(self) -> int:
        """The number of words and punctuation tokens of the message."""
        return sum(len(s.words) for s in self.sentences)


class _Phrase(NamedTuple):
    pattern: re.Pattern[str]
    rule: Rule
    name: str
    voids: bool
    certain: bool  # a phrase of one word: every candidate matches


Value = TypeVar("Value")


def memoize(memory: dict[str, Value], text: str, value: Value) -> None:
    """Caches the value of a short text; long texts rarely recur and would fill the memory."""
    if len(text) <= _SHORT:
        if len(memory) >= _CACHE_LIMIT:
            memory.clear()
        memory[text] = value


class _Memo(dict[str, Value]):
    """A cache of values per word, computed on first use."""

    def __init__(self, learn: Callable[[str], Value]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, word: str) -> Value:
        value = self._learn(word)
        memoize(self, word, value)
        return value


class Matcher:
    """Parses messages by a fixed set of rules; caches word look-ups between messages."""

    def __init__(self, rules: Iterable[Rule], groups: Mapping[str, tuple[str, ...]]) -> None:
        """Compiles the rules' phrases; `groups` are the named word groups (`@want`)."""
        self._phrases: list[_Phrase] = []
        self._exact: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        self._regular = _Memo(self._correct)
        self._filled = _Memo(self._find_slots)
        self._sentences: dict[str, Sentence] = {}
        self._messages: dict[str, Reading] = {}
        unused = [0] * _SLOTS  # bits of the phrases without a slot at this position
        for rule in rules:
            for voids, lines in ((False, rule.phrases), (True, rule.unless)):
                for line in lines:
                    for position in range(self._add(rule, line, groups, voids=voids), _SLOTS):
                        unused[position] |= 1 << len(self._phrases) - 1
        self._unused = self._combine_slots(unused)
        self._openings = sum(
            1 << number
            for number, phrase in enumerate(self._phrases)
            if phrase.pattern.pattern.startswith("^")
        )
        self._typos = _index_deletions(w for w in self._exact if len(w) >= _TYPO_LENGTH)

    def read(self, text: str) -> Reading:
        """Splits a message into sentences and finds the rules that match in each."""
        known = self._messages.get(text)
        if known:
            return known
        parts = tuple([self._parse_sentence(part) for part in split_sentences(text)])
        hits = parts[0].hits if len(parts) == 1 else tuple([h for p in parts for h in p.hits])
        reading = Reading(parts, hits, frozenset([hit.rule.kind for hit in hits]))
        memoize(self._messages, text, reading)
        return reading

    def _parse_sentence(self, quote: str) -> Sentence:
        known = self._sentences.get(quote)
        if known:
            return known
        words = list(map(self._regular.__getitem__, split_words(quote)))
        filled = reduce(or_, map(self._filled.__getitem__, words), self._unused)
        text = f" {' '.join(words)} "
        width = len(self._phrases)
        both = filled & filled >> width
        candidates = both & both >> 2 * width & (1 << width) - 1
        rules = self._matches(candidates, words, text) if candidates else ()
        hits = tuple([Hit(rule, quote) for rule in rules])
        names = tuple([rule.name for rule in rules])
        sentence = Sentence(quote, words, text, hits, names, filled >> _SLOTS * width > 0)
        memoize(self._sentences, quote, sentence)
        return sentence

    def _matches(self, candidates: int, words: list[str], text: str) -> Iterable[Rule]:
        phrases, found = self._phrases, dict[str, Rule]()
        if candidates & self._openings and (opening := _FILLERS.match(text)):
            text = text[opening.end() - 1 :]
        negated = not _NEGATION.isdisjoint(words)
        while candidates:
            lowest = candidates & -candidates
            candidates ^= lowest
            pattern, rule, name, voids, certain = phrases[lowest.bit_length() - 1]
            if (name in found) is not voids:  # already found, or nothing to void: a rule's
                continue  # phrases come before what voids it
            if negated and rule.negatable:
                matches = pattern.finditer(text)
                if all(_NEGATED.search(text, 0, match.start() + 1) for match in matches):
                    continue
            elif not (certain or pattern.search(text)):
                continue
            if voids:
                del found[name]
            else:
                found[name] = rule
        return found.values()

    def _find_slots(self, word: str) -> int:
        slots = list(self._exact.get(word, [0] * _SLOTS))
        for stem, stem_slots in self._stems.items():
            if word.startswith(stem):
                slots = [bits | more for bits, more in zip(slots, stem_slots, strict=True)]
        timed = word[0].isdigit() or word in DAYS
        return self._combine_slots(slots) | timed << _SLOTS * len(self._phrases)

    def _combine_slots(self, slots: Iterable[int]) -> int:
        """Combines the bit masks of all slot positions in one number."""
        return sum(bits << position * len(self._phrases) for position, bits in enumerate(slots))

    def _correct(self, token: str) -> str:
        """Returns the regular word, or the rule's word that differs by one typing error."""
        word = regularize_word(token)
        if (
            word in self._exact
            or len(word) < _TYPO_LENGTH
            or not word.isalpha()
            or word in _NO_TYPOS
            or any(word.startswith(stem) for stem in self._stems)
        ):
            return word
        return next((self._typos[d] for d in _drop_letters(word) if d in self._typos), word)

    def _add(
        self, rule: Rule, line: str, groups: Mapping[str, tuple[str, ...]], *, voids: bool
    ) -> int:
        """Compiles a phrase; returns the number of its indexed slots, at most four."""
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
                words = [
                    word
                    for name in slot.strip("()").split("|")
                    for word in groups.get(name, (name,))
                ]
                choice = "|".join(
                    re.escape(w[:-1]) + r"[^ ]*" if w.endswith("*") else re.escape(w)
                    for w in words
                    if w != "$"
                )
                end = f"|{_END}" if "$" in words else ""
                pattern += f"(?:(?:{choice}) {end}){'?' if optional else ''}"
                if not optional and not end and position < _SLOTS:
                    self._add_to_index(words, position, bit)
                    position += 1
        if not position:
            raise ValueError(f"rule {rule.name}: a phrase needs a word that must occur: {line!r}")
        if not pattern.startswith("^"):
            pattern = " " + pattern  # a literal at the start makes the search faster
        certain = len(line.split()) == 1
        self._phrases.append(_Phrase(re.compile(pattern), rule, rule.name, voids, certain))
        return position

    def _add_to_index(self, words: Iterable[str], position: int, bit: int) -> None:
        for word in words:
            table, key = (self._stems, word[:-1]) if word.endswith("*") else (self._exact, word)
            table.setdefault(key, [0] * _SLOTS)[position] |= bit


def _drop_letters(word: str) -> list[str]:
    """Returns the word, and the word without each one of its letters except the first."""
    return [word] + [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def _index_deletions(vocabulary: Iterable[str]) -> dict[str, str]:
    """Indexes the vocabulary by such forms; two words that differ by one letter share a form."""
    return {form: word for word in vocabulary for form in _drop_letters(word)}
