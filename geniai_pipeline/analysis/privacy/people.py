"""Finds the names of persons: family, friends, staff, signatures, and first names anywhere."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.analysis.first_names import FIRST_NAMES
from geniai_pipeline.analysis.ini_files import read_ini, read_words
from geniai_pipeline.analysis.privacy.folding import WORD, FoldedText, compile_bounded
from geniai_pipeline.text import remove_accents

_PATH = Path(__file__).with_name("people.ini")
_FILE = read_ini(_PATH)
_LISTS = read_words(_PATH)
_PAIRS = {tuple(pair.split()) for pair in _FILE["places"]["pairs"].split(",")}
_AMBIGUOUS = frozenset(_LISTS["ambiguous"]["words"])
_COMMON_SURNAMES = frozenset(_LISTS["surnames"]["common"])
"""Also words: names only with a capital."""
_SURNAMES = _COMMON_SURNAMES | frozenset(_LISTS["surnames"]["words"])
_CUES = frozenset((*_LISTS["cues"]["family"], *_LISTS["cues"]["staff"]))
_STARTS = frozenset(_LISTS["cues"]["starts"])
_TOWN = frozenset(_LISTS["places"]["within"])
_PLACES = frozenset(_LISTS["places"]["before"])
_NO_STREET = frozenset(
    map(
        remove_accents,
        (
            *_LISTS["not_a_person"]["words"],
            *read_words(_PATH.parents[1] / "words.ini")["names"]["not_personal"],
        ),
    )
) - frozenset(_LISTS["not_a_person"]["of_streets"])
_NO_PERSON = _NO_STREET | frozenset(_LISTS["not_a_person"]["of_streets"])
_PARTICLES = frozenset({"da", "de", "do", "das", "dos"})
_ARTICLES = frozenset({"a", "o", "ao", "da", "do", "pra", "pro", "pela", "pelo"})
_LONGEST = 6


def _compile(key: str) -> re.Pattern[str]:
    pattern = _FILE["patterns"][key]
    for word in ("family", "staff"):
        pattern = pattern.replace(word.upper(), "|".join(_LISTS["cues"][word]))
    return compile_bounded(pattern)


(
    _NAMED, _THING, _PERSON, _GREETING, _CALLS, _CALLED, _DOES, _END, _SIGNATURE, _AGENT, _FOREIGN,
    _QUESTION, _ALONE,
) = map(_compile, _FILE["patterns"])  # fmt: skip


class Name(NamedTuple):
    """A name in a folded text."""

    start: int
    end: int


class _Word(NamedTuple):
    start: int
    folded: str

    @property
    def end(self) -> int:
        return self.start + len(self.folded)


class KnownNames:
    """The words that are names in one conversation."""

    def __init__(self) -> None:
        self.free: set[str] = set()
        """Folded; names in any writing."""
        self.exact: set[str] = set()
        """Names only where they are written so: they are words, too."""
        self.attached: set[str] = set()
        """Folded; names in any writing after another name."""

    @property
    def count(self) -> int:
        """How many are known."""
        return len(self.free) + len(self.exact) + len(self.attached)

    def learn(self, name: str, *, contact: bool) -> None:
        """Adds the words of a name, which may be the contact's own."""
        words = {word: FoldedText(word).folded for word in WORD.findall(name)}
        for word, folded in words.items():
            if folded in _PARTICLES or (folded in _NO_PERSON and folded not in _AMBIGUOUS):
                continue
            is_listed = is_listed_name(folded) or len(words) == 1
            is_surname = folded in _SURNAMES and folded not in _COMMON_SURNAMES
            if len(folded) > 2 and (
                (contact and (is_listed or is_surname))
                or (not contact and folded not in _AMBIGUOUS | _SURNAMES)
            ):
                self.free.add(folded)
            elif len(folded) > 1:
                self.exact.add(word)
            self.attached.add(folded)


def is_common_word(word: str) -> bool:
    """Whether a folded word is never in a street's name."""
    return word in _NO_STREET


def find_names(text: FoldedText, known: KnownNames) -> Iterator[Name]:
    """Finds names of persons.

    Args:
        text: the message.
        known: the names in this conversation.

    """
    words = [_Word(start, folded) for start, folded in text.words]
    begun = {
        i
        for i, word in enumerate(words)
        if word.folded in known.free
        or (word.folded in known.attached and _read_original(text, word) in known.exact)
    }
    named = {*_find_named(text, words)}
    candidates = [i for i in _find_candidates(text, words) if i not in begun]
    begun |= named
    if candidates:
        begun |= {*_find_introduced(text, words, candidates)}
        begun |= {i for i in candidates if i not in begun and _stands_alone(text, words, i)}
    after = -1
    for i in sorted(begun):
        if i > after:
            after = _extend(text, words, i, known.attached)
            if i in named:
                after = _extend_named(text, words, after)
            yield Name(words[i].start, words[after].end)


def _read_original(text: FoldedText, word: _Word) -> str:
    return text.original[slice(*text.locate(word.start, word.end))]


