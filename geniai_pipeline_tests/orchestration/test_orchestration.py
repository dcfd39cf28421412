"""What Dagster costs, counted: sessions, requests, runs and events, with its real storage."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import dagster as dg
import psutil
import psycopg
import pytest
from dagster._core.events import EngineEventData
from rich.console import Console
from sqlalchemy import event, pool

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.doctor.service import check_dagster
from geniai_pipeline.errors import TransientError
from geniai_pipeline.orchestration import dead_runs, sync
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.jobs import clean_up
from geniai_pipeline.orchestration.launcher import launch_runs, read_run_states
from geniai_pipeline.orchestration.partitions import add_partitions
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import DAGSTER, admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("embedded")


@dg.asset
def anything() -> None:
    """An asset with nothing to do."""


@pytest.fixture
def sessions() -> Iterator[list[object]]:
    """Every session that Dagster's storage opens in this process."""
    with open_instance() as dagster:
        dagster.get_runs_count()  # its tables are made now
    opened: list[object] = []

    def note(connection: object, record: object) -> None:
        opened.append(connection)

    event.listen(pool.Pool, "connect", note)
    yield opened
    event.remove(pool.Pool, "connect", note)


def test_a_run_shares_a_few_sessions(sessions: list[object]) -> None:
    with open_instance() as dagster:
        assert dg.materialize([anything], instance=dagster).success
    assert len(sessions) <= 12


def sessions_of_dagster() -> set[int]:
    """By the numbers of their processes, those of other tests included."""
    with connect(admin_url("postgres")) as connection:
        rows = connection.execute(
            "select pid from pg_stat_activity where usename = 'dagster'"
        ).fetchall()
    return {pid for (pid,) in rows}


def test_an_instance_that_is_left_leaves_no_session_behind() -> None:
    before = sessions_of_dagster()
    with open_instance() as dagster:
        dagster.get_runs_count()
    assert sessions_of_dagster() <= before


def test_sessions_that_the_server_ended_are_opened_again() -> None:
    before = sessions_of_dagster()
    with open_instance() as dagster:
        dagster.get_runs_count()
        (own,) = sessions_of_dagster() - before
        with psycopg.connect(admin_url("postgres")) as connection:
            ended = connection.execute("select pg_terminate_backend(%s, 5000)", [own]).fetchall()
        assert ended == [(True,)]
        assert dagster.get_runs_count() >= 0


def add_run(dagster: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> str:
    run = dg.DagsterRun(
        "sync_tenant", status=status, tags={f"dagster/{name}": tags[name] for name in tags}
    )
    dagster.add_run(run)
    return run.run_id


@pytest.mark.usefixtures("embedded")
def test_a_sync_follows_the_run_that_takes_the_place_of_one_that_was_killed() -> None:
    with open_instance() as dagster:
        retry = add_run(dagster, dg.DagsterRunStatus.SUCCESS)
        killed = add_run(
            dagster, dg.DagsterRunStatus.FAILURE, will_retry="true", auto_retry_run_id=retry
        )
        waiting = add_run(dagster, dg.DagsterRunStatus.FAILURE, will_retry="true")
        given_up = add_run(dagster, dg.DagsterRunStatus.FAILURE, will_retry="false")
    assert not read_run_states([waiting])[waiting].finished
    outcomes = [sync.Outcome("lucky", killed), sync.Outcome("unlucky", given_up)]
    sync.follow(outcomes, Console(quiet=True))
    assert [(outcome.run_id, outcome.ok) for outcome in outcomes] == [
        (retry, True),
        (given_up, False),
    ]


def test_a_run_is_failed_once_two_looks_find_its_process_gone() -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(sleeper) as living, subprocess.Popen(sleeper) as zombie:
        zombie.kill()
        while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        with open_instance() as dagster:
            started = dg.DagsterRunStatus.STARTED
            dead, alive, _beginning = (add_run(dagster, started) for _ in range(3))
            cancelled = add_run(dagster, dg.DagsterRunStatus.CANCELING)
            for run_id, process in ((dead, zombie), (cancelled, zombie), (alive, living)):
                run = dagster.get_run_by_id(run_id)
                told = EngineEventData.in_process(process.pid)
                dagster.report_engine_event("Started process for run.", run, told)

            def ended() -> dict[str, str]:
                runs = dagster.get_runs()
                return {run.run_id: run.status.value for run in runs if run.is_finished}

            before = ended()
            looks = dead_runs.DeadRuns()
            looks.fail()
            assert ended() == before
            looks.fail()
            assert ended() == before | {dead: "FAILURE", cancelled: "CANCELED"}
            assert dead_runs.fail_all_running() >= 2
        living.kill()


@dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="checked")])
def checked() -> dg.MaterializeResult:  # type: ignore[type-arg]
    """An asset that leaves something in every table and file."""
    print("a line for the log")
    return dg.MaterializeResult(
        tags={"some": "tag"}, check_results=[dg.AssetCheckResult(passed=True)]
    )


LEFT = {
    "runs": "select count(*) from runs where run_id = %(run)s",
    "tags": "select count(*) from run_tags where run_id = %(run)s",
    "events": "select count(*) from event_logs where run_id = %(run)s",
    "checks": "select count(*) from asset_check_executions where run_id = %(run)s",
}


