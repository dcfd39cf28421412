"""The baselines that an analyzer must beat: they learn and measure what the label says."""

from training.baseline import FIELDS, analyze_by_rules, build_text_model
from training.dialogues import TUNING_FILE, read_dialogues


def test_the_text_model_learns_each_field() -> None:
    dialogues = read_dialogues(TUNING_FILE)[:40]
    for name, read in FIELDS.items():
        values = [read(each) for each in dialogues]
        predicted = build_text_model(100.0).fit(dialogues, values).predict(dialogues).tolist()
        assert predicted == values, name


def test_the_rules_analyze_each_dialogue() -> None:
    dialogues = read_dialogues(TUNING_FILE)[:40]
    analyses = analyze_by_rules(dialogues)
    right = [a.is_lead == d["label"]["is_lead"] for a, d in zip(analyses, dialogues, strict=True)]
    assert sum(right) > len(dialogues) / 2
