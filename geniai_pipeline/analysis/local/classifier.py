"""The local model: a logistic regression that scores the whole conversation.

Rules find phrases, and some contacts use none of them. The classifier weighs more features:

- each word of the contact and of the gym, and its fields of meaning (`words.FIELDS`)
- the contact's pairs of neighbouring words
- the rules that matched (`marks`)

It is a multinomial logistic regression. `training.train` fits it on the repository's training
conversations and writes `weights.json`. To apply it is to add weights.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from math import exp
from pathlib import Path
from struct import Struct

from geniai_pipeline.analysis.local.language import regularize_word
from geniai_pipeline.analysis.local.words import FIELDS

WEIGHTS = Path(__file__).with_name("weights.json")
SCORES = range(6)
_LEAD = 2
_STEM = 6
_MARK = 0.2  # the factor of a rule's weight beside the words
_PAIR = 0.8  # the factor of all pairs of words together
_NOTHING = (0.0,) * len(SCORES)
_LANES = Struct(f"<{len(SCORES)}Q")  # 64 bits hold the sum of a million words
_UNIT, _OFFSET = 100, 1 << 19
_ONE = 1 << 12  # factors are whole numbers too
_MARK_SHARE = round(_ONE * _MARK)
_REMEMBERED = 50_000

Vector = tuple[float, ...]
Pair = tuple[str, str]
"""Two neighbouring words; `^` stands before the first of a sentence, `$` after the last."""


def build_pairs(words: list[str], *, timed: bool) -> set[Pair]:
    """Builds the pairs of a sentence of regular words; `timed`: it may contain numbers."""
    if timed:
        words = ["#" if word[0].isdigit() else word for word in words]
    return set(zip(["^", *words], [*words, "$"], strict=True))


def build_features(
    own: Iterable[str], gym: Iterable[str], pairs: Collection[Pair], marks: Iterable[str]
) -> dict[str, float]:
    """Builds the model's features of a conversation: feature name -> value.

    `own` and `gym` are the distinct regular words of either side, `pairs` those of the contact.
    They are divided by the square root of their number: a long text counts no more than a short
    one.
    """
    found = dict.fromkeys(marks, _MARK)
    found.update({f"p {one} {other}": _PAIR * len(pairs) ** -0.5 for one, other in pairs})
    for side, words in (("c", set(own)), ("g", set(gym))):
        for word in words:
            for name in _list_features(word):
                key = f"{side} {name}"
                found[key] = found.get(key, 0.0) + len(words) ** -0.5
    return found


class Classifier:
    """Applies trained weights. `weights` maps a feature name to one number for each score."""

    def __init__(self, weights: Mapping[str, Vector]) -> None:
        """Packs the weights; `bias` is added to every conversation's score."""
        self._bias = _pack(weights["bias"]) * _ONE
        self._own = _Lanes(weights, "c ")
        self._gym = _Lanes(weights, "g ")
        self._marks = _Lanes(weights, "")
        self._pairs = {
            (one, other): _pack(weights[name])
            for name in weights
            if name.startswith("p ")
            for _, one, other in [name.split(" ")]
        }
        self._known = frozenset(self._pairs)

    @classmethod
    def load(cls) -> "Classifier":
        """Loads the weights of the package."""
        return cls({name: tuple(w) for name, w in json.loads(WEIGHTS.read_text("utf-8")).items()})

    def predict_score(
        self,
        own: Collection[str],
        gym: Collection[str],
        pairs: Collection[Pair],
        marks: Collection[str],
    ) -> int:
        """Returns the score with the largest sum of weights of words, pairs and marks."""
        sums = self._sum_weights(own, gym, pairs, marks)
        return sums.index(max(sums))

    def compute_lead_probability(
        self,
        own: Collection[str],
        gym: Collection[str],
        pairs: Collection[Pair],
        marks: Collection[str],
    ) -> float:
        """Computes the probability of a score of 2 or more, from 0 to 1."""
        sums = self._sum_weights(own, gym, pairs, marks)
        largest = max(sums)
        shares = [exp((lane - largest) / (_UNIT * _ONE)) for lane in sums]
        return sum(shares[_LEAD:]) / sum(shares)

    def _sum_weights(
        self,
        own: Collection[str],
        gym: Collection[str],
        pairs: Collection[Pair],
        marks: Collection[str],
    ) -> tuple[int, ...]:
        lanes = self._bias + self._marks.sum_weights(marks) * _MARK_SHARE
        if own:
            lanes += self._own.sum_weights(own) * round(_ONE * len(own) ** -0.5)
        if pairs:
            known = map(self._pairs.__getitem__, self._known.intersection(pairs))
            lanes += sum(known) * round(_ONE * _PAIR * len(pairs) ** -0.5)
        if gym:
            lanes += self._gym.sum_weights(gym) * round(_ONE * len(gym) ** -0.5)
        return _unpack(lanes)

    def compute_weight(self, words: Collection[str], score: int) -> float:
        """Computes the weight of the contact's words for one score, minus the average of all."""
        total = _unpack(self._own.sum_weights(words))
        return total[score] - sum(total) / len(total)


class _Lanes(dict[str, int]):
    """The weights of words or marks; one number holds a word's weights for all scores.

    One addition of such numbers adds the weights of every score, which is fast. Each weight is a
    whole number of hundredths in its own range of bits (lane). An offset keeps each lane positive.
    It is the same in every lane, so it changes no comparison between scores.
    """

    def __init__(self, weights: Mapping[str, Vector], side: str) -> None:
        super().__init__()
        self._weights, self._side = weights, side

    def __missing__(self, word: str) -> int:
        names = _list_features(word) if self._side else [word]
        known = [self._weights.get(self._side + name, _NOTHING) for name in names]
        lanes = _pack([sum(column) for column in zip(*known, strict=True)])
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = lanes
        return lanes

    def sum_weights(self, words: Collection[str]) -> int:
        """Sums the weights of words."""
        return sum(map(self.__getitem__, words))


def _pack(weights: Iterable[float]) -> int:
    lanes = [round(weight * _UNIT) + _OFFSET for weight in weights]
    return int.from_bytes(_LANES.pack(*lanes), "little")


def _unpack(lanes: int) -> tuple[int, ...]:
    return _LANES.unpack(lanes.to_bytes(_LANES.size, "little"))


def _list_features(word: str) -> list[str]:
    """Lists a word's features: the word, its stem, and its fields of meaning."""
    if word[0].isdigit():
        return ["#"]
    stem = [f"{word[:_STEM]}*"] if len(word) > _STEM else []
    return [word, *stem, *(f"@{field}" for field in _find_fields(word))]


@lru_cache(maxsize=50_000)
def _find_fields(word: str) -> tuple[str, ...]:
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
