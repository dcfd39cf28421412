"""What the model reads of an episode: words, moves and state, by the part of the talk.

Everything comes from the turns as `analysis.state` reads them, so case and accents are gone. The
contact's name is left out, except for its words with a meaning of their own ("Mãe da Lia").
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.local.language import regularize_word, split_words
from geniai_pipeline.analysis.local.words import FIELDS
from geniai_pipeline.analysis.state import LEAD_ROLES, EpisodeState
from geniai_pipeline.analysis.state.outcomes import Ending, judge_outcome
from geniai_pipeline.analysis.state.spoken_instants import say_instant
from geniai_pipeline.analysis.state.turns import Turn
from geniai_pipeline.analysis.state.visits import Visit, follow_visit

CONTACT_WORDS = "contact words"
_LONG = 6
"""Of shorter talks the same words may mean something else: they count once more, as theirs."""
_OPENING = 3
"""The contact's first messages say most about who they are."""
_GREETING = 2
"""The gym's first messages say whom it takes the contact for."""
_STEM = 6
_FEW_HOURS, _DAY_HOURS = 6, 30
_LENGTHS = ((0, "0"), (2, "2"), (6, "6"), (14, "14"))
_NUMBER = "#"


Token = str | tuple[str, str]
"""A word, a move or a fact; or two neighbouring words, `^` before the first, `$` after the last."""


class Part(NamedTuple):
    """A part of the talk: its name, and its distinct tokens."""

    name: str
    tokens: Collection[Token]


class Course(NamedTuple):
    """How an episode went if the contact is a prospect, although the rules may deny that."""

    visit: Visit
    appointment: str
    ending: Ending


def read_course(conversation: Transcript, turns: Sequence[Turn], state: EpisodeState) -> Course:
    """Reads the visit and the ending as a prospect's."""
    if state.role in LEAD_ROLES:
        ending = Ending(state.outcome, state.lost_reason, state.lost_quote)
        return Course(state.visit, state.appointment, ending)
    visit = follow_visit(turns)
    is_dated = any(message.at for message in conversation.messages)
    appointment = say_instant(visit.at, turns, is_dated=is_dated) if visit.at else ""
    visit = visit if is_dated else replace(visit, at=None)
    return Course(visit, appointment, judge_outcome(turns, "prospect"))


def read_parts(
    conversation: Transcript, turns: Sequence[Turn], state: EpisodeState, course: Course
) -> list[Part]:
    """Reads the parts of an episode; turns, state and course are its own."""
    if not turns:
        return [Part("state", list(_describe_state(state)))]
    names = _find_names(conversation.contact_name or "")
    own = [turn for turn in turns if turn.is_contact]
    gym = [turn for turn in turns if not turn.is_contact]
    runs = [list(run) for _, run in groupby(turns, key=lambda turn: turn.is_contact)]
    visit = course.visit
    parts = [
        Part("state", list(_describe_state(state))),
        Part("visit", _describe_visit(turns, state, course)),
        Part("talk", list(_describe_talk(turns, runs))),
        Part("contact moves", _collect_moves(own)),
        Part("opening moves", _collect_moves(own[:_OPENING])),
        Part("gym moves", _collect_moves(gym)),
        Part("greeting moves", _collect_moves(gym[:_GREETING])),
    ]
    for written in (own, gym):
        later = [turn for turn in written if visit.at and turn.at and turn.at > visit.at]
        if later:
            parts.append(Part(f"later moves{_name_side(written)}", _collect_moves(later)))
    for name, run in (
        ("last", runs[-1][-1:]),
        *zip(("ending", "before"), runs[:-3:-1], strict=False),
    ):
        parts.append(Part(f"{name} moves{_name_side(run)}", _collect_moves(run)))
    parts.append(Part("opening words", _collect_words(own[:_OPENING], names)[0]))
    for name, side, spoken in (
        ("contact", "", own),
        ("gym", "", gym),
        ("ending", _name_side(runs[-1]), runs[-1]),
        *(("before", _name_side(run), run) for run in runs[-2:-1]),
    ):
        words, pairs = _collect_words(spoken, names)
        parts += (Part(f"{name} words{side}", words), Part(f"{name} pairs{side}", pairs))
    if len(turns) < _LONG:
        parts += [Part(f"short {part.name}", part.tokens) for part in parts if _tells_all(part)]
    return parts


def has_words(part: str) -> bool:
    """Whether a part's tokens are words; the stem and the meaning of a new one may be known."""
    return " words" in part


def list_features(part: str, token: Token) -> list[str]:
    """Lists the features of a part's token; a word's stem and fields of meaning are some, too."""
    if isinstance(token, tuple):
        return [" ".join(token)]
    if not has_words(part):
        return [token]
    stem = [f"{token[:_STEM]}*"] if len(token) > _STEM else []
    return [token, *stem, *(f"@{field}" for field in _find_fields(token))]


def read_token(part: str, feature: str) -> Token:
    """Reads the token that has a feature; of a word's stem or meaning there is none."""
    one, _, other = feature.partition(" ")
    return (one, other) if " pairs" in part else feature


def _describe_state(state: EpisodeState) -> Iterator[str]:
    yield f"role {state.role}"
    yield f"actor {state.next_actor}"
    yield f"role {state.role}, actor {state.next_actor}"
    if state.is_referral:
        yield "referral"
    if state.opted_out is not None:
        yield "opted out"