def _find_candidates(text: FoldedText, words: Sequence[_Word]) -> list[int]:
    """Finds words that may be names: listed, with a capital, or with letters that ours lack."""
    has_capitals = not text.is_loud and text.original.lower() != text.original
    is_foreign = bool(_FOREIGN.search(text.folded))
    found = []
    for i, (start, folded) in enumerate(words):
        if folded in FIRST_NAMES:
            found.append(i)
        elif folded in _NO_PERSON:
            continue
        elif has_capitals and text.is_capital(start):
            if len(folded) > 5 or not _read_original(text, words[i]).isupper():
                found.append(i)
        elif (is_foreign and len(folded) > 3 and _FOREIGN.search(folded)) or is_listed_name(folded):
            found.append(i)
    return found


def asks_name(folded: str) -> bool:
    """Whether a message asks for a person's name."""
    return bool(_QUESTION.search(folded))


def find_answered_names(text: FoldedText) -> Iterator[Name]:
    """Finds the lines of an answer that are a name and nothing else."""
    for found in _ALONE.finditer(text.folded):
        words = [
            w for w in WORD.finditer(text.folded, *found.span("name")) if w[0] not in _PARTICLES
        ]
        if not words or any(w[0] in _NO_PERSON for w in words):
            continue
        capitals = [not text.is_loud and text.is_capital(w.start()) for w in words]
        if any(w[0] in FIRST_NAMES | _SURNAMES for w in words) or (
            len(words) > 1 and all(capitals)
        ):
            yield Name(*found.span("name"))


def find_capitals_end(text: FoldedText, start: int) -> int | None:
    """Returns where a proper name ends whose words have capitals; None: none begins there.

    A word that is common ends it, but for "de Setembro" and the like.
    """
    end, commons, position, after_particle = None, 0, start, False
    for _ in range(6):
        found = None if text.is_loud else WORD.match(text.folded, position)
        if not found:
            break
        is_particle = found[0] in _PARTICLES
        if not is_particle:
            is_common = found[0] in _NO_STREET and found[0] not in _TOWN
            if not text.is_capital(found.start()) or (is_common and end and not after_particle):
                break
            end, commons = found.end(), commons + is_common
        elif end is None:
            break
        after_particle = is_particle
        position = found.end() + 1
        if text.folded[found.end() : position] != " ":
            break
    is_one_word = end is not None and WORD.fullmatch(text.folded, start, end)
    return None if is_one_word and commons else end


def find_phrase_end(text: FoldedText, start: int) -> int | None:
    """Returns where the words that may be a street's name end, with capitals or not."""
    end, position, after_particle = None, start, False
    for _ in range(5):
        found = _WORD_OR_NUMBER.match(text.folded, position)
        if not found or (found[0] in _NO_STREET - _PARTICLES and not after_particle):
            break
        after_particle = found[0] in _PARTICLES
        end = end if after_particle else found.end()
        position = found.end() + 1
        if text.folded[found.end() : position] != " ":
            break
    return end


_WORD_OR_NUMBER = re.compile(r"[^\W_]+")


def _find_named(text: FoldedText, words: list[_Word]) -> Iterator[int]:
    """Finds the words that are said to be names."""
    for found in _NAMED.finditer(text.folded):
        i = _find_word(words, found.end())
        if i is None or _THING.search(text.folded, max(0, found.start() - 25), found.start()):
            continue
        if words[i].folded not in _NO_PERSON or _may_be_name(text, words[i]):
            yield i


def _find_word(words: list[_Word], start: int) -> int | None:
    """Returns the index of the word that begins at a position."""
    i = bisect_left(words, start, key=lambda word: word.start)
    return i if i < len(words) and words[i].start == start else None


def _extend_named(text: FoldedText, words: list[_Word], last: int) -> int:
    """Adds surnames that no list has, up to the end of the phrase."""
    for k in range(last + 1, min(len(words), last + 4)):
        word = words[k]
        if text.folded[words[k - 1].end : word.start] != " ":
            break
        if word.folded in _NO_PERSON - _PARTICLES:
            break
        if word.folded not in _PARTICLES and _END.match(text.folded, word.end):
            return k
    return last


def _find_introduced(
    text: FoldedText, words: list[_Word], candidates: Collection[int]
) -> Iterator[int]:
    """Finds the candidates that others introduce as names."""
    folded = text.folded
    for start, word in text.words:
        if word in _CUES or word[:3] in _STARTS:
            found = _PERSON.match(folded, start)
            i = _find_word(words, found.end()) if found else None
            if found and i is not None and i in candidates and _is_person(text, words, i, found):
                yield i
    for found in _GREETING.finditer(folded):
        i = _find_word(words, found.end())
        if i is not None and i in candidates and _is_greeted(text, words, i):
            yield i
    for pattern in (_SIGNATURE, _AGENT):
        for found in pattern.finditer(folded):
            i = _find_word(words, found.start("name"))
            if i is None or i not in candidates:
                continue
            if is_listed_name(words[i].folded) or (
                (pattern is _SIGNATURE or found["sure"]) and _may_be_name(text, words[i])
            ):
                yield i
    for i in candidates:
        if (
            i
            and words[i - 1].folded in _ARTICLES
            and _may_be_name(text, words[i])
            and (_DOES.match(folded, words[i].end) or _FOREIGN.search(words[i].folded))
        ):
            yield i
    if 0 in candidates and _may_be_name(text, words[0]) and _CALLS.match(folded, words[0].end):
        yield 0