def left_by(run_id: str) -> dict[str, int]:
    """What is there of a run, rows by table and files."""
    with connect(role_url("dagster", DAGSTER)) as connection:
        found = {
            name: connection.execute(statement.encode(), {"run": run_id}).fetchone()
            for name, statement in LEFT.items()
        }
    files = [f for f in get_settings().dagster_home.glob(f"storage/{run_id}/**/*") if f.is_file()]
    return {**{name: row[0] for name, row in found.items() if row}, "files": len(files)}


def test_old_runs_are_deleted_with_all_that_they_left_and_newer_ones_are_not() -> None:
    def make(dagster: dg.DagsterInstance) -> str:
        return dg.materialize([checked], instance=dagster, tags={"some": "tag"}).run_id

    with open_instance() as dagster:
        old, new = make(dagster), make(dagster)
        dagster.report_runless_asset_event(dg.AssetObservation("checked", tags={"some": "tag"}))
        running = add_run(dagster, dg.DagsterRunStatus.STARTED, some="tag")
        with connect(role_url("dagster", DAGSTER)) as connection:
            connection.execute(
                "update runs set create_timestamp = now() - interval '91 days'"
                " where run_id = any(%s)",
                [[old, running]],
            )
            connection.execute(
                "update event_logs set timestamp = now() - interval '91 days' where run_id = ''"
            )
        before = left_by(new)
        assert all(before.values())
        assert left_by(old) == before
        assert clean_up.execute_in_process(instance=dagster).success
        assert dagster.get_run_by_id(running)
    assert not any(left_by(old).values())
    assert left_by(new) == before
    assert left_by("")["events"] == 0
    with connect(role_url("dagster", DAGSTER)) as connection:
        orphans = connection.execute(
            "select count(*) from asset_event_tags where event_id not in"
            " (select id from event_logs)"
        ).fetchone()
    assert orphans == (0,)


@pytest.fixture(scope="module")
def dagster(embedded: None) -> Iterator[Supervisor]:
    """Dagster as ``geniai up`` runs it, and what watches it."""
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
    """Until the daemon looks at the schedules, for which it needs a code server."""
    deadline = time.monotonic() + 120
    while True:
        with open_instance() as instance:
            if instance.all_instigator_state():
                return
        assert time.monotonic() < deadline
        time.sleep(0.5)


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
    deadline = time.monotonic() + 60
    while True:
        try:
            assert launch_runs(["nobody"], full=False)
            return
        except TransientError:  # the webserver has not found it yet
            assert time.monotonic() < deadline
            time.sleep(0.5)


@pytest.fixture
def silent_chatwoot() -> Iterator[str]:
    """A Chatwoot that takes requests and never answers, so that a run of it goes on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def wait_for_worker(slug: str) -> str:
    """The run of a tenant that goes on; one that could not begin has been begun anew."""
    deadline = time.monotonic() + 180
    begun = dg.RunsFilter(tags={"dagster/partition": slug}, statuses=[dg.DagsterRunStatus.STARTED])
    while True:
        with open_instance() as instance:
            found = [run.run_id for run in instance.get_runs(begun)]
        for run_id in found:
            if worker_of(run_id):
                return run_id
        assert time.monotonic() < deadline
        time.sleep(0.5)


def wait_for_run(run_id: str, condition: Callable[[dg.DagsterRun], object]) -> dg.DagsterRun:
    deadline = time.monotonic() + 180
    while True:
        with open_instance() as instance:
            run = instance.get_run_by_id(run_id)
        assert run is not None
        if condition(run):
            return run
        assert time.monotonic() < deadline, run.status
        time.sleep(0.5)


def worker_of(run_id: str) -> psutil.Process | None:
    """The process that executes a run, once it has said so."""
    with open_instance() as instance:
        for event_record in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
            if started := re.search(
                r"Started process for run \(pid: (\d+)\)", event_record.message
            ):
                return psutil.Process(int(started[1]))
    return None


@pytest.mark.slow
def test_runs_that_died_unseen_are_begun_anew_and_those_that_live_are_not(
    dagster: Supervisor, make_tenant: MakeTenant, silent_chatwoot: str
) -> None:
    slugs = ["dies-unseen", "lives-on"]
    for slug in slugs:
        make_tenant(slug, chatwoot_url=silent_chatwoot)
    add_partitions(slugs)
    launch_runs(slugs, full=False)
    dying, living = (wait_for_worker(slug) for slug in slugs)
    worker, survivor = worker_of(dying), worker_of(living)
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
    deadline = time.monotonic() + 60
    while found := [f for f in check_dagster() if "daemon" not in f.what]:
        assert time.monotonic() < deadline, found
        time.sleep(0.5)


def test_dagster_dev_has_an_instance_of_its_own_and_starts_nothing() -> None:
    program = """
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration.instance import open_instance
with open_instance() as dagster:
    dagster.add_dynamic_partitions("tenant", ["of-a-developer"])
    print(type(dagster.event_log_storage).__module__)
for due in [*defs.schedules, *defs.sensors]:
    print(due.name, due.default_status.value)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=get_settings().child_environment() | {"DAGSTER_IS_DEV_CLI": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    storage, *due = done.stdout.splitlines()
    assert "sqlite" in storage
    assert len(due) >= 5
    assert {line.split()[1] for line in due} == {"STOPPED"}
    with open_instance() as dagster:
        assert not dagster.has_dynamic_partition("tenant", "of-a-developer")


def test_a_run_imports_nothing_for_its_process_was_forked_from_one_that_had(
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

        sync.follow(outcomes, Console(quiet=True), still_well=look)
    assert outcomes[0].ok
    assert parents == {"forked"}
