"""The command line without anything running: what it says, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GENIAI = str(Path(sys.executable).parent / "geniai")
COMMANDS = ("up", "migrate", "tenant", "sync", "status", "user", "analyze", "compare", "eval",
            "export", "db-url", "backup", "restore", "doctor")  # fmt: skip


def geniai(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GENIAI_HOME": str(home), **variables}
    return subprocess.run(
        [GENIAI, *arguments], env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    return line


def test_help_shows_every_command(tmp_path: Path) -> None:
    shown = geniai("--help", home=tmp_path).stdout
    for command in COMMANDS:
        assert f" {command} " in shown


@pytest.mark.parametrize("command", [["status"], ["db-url"], ["tenant", "list"], ["sync"]])
def test_without_a_database_it_says_how_to_start_one(command: list[str], tmp_path: Path) -> None:
    done = geniai(*command, home=tmp_path)
    assert done.returncode == 1
    assert "geniai up" in one_line(done)


def test_a_database_that_is_down_is_one_line(tmp_path: Path) -> None:
    url = "postgresql://postgres:geheim@127.0.0.1:24998/geniai"
    done = geniai("status", home=tmp_path, GENIAI_DATABASE_URL=url)
    assert done.returncode == 1
    assert "The database cannot be reached" in one_line(done)
    assert "geheim" not in done.stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    done = geniai("status", home=tmp_path, GENIAI_DAGSTER_PORT="many")
    assert done.returncode == 1
    assert "dagster_port" in one_line(done)


def test_users_cannot_be_managed_while_superset_is_down(tmp_path: Path) -> None:
    done = geniai("user", "list", home=tmp_path, GENIAI_SUPERSET_PORT="24997")
    assert done.returncode == 1
    assert "geniai up" in one_line(done)


def test_the_doctor_of_nothing_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    done = geniai("doctor", "--json", home=tmp_path, GENIAI_SUPERSET_PORT="24997")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["ok"] is False
    assert {"database", "superset", "dagster"} <= {finding["check"] for finding in said["findings"]}
    assert all(finding["mend"] for finding in said["findings"])


@pytest.mark.parametrize("command", [["backup", "x"], ["restore", "x"]])
def test_what_is_not_there_yet_says_so(command: list[str], tmp_path: Path) -> None:
    done = geniai(*command, home=tmp_path)
    assert done.returncode == 2
    assert "not there yet" in one_line(done)


def test_analyze_answers_one_line_for_each_line(tmp_path: Path) -> None:
    said = "Oi! Quanto custa a mensalidade?"
    messages = [
        {"from": "contact", "text": said, "minutes_after_start": 0},
        {"from": "agent", "text": "Oi! Temos planos sim.", "minutes_after_start": 3},
    ]
    file = tmp_path / "in.jsonl"
    lines = [json.dumps({"id": i, "inbox": "WhatsApp", "messages": messages}) for i in range(3)]
    file.write_text("\n".join([*lines, ""]))
    done = geniai("analyze", str(file), home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in found] == [0, 1, 2]
    assert set(found[0]) == {
        "id", "is_lead", "score", "visit_scheduled", "contact_name", "condition", "goal",
        "reasoning", "suggested_message", "evidence", "analyzer",
    }  # fmt: skip
    assert found[0]["is_lead"] is True
    assert found[0]["evidence"]
    assert all(quote in said for quote in found[0]["evidence"])


def test_a_line_that_is_no_conversation_is_named_with_the_mend(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "messages": []}\nnot json\n{"id": 2, "messages": []}\n')
    done = geniai("analyze", str(file), home=tmp_path)
    assert done.returncode == 1
    assert "line 2" in one_line(done)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = geniai("analyze", str(tmp_path / "none.jsonl"), home=tmp_path)
    assert done.returncode == 1
    assert "cannot be read" in one_line(done)
