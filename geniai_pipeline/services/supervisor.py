"""Starts processes, watches them, starts again what dies, stops them all in reverse order."""

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
"""A service that dies so often in so short a time is started more seldom."""
_RETRY_SECONDS = 60
"""From one start to the next of such a service, until it lives as long."""
PROBE_SECONDS = 10
"""From one question whether a service answers to the next."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Service:
    """A process that should be running."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ready: Callable[[], bool]
    """Whether it answers; for one that nobody asks, whether it may be taken for running."""
    patience_seconds: int = 120
    silence_seconds: float | None = 60
    """How long it may not answer, once it has, before it is ended; None: as long as it likes."""
    run_as: dict[str, Any] = field(default_factory=dict)
    """``subprocess`` arguments, for a process that runs as another user."""
    stop_signal: signal.Signals = signal.SIGTERM
    working_directory: Path = Path("/")


@dataclass
class _Watched:
    service: Service
    process: "subprocess.Popen[bytes]"
    deaths: deque[float] = field(default_factory=deque)
    retried_at: float | None = None
    """The last start of a service that dies often; None: it does not."""
    answered_at: float | None = None
    """When its process has last answered; None: it has not yet."""


class Supervisor:
    """The processes of one installation, and what became of them."""

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
        """Ends what an earlier run started and could not stop, because it was killed itself."""
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
        self._remember()
        if service.silence_seconds is not None:
            self.repeat(f"Asking {service.name}", lambda: self._probe(watched), PROBE_SECONDS)

    def wait_ready(self, name: str) -> float:
        """Waits until a started service answers.

        Returns:
            Seconds it took.

        Raises:
            PermanentError: it ended, or did not answer in time; with the last lines of its log.

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
        """Starts a command that ends by itself, such as a service's first preparation."""
        service = Service(name, command, environment, ready=lambda: True)
        self._jobs[name] = self._spawn(service)

    def has_ended(self, name: str) -> bool:
        """Whether a begun command has ended.

        Raises:
            PermanentError: it failed; with the last lines of its log.

        """
        code = self._jobs[name].poll()
        if code:
            raise PermanentError(
                f"{name} could not be prepared (code {code}): {self._last_line(name)}",
                mend=f"Its log is {self._log(name)}.",
            )
        return code is not None

    def repeat(self, name: str, check: Callable[[], None], seconds: float) -> None:
        """Calls a check again and again, beside the watching, until everything is stopped.

        One that fails is called again all the same: what it needs may be starting.
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
        """Looks once at every service: starts again what has died, and rotates a log that grew."""
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
        """Ends a service that lives but has not answered for too long; ``watch`` starts it again.

        One that has not answered yet is still starting.
        """
        process, answered_at = watched.process, watched.answered_at
        if watched.service.ready():
            watched.answered_at = time.monotonic()
            return
        silence = watched.service.silence_seconds
        if silence is None or answered_at is None or time.monotonic() - answered_at < silence:
            return
        if process is watched.process and process.poll() is None:
            self._say(f"{watched.service.name} lives but does not answer; it is ended.")
            watched.answered_at = None
            process.kill()

    def _note_life(self, watched: _Watched) -> None:
        """A service that was retried and has lived since is like any other again."""
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
                " minute until it lives; the others go on."
            )
            return
        code = watched.process.returncode
        self._say(f"{name} died (code {code}): {self._last_line(name)} It is started again.")
        time.sleep(min(8.0, 2.0 ** (len(watched.deaths) - 1) - 1))
        self._spawn_again(watched)

    def _spawn_again(self, watched: _Watched) -> None:
        watched.process, watched.answered_at = self._spawn(watched.service), None
        self._remember()

    def stop(self) -> None:
        """Stops everything, the last started first, and waits for it."""
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
                # so that Ctrl-C reaches us alone, and we stop them in order
                start_new_session=True,
            )

    def _remember(self) -> None:
        alive = []
        for watched in self._watched:
            try:
                created = psutil.Process(watched.process.pid).create_time()
            except psutil.NoSuchProcess:
                continue
            alive.append((watched.process.pid, created))
        # on a full disk the services go on; a list that is incomplete ends fewer leftovers
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
