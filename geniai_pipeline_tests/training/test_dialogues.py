"""The labelled dialogues: every label follows the rubric, and no dialogue is another's copy."""

import copy
from collections import Counter
from pathlib import Path

import pytest

from training.dialogues import (
    EPISODES_FILE,
    TEST_FILES,
    TRAINING_FILES,
    TUNING_FILE,
    Dialogue,
    find_faults,
    find_near_duplicates,
    find_thread_faults,
    read_dialogues,
    read_test_dialogues,
)

AUTHORS = [*TRAINING_FILES, TUNING_FILE]


@pytest.mark.parametrize("path", AUTHORS, ids=lambda path: path.stem)
def test_an_authors_dialogues_have_no_fault(path: Path) -> None:
    faults = {each["id"]: found for each in read_dialogues(path) if (found := find_faults(each))}
    assert faults == {}


def test_the_test_authors_dialogues_have_no_fault() -> None:
    faults = {
        each["id"]: found
        for path in TEST_FILES
        for each in read_test_dialogues(path)
        if (found := find_faults(each))
    }
    assert faults == {}


def test_the_threads_with_episodes_have_no_fault() -> None:
    threads = read_dialogues(EPISODES_FILE)
    faults = {each["id"]: found for each in threads if (found := find_thread_faults(each))}
    assert faults == {}
    assert sum(len(each["episodes"]) > 1 for each in threads) >= 90


def test_no_dialogue_is_nearly_another() -> None:
    files = [*AUTHORS, *TEST_FILES, EPISODES_FILE]
    dialogues = [each for path in files for each in read_dialogues(path)]
    assert find_near_duplicates(dialogues) == []


def test_ids_are_unique() -> None:
    paths = [*AUTHORS, *TEST_FILES, EPISODES_FILE]
    ids = Counter(each["id"] for path in paths for each in read_dialogues(path))
    assert ids.most_common(1)[0][1] == 1


def test_a_copy_with_a_word_changed_is_found() -> None:
    first = read_dialogues(AUTHORS[0])[0]
    second = copy.deepcopy(first) | {"id": "copy"}
    second["messages"][0]["text"] += " obrigada"
    assert find_near_duplicates([first, second]) == [(first["id"], "copy")]


@pytest.mark.parametrize(
    ("part", "value", "fault"),
    [
        ("role", "cliente", "cliente is none of"),
        ("is_lead", None, "is_lead"),
        ("outcome", "lost", "lost_reason"),
        ("visit", {"state": "agreed", "at": None}, "agreed without an hour"),
        ("next_actor", "nobody", "waiting_since"),
        ("waiting_since", 1, "waiting_since is no message of the contact"),
    ],
)
def test_a_label_against_the_rubric_is_found(part: str, value: object, fault: str) -> None:
    dialogue = build_dialogue()
    assert find_faults(dialogue) == []
    dialogue["label"][part] = value
    assert any(found.startswith(fault) for found in find_faults(dialogue))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pode ser terça dia 18/03?", "message 0: terça 18 is no such day"),
        ("meu cpf é 123.456.789-00", "message 0 has a document"),
        ("liga no 98765-4321", "message 0 has a document"),
        ("", "message 0 is empty"),
    ],
)
def test_a_text_against_calendar_or_privacy_is_found(text: str, fault: str) -> None:
    dialogue = build_dialogue()
    dialogue["messages"][0]["text"] = text
    assert any(found.startswith(fault) for found in find_faults(dialogue))


def build_dialogue() -> Dialogue:
    """Builds a dialogue without a fault, in which the gym must write."""
    turns = ("contact", "agent", "contact", "agent", "contact", "contact")
    return {
        "id": "x",
        "messages": [
            {"from": turn, "at": f"2026-03-11T10:0{i}", "text": f"quarta dia 18/03 às 1{i}h?"}
            for i, turn in enumerate(turns)
        ],
        "label": {
            "role": "prospect", "is_lead": True, "score": 4, "next_actor": "gym",
            "waiting_since": 4, "visit": {"state": "proposed", "at": None},
            "visit_scheduled": False, "outcome": "open", "lost_reason": None, "sure": True,
        },
    }  # fmt: skip
