"""Run records: killed runs are followed or failed, old ones deleted with their rows and files."""

import subprocess
import sys
import time

import dagster as dg
import psutil
import pytest
from dagster._core.events import EngineEventData
from rich.console import Console

from geniai_pipeline.orchestration import dead_runs, sync
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.jobs import clean_up
from geniai_pipeline.orchestration.launcher import read_run_states
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import DAGSTER, connect, role_url

pytestmark = pytest.mark.usefixtures("embedded")


def add_run(dagster: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> str:
    run = dg.DagsterRun(
        "sync_tenant", status=status, tags={f"dagster/{name}": tags[name] for name in tags}
    )
    dagster.add_run(run)
    return run.run_id


@pytest.mark.usefixtures("embedded")
def test_a_sync_follows_the_run_that_replaces_a_killed_one() -> None:
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


def test_a_run_fails_after_two_checks_find_its_process_gone() -> None:
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
                start = EngineEventData.in_process(process.pid)
                dagster.report_engine_event("Started process for run.", run, start)

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
    """An asset that writes to every table and file of a run."""
    print("a line for the log")
    return dg.MaterializeResult(
        tags={"some": "tag"}, check_results=[dg.AssetCheckResult(passed=True)]
    )


REMAINS = {
    "runs": "select count(*) from runs where run_id = %(run)s",
    "tags": "select count(*) from run_tags where run_id = %(run)s",
    "events": "select count(*) from event_logs where run_id = %(run)s",
    "checks": "select count(*) from asset_check_executions where run_id = %(run)s",
}


def count_remains(run_id: str) -> dict[str, int]:
    """Counts the rows by table and the files of a run."""
    with connect(role_url("dagster", DAGSTER)) as connection:
        found = {
            name: connection.execute(statement.encode(), {"run": run_id}).fetchone()
            for name, statement in REMAINS.items()
        }
    files = [f for f in get_settings().dagster_home.glob(f"storage/{run_id}/**/*") if f.is_file()]
    return {**{name: row[0] for name, row in found.items() if row}, "files": len(files)}


def test_old_runs_are_deleted_with_their_rows_and_files_and_newer_ones_are_not() -> None:
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
        before = count_remains(new)
        assert all(before.values())
        assert count_remains(old) == before
        assert clean_up.execute_in_process(instance=dagster).success
        assert dagster.get_run_by_id(running)
    assert not any(count_remains(old).values())
    assert count_remains(new) == before
    assert count_remains("")["events"] == 0
    with connect(role_url("dagster", DAGSTER)) as connection:
        orphans = connection.execute(
            "select count(*) from asset_event_tags where event_id not in"
            " (select id from event_logs)"
        ).fetchone()
    assert orphans == (0,)
