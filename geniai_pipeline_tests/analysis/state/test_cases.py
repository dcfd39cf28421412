"""Short labelled cases by the rubric: how often the state of an episode is what the label says.

Their author had not seen the rules. The floors are what the rules reach: a change may not lower
them. Labels of which a careful reader may differ (``sure`` is false) do not count.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.state import StateReader

_CASES = Path(__file__).with_name("cases.jsonl")
_FLOORS = {
    "next_actor": 0.95, "waiting_since": 0.95, "visit_state": 0.96, "visit_at": 0.97, "role": 0.9,
}  # fmt: skip


@pytest.fixture(scope="module")
def shares() -> dict[str, float]:
    """The share of the sure cases in which a field equals the label."""
    right: Counter[str] = Counter()
    count = 0
    for label, fields in _read():
        count += 1
        right.update(name for name in _FLOORS if fields[name] == label[name])
    assert count >= 280
    return {name: right[name] / count for name in _FLOORS}


@pytest.mark.parametrize("field", list(_FLOORS))
def test_a_field_is_right_as_often_as_it_was(shares: dict[str, float], field: str) -> None:
    assert shares[field] >= _FLOORS[field]


def _read() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    reader = StateReader()
    for line in _CASES.read_text("utf-8").splitlines():
        record = json.loads(line)
        label = record["label"]
        if label["sure"]:
            label |= {f"visit_{name}": value for name, value in label["visit"].items()}
            yield label, reader.read(parse_record(record)).fields
