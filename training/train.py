"""Trains the local model: `python -m training.train`.

Reads the dialogues of the training authors, the short conversations and the sample gyms, writes
`geniai_pipeline/analysis/model/weights.json`, and prints how right a model is about each author
if it learned from the others alone. Needs scikit-learn, which only development installs; the
analyzer itself does not. The same files give the same weights.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.language import regularize_word, split_words
from geniai_pipeline.analysis.model.combinations import ACTORS, COMBINATIONS, Combination
from geniai_pipeline.analysis.model.features import Part, list_features, read_course, read_parts
from geniai_pipeline.analysis.model.model import UNIT, VALUES, WEIGHTS
from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline.settings import ROOT
from training.dialogues import TRAINING_FILES, read_dialogues
from training.sample_gyms import read_labelled_episodes, write_label

VERSION = 1
_SHORT, _SAMPLE = "short", "sample"
_SAMPLE_SEEDS = (101, 102)
_SAMPLE_ANCHOR = datetime(2026, 3, 11, 15, tzinfo=timezone.utc)
_SAMPLE_SIZE = 600
"""Episodes of the sample gyms: their scripts repeat themselves."""
FILES = {path.stem: path for path in TRAINING_FILES} | {
    _SHORT: ROOT / "training" / "conversations_train.jsonl"
}
_SCALES = {
    "visit": 0.6, "talk": 0.6, "state": 0.3, "later moves": 0.3,
    "contact moves": 0.5, "opening moves": 0.6, "gym moves": 0.6, "greeting moves": 0.4,
    "last moves": 0.5, "ending moves": 0.2, "before moves": 0.25,
    "contact words": 1.1, "contact pairs": 1.0, "gym words": 0.8, "gym pairs": 1.0,
    "opening words": 0.5, "ending words": 0.5, "ending pairs": 0.5, "before words": 0.5,
    "before pairs": 0.4,
}  # fmt: skip
"""How much each part of the talk may weigh: parts beside each other chosen by leaving out one
author at a time, words beside rules on `tune`, because the rules were written for the authors."""
_SAMPLE_WEIGHT = 0.5
_SHORT_WEIGHT = 0.5
"""What a short conversation counts beside a dialogue: its labels are older and fewer."""
_UNSURE_WEIGHT = 0.7
_RESTRAINT, _BIAS_RESTRAINT = 0.5, 0.05
"""The squares of weights and of biases cost this much."""
_ROUNDS = 100
_COMMON, _AUTHORS = 3, 2
"""A feature counts if it is in so many conversations, by so many authors."""
_FOLDS = 5
"""Parts of the authors; each is predicted by a model of the others."""
_DOUBTFUL = 0.2
"""The share of conversations that are marked as doubtful."""
_LEAST = 4
"""Smaller weights, in `UNIT`, are left out."""
_INNER_WORD = re.compile(r"(?<=[^\W\d_])(?:,? )([^\W\d_]{2,})")
"""A word that follows another in the same sentence."""
_READS: dict[str, Callable[[Combination], Hashable]] = {
    "role": lambda combination: combination.role,
    "visit": lambda combination: combination.visit,
    "outcome": lambda combination: combination.outcome,
    "score": lambda combination: combination.score,
    "lead": lambda combination: combination.is_lead,
}
_MEMBERS = np.array(
    [
        [getattr(combination, field) == value for combination in COMBINATIONS]
        for field, value in VALUES[: -len(ACTORS)]
    ],
    dtype=np.float64,
)

Matrix = Any  # scipy's sparse matrices have no types
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Samples:
    """Conversations as numbers, one row each."""

    features: Matrix
    names: tuple[str, ...]
    combinations: Truths
    """Which combinations the label leaves possible: one for a dialogue, several for a short one."""
    actors: Truths
    """Which next actors it leaves possible: all, where it names none."""
    weights: Floats
    authors: NDArray[np.str_]

    def select(self, rows: Truths) -> "Samples":
        """Selects some rows."""
        return replace(
            self,
            features=self.features[rows],
            combinations=self.combinations[rows],
            actors=self.actors[rows],
            weights=self.weights[rows],
            authors=self.authors[rows],
        )


@dataclass(frozen=True)
class Fit:
    """Weights, a row for each feature and a column for each value; biases for each choice."""

    weights: Floats
    biases: Floats
    members: Floats
    """The values (rows) that each choice (column) adds."""

    def predict(self, features: Matrix) -> Floats:
        """Predicts the probability of each choice."""
        return _normalize(features @ self.weights @ self.members + self.biases)[0]


def read_samples(files: Mapping[str, Path]) -> Samples:
    """Reads the conversations of files; the keys are their authors."""
    reader = StateReader()
    features, labels, authors = [], [], []
    dialogues = [(author, each) for author, path in files.items() for each in read_dialogues(path)]
    dialogues += [(_SAMPLE, each) for each in _draw_sample()]
    for author, dialogue in dialogues:
        conversation = parse_record(dialogue)
        turns = reader.read_turns(conversation)
        if turns:
            state = reader.judge(conversation, turns)
            course = read_course(conversation, turns, state)
            features.append(_weigh(read_parts(conversation, turns, state, course)))
            labels.append(dialogue["label"])
            authors.append(author)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(features).tocsc()
    names = vectorizer.get_feature_names_out()
    selected = _select_features(matrix, names, np.array(authors), find_proper_names(files.values()))
    return Samples(
        features=matrix[:, selected].tocsr(),
        names=tuple(names[selected]),
        combinations=np.array([[_allows(label, c) for c in COMBINATIONS] for label in labels]),
        actors=np.array([[label.get("next_actor", a) == a for a in ACTORS] for label in labels]),
        weights=np.array([_rate(label) for label in labels]),
        authors=np.array(authors),
    )


def _draw_sample() -> list[dict[str, Any]]:
    """Draws episodes of the sample gyms, with what is known of them as their label."""
    episodes = [
        record | {"label": write_label(truth)}
        for seed in _SAMPLE_SEEDS
        for record, truth in read_labelled_episodes(seed, _SAMPLE_ANCHOR)
        if truth.kind != "member_asks"
    ]
    allowed = [each for each in episodes if any(_allows(each["label"], c) for c in COMBINATIONS)]
    return random.Random(0).sample(allowed, _SAMPLE_SIZE)  # noqa: S311


def find_proper_names(paths: Iterable[Path]) -> set[str]:
    """Finds the words that the texts write with a capital inside a sentence: names, mostly."""
    capital, small = Counter[str](), Counter[str]()
    for path in paths:
        for dialogue in read_dialogues(path):
            for message in dialogue["messages"]:
                for word in _INNER_WORD.findall(message["text"] or ""):
                    if not word.isupper():
                        kind = capital if word[0].isupper() else small
                        kind.update(map(regularize_word, split_words(word)))
    return {word for word, count in capital.items() if count > small[word]}


def fit(features: Matrix, possible: Truths, weights: Floats, members: Floats) -> Fit:
    """Fits weights under which the choices that are possible are the most probable.

    Args:
        features: a row for each conversation.
        possible: for each conversation, the choices that its label allows.
        weights: how much each conversation counts.
        members: the values (rows) that each choice (column) adds.

    """
    labelled = ~possible.all(axis=1)
    features, possible, weights = features[labelled], possible[labelled], weights[labelled]
    transposed = features.T.tocsr()
    shape = features.shape[1], len(members)
    size = shape[0] * shape[1]

    def measure(numbers: Floats) -> tuple[float, Floats]:
        """Measures the loss and its slope."""
        matrix, biases = numbers[:size].reshape(shape), numbers[size:]
        sums = features @ matrix @ members + biases
        shares, total = _normalize(sums)
        allowed, allowed_total = _normalize(np.where(possible, sums, -np.inf))
        excess = (shares - allowed) * weights[:, None]
        loss = weights @ (total - allowed_total)
        loss += _RESTRAINT / 2 * (matrix**2).sum() + _BIAS_RESTRAINT / 2 * (biases**2).sum()
        slope = transposed @ (excess @ members.T) + _RESTRAINT * matrix
        return float(loss), np.append(slope.ravel(), excess.sum(axis=0) + _BIAS_RESTRAINT * biases)

    start = np.zeros(size + members.shape[1])
    found = minimize(measure, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return Fit(found[:size].reshape(shape), found[size:], members)


def train(samples: Samples) -> tuple[Fit, Fit]:
    """Fits the combinations, and the next actor."""
    return (
        fit(samples.features, samples.combinations, samples.weights, _MEMBERS),
        fit(samples.features, samples.actors, samples.weights, np.eye(len(ACTORS))),
    )


def cross_validate(samples: Samples) -> dict[str, tuple[Floats, Floats, Samples]]:
    """Predicts each author's dialogues by a model that learned from other authors alone.

    Returns:
        For each author the shares of the combinations, of the next actors, and the dialogues.

    """
    found = {}
    authors = sorted(set(samples.authors) - {_SHORT, _SAMPLE})
    for first in range(_FOLDS):
        unseen = authors[first::_FOLDS]
        combinations, actors = train(samples.select(~np.isin(samples.authors, unseen)))
        for author in unseen:
            own = samples.select(samples.authors == author)
            shares = combinations.predict(own.features), actors.predict(own.features)
            found[author] = (*shares, own)
    return found


def print_figures(validated: Mapping[str, tuple[Floats, Floats, Samples]]) -> None:
    """Prints the share of right fields, the mean of all authors and the worst author's."""
    rows = []
    for shares, actors, samples in validated.values():
        truth = samples.combinations.astype(float)
        right = [
            (_add_up(shares, read).argmax(1) == _add_up(truth, read).argmax(1)).mean()
            for read in _READS.values()
        ]
        rows.append([*right, (actors.argmax(1) == samples.actors.argmax(1)).mean()])
    for name, column in zip((*_READS, "next actor"), zip(*rows, strict=True), strict=True):
        print(f"{name:12} {np.mean(column):.3f}, worst author {min(column):.3f}")


