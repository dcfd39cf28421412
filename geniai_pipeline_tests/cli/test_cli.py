"""Command line without running services: output and exit codes."""

import json
from pathlib import Path

import pytest

from geniai_pipeline_tests.support.commands import read_error, run_geniai
from geniai_pipeline_tests.support.files import read_mode

COMMANDS = ("up", "migrate", "tenant", "sync", "status", "user", "analyze", "compare", "eval",
            "export", "db-url", "backup", "restore", "doctor")  # fmt: skip


def test_help_shows_every_command(tmp_path: Path) -> None:
    shown = run_geniai("--help", home=tmp_path).stdout
    for command in COMMANDS:
        assert f" {command} " in shown


@pytest.mark.parametrize("command", [["status"], ["db-url"], ["tenant", "list"], ["sync"]])
def test_the_error_without_a_database_tells_how_to_start_one(
    command: list[str], tmp_path: Path
) -> None:
    done = run_geniai(*command, home=tmp_path)
    assert done.returncode == 1
    assert "geniai up" in read_error(done)


def test_the_error_of_a_stopped_database_is_one_line(tmp_path: Path) -> None:
    url = "postgresql://postgres:geheim@127.0.0.1:24998/geniai"
    done = run_geniai("status", home=tmp_path, GENIAI_DATABASE_URL=url)
    assert done.returncode == 1
    assert "The database cannot be reached" in read_error(done)
    assert "geheim" not in done.stderr


def test_an_invalid_setting_is_named(tmp_path: Path) -> None:
    done = run_geniai("status", home=tmp_path, GENIAI_DAGSTER_PORT="many")
    assert done.returncode == 1
    assert "dagster_port" in read_error(done)


def test_users_cannot_be_managed_while_superset_is_down(tmp_path: Path) -> None:
    done = run_geniai("user", "list", home=tmp_path, GENIAI_SUPERSET_PORT="24997")
    assert done.returncode == 1
    assert "geniai up" in read_error(done)


def test_doctor_without_an_installation_reports_faults_and_remedies(tmp_path: Path) -> None:
    done = run_geniai("doctor", "--json", home=tmp_path, GENIAI_SUPERSET_PORT="24997")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["ok"] is False
    assert {"database", "superset", "dagster"} <= {
        finding["check"] for finding in report["findings"]
    }
    assert all(finding["mend"] for finding in report["findings"])


@pytest.mark.parametrize("command", [["backup", "x"], ["restore", "x"]])
def test_an_unimplemented_command_is_reported(command: list[str], tmp_path: Path) -> None:
    done = run_geniai(*command, home=tmp_path)
    assert done.returncode == 2
    assert "not there yet" in read_error(done)


def test_analyze_writes_one_line_per_conversation(tmp_path: Path) -> None:
    question = "Oi! Quanto custa a mensalidade?"
    messages = [
        {"from": "contact", "text": question, "minutes_after_start": 0},
        {"from": "agent", "text": "Oi! Temos planos sim.", "minutes_after_start": 3},
    ]
    file = tmp_path / "in.jsonl"
    lines = [json.dumps({"id": i, "inbox": "WhatsApp", "messages": messages}) for i in range(3)]
    file.write_text("\n".join([*lines, ""]))
    done = run_geniai("analyze", str(file), home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in found] == [0, 1, 2]
    assert set(found[0]) == {
        "id", "is_lead", "score", "visit_scheduled", "contact_name", "condition", "goal",
        "reasoning", "suggested_message", "evidence", "analyzer", "role", "next_actor",
        "waiting_since", "visit", "outcome", "lost_reason", "proposed_role", "certainty",
        "lead_probability", "visit_probability", "is_certain",
    }  # fmt: skip
    assert found[0]["is_lead"] is True
    assert found[0]["evidence"]
    assert all(quote in question for quote in found[0]["evidence"])


def test_analyze_names_an_invalid_line_and_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "messages": []}\nnot json\n{"id": 2, "messages": []}\n')
    done = run_geniai("analyze", str(file), home=tmp_path)
    assert done.returncode == 1
    assert "line 2" in read_error(done)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]


def test_the_error_of_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = run_geniai("analyze", str(tmp_path / "none.jsonl"), home=tmp_path)
    assert done.returncode == 1
    assert "cannot be read" in read_error(done)


@pytest.mark.usefixtures("open_umask")
def test_files_of_the_command_line_are_private_to_their_owner(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_geniai("user", "list", home=home, GENIAI_SUPERSET_PORT="24997")

    made = [home, *home.rglob("*")]
    assert len(made) > 1
    assert [p for p in made if not p.is_symlink() and read_mode(p) & 0o077] == []


def test_an_error_repeats_an_argument_without_its_terminal_escapes(tmp_path: Path) -> None:
    done = run_geniai("tenant", "add", "x\x1b[31my", home=tmp_path)

    assert done.returncode == 1
    assert "\x1b" not in done.stderr