def _is_person(text: FoldedText, words: list[_Word], i: int, cue: re.Match[str]) -> bool:
    """Whether the word after a cue for persons is a name."""
    word = words[i]
    is_capital = _has_capital(text, word)
    if is_listed_name(word.folded) and (word.folded not in _NO_PERSON or is_capital):
        is_clear = is_capital or word.folded not in _AMBIGUOUS or cue["close"]
        return not _is_place(words, i) and bool(is_clear or _AFTER_ARTICLE.search(cue[0]))
    if _may_be_name(text, word):
        return True
    is_sure = cue["close"] or _AFTER_ARTICLE.search(cue[0])
    return bool(is_sure) and word.folded not in _NO_PERSON


def _is_greeted(text: FoldedText, words: list[_Word], i: int) -> bool:
    """Whether the words after a greeting are a name and nothing else follows in the sentence."""
    if is_listed_name(words[i].folded) and words[i].folded not in _AMBIGUOUS:
        return not _is_place(words, i)
    last = words[_extend(text, words, i, ())]
    return _may_be_name(text, words[i]) and bool(_CALLED.match(text.folded, last.end))


_AFTER_ARTICLE = re.compile(r"(?:sou|aqui e|fala e|com|pel|d|pr) ?[ao] $")


def _may_be_name(text: FoldedText, word: _Word) -> bool:
    """Whether a word has a name's capital and is no word that others follow a cue."""
    is_other = word.folded in _NO_PERSON or word.folded in _PLACES
    return _has_capital(text, word) and (not is_other or word.folded in _AMBIGUOUS)


def _stands_alone(text: FoldedText, words: list[_Word], i: int) -> bool:
    """Whether a listed first name is one without words that introduce it."""
    word = words[i]
    if not is_listed_name(word.folded) or _is_place(words, i):
        return False
    if word.folded not in _AMBIGUOUS:
        return True
    if not _has_capital(text, word) or _is_march(text, word):
        return False
    follows = (
        words[i + 1].folded if i + 1 < len(words) and words[i + 1].start == word.end + 1 else ""
    )
    if (i == 0 or follows in _SURNAMES) and follows and _may_be_name(text, words[i + 1]):
        return True
    if text.folded[word.start - 2 : word.start] == ", " and _ENDS.match(text.folded, word.end):
        return True
    return (
        bool(i)
        and words[i - 1].folded in _ARTICLES - _PARTICLES
        and words[i - 1].end + 1 == word.start
    )


_ENDS = re.compile(r"[!.?]|$")


def _is_march(text: FoldedText, word: _Word) -> bool:
    """Whether an accent tells the month of a Marco."""
    return word.folded == "marco" and "ç" in _read_original(text, word).lower()


def is_listed_name(folded: str) -> bool:
    """Whether a folded word is a first name, also a diminutive."""
    if folded in FIRST_NAMES:
        return True
    if folded[-4:-1] != "inh":
        return False
    stem = folded[:-4].removesuffix("z")
    return (
        len(stem) > 2
        and stem != folded
        and bool({stem, f"{stem}a", f"{stem}o"} & (FIRST_NAMES - _AMBIGUOUS))
    )


def _is_place(words: list[_Word], i: int) -> bool:
    """Whether a first name is a part of a place's name: "São Paulo", "João Pessoa"."""
    before, word, after = (
        words[k].folded if 0 <= k < len(words) else "" for k in (i - 1, i, i + 1)
    )
    if before in _PLACES and words[i - 1].end + 1 == words[i].start:
        return True
    return (word, after) in _PAIRS or (before, word) in _PAIRS


def _has_capital(text: FoldedText, word: _Word) -> bool:
    return not text.is_loud and text.is_capital(word.start)


def _extend(text: FoldedText, words: list[_Word], i: int, attached: Collection[str]) -> int:
    """Returns the index of the last word of the name that begins at a word."""
    last = i
    for k in range(i + 1, min(len(words), i + _LONGEST)):
        word = words[k]
        gap = text.folded[words[k - 1].end : word.start]
        if gap not in (" ", "-"):
            break
        if word.folded in _PARTICLES:
            continue
        is_name = word.folded in _SURNAMES or (
            word.folded in FIRST_NAMES and word.folded not in _AMBIGUOUS
        )
        if word.folded in attached:
            last = k
            continue
        if _has_capital(text, word):
            is_name = is_name or word.folded not in _NO_PERSON
        elif word.folded in _AMBIGUOUS or word.folded in _NO_PERSON:
            is_name = False
        if not is_name:
            break
        last = k
    return last