def measure_doubt(validated: Mapping[str, tuple[Floats, Floats, Samples]]) -> float:
    """Measures below which certainty of a lead, or of none, the doubtful fifth lies."""
    leads = np.concatenate([_add_up(shares, _READS["lead"]) for shares, *_ in validated.values()])
    return float(np.quantile(leads.max(axis=1), _DOUBTFUL))


def write_weights(samples: Samples, fits: tuple[Fit, Fit], doubt: float) -> str:
    """Writes the weights as JSON, and what they were made from.

    They are those of a part's tokens, so the scale of the part is in them. Features that weigh
    little are left out.
    """
    combinations, actors = fits
    scales = np.array([_get_scale(name.partition(": ")[0]) for name in samples.names])
    fitted = np.hstack([combinations.weights, actors.weights])
    rounded = np.rint(fitted * scales[:, None] * UNIT).astype(int)
    parts: dict[str, list[str]] = {}
    for name, row in zip(samples.names, rounded.tolist(), strict=True):
        if max(map(abs, row)) >= _LEAST:
            part, _, feature = name.partition(": ")
            numbers = json.dumps(row, separators=(",", ":"))
            parts.setdefault(part, []).append(
                f"{json.dumps(feature, ensure_ascii=False)}:{numbers}"
            )
    weights = ",\n".join(
        f'"{part}": {{\n' + ",\n".join(lines) + "\n}" for part, lines in parts.items()
    )
    head = {
        "version": VERSION,
        "trained_on": {path.name: sha256(path.read_bytes()).hexdigest() for path in FILES.values()},
        "doubt": round(doubt, 4),
        "biases": combinations.biases.round(4).tolist(),
        "actor_biases": actors.biases.round(4).tolist(),
    }
    return f'{json.dumps(head)[:-1]},\n"weights": {{\n{weights}\n}}}}\n'


