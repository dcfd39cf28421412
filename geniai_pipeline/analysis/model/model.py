"""The local model: a log-linear model over the combinations that the rubric allows.

Each feature has a weight for each value of each field: role, visit, outcome, score and next actor.
A combination's weights, and a bias of its own, give its probability; that of a lead is the sum over
the combinations that are one. The next actor is weighed apart. `training.train` fits the weights;
to apply them is to add whole numbers.
"""

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import exp, inf
from pathlib import Path
from struct import Struct
from typing import Any

from geniai_pipeline.analysis.model.combinations import (
    ACTORS,
    COMBINATIONS,
    OUTCOMES,
    ROLES,
    SCORES,
    VISITS,
    Combination,
)
from geniai_pipeline.analysis.model.features import (
    CONTACT_WORDS,
    Part,
    Token,
    has_words,
    list_features,
    read_token,
)
from geniai_pipeline.analysis.state.next_actor import Actor
from geniai_pipeline.analysis.state.outcomes import Outcome
from geniai_pipeline.analysis.state.roles import LEAD_ROLES, Role
from geniai_pipeline.analysis.state.visits import State

WEIGHTS = Path(__file__).with_name("weights.json")
VALUES: tuple[tuple[str, Hashable], ...] = tuple(
    (field, value)
    for field, values in (
        ("role", ROLES),
        ("visit", VISITS),
        ("outcome", OUTCOMES),
        ("score", SCORES),
        ("next_actor", ACTORS),
    )
    for value in values
)
"""What a feature has weights for, in order."""
UNIT = 200
"""The weights are whole numbers of this part of one."""
_LANES = Struct(f"<{len(VALUES)}Q")  # 64 bits hold the sum of a million weights
_OFFSET = 1 << 19
_ONE = 1 << 12  # factors are whole numbers too
_REMEMBERED = 50_000
_FIELDS = Combination._fields
_ACTOR_LANES = slice(-len(ACTORS), None)
_SCORE_LANES = slice(-len(ACTORS) - len(SCORES), -len(ACTORS))
_AGREED = VALUES.index(("visit", "agreed"))
_ERRORS = [0.3 * points + 0.1 * points**2 for points in SCORES]
"""How wrong a score is that is so many points off, where a wrong role is 1; chosen on `tune`."""
_ADDENDS = tuple(
    tuple(VALUES.index((field, getattr(c, field))) for field in _FIELDS) for c in COMBINATIONS
)
"""The lanes that each combination adds."""
_BESIDE_SCORES = tuple(
    (own, tuple(lanes[:-1] for lanes in _ADDENDS if lanes[-1] == own))
    for own in range(*_SCORE_LANES.indices(len(VALUES)))
)
"""For each score's lane, what may stand beside it."""
_CHOICES = tuple(
    (c, lanes, c.is_lead, c.visit_scheduled)
    for c, lanes in zip(COMBINATIONS, _ADDENDS, strict=True)
)


@dataclass(frozen=True)
class Estimate:
    """What the model takes an episode for; probabilities and certainties are from 0 to 1."""

    role: Role
    visit: State
    outcome: Outcome
    score: int
    next_actor: Actor
    lead_probability: float
    visit_probability: float
    is_certain: bool
    """Whether it is not among the fifth of episodes about which the model knows least."""

    @property
    def certainty(self) -> float:
        """The probability that lead or not is right, from 0 to 1."""
        is_lead = self.role in LEAD_ROLES and self.score >= 2
        return self.lead_probability if is_lead else 1 - self.lead_probability


