"""Dagster's instance: sessions in Postgres, and the instance of ``dagster dev``."""

import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import psycopg
import pytest
from sqlalchemy import event, pool

from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url, connect

pytestmark = pytest.mark.usefixtures("embedded")


@dg.asset
def anything() -> None:
    """An asset with nothing to do."""


@pytest.fixture
def sessions() -> Iterator[list[object]]:
    """Lists the sessions that Dagster's storage opens in this process."""
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


def dagster_sessions() -> set[int]:
    """Returns Dagster's sessions by process id, those of other tests included."""
    with connect(admin_url("postgres")) as connection:
        rows = connection.execute(
            "select pid from pg_stat_activity where usename = 'dagster'"
        ).fetchall()
    return {pid for (pid,) in rows}


def test_a_closed_instance_leaves_no_database_session() -> None:
    before = dagster_sessions()
    with open_instance() as dagster:
        dagster.get_runs_count()
    assert dagster_sessions() <= before


def test_sessions_that_the_server_ended_are_opened_again() -> None:
    before = dagster_sessions()
    with open_instance() as dagster:
        dagster.get_runs_count()
        (own,) = dagster_sessions() - before
        with psycopg.connect(admin_url("postgres")) as connection:
            ended = connection.execute("select pg_terminate_backend(%s, 5000)", [own]).fetchall()
        assert ended == [(True,)]
        assert dagster.get_runs_count() >= 0


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
