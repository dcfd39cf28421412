"""Supervisor: starts, monitors, restarts and stops real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.services.lock import lock_home
from geniai_pipeline.services.ports import free_port, is_taken, require_free
from geniai_pipeline.services.supervisor import Service, Supervisor
from geniai_pipeline_tests.support.files import read_mode
from geniai_pipeline_tests.support.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import time; print('sleeping', flush=True); time.sleep(600)"]
DYING = [sys.executable, "-c", "print('I cannot go on'); raise SystemExit(3)"]


def service(name: str, command: list[str], **more: object) -> Service:
    return Service(name, command, dict(os.environ), ready=lambda: True, **more)  # type: ignore[arg-type]


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, messages: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, messages.append)
    yield made
    made.stop()


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children() if lives(child)}


def lives(process: psutil.Process) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_service_that_dies_is_restarted_and_reported(
    supervisor: Supervisor, messages: list[str]
) -> None:
    before = children()
    supervisor.start(service("sleeper", SLEEPER))
    (pid,) = children() - before
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: children() == before)
    supervisor.watch()
    (second,) = children() - before
    assert second != pid
    assert "sleeper died (code -9)" in messages[0]
    assert "started again" in messages[0]


def test_a_service_that_hangs_is_ended_and_restarted(
    supervisor: Supervisor, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geniai_pipeline.services.supervisor.PROBE_SECONDS", 0.2)

    def answering(name: str, silence_seconds: float | None) -> Service:
        port = free_port(range(24100, 24150))
        server = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]

        def ready() -> bool:
            try:
                return httpx2.get(f"http://127.0.0.1:{port}", timeout=0.5).status_code == 200
            except httpx2.HTTPError:
                return False

        return Service(name, server, dict(os.environ), ready, silence_seconds=silence_seconds)

    hung: list[int] = []
    for name, silence_seconds in (("patient", None), ("hanging", 2)):
        before = children()
        supervisor.start(answering(name, silence_seconds))
        supervisor.wait_ready(name)
        hung += children() - before
    time.sleep(0.5)  # it has been asked
    for pid in hung:
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: hung[1] not in children())
    supervisor.watch()
    supervisor.wait_ready("hanging")
    assert "hanging runs but does not answer" in messages[0]
    assert "started again" in messages[1]
    assert hung[0] in children()
    os.kill(hung[0], signal.SIGCONT)


def test_a_log_is_rotated_while_its_service_goes_on_writing(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geniai_pipeline.services.logs.LOG_BYTES", 2000)
    writer = "import time\nwhile True: print('0123456789' * 10, flush=True); time.sleep(0.002)"
    supervisor.start(service("writer", [sys.executable, "-c", writer]))
    folder = tmp_path / "logs"

    def rotated(condition: Callable[[], object]) -> Callable[[], object]:
        def look() -> object:
            supervisor.watch()
            return condition()

        return look

    wait_until(rotated(lambda: (folder / "writer.log.4").exists()))
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    wait_until(rotated(lambda: (folder / "writer.log.2").stat().st_ino == before["writer.log.1"]))
    assert {path.name for path in folder.iterdir()} == set(before)  # no fifth
    # it writes on, from the beginning
    wait_until(lambda: (folder / "writer.log").stat().st_size)
    assert (folder / "writer.log").read_bytes()[:1] == b"0"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5 * 20_000


def test_a_full_disk_does_not_end_the_supervision(
    supervisor: Supervisor, messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geniai_pipeline.services.logs.LOG_BYTES", 10)
    supervisor.start(service("failing", DYING))
    for file in (tmp_path / "processes.json", tmp_path / "logs" / "failing.log.1"):
        file.unlink(missing_ok=True)
        file.symlink_to("/dev/full")

    def watched() -> object:
        supervisor.watch()
        return len(messages) > 1

    wait_until(watched)
    assert "started again" in messages[0]


def test_a_service_that_keeps_failing_is_stopped_with_the_reason(
    supervisor: Supervisor, messages: list[str]
) -> None:
    supervisor.start(service("failing", DYING))
    while not any("died 5 times" in line for line in messages):
        supervisor.watch()
        time.sleep(0.05)
    assert "I cannot go on" in messages[-1]
    assert "failing.log" in messages[-1]
    lines = len(messages)
    supervisor.watch()
    assert len(messages) == lines


def test_a_service_that_was_stopped_for_failures_is_restarted_later(
    supervisor: Supervisor, messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geniai_pipeline.services.supervisor._DEATHS", 2)
    monkeypatch.setattr("geniai_pipeline.services.supervisor._RETRY_SECONDS", 1)
    room = tmp_path / "room"
    needs_room = f"import os, time; os.stat({str(room)!r}); time.sleep(600)"
    supervisor.start(service("needy", [sys.executable, "-c", needs_room]))

    def watched(condition: Callable[[], object]) -> Callable[[], object]:
        def look() -> object:
            supervisor.watch()
            return condition()

        return look

    wait_until(watched(lambda: any("died 2 times" in line for line in messages)))
    lines = len(messages)
    room.touch()
    wait_until(watched(lambda: len(messages) > lines))
    assert messages[lines:] == ["needy runs again."]


def test_a_service_that_ends_before_it_is_ready_is_an_error_with_its_last_output(
    supervisor: Supervisor,
) -> None:
    never = Service("failing", DYING, dict(os.environ), ready=lambda: False)
    supervisor.start(never)
    with pytest.raises(PermanentError, match="failing ended with code 3: I cannot go on"):
        supervisor.wait_ready("failing")


def test_a_service_that_does_not_answer_in_time_is_an_error(supervisor: Supervisor) -> None:
    silent = Service("silent", SLEEPER, dict(os.environ), ready=lambda: False, patience_seconds=1)
    supervisor.start(silent)
    with pytest.raises(PermanentError, match="did not answer within 1 s"):
        supervisor.wait_ready("silent")


def test_a_preparation_that_fails_is_an_error(supervisor: Supervisor) -> None:
    supervisor.begin("prepare", DYING, dict(os.environ))
    with pytest.raises(PermanentError, match="could not be prepared"):
        wait_until(lambda: supervisor.has_ended("prepare"))


def test_all_are_stopped_with_their_children(supervisor: Supervisor) -> None:
    shell = ["/bin/sh", "-c", f"{sys.executable} -c 'import time; time.sleep(600)' sleeping & wait"]
    others = set(psutil.Process().children(recursive=True))
    supervisor.start(service("parent", shell))
    supervisor.start(service("sleeper", SLEEPER))
    family: set[psutil.Process] = set()
    while len(family) < 3:
        family = set(psutil.Process().children(recursive=True)) - others
    supervisor.stop()
    wait_until(lambda: not any(lives(process) for process in family))


def test_the_processes_of_a_killed_supervisor_are_ended_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from geniai_pipeline.services.supervisor import Service, Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), print)\n"
        f"s.start(Service('left', {SLEEPER!r}, dict(os.environ), ready=lambda: True))\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    left = [p for p in psutil.process_iter() if _is_left(p)]
    assert len(left) == 1
    Supervisor(tmp_path, print).end_leftovers()
    wait_until(lambda: not lives(left[0]))


def _is_left(process: psutil.Process) -> bool:
    try:
        return process.cmdline() == SLEEPER
    except psutil.Error:
        return False


def test_the_error_of_a_port_in_use_names_it_and_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert is_taken(port)
        with pytest.raises(PermanentError, match=f"Port {port}, which Dagster needs") as error:
            require_free(port, user="Dagster", variable="GENIAI_DAGSTER_PORT")
    assert "GENIAI_DAGSTER_PORT" in str(error.value)


def test_a_data_folder_serves_one_supervisor_at_a_time(tmp_path: Path) -> None:
    with lock_home(tmp_path), pytest.raises(PermanentError, match="already running"):  # noqa: SIM117
        with lock_home(tmp_path):
            pass
    with lock_home(tmp_path):
        pass


@pytest.mark.usefixtures("open_umask")
def test_logs_are_private_to_their_owner(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "short.log").touch(0o644)
    supervisor = Supervisor(tmp_path, print)
    supervisor.begin("short", [sys.executable, "-c", "print(1)"], dict(os.environ))
    while not supervisor.has_ended("short"):
        time.sleep(0.05)

    assert (read_mode(logs), read_mode(logs / "short.log")) == (0o700, 0o600)
