"""What Dagster costs, counted: sessions, requests, runs and events, with its real storage."""

from collections.abc import Iterator

import dagster as dg
import psycopg
import pytest
from sqlalchemy import event, pool

from geniai_pipeline import orchestration
from geniai_pipeline.warehouse.connections import admin_url, connect

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
