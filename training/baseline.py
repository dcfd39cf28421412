"""Measures two baselines on the test author's dialogues: `python -m training.baseline`.

One is the analyzer of local rules as it is; the other, per field of the label, a logistic
regression over words and characters, which learns from 1, 2, 4 and all training authors. Prints
the tables of `training/README.md`. Needs scikit-learn, which only development installs.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline, make_union  # type: ignore[import-untyped]
from sklearn.preprocessing import FunctionTransformer  # type: ignore[import-untyped]

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.evaluation.metrics import (
    Case,
    compute_wilson_interval,
    evaluate,
    measure_detection,
)
from geniai_pipeline.analysis.files import Label, parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from training.dialogues import (
    TEST_FILES,
    TRAINING_FILES,
    TUNING_FILE,
    Dialogue,
    read_dialogues,
    read_test_dialogues,
)

Field = Callable[[Dialogue], str | int | bool]

FIELDS: dict[str, Field] = {
    "role": lambda dialogue: dialogue["label"]["role"],
    "lead": lambda dialogue: dialogue["label"]["is_lead"],
    "score": lambda dialogue: dialogue["label"]["score"],
    "next actor": lambda dialogue: dialogue["label"]["next_actor"],
    "visit state": lambda dialogue: dialogue["label"]["visit"]["state"],
    "visit scheduled": lambda dialogue: dialogue["label"]["visit_scheduled"],
}
_AUTHORS = (1, 2, 4, len(TRAINING_FILES))
_STRENGTHS = (1.0, 3.0, 10.0, 30.0)  # inverse regularisation; chosen on the tuning author


def analyze_by_rules(dialogues: Sequence[Dialogue]) -> list[Analysis]:
    """Analyzes dialogues by the local rules."""
    return list(RulesAnalyzer().analyze(map(parse_record, dialogues)))


def build_text_model(strength: float) -> Pipeline:
    """Builds a TF-IDF of words and characters, of contact and gym apart, and a regression."""
    words = {"ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True}
    characters = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3, "sublinear_tf": True}
    views = [
        make_pipeline(FunctionTransformer(select), TfidfVectorizer(**options))
        for select in (_join_contacts_texts, _join_gyms_texts)
        for options in (words, characters)
    ]
    regression = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    return make_pipeline(make_union(*views), regression)


def main() -> None:
    """Prints both baselines' accuracy on the test author, and the learning curve."""
    authors = [read_dialogues(path) for path in TRAINING_FILES]
    tuning, test = read_dialogues(TUNING_FILE), read_test_dialogues(TEST_FILES[0])
    console = Console(width=110)
    analyses = analyze_by_rules(test)
    _print_rules(console, test, analyses)

    table = Table("field", "commonest", *(f"authors: {count}" for count in _AUTHORS), "F1")
    for name, read in FIELDS.items():
        table.add_row(name, *_measure(read, authors, tuning, test))
    console.print(table)


def _measure(
    read: Field, authors: Sequence[Sequence[Dialogue]], tuning: Sequence[Dialogue],
    test: Sequence[Dialogue],
) -> list[str]:  # fmt: skip
    everybody = _flatten(authors)
    strength = max(_STRENGTHS, key=lambda each: _predict(everybody, tuning, read, each)[0])
    results = [_predict(_flatten(authors[:n]), test, read, strength) for n in _AUTHORS]
    share, predicted = results[-1]
    low, high = compute_wilson_interval(share, len(test))
    true = [read(each) for each in test]
    detection = measure_detection(list(zip(map(bool, true), map(bool, predicted), strict=True)))
    return [
        f"{Counter(true).most_common(1)[0][1] / len(test):.2f}",
        *(f"{share:.2f}" for share, _ in results[:-1]),
        f"{share:.2f} ({low:.2f} to {high:.2f})",
        f"{detection.f1:.2f}" if isinstance(true[0], bool) else "",
    ]


def _print_rules(console: Console, test: Sequence[Dialogue], analyses: Sequence[Analysis]) -> None:
    cases = [
        Case(parse_record(dialogue), _to_label(dialogue), analysis)
        for dialogue, analysis in zip(test, analyses, strict=True)
    ]
    result = evaluate(cases)
    low, high = result.accuracy_interval
    console.print(
        f"rules: lead {result.lead.accuracy:.3f} ({low:.3f}-{high:.3f}), F1 {result.lead.f1:.2f};"
        f" score exact {result.score_exact:.2f}, within one {result.score_within_one:.2f},"
        f" kappa {result.kappa:.2f}; visit F1 {result.visit.f1:.2f}"
    )


def _predict(
    learned: Sequence[Dialogue], test: Sequence[Dialogue], read: Field, strength: float
) -> tuple[float, list[str | int | bool]]:
    """Predicts a field of others after learning some; returns the right share and the values."""
    model = build_text_model(strength).fit(learned, [read(each) for each in learned])
    predicted = model.predict(test).tolist()
    right = sum(read(each) == value for each, value in zip(test, predicted, strict=True))
    return right / len(test), predicted


def _flatten(authors: Sequence[Sequence[Dialogue]]) -> list[Dialogue]:
    return [dialogue for author in authors for dialogue in author]


def _join_contacts_texts(dialogues: Sequence[Dialogue]) -> list[str]:
    return [_join(each, "contact") for each in dialogues]


def _join_gyms_texts(dialogues: Sequence[Dialogue]) -> list[str]:
    return [_join(each, "agent", "bot") for each in dialogues]


def _join(dialogue: Dialogue, *senders: str) -> str:
    return "\n".join(m["text"] for m in dialogue["messages"] if m["from"] in senders)


def _to_label(dialogue: Dialogue) -> Label:
    label = dialogue["label"]
    return Label(label["is_lead"], label["score"], label["visit_scheduled"])


if __name__ == "__main__":
    main()
