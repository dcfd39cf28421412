"""Kills Dagster's daemon and its runs with -9 at random instants.

The queue continues, every tenant is synced, and nobody has to intervene.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import dagster as dg
import psutil
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline.orchestration import dead_runs
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.launcher import launch_runs
from geniai_pipeline.orchestration.partitions import add_partitions
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import (
    Postgres,
    assert_synced_once,
)
from geniai_pipeline_tests.faults.test_kills import GYM, register

KILLS = 50
PAUSE_SECONDS = 31
"""From one death of the daemon to the next: its supervisor gives up at five in 120 s."""
PATIENCE_SECONDS = 600
"""A run that its daemon had just taken from the queue is given up by the next after 180 s."""


class Dagster:
    """Dagster's three processes under the supervisor of ``geniai up``."""

    def __init__(self, home: Path) -> None:
        self.messages: list[str] = []
        self._supervisor = Supervisor(home, self.messages.append)
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def start(self) -> None:
        dead_runs.fail_all_running()
        start_dagster(get_settings(), self._supervisor)
        self._supervisor.wait_ready("dagster-webserver")
        self._watcher.start()

    def stop(self) -> None:
        self._over.set()
        self._watcher.join()
        self._supervisor.stop()

    def daemon(self) -> psutil.Process:
        """Returns the running daemon; waits while a killed one restarts."""
        return self._child(lambda process: "dagster-daemon" in _command(process))

    def run(self) -> psutil.Process:
        """Returns the process of the only run."""
        return self._child(
            lambda process: all("forkserver" in _command(p) for p in (process, process.parent()))
        )

    def wait_for_success(self, slug: str) -> list[dg.DagsterRun]:
        """Returns a tenant's runs, latest first, once the latest has succeeded."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with open_instance() as instance:
                runs = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": slug}))
            if runs and runs[0].is_success:
                return list(runs)
            assert time.monotonic() < deadline, [(run.run_id, run.status) for run in runs]
            time.sleep(1)

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self._supervisor.watch()

    def _child(self, is_wanted: Callable[[psutil.Process], bool]) -> psutil.Process:
        deadline = time.monotonic() + 120
        while True:
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):  # it has ended meanwhile
                    if is_wanted(child):
                        return child
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _command(process: psutil.Process | None) -> str:
    return " ".join(process.cmdline()) if process else ""


@pytest.fixture
def dagster(own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dagster]:
    monkeypatch.setenv("CHATWOOT_REQUESTS_PER_MINUTE", "1000000")
    get_settings.cache_clear()
    running = Dagster(get_settings().home)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[DemoServer]:
    """A Chatwoot whose data never changes."""
    with DemoServer(data=tmp_path / "frozen", requests_per_minute=10**6) as server:
        yield server


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("victim", ["daemon", "run"])
def test_a_daemon_or_run_killed_at_any_instant_delays_the_sync_and_loses_nothing(
    victim: str, dagster: Dagster, frozen: DemoServer, make_tenant: MakeTenant
) -> None:
    rng = random.Random(victim)
    control = register(make_tenant, "control-dagster", frozen.url)
    add_partitions([control.slug])
    started = time.monotonic()
    launch_runs([control.slug], full=False)
    dagster.wait_for_success(control.slug)
    whole = time.monotonic() - started
    killed_midway, died = 0, 0.0
    for number in range(KILLS):
        gym = register(make_tenant, f"{victim}-{number}", frozen.url)
        add_partitions([gym.slug])
        time.sleep(max(0.0, died + PAUSE_SECONDS - time.monotonic()))
        launch_runs([gym.slug], full=False)
        if victim == "daemon":
            time.sleep(rng.uniform(0, whole))
            dagster.daemon().kill()
            died = time.monotonic()
        else:
            process = dagster.run()
            time.sleep(rng.uniform(0, whole / 2))
            if process.is_running():
                process.kill()
        killed_midway += len(dagster.wait_for_success(gym.slug)) > 1
        assert_synced_once(frozen.world, GYM, gym, control, killed=set())
    assert victim == "daemon" or killed_midway > KILLS / 4