class Model:
    """Applies trained weights. Threads may share it."""

    def __init__(self, trained: Mapping[str, Any]) -> None:
        """Takes what `training.train` has written."""
        self._biases: Sequence[float] = trained["biases"]
        self._actor_biases: Sequence[float] = trained["actor_biases"]
        self._doubt: float = trained["doubt"]
        self._parts = {name: _Part(name, rows) for name, rows in trained["weights"].items()}

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "Model":
        """Loads the weights of the package: 42 MB, once in a process."""
        return cls(json.loads(WEIGHTS.read_text("utf-8")))

    def estimate(self, parts: Iterable[Part], *, has_instant: bool) -> Estimate:
        """Estimates what an episode is.

        Args:
            parts: the episode's.
            has_instant: whether the rules read the instant of a visit: without one none is agreed.

        """
        lanes = 0
        for part in parts:
            if part.tokens and part.name in self._parts:
                factor = round(_ONE * len(part.tokens) ** -0.5)
                lanes += self._parts[part.name].sum_weights(part.tokens) * factor
        sums = [lane / (UNIT * _ONE) for lane in _unpack(lanes)]
        if not has_instant:
            sums[_AGREED] = -inf
        actors = _normalize(
            [a + b for a, b in zip(sums[_ACTOR_LANES], self._actor_biases, strict=True)]
        )
        shares = _normalize(
            [
                sums[role] + sums[visit] + sums[outcome] + sums[score] + bias
                for (role, visit, outcome, score), bias in zip(_ADDENDS, self._biases, strict=True)
            ]
        )
        return self._decide(shares, actors)

    def compute_weight(self, words: Collection[str], score: int) -> float:
        """Computes how far the contact's words speak for a score rather than for the others."""
        sums = _unpack(self._parts[CONTACT_WORDS].sum_weights(words))
        best = [
            sums[own]
            + max([sums[role] + sums[visit] + sums[outcome] for role, visit, outcome in rest])
            for own, rest in _BESIDE_SCORES
        ]
        return (best[score] - sum(best) / len(best)) / UNIT

    def _decide(self, shares: Sequence[float], actors: Sequence[float]) -> Estimate:
        """Decides on the combination that is expected to be the least wrong."""
        likely = [0.0] * len(VALUES)
        lead = visit = 0.0
        for (_, lanes, is_lead, is_scheduled), share in zip(_CHOICES, shares, strict=True):
            for lane in lanes:
                likely[lane] += share
            if is_lead:
                lead += share
                if is_scheduled:
                    visit += share
        scores = likely[_SCORE_LANES]
        errors = [
            sum([share * _ERRORS[abs(score - other)] for other, share in enumerate(scores)])
            for score in SCORES
        ]
        gains = [
            likely[role] + likely[visited] + likely[outcome] - errors[combination.score]
            + (lead if is_lead else 1 - lead)
            for combination, (role, visited, outcome, _), is_lead, _ in _CHOICES
        ]  # fmt: skip
        chosen = COMBINATIONS[gains.index(max(gains))]
        actor = max(range(len(ACTORS)), key=actors.__getitem__)
        return Estimate(
            role=chosen.role,
            visit=chosen.visit,
            outcome=chosen.outcome,
            score=chosen.score,
            next_actor=ACTORS[actor],
            lead_probability=lead,
            visit_probability=visit,
            is_certain=max(lead, 1 - lead) >= self._doubt,
        )


class _Part(dict[Token, int]):
    """The weights of a part's tokens; one number holds a token's weights for all values.

    One addition of such numbers adds the weights for every value, which is fast. Each weight has
    its own range of bits (lane). An offset keeps each lane positive. It is the same in every lane,
    so it changes no comparison.
    """

    def __init__(self, name: str, rows: Mapping[str, Sequence[int]]) -> None:
        """Takes the part's name and the weights of each of its features."""
        super().__init__()
        self._name, self._rows = name, rows
        # new words have a stem and a meaning that may be known; no other new token has
        self._known = (
            None if has_words(name) else frozenset([read_token(name, feature) for feature in rows])
        )

    def __missing__(self, token: Token) -> int:
        features = list_features(self._name, token)
        known = [self._rows[name] for name in features if name in self._rows]
        lanes = _pack([sum(column) for column in zip(*known, strict=True)]) if known else _NOTHING
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = lanes
        return lanes

    def sum_weights(self, tokens: Collection[Token]) -> int:
        """Sums the weights of tokens."""
        met = self._known.intersection(tokens) if self._known else tokens
        return sum(map(self.__getitem__, met))


@lru_cache(maxsize=1)
def compute_model_version() -> str:
    """Computes a digest of the weights; it changes whenever an estimate could change."""
    return sha256(WEIGHTS.read_bytes()).hexdigest()[:8]


def _pack(weights: Iterable[int]) -> int:
    return int.from_bytes(_LANES.pack(*[weight + _OFFSET for weight in weights]), "little")


def _unpack(lanes: int) -> tuple[int, ...]:
    return _LANES.unpack(lanes.to_bytes(_LANES.size, "little"))


_NOTHING = _pack([0] * len(VALUES))


def _normalize(sums: Sequence[float]) -> list[float]:
    """Turns sums of weights into probabilities."""
    most = max(sums)
    powers = [exp(each - most) for each in sums]
    total = sum(powers)
    return [power / total for power in powers]
