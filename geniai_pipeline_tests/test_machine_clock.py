"""Rules take the time as an argument; only the listed modules read the machine's clock."""

import ast

import pytest

from geniai_pipeline.settings import ROOT

READERS = {
    "geniai_pipeline/chatwoot/client.py": "a server that tells no time is taken to have ours",
    "geniai_pipeline/chatwoot/transport.py": "the same, for the date of a Retry-After",
    "geniai_pipeline/cli/analysis.py": "a file without instants is read at its end, which is now",
    "geniai_pipeline/doctor/live.py": "a Chatwoot's clock is compared with the machine's",
    "geniai_pipeline/live/receiver.py": "a delivery's time is compared with the machine's",
    "geniai_pipeline/orchestration/jobs.py": "Dagster stamps its runs by the machine's clock",
    "geniai_pipeline/pipeline/analyzers.py": "an operator's own analysis needs no database",
    "geniai_pipeline/warehouse/archive.py": "the name of a file",
    "superset/geniai_superset/response_cache.py": "Superset stamps its cache by this clock",
}
"""The modules that may read the machine's clock, each with its reason."""

_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
_CALLS |= {("time", name) for name in ("time", "time_ns", "localtime", "gmtime")}


def test_only_the_listed_modules_read_the_machines_clock() -> None:
    paths = [
        path for folder in ("geniai_pipeline", "superset") for path in (ROOT / folder).rglob("*.py")
    ]

    assert {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if _read_clock_lines(path.read_text(encoding="utf-8"))
    } == set(READERS)


@pytest.mark.parametrize(
    "call",
    [
        "datetime.now(timezone.utc)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "time.localtime()",
        "field(default_factory=datetime.now)",
    ],
)
def test_each_way_to_read_the_clock_is_found(call: str) -> None:
    assert _read_clock_lines(f"\nvalue = {call}") == [2]


@pytest.mark.parametrize(
    "code",
    ["time.monotonic()", "from time import monotonic", "calendar.now()", "connection.today()"],
)
def test_a_duration_or_a_given_time_is_not_the_clock(code: str) -> None:
    assert _read_clock_lines(code) == []


def test_the_clock_under_a_name_of_its_own_is_found() -> None:
    assert _read_clock_lines("from time import time") == [1]


def _read_clock_lines(source: str) -> list[int]:
    """Finds the lines that name a function which reads the machine's clock."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                if (owner, name) in _CALLS:
                    lines.append(node.lineno)
            case ast.ImportFrom(module="time", names=names):
                if any(("time", alias.name) in _CALLS for alias in names):
                    lines.append(node.lineno)
    return lines