def _describe_visit(turns: Sequence[Turn], state: EpisodeState, course: Course) -> set[str]:
    visit, ending = course.visit, course.ending
    found = {
        f"visit {visit.state}",
        f"outcome {ending.outcome}",
        f"reason {ending.lost_reason}",
        f"visit {visit.state}, outcome {ending.outcome}",
        f"visit {visit.state}, role {state.role}",
        f"visit {visit.state}, {turns[-1].sender} last, actor {state.next_actor}",
        f"visit {visit.state}, {min(len(visit.steps), 4)} steps",
        f"moved {min(visit.moved, 2)}",
        f"confirmed {visit.confirmed}",
    }
    found.update(f"once {step.state}" for step in visit.steps)
    if visit.steps:
        step = visit.steps[-1]
        found.add(f"visit {visit.state}, {min(turns[-1].index - step.turn, 6)} ago")
        sender = next(turn.sender for turn in turns if turn.index == step.turn)
        found.add(f"visit {visit.state} by {sender}")
    if visit.at and turns[-1].at:
        found.add(f"visit {visit.state}, {_measure_gap(visit.at.timestamp(), turns[-1])}")
    for turn in turns:
        if turn.enrols:
            found.add(f"enrols {_side([turn])}")
            if turn.index >= turns[-1].index - 2:
                found.add("enrols late")
    for side in (True, False):
        timed = sum(_is_timed(turn) for turn in turns if turn.is_contact is side)
        found.add(f"{'contact' if side else 'gym'} names {min(timed, 3)} moments")
    return found


def _describe_talk(turns: Sequence[Turn], runs: Sequence[Sequence[Turn]]) -> Iterator[str]:
    last, side = turns[-1], _side(turns[-1:])
    yield f"first {turns[0].sender}"
    yield f"last {last.sender}"
    yield f"last {side} {last.media}"
    yield f"runs {min(len(runs), 9)}"
    yield f"contact writes {min(sum(turn.is_contact for turn in turns), 10)}"
    yield f"last {side} of {min(len(runs[-1]), 3)}"
    length = next((name for most, name in _LENGTHS if len(last.words) <= most), "more")
    yield f"last {side} has {length} words"
    if "?" in last.text:
        yield f"last {side} ?"
    if last.asks:
        yield f"last {side} asks"
    if last.at and turns[0].at:
        days = (last.at - turns[0].at).days
        yield f"days {next((most for most in (0, 1, 4, 9) if days <= most), 'more')}"
    if len(turns) > 1 and turns[-2].at:
        gap = _measure_gap(turns[-2].at.timestamp(), last)
        yield f"last {side} {gap} after {_side(turns[-2:-1])}"
    silent = {turn.date or turn.index for turn in runs[-1]} if side == "gym" else set()
    yield f"silent {min(len(silent), 4)}"


def _measure_gap(since: float, turn: Turn) -> str:
    """Says how long after an instant a turn was written, in rough steps."""
    hours = (turn.at.timestamp() - since) / 3600 if turn.at else 0
    if hours < 0:
        return "before"
    if hours < 1:
        return "at once"
    return "soon" if hours < _FEW_HOURS else "a day" if hours < _DAY_HOURS else "late"


def _tells_all(part: Part) -> bool:
    """Whether a part covers the whole talk."""
    return part.name.startswith(("state", "visit", "contact", "gym"))


def _collect_moves(turns: Iterable[Turn]) -> set[str]:
    found: set[str] = set()
    for turn in turns:
        found |= turn.moves
        found.update([kind.name for kind in turn.kinds])
        if turn.media:
            found.add(turn.media)
        if "?" in turn.text:
            found.add("?")
    return found


def _collect_words(turns: Iterable[Turn], names: frozenset[str]) -> tuple[set[Token], set[Token]]:
    words: set[Token] = set()
    pairs: set[Token] = set()
    for turn in turns:
        for sentence in turn.reading.sentences:
            remaining = sentence.words
            if sentence.timed:
                remaining = [_NUMBER if word[0].isdigit() else word for word in remaining]
            if not names.isdisjoint(remaining):
                remaining = [word for word in remaining if word not in names]
            words.update(remaining)
            pairs.update(zip(["^", *remaining], [*remaining, "$"], strict=True))
    return words, pairs


def _is_timed(turn: Turn) -> bool:
    return any(sentence.timed for sentence in turn.reading.sentences)


def _side(run: Sequence[Turn]) -> str:
    return "contact" if run[0].is_contact else "gym"


def _name_side(run: Sequence[Turn]) -> str:
    """Names the side, behind a part's name."""
    return f" of {_side(run)}"


def _find_names(name: str) -> frozenset[str]:
    """Finds the words of a contact's name that are nothing but names."""
    words = [word for word in split_words(name) if word.isalpha() and len(word) > 2]
    return frozenset([word for word in map(regularize_word, words) if not _find_fields(word)])


@lru_cache(maxsize=50_000)
def _find_fields(word: str) -> tuple[str, ...]:
    """Finds the fields of meaning (`words.FIELDS`) of a regular word."""
    exact, stems = _load_lexicon()
    return (*exact.get(word, ()), *(field for stem, field in stems if word.startswith(stem)))


@lru_cache(maxsize=1)
def _load_lexicon() -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    exact: dict[str, tuple[str, ...]] = {}
    stems = []
    for field, words in FIELDS.items():
        for word in dict.fromkeys(words):
            if word.endswith("*"):
                stems.append((word[:-1], field))
            elif field not in exact.get(regularize_word(word), ()):
                exact[regularize_word(word)] = (*exact.get(regularize_word(word), ()), field)
    return exact, tuple(stems)
