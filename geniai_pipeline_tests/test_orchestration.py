"""What Dagster costs, counted: sessions, requests, runs and events, with its real storage."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import dagster as dg
import psutil
import psycopg
import pytest
from rich.console import Console
from sqlalchemy import event, pool

from geniai_pipeline import automation, orchestration, sync
from geniai_pipeline.demo.gyms import GYMS
from geniai_pipeline.demo.server import DemoServer
from geniai_pipeline.errors import TransientError
from geniai_pipeline.partitions import add_partitions
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
    with orchestration.instance() as dagster:
        dagster.get_runs_count()  # its tables are made now
    opened: list[object] = []

    def note(connection: object, record: object) -> None:
        opened.append(connection)

    event.listen(pool.Pool, "connect", note)
    yield opened
    event.remove(pool.Pool, "connect", note)


def test_a_run_shares_a_few_sessions(sessions: list[object]) -> None:
    with orchestration.instance() as dagster:
        assert dg.materialize([anything], instance=dagster).success
    assert len(sessions) <= 12


def test_an_instance_that_is_left_leaves_no_session_behind() -> None:
    with orchestration.instance() as dagster:
        dagster.get_runs_count()
    with connect(admin_url("postgres")) as connection:
        left = connection.execute(
            "select count(*) from pg_stat_activity where usename = 'dagster'"
        ).fetchone()
    assert left == (0,)


def test_sessions_that_the_server_ended_are_opened_again() -> None:
    with orchestration.instance() as dagster:
        dagster.get_runs_count()
        with psycopg.connect(admin_url("postgres")) as connection:
            ended = connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where usename = 'dagster'"
            ).fetchall()
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
    with orchestration.instance() as dagster:
        retry = add_run(dagster, dg.DagsterRunStatus.SUCCESS)
        killed = add_run(
            dagster, dg.DagsterRunStatus.FAILURE, will_retry="true", auto_retry_run_id=retry
        )
        waiting = add_run(dagster, dg.DagsterRunStatus.FAILURE, will_retry="true")
        given_up = add_run(dagster, dg.DagsterRunStatus.FAILURE, will_retry="false")
    assert not orchestration.states([waiting])[waiting].finished
    outcomes = [sync.Outcome("lucky", killed), sync.Outcome("unlucky", given_up)]
    sync.follow(outcomes, Console(quiet=True))
    assert [(outcome.run_id, outcome.ok) for outcome in outcomes] == [
        (retry, True),
        (given_up, False),
    ]


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

    with orchestration.instance() as dagster:
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
        assert automation.clean_up.execute_in_process(instance=dagster).success
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
            if {"api", "grpc"} <= program or "geniai_pipeline.services.code_server" in program:
                found.append(process)
        except psutil.Error:  # it has ended meanwhile
            continue
    return found


def wait_for_daemon() -> None:
    """Until the daemon looks at the schedules, for which it needs a code server."""
    deadline = time.monotonic() + 120
    while True:
        with orchestration.instance() as instance:
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
            assert orchestration.launch(["nobody"], full=False)
            return
        except TransientError:  # the webserver has not found it yet
            assert time.monotonic() < deadline
            time.sleep(0.5)


def test_dagster_dev_has_an_instance_of_its_own_and_starts_nothing() -> None:
    program = """
from geniai_pipeline import orchestration
from geniai_pipeline.definitions import defs
with orchestration.instance() as dagster:
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
    with orchestration.instance() as dagster:
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
