"""Trains the local analyzer's model: `python -m training.train FILE.jsonl ...`.

Reads labelled conversations, writes `geniai_pipeline/analysis/local/weights.json`, and prints the
accuracy of five cross-validation folds. Needs scikit-learn, which only development installs; the
analyzer itself does not. The same files give the same weights.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.classifier import SCORES, WEIGHTS, build_features
from geniai_pipeline.analysis.local.findings import resolve_conflicts
from geniai_pipeline.analysis.local.signals import read_signals
from geniai_pipeline.analysis.local.verdicts import build_marks
from geniai_pipeline.analysis.state import StateReader

_STRENGTH = 5.0  # inverse regularisation, chosen on the development set
_MARK_SHARES = (0.0, 0.4, 0.7, 0.2, 0.5, 0.8)  # share of the marks in each copy it also learns from
_WORDS = ("c ", "g ", "p ")
_FOLDS = 5
_LEAD = 2


def read_samples(paths: list[Path]) -> tuple[list[dict[str, float]], NDArray[np.int64]]:
    """Reads features and score of every labelled conversation with a contact message."""
    reader = StateReader()
    samples, scores = [], []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            conversation = parse_record(record)
            turns = reader.read_turns(conversation)
            signals = read_signals(conversation, turns, reader.judge(conversation, turns))
            if not signals.own_words:
                continue
            gym_first = conversation.messages[0].sender != "contact"
            marks = build_marks(signals, resolve_conflicts(signals.findings), gym_first=gym_first)
            samples.append(
                build_features(signals.own_words, signals.gym_words, signals.own_pairs, marks)
            )
            scores.append(record["label"]["score"])
    return samples, np.array(scores)


def train(samples: list[dict[str, float]], scores: NDArray[np.int64]) -> dict[str, list[float]]:
    """Trains the model: feature name -> one weight per score; drops negligible features."""
    vectorizer = DictVectorizer()
    model = _fit(vectorizer, samples, scores)
    weights = {"bias": [round(float(b), 3) for b in model.intercept_]}
    for name, column in zip(vectorizer.get_feature_names_out(), model.coef_.T, strict=True):
        if np.abs(column).max() >= 0.05:
            weights[str(name)] = [round(float(w), 2) for w in column]
    return weights


def cross_validate(samples: list[dict[str, float]], scores: NDArray[np.int64]) -> NDArray[np.int64]:
    """Predicts each conversation's score by a model trained on the other folds."""
    predicted = np.zeros_like(scores)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for known, unknown in folds.split(scores, scores):
        vectorizer = DictVectorizer()
        model = _fit(vectorizer, [samples[i] for i in known], scores[known])
        predicted[unknown] = model.predict(vectorizer.transform([samples[i] for i in unknown]))
    return predicted


def _fit(
    vectorizer: DictVectorizer, samples: list[dict[str, float]], scores: NDArray[np.int64]
) -> LogisticRegression:
    """Fits a model on each conversation, and on copies without some of its rules' marks.

    The rules were written for these conversations and are right about them more often than about
    new ones. Without the copies the model would give them too much weight.
    """
    chance = np.random.default_rng(0)
    copies, labels, weights = list(samples), list(scores), [1.0] * len(samples)
    for sample, score in zip(samples, scores, strict=True):
        for share in _MARK_SHARES:
            copies.append(
                {
                    name: value
                    for name, value in sorted(sample.items())
                    if name.startswith(_WORDS) or chance.random() < share
                }
            )
            labels.append(score)
            weights.append(1 / len(_MARK_SHARES))
    common = _common_pairs(samples)
    copies = [
        {name: value for name, value in copy.items() if name[:2] != "p " or name in common}
        for copy in copies
    ]
    matrix = vectorizer.fit_transform(copies)
    return LogisticRegression(C=_STRENGTH, max_iter=500, tol=1e-3).fit(matrix, labels, weights)


def _common_pairs(samples: list[dict[str, float]]) -> set[str]:
    """Selects the pairs of words in more than one conversation; others would overfit."""
    seen = Counter(name for sample in samples for name in sample if name.startswith("p "))
    return {name for name, count in seen.items() if count > 1}


def main() -> None:
    """Trains on the files of the command line."""
    samples, scores = read_samples([Path(argument) for argument in sys.argv[1:]])
    guessed = cross_validate(samples, scores)
    leads, exact = np.mean((guessed >= _LEAD) == (scores >= _LEAD)), np.mean(guessed == scores)
    print(f"{len(scores)} conversations, {_FOLDS} folds: lead {leads:.3f}, exact {exact:.3f}")
    weights = train(samples, scores)
    if set(scores) != set(SCORES):
        raise SystemExit("The files must have every score, 0 to 5.")
    lines = (
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(w)}" for name, w in weights.items()
    )
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
