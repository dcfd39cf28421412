"""Process supervisor: starts, restarts and stops child processes, last started first."""

import json
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.services.logs import rotate_log

_DEATHS, _WITHIN_SECONDS = 5, 120
"""After this many deaths within this time, a service is restarted at the slow interval."""
_RETRY_SECONDS = 60
"""The slow restart interval; a service that lives as long returns to fast restarts."""
PROBE_SECONDS = 10
"""Interval between two readiness probes of a service."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Service:
    """Definition of a supervised process."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ready: Callable[[], bool]
    """Readiness probe; returns True for a process that answers no requests."""
    patience_seconds: int = 120
    silence_seconds: float | None = 60
    """The process is killed after this time without an answer; None: never."""
    run_as: dict[str, Any] = field(default_factory=dict)
    """``subprocess`` arguments of a process that runs as another user."""
    stop_signal: signal.Signals = signal.SIGTERM
    working_directory: Path = Path("/")


@dataclass
class _Watched:
    service: Service
    process: "subprocess.Popen[bytes]"
    deaths: deque[float] = field(default_factory=deque)
    retried_at: float | None = None
    """The last start at the slow interval; None: restarts are fast."""
    answered_at: float | None = None
    """The last answer of its process; None: no answer yet."""


class Supervisor:
    """Supervisor of the processes of one installation."""

    def __init__(self, home: Path, say: Say) -> None:
        self._logs = home / "logs"
        self._pids = home / "processes.json"
        self._say = say
        self._watched: list[_Watched] = []
        self._jobs: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._checks: list[threading.Thread] = []
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._logs.chmod(0o700)

    def end_leftovers(self) -> None:
        """Ends processes of an earlier supervisor that was killed."""
        try:
            left = json.loads(self._pids.read_text())
        except (OSError, ValueError):
            return
        processes = []
        for pid, created in left:
            try:
                process = psutil.Process(pid)
                if abs(process.create_time() - created) < 1:
                    processes += [process, *process.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        for process in processes:
            _signal(process, signal.SIGTERM)
        for process in psutil.wait_procs(processes, timeout=20)[1]:
            _signal(process, signal.SIGKILL)
        self._pids.unlink(missing_ok=True)

    def start(self, service: Service) -> None:
        """Starts a service without waiting for it."""
        watched = _Watched(service, self._spawn(service))
        self._watched.append(watched)
        self._store_process_ids()
        if service.silence_seconds is not None:
            self.repeat(f"Asking {service.name}", lambda: self._probe(watched), PROBE_SECONDS)

    def wait_ready(self, name: str) -> float:
        """Waits until a started service answers.

        Returns:
            The seconds it waited.

        Raises:
            PermanentError: it ended or did not answer in time; gives its log's last line.

        """
        watched = next(w for w in self._watched if w.service.name == name)
        started = time.monotonic()
        while not watched.service.ready():
            if watched.process.poll() is not None:
                raise self._failure(watched, f"ended with code {watched.process.returncode}")
            if time.monotonic() - started > watched.service.patience_seconds:
                raise self._failure(
                    watched, f"did not answer within {watched.service.patience_seconds} s"
                )
            time.sleep(0.2)
        return time.monotonic() - started

    def begin(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Starts a job: a command that ends by itself, such as a service's initialisation."""
        service = Service(name, command, environment, ready=lambda: True)
        self._jobs[name] = self._spawn(service)

    def has_ended(self, name: str) -> bool:
        """Whether a job has ended.

        Raises:
            PermanentError: it failed; gives its log's last line.

        """
        code = self._jobs[name].poll()
        if code:
            raise PermanentError(
                f"{name} could not be prepared (code {code}): {self._last_line(name)}",
                mend=f"Its log is {self._log(name)}.",
            )
        return code is not None

    def repeat(self, name: str, check: Callable[[], None], seconds: float) -> None:
        """Calls a check periodically in a thread until ``stop``.

        A check that fails is called again, because its dependency may be starting.
        """

        def loop() -> None:
            failed = False
            while not self._over.wait(seconds):
                try:
                    check()
                    failed = False
                except Exception as error:
                    if not failed:
                        self._say(f"{name} failed and is tried again: {_first_line(error)}")
                    failed = True

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        self._checks.append(thread)

    def watch(self) -> None:
        """Checks every service once: restarts dead ones and rotates large logs."""
        for watched in self._watched:
            rotate_log(self._log(watched.service.name))
            if watched.process.poll() is None:
                self._note_life(watched)
            elif watched.retried_at is None:
                self._start_again(watched)
            elif time.monotonic() - watched.retried_at > _RETRY_SECONDS:
                watched.retried_at = time.monotonic()
                self._spawn_again(watched)

    def _probe(self, watched: _Watched) -> None:
        """Kills a service that has stopped answering; ``watch`` restarts it.

        A service without a first answer is still starting and is not killed.
        """
        process, answered_at = watched.process, watched.answered_at
        if watched.service.ready():
            watched.answered_at = time.monotonic()
            return
        silence = watched.service.silence_seconds
        if silence is None or answered_at is None or time.monotonic() - answered_at < silence:
            return
        if process is watched.process and process.poll() is None:
            self._say(f"{watched.service.name} runs but does not answer; it is terminated.")
            watched.answered_at = None
            process.kill()

    def _note_life(self, watched: _Watched) -> None:
        """Returns a service that lives again to fast restarts."""
        retried = watched.retried_at
        settled = retried is not None and time.monotonic() - retried > _RETRY_SECONDS
        if settled and watched.service.ready():
            watched.retried_at = None
            watched.deaths.clear()
            self._say(f"{watched.service.name} runs again.")

    def _start_again(self, watched: _Watched) -> None:
        name = watched.service.name
        now = time.monotonic()
        watched.deaths.append(now)
        while watched.deaths and now - watched.deaths[0] > _WITHIN_SECONDS:
            watched.deaths.popleft()
        if len(watched.deaths) >= _DEATHS:
            watched.retried_at = now
            self._say(
                f"{name} died {_DEATHS} times within {_WITHIN_SECONDS} s:"
                f" {self._last_line(name)} Its log is {self._log(name)}. It is started once a"
                " minute until it runs; the other services continue."
            )
            return
        code = watched.process.returncode
        self._say(f"{name} died (code {code}): {self._last_line(name)} It is started again.")
        time.sleep(min(8.0, 2.0 ** (len(watched.deaths) - 1) - 1))
        self._spawn_again(watched)

    def _spawn_again(self, watched: _Watched) -> None:
        watched.process, watched.answered_at = self._spawn(watched.service), None
        self._store_process_ids()

    def stop(self) -> None:
        """Stops all processes, the last started first, and waits for their end."""
        self._over.set()
        for thread in self._checks:
            thread.join(timeout=10)
        for job in self._jobs.values():
            _end(job, signal.SIGTERM)
        for watched in reversed(self._watched):
            _end(watched.process, watched.service.stop_signal)
        self._watched.clear()
        self._pids.unlink(missing_ok=True)

    def _spawn(self, service: Service) -> "subprocess.Popen[bytes]":
        with self._log(service.name).open("ab") as log:
            os.fchmod(log.fileno(), 0o600)
            return subprocess.Popen(
                service.command,
                env=service.environment,
                cwd=service.working_directory,
                **service.run_as,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches the supervisor alone, which stops them in order
                start_new_session=True,
            )

    def _store_process_ids(self) -> None:
        alive = []
        for watched in self._watched:
            try:
                created = psutil.Process(watched.process.pid).create_time()
            except psutil.NoSuchProcess:
                continue
            alive.append((watched.process.pid, created))
        # on a full disk the services continue; an incomplete list ends fewer leftovers
        with suppress(OSError):
            self._pids.write_text(json.dumps(alive))

    def _failure(self, watched: _Watched, what: str) -> PermanentError:
        name = watched.service.name
        return PermanentError(
            f"{name} {what}: {self._last_line(name)}", mend=f"Its log is {self._log(name)}."
        )

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _last_line(self, name: str) -> str:
        try:
            lines = self._log(name).read_text(errors="replace").split("\n")[-200:]
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[-300:]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is not None:
        return
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
    for left in psutil.wait_procs(children, timeout=5)[1]:
        _signal(left, signal.SIGKILL)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
