"""The local model: what it reads, what it must not read, and what its weights were made from."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.local.findings import parse_menu
from geniai_pipeline.analysis.local.names import clean_profile_name
from geniai_pipeline.analysis.model.combinations import COMBINATIONS
from geniai_pipeline.analysis.model.model import WEIGHTS
from training.dialogues import TRAINING_FILES, read_dialogues
from training.train import FILES

DIALOGUES = [dialogue for path in TRAINING_FILES for dialogue in read_dialogues(path)[::7]]


def describe(analysis: Analysis) -> tuple[object, ...]:
    state = analysis.state
    return (
        state.role,
        state.next_actor,
        state.visit.state,
        state.outcome,
        analysis.estimate.score,
        round(analysis.estimate.lead_probability, 6),
    )


def rewrite(conversation: Transcript, change: Callable[[str], str]) -> Transcript:
    messages = tuple(replace(m, text=change(m.text)) for m in conversation.messages)
    name = conversation.contact_name and change(conversation.contact_name)
    return replace(conversation, messages=messages, contact_name=name)


def drop_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def has_same_menus(conversation: Transcript, change: Callable[[str], str]) -> bool:
    """Whether the options of menus are still seen: of some only the capital tells."""
    return all(
        len(parse_menu(m.text)) == len(parse_menu(change(m.text))) for m in conversation.messages
    )


@pytest.mark.parametrize("change", [str.upper, str.lower, drop_accents])
def test_case_and_accents_change_nothing(
    analyzer: RulesAnalyzer, change: Callable[[str], str]
) -> None:
    plain = [parse_record(dialogue) for dialogue in DIALOGUES]
    plain = [each for each in plain if has_same_menus(each, change)]
    changed = [rewrite(conversation, change) for conversation in plain]
    assert list(map(describe, analyzer.analyze(changed))) == list(
        map(describe, analyzer.analyze(plain))
    )


def test_another_name_of_the_contact_changes_nothing(analyzer: RulesAnalyzer) -> None:
    pairs = []
    for dialogue in DIALOGUES:
        conversation = parse_record(dialogue)
        name = clean_profile_name(conversation.contact_name)
        # "Mirelleee" is no other spelling that could be replaced
        other = re.compile(rf"linda|{re.escape(name or '-')}\w", re.IGNORECASE)
        has_other = any(other.search(message.text) for message in conversation.messages)
        if name and not has_other and re.fullmatch(r"[A-ZÀ-Ü][a-zà-ü]{3,}", name):
            give_other_name = partial(re.compile(rf"\b{name}\b", re.IGNORECASE).sub, "Linda")
            pairs.append((conversation, rewrite(conversation, give_other_name)))
    assert len(pairs) > 10
    plain, changed = zip(*pairs, strict=True)
    assert list(map(describe, analyzer.analyze(changed))) == list(
        map(describe, analyzer.analyze(plain))
    )


def test_every_label_is_a_combination_that_the_model_can_choose() -> None:
    for path in TRAINING_FILES:
        for dialogue in read_dialogues(path):
            label = dialogue["label"]
            known = label["role"], label["visit"]["state"], label["outcome"], label["score"]
            assert known in COMBINATIONS, dialogue["id"]


def test_the_weights_were_made_from_the_files_as_they_are() -> None:
    trained = json.loads(WEIGHTS.read_text("utf-8"))["trained_on"]
    assert trained == {path.name: sha256(path.read_bytes()).hexdigest() for path in FILES.values()}
    assert WEIGHTS.stat().st_size < 6_000_000


def test_what_is_decided_follows_the_rubric(analyzer: RulesAnalyzer) -> None:
    for analysis in analyzer.analyze(map(parse_record, DIALOGUES)):
        state, estimate = analysis.state, analysis.estimate
        decided = state.role, state.visit.state, state.outcome, estimate.score
        assert decided in COMBINATIONS
        assert (state.waiting_since is not None) == (state.next_actor == "gym")
        assert (state.lost_reason is not None) == (state.outcome == "lost")
        assert (state.visit.agreed is not None) or state.visit.state != "agreed"
        assert 0 <= estimate.lead_probability <= 1
        assert 0 <= estimate.visit_probability <= 1


def test_about_four_of_five_estimates_are_certain(analyzer: RulesAnalyzer) -> None:
    certain = [a.estimate.is_certain for a in analyzer.analyze(map(parse_record, DIALOGUES))]
    assert 0.7 < sum(certain) / len(certain) < 1
