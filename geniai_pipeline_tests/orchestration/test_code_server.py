"""Dagster as ``geniai up`` runs it: one code server, which forks every run."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import dagster as dg
import psutil
import pytest
from rich.console import Console

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.doctor import Finding
from geniai_pipeline.doctor.service import check_dagster
from geniai_pipeline.errors import TransientError
from geniai_pipeline.orchestration import sync
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.launcher import launch_runs
from geniai_pipeline.orchestration.partitions import add_partitions
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def dagster(embedded: None) -> Iterator[Supervisor]:
    """Dagster's processes as ``geniai up`` runs them, and their supervisor."""
    supervisor = Supervisor(get_settings().home, print)
    try:
        start_dagster(get_settings(), supervisor)
        supervisor.wait_ready("dagster-webserver")
        yield supervisor
    finally:
        supervisor.stop()


def code_servers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            program = set(process.cmdline())
            if {"api", "grpc"} <= program or "geniai_pipeline.orchestration.code_server" in program:
                found.append(process)
        except psutil.Error:  # it has ended meanwhile
            continue
    return found


def wait_for_daemon() -> None:
    """Waits until the daemon evaluates the schedules, for which it needs a code server."""

    def has_state() -> bool:
        with open_instance() as instance:
            return bool(instance.all_instigator_state())

    wait_until(has_state, seconds=120, pause=0.5)


@pytest.mark.usefixtures("dagster")
def test_one_code_server_serves_the_webserver_and_the_daemon() -> None:
    wait_for_daemon()
    assert len(code_servers()) == 1


def test_a_code_server_that_dies_is_started_again_where_the_others_find_it(
    dagster: Supervisor,
) -> None:
    (server,) = code_servers()
    server.kill()
    server.wait()
    dagster.watch()
    dagster.wait_ready("dagster-code-server")
    add_partitions(["nobody"])

    def launches() -> bool:
        try:
            assert launch_runs(["nobody"], full=False)
        except TransientError:  # the webserver has not found it yet
            return False
        return True

    wait_until(launches, seconds=60, pause=0.5)


@pytest.fixture
def silent_chatwoot() -> Iterator[str]:
    """A Chatwoot that accepts requests and never responds, so that its run does not end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def wait_for_worker(slug: str) -> str:
    """Returns a tenant's running run; a run that could not start is launched again."""
    started = dg.RunsFilter(
        tags={"dagster/partition": slug}, statuses=[dg.DagsterRunStatus.STARTED]
    )

    def find_run() -> str | None:
        with open_instance() as instance:
            run_ids = [run.run_id for run in instance.get_runs(started)]
        return next(filter(find_worker, run_ids), None)

    return str(wait_until(find_run, seconds=180, pause=0.5))


def wait_for_run(run_id: str, condition: Callable[[dg.DagsterRun], object]) -> dg.DagsterRun:
    run: dg.DagsterRun | None = None

    def meets_condition() -> object:
        nonlocal run
        with open_instance() as instance:
            run = instance.get_run_by_id(run_id)
        assert run is not None
        return condition(run)

    wait_until(meets_condition, seconds=180, pause=0.5, describe=lambda: run and run.status)
    assert run is not None
    return run


def find_worker(run_id: str) -> psutil.Process | None:
    """Returns the process of a run, once the run's log has its id."""
    with open_instance() as instance:
        for event_record in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
            if started := re.search(
                r"Started process for run \(pid: (\d+)\)", event_record.message
            ):
                return psutil.Process(int(started[1]))
    return None


@pytest.mark.slow
def test_dead_runs_are_restarted_and_live_runs_are_not(
    dagster: Supervisor, make_tenant: MakeTenant, silent_chatwoot: str
) -> None:
    slugs = ["dies-unseen", "lives-on"]
    for slug in slugs:
        make_tenant(slug, chatwoot_url=silent_chatwoot)
    add_partitions(slugs)
    launch_runs(slugs, full=False)
    dying, living = (wait_for_worker(slug) for slug in slugs)
    worker, survivor = find_worker(dying), find_worker(living)
    assert worker is not None
    assert survivor is not None
    (server,) = code_servers()
    server.kill()  # it alone watches its runs' processes
    worker.kill()
    server.wait()
    dagster.watch()
    wait_for_run(dying, lambda run: run.tags.get("dagster/auto_retry_run_id"))
    assert wait_for_run(living, lambda run: True).status.value == "STARTED"
    survivor.kill()
    wait_for_run(living, lambda run: run.is_failure)


def test_the_doctor_finds_a_code_server_that_is_dead(dagster: Supervisor) -> None:
    wait_for_daemon()
    wait_until_well()
    (server,) = code_servers()
    server.kill()
    server.wait()
    (finding,) = [f for f in check_dagster() if "daemon" not in f.what]
    assert "code server" in finding.what
    dagster.watch()
    dagster.wait_ready("dagster-code-server")
    wait_until_well()


def wait_until_well() -> None:
    def find_faults() -> list[Finding]:
        return [finding for finding in check_dagster() if "daemon" not in finding.what]

    wait_until(lambda: not find_faults(), seconds=60, pause=0.5, describe=find_faults)


def test_a_run_imports_nothing_because_its_parent_process_has(
    dagster: Supervisor, make_tenant: MakeTenant
) -> None:
    with DemoServer() as chatwoot:
        gym = make_tenant(
            "warm",
            chatwoot_url=chatwoot.url,
            chatwoot_account_id=GYMS[-1].account_id,
            chatwoot_token=GYMS[-1].token,
        )
        outcomes = sync.launch([gym.slug], full=False)
        parents = set()

        def look() -> None:
            (server,) = code_servers()
            for process in server.children(recursive=True):
                with suppress(psutil.Error):
                    if "spawn_main" in " ".join(process.cmdline()):
                        parents.add("spawned")
                    elif process.ppid() != server.pid:
                        parents.add("forked")

        sync.follow(outcomes, Console(quiet=True), check=look)
    assert outcomes[0].ok
    assert parents == {"forked"}