def main() -> None:
    """Trains, measures and writes the weights."""
    samples = read_samples(FILES)
    validated = cross_validate(samples)
    print_figures(validated)
    text = write_weights(samples, train(samples), measure_doubt(validated))
    WEIGHTS.write_text(text, "utf-8")


def _weigh(parts: Iterable[Part]) -> dict[str, float]:
    """Builds the features of a conversation: name -> value."""
    found: dict[str, float] = {}
    for part in parts:
        value = _get_scale(part.name) * max(len(part.tokens), 1) ** -0.5
        for token in part.tokens:
            for feature in list_features(part.name, token):
                name = f"{part.name}: {feature}"
                found[name] = found.get(name, 0.0) + value
    return found


def _get_scale(part: str) -> float:
    return _SCALES[part.removeprefix("short ").partition(" of ")[0]]


def _select_features(
    matrix: Matrix, names: NDArray[np.str_], authors: NDArray[np.str_], proper: set[str]
) -> NDArray[np.int64]:
    """Selects the features that several authors use and that are no names."""
    present = matrix.astype(bool).astype(int)
    common = present.sum(axis=0).A1 >= _COMMON
    used = sum(present[authors == author].max(axis=0).toarray()[0] for author in set(authors))
    common_in_short = present[authors == _SHORT].sum(axis=0).A1 >= _COMMON  # it has several authors
    no_name = [proper.isdisjoint(name.partition(": ")[2].split()) for name in names]
    return np.flatnonzero(common & ((used >= _AUTHORS) | common_in_short) & no_name)


def _allows(label: Mapping[str, Any], combination: Combination) -> bool:
    """Whether a label leaves a combination possible; short ones tell less, by an older rubric."""
    if "role" in label:
        known = label["role"], label["visit"]["state"], label["outcome"]
        return combination[:3] == known and combination.score == label.get(
            "score", combination.score
        )
    return (
        combination.score == label["score"]
        and combination.is_lead == label["is_lead"]
        and (combination.visit_scheduled or not label["visit_scheduled"])
        and (combination.visit != "agreed" or label["visit_scheduled"])
    )


def _rate(label: Mapping[str, Any]) -> float:
    """Says how much a conversation counts."""
    if "role" not in label:
        return _SHORT_WEIGHT
    if "score" not in label:
        return _SAMPLE_WEIGHT
    return 1.0 if label["sure"] else _UNSURE_WEIGHT


def _add_up(shares: Floats, read: Callable[[Combination], Hashable]) -> Floats:
    """Adds up the shares of combinations by what is read from them."""
    values = list(dict.fromkeys(map(read, COMBINATIONS)))
    columns = [[read(each) == value for each in COMBINATIONS] for value in values]
    return np.stack([shares[:, column].sum(axis=1) for column in columns], axis=1)


def _normalize(sums: Floats) -> tuple[Floats, Floats]:
    """Turns sums into probabilities; returns the logarithm of their total, too."""
    most = sums.max(axis=1, keepdims=True)
    powers = np.exp(sums - most)
    total = powers.sum(axis=1, keepdims=True)
    return powers / total, (most + np.log(total)).ravel()


if __name__ == "__main__":
    main()
