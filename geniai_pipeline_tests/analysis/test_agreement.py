"""The rules analyzer on the labelled conversations."""

import json
from dataclasses import dataclass

from geniai_pipeline.analysis.files import parse_conversation, parse_labelled
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.settings import ROOT

DATA = ROOT / "training"


def test_the_labelled_set_is_split_once_and_its_labels_follow_the_rubric() -> None:
    seen: dict[str, set[str]] = {}
    for split in ("train", "dev", "test"):
        lines = (DATA / f"conversations_{split}.jsonl").read_text(encoding="utf-8").splitlines()
        labelled = [parse_labelled(line) for line in lines]
        assert len({conversation.id for conversation, _ in labelled}) == len(labelled) >= 200
        for _, label in labelled:
            assert label.is_lead is (label.score >= 2)
            assert label.score == 5 or not label.visit_scheduled
        seen[split] = {repr([(m.sender, m.text) for m in c.messages]) for c, _ in labelled}
    assert not seen["test"] & (seen["train"] | seen["dev"])
    assert not seen["dev"] & seen["train"]


@dataclass
class Agreement:
    lead: float
    exact: float
    within_one: float
    visit_f1: float


def measure_agreement(analyzer: RulesAnalyzer, file: str) -> Agreement:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line)["label"] for line in lines]
    results = list(analyzer.analyze(parse_conversation(line) for line in lines))
    pairs = list(zip(results, labels, strict=True))
    both = sum(r.visit_scheduled and label["visit_scheduled"] for r, label in pairs)
    either = sum(r.visit_scheduled + label["visit_scheduled"] for r, label in pairs)
    return Agreement(
        lead=sum(r.is_lead == label["is_lead"] for r, label in pairs) / len(pairs),
        exact=sum(r.score == label["score"] for r, label in pairs) / len(pairs),
        within_one=sum(abs(r.score - label["score"]) <= 1 for r, label in pairs) / len(pairs),
        visit_f1=2 * both / either,
    )


def test_the_rules_agree_with_the_development_set(analyzer: RulesAnalyzer) -> None:
    found = measure_agreement(analyzer, "conversations_dev.jsonl")
    assert found.lead >= 0.9
    assert found.exact >= 0.79
    assert found.within_one >= 0.89
    assert found.visit_f1 >= 0.84


def test_the_rules_agree_with_conversations_they_were_not_made_from(
    analyzer: RulesAnalyzer,
) -> None:
    found = measure_agreement(analyzer, "conversations_test.jsonl")
    assert found.lead >= 0.9
    assert found.exact >= 0.79
    assert found.within_one >= 0.88
    assert found.visit_f1 >= 0.76


def test_health_reasons_goals_and_names_are_found(analyzer: RulesAnalyzer) -> None:
    wrong, labels = [], 0
    for line in (DATA / "conversations_train.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)["label"]
        result = next(analyzer.analyze([parse_conversation(line)]))
        for key in {"contact_name", "condition", "goal"} & set(label):
            labels += 1
            if getattr(result, key) != label[key]:
                wrong.append((label[key], getattr(result, key), line[:300]))
    assert labels > 15
    assert wrong == []


def test_every_result_is_in_the_contacts_own_words(
    analyzer: RulesAnalyzer,
) -> None:
    lines = (DATA / "conversations_dev.jsonl").read_text(encoding="utf-8").splitlines()
    conversations = [parse_conversation(line) for line in lines]
    results = list(analyzer.analyze(conversations))
    for conversation, result in zip(conversations, results, strict=True):
        own = [m.text for m in conversation.messages if m.sender == "contact"]
        assert all(any(e.quote in text for text in own) for e in result.evidence)
        assert result.reasoning
