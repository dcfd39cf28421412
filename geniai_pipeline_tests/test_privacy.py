"""Files, logs, environments and terminals: others on this machine learn nothing."""

import base64
import logging
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import resvg_py

from geniai_pipeline.cli.output import console, fail, print_json
from geniai_pipeline.doctor.service import check_files
from geniai_pipeline.errors import PermanentError, printable
from geniai_pipeline.exports import export_to_file
from geniai_pipeline.files import make_private, open_privately, open_to_others
from geniai_pipeline.logos import draw
from geniai_pipeline.services import postgres
from geniai_pipeline.services.stack import database_service
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_superset.redaction import RedactionFilter, redact

HOSTILE = "a\x1b[2Jb\x1b]0;title\x07c\x9b31md\x08e\u202ef"


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """As most shells have it: what is private must be so by itself."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- files --------------------------------------------------------------------------------------


def test_the_data_folder_and_what_lies_in_it_are_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "lock").touch()
    home.chmod(0o755)

    make_private(home)

    assert [mode(home), mode(home / "reports"), mode(home / "lock")] == [0o711, 0o700, 0o600]
    assert open_to_others(tmp_path / "new") == []
    make_private(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o700


def test_the_doctor_finds_what_others_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").mkdir(mode=0o755)
    tmp_path.chmod(0o711)
    monkeypatch.setenv("GENIAI_HOME", str(tmp_path))
    get_settings.cache_clear()
    try:
        (finding,) = check_files()
        assert str(tmp_path / "logs") in finding.what
        subprocess.run(finding.mend.split(), check=True)
        assert list(check_files()) == []
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


def test_logs_are_their_owners_alone(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "short.log").touch(0o644)
    supervisor = Supervisor(tmp_path, print)
    supervisor.begin("short", [sys.executable, "-c", "print(1)"], dict(os.environ))
    while not supervisor.has_ended("short"):
        time.sleep(0.05)

    assert (mode(logs), mode(logs / "short.log")) == (0o700, 0o600)


def test_an_export_is_its_owners_alone_whatever_was_there(
    embedded: None, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    make_tenant("private")
    for name in ("x.csv", ".x.csv.part"):
        (tmp_path / name).touch(0o644)

    file = export_to_file("private", None, None, "csv", tmp_path / "x.csv")

    assert mode(file) == 0o600


def test_a_file_that_was_open_is_closed_as_it_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "letter.eml").touch(0o666)
    with open_privately(tmp_path / "letter.eml") as file:
        file.write(b"x")

    assert mode(tmp_path / "letter.eml") == 0o600


def test_what_the_command_line_writes_is_its_owners_alone(tmp_path: Path) -> None:
    geniai = str(Path(sys.executable).parent / "geniai")
    home = tmp_path / "home"
    environment = {**os.environ, "GENIAI_HOME": str(home), "GENIAI_SUPERSET_PORT": "24997"}
    subprocess.run([geniai, "user", "list"], env=environment, capture_output=True, check=False)

    made = [home, *home.rglob("*")]
    assert len(made) > 1
    assert [p for p in made if not p.is_symlink() and mode(p) & 0o077] == []


# --- what Postgres is told, and what it tells ---------------------------------------------------


def test_the_database_server_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GENIAI_SECRET_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "do not pass on")

    environment = database_service(get_settings()).environment

    assert "PATH" in environment
    assert "do not pass on" not in environment.values()
    assert not [name for name in environment if name.startswith(("GENIAI_", "OPENAI_"))]


@pytest.mark.parametrize(
    "statement",
    [
        "select from nowhere where name = '{}'",
        "insert into ops.tenants (slug, name) values ('{0}', 'x'), ('{0}', 'x')",
        "do $$ begin perform 1 / 0 from (select '{}') x; end $$",
    ],
)
def test_no_failing_statement_leaves_its_words_in_the_log(embedded: None, statement: str) -> None:
    log = get_settings().home.parent / "postgres.log"
    before = log.stat().st_size
    word = "joana-perguntou"
    with psycopg.connect(admin_url()) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement.format(word).encode())

    deadline = time.monotonic() + 10
    while "ERROR" not in (said := log.read_bytes()[before:].decode()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert word not in said


def test_slow_statements_are_not_logged_with_their_words(embedded: None) -> None:
    assert "log_min_duration_statement=-1" in postgres.command(get_settings().home, 1)
    with psycopg.connect(admin_url()) as connection:
        found = connection.execute("show log_min_duration_statement").fetchone()
    assert found == ("-1",)


# --- terminals ----------------------------------------------------------------------------------


def test_foreign_words_give_a_terminal_nothing_to_obey(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PermanentError(f"Chatwoot says {HOSTILE}", mend="-")
    assert str(error) == "Chatwoot says abcdef -"
    assert printable("Olá,\tZé\n👍 ção") == "Olá,\tZé\n👍 ção"
    console.print(HOSTILE)
    print_json({"name": HOSTILE})
    with pytest.raises(SystemExit):
        fail(HOSTILE)
    said = "".join(capsys.readouterr())
    assert "error: abcdef" in said
    assert not set(said) & set("\x1b\x07\x08\x9b\u202e")


def test_an_argument_comes_back_without_its_escapes(tmp_path: Path) -> None:
    geniai = str(Path(sys.executable).parent / "geniai")
    done = subprocess.run(
        [geniai, "tenant", "add", "x\x1b[31my"], env={**os.environ, "GENIAI_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.returncode == 1
    assert "\x1b" not in done.stderr


# --- logos --------------------------------------------------------------------------------------

_SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {}</svg>"
_SQUARE = "viewBox='0 0 10 10'><rect width='10' height='10' fill='#f00'/>"
_EMPTY = "viewBox='0 0 10 10'><rect width='10' height='10' fill='#fff'/>{}"


def test_a_logo_is_drawn() -> None:
    drawn = draw(_SVG.format(_SQUARE).encode(), 20)

    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "reference",
    [
        "<image width='10' height='10' href='{file}'/>",
        "<image width='10' height='10' xlink:href='{file}'/>",
        "<image width='10' height='10' href='file://{file}'/>",
        "<filter id='f'><feImage href='{file}'/></filter><rect width='9' height='9'"
        " filter='url(#f)'/>",
        "<image width='10' height='10' href='data:image/svg+xml;base64,{nested}'/>",
    ],
)
def test_a_logo_shows_no_local_file(tmp_path: Path, reference: str) -> None:
    picture = tmp_path / "secret.png"
    picture.write_bytes(resvg_py.svg_to_bytes(svg_string=_SVG.format(_SQUARE), height=10))
    nested = _SVG.format(f"viewBox='0 0 10 10'><image width='10' height='10' href='{picture}'/>")
    packed = base64.b64encode(nested.encode()).decode()
    svg = _SVG.format(_EMPTY.format(reference.format(file=picture, nested=packed)))

    assert draw(svg.encode(), 10) == draw(_SVG.format(_EMPTY.format("")).encode(), 10) or (
        draw(svg.encode(), 10) == draw(svg.replace(str(picture), "").encode(), 10)
    )


@pytest.mark.parametrize(
    "svg",
    [
        "no picture",
        "<!DOCTYPE svg [<!ENTITY a 'x'>]>" + _SVG.format(_SQUARE),
        _SVG.format("viewBox='0 0 100000000 1'><rect width='1' height='1'/>"),
    ],
)
def test_a_logo_that_takes_too_much_or_is_none_is_left_out(svg: str) -> None:
    assert draw(svg.encode(), 80) is None


@pytest.mark.slow
def test_a_logo_that_never_ends_is_ended() -> None:
    levels = "".join(
        f"<g id='g{i}'>" + f"<use href='#g{i - 1}'/>" * 10 + "</g>" for i in range(1, 12)
    )
    svg = _SVG.format(
        f"viewBox='0 0 9 9'><defs><g id='g0'><rect width='1' height='1'/></g>{levels}</defs>"
        "<use href='#g11'/>"
    )

    assert draw(svg.encode(), 80) is None


# --- Superset's log -----------------------------------------------------------------------------


def test_supersets_log_has_no_statement() -> None:
    def record_of(message: str, *arguments: object, error: Exception | None = None) -> str:
        info = (type(error), error, None) if error else None
        record = logging.LogRecord("x", 30, "x", 1, message, arguments, info)
        assert RedactionFilter().filter(record)
        return logging.Formatter().format(record)

    statement = "SELECT name\nFROM leads\nWHERE name = 'joana' LIMIT 1"
    error = RuntimeError(
        f"column \"x\" does not exist\nLINE 3: WHERE name = 'joana'\n              ^\n"
        f"DETAIL:  Key (name)=(joana) exists\n[SQL: {statement}]\n"
        "[parameters: {'name': 'joana'}]\n(Background on this error at: https://sqlalche.me)"
    )
    said = record_of("Query %s on schema %s failed", statement, "dashboards", error=error)

    assert "joana" not in said
    assert "Query (SQL) on schema dashboards failed" in said
    assert 'column "x" does not exist' in said
    assert record_of("Loaded %s of %s", 3, "themes") == "Loaded 3 of themes"
    assert "joana" not in record_of("It failed: %s", "SELECT 'joana' AS name")


@pytest.mark.parametrize("part", ["SELECT ", "WITH x ", "[SQL: x] y ", "[SQL: ", "[parameters: "])
def test_whatever_begins_a_statement_is_taken_out_with_what_follows(part: str) -> None:
    # what has no end is none the less a statement, and no end is looked for again and again
    assert len(redact(part * 2_000)) < 100
