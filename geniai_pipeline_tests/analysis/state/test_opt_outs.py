"""Short labelled talks: in which message the contact asks not to be written to again."""

import json
from pathlib import Path

import pytest

from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline_tests.support.dialogues import dialogue

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("opt_outs.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def reader() -> StateReader:
    return StateReader()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["lines"][-1])
def test_an_opt_out_is_found_where_it_is_said(
    reader: StateReader, case: dict[str, list[str] | int | None]
) -> None:
    lines = case["lines"]
    assert isinstance(lines, list)
    assert reader.read(dialogue(*lines)).opted_out == case["opted_out"]


def test_who_opts_out_leaves_nothing_to_do(reader: StateReader) -> None:
    state = reader.read(
        dialogue("c: queria saber os valores", "a: 120, quer vir?", "c: não me mande mais mensagem")
    )
    assert (state.next_actor, state.outcome, state.lost_quote) == (
        "nobody",
        "lost",
        "não me mande mais mensagem",
    )
