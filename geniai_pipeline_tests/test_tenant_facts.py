"""The file of facts: what it may hold, and how a fault is named."""

import re
from pathlib import Path

import pytest

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_facts import TenantFacts, parse_facts, read_facts

GUIDE = Path(__file__).parents[1] / "docs" / "how-to" / "describe-a-gym.md"


def write(folder: Path, text: str) -> Path:
    file = folder / "facts.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_guides_example_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert example is not None
    facts = read_facts(write(tmp_path, example[1]))
    assert set(facts.to_json()) == set(TenantFacts.model_fields)
    assert read_facts(write(tmp_path, facts.to_yaml())) == facts
    assert parse_facts(facts.to_json()).version == facts.version


def test_an_empty_file_knows_nothing(tmp_path: Path) -> None:
    assert read_facts(write(tmp_path, "")) == TenantFacts()
    assert TenantFacts().to_json() == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("plans: [{name: A, price: 1}, {name: B, price: zero}]", r"plans\[2\]\.price: "),
        ("plans: [{name: A, price: -1}]", r"plans\[1\]\.price: .*greater than 0"),
        ("plan: []", r"plan: Extra inputs"),
        ("timetable: [{activity: A, days: [xyz], times: []}]", r"timetable\[1\]\.days\[1\]: "),
        (
            "opening_hours: [{days: [seg], opens: 6, closes: 22:00}]",
            r"opening_hours\[1\]\.opens: .*write the hour as 18:30",
        ),
        (f"address: {'a' * 161}", r"address: .*160"),
        ("- a\n- b", r"the file: "),
        ("a: [", r"is no YAML"),
    ],
)
def test_a_fault_names_its_field(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=fault) as refused:
        read_facts(write(tmp_path, text))
    assert "describe-a-gym.md" in refused.value.mend


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        read_facts(tmp_path / "none.yaml")


def test_the_version_changes_with_any_fact() -> None:
    contents: tuple[object, ...] = ({}, {"platforms": []}, {"address": "A"}, {"address": "B"})
    versions = {parse_facts(content).version for content in contents}
    assert len(versions) == 4
