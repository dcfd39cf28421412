"""``ops.etl_control``: one row per tenant and run, with its progress and watermark."""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from geniai_pipeline.settings import ROOT
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    role_url,
)
from geniai_pipeline.warehouse.queries import query


class Watermark(NamedTuple):
    """Up to when everything has landed, with the age and count gap of the run that set it."""

    until: datetime
    """By Chatwoot's clock: everything it changed before has landed."""
    age: timedelta
    """Since that run began, by our clock: Chatwoot's may have been put back meanwhile."""
    count_gap: int | None
    """Conversations that Chatwoot counted beyond those that had landed; None: it counted more than
    could be found, and everything is to be listed again."""


@lru_cache
def code_version() -> str:
    """Hashes all that decides what a run writes: this program and its statements."""
    digest = hashlib.sha256()
    for folder in (ROOT / "geniai_pipeline", ROOT / "sql"):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql")]):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def start_run(session: TenantSession, run_id: str, kind: str) -> Watermark | None:
    """Opens the run's row; a run of this tenant that never ended is marked as interrupted.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        kind: ``incremental`` or ``full``.

    Returns:
        The watermark of the latest run that set one. None: nothing has landed completely yet.

    """
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set status = 'interrupted', ended_at = ops.now()"
            " where status = 'running' and run_id <> %s",
            [run_id],
        )
        connection.execute(
            query("start_run"), {"run_id": run_id, "kind": kind, "code_version": code_version()}
        )
        row = connection.execute(query("watermark")).fetchone()
        return Watermark(*row) if row else None


def report_reading(
    session: TenantSession, run_id: str, *, read: int, expected: int | None, requests: int
) -> None:
    """Records the extraction's progress, in conversations and requests."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set conversations_read = %(read)s,"
            " conversations_expected = %(expected)s, requests = %(requests)s,"
            " step = 'reading', step_done = %(read)s, step_total = %(expected)s"
            " where run_id = %(run_id)s",
            {"read": read, "expected": expected, "requests": requests, "run_id": run_id},
        )


def report_step(
    session: TenantSession, run_id: str, step: str, done: int, total: int | None
) -> None:
    """Records a later step's progress, in conversations."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set step = %s, step_done = %s, step_total = %s"
            " where run_id = %s",
            [step, done, total, run_id],
        )


def finish_run(session: TenantSession, run_id: str) -> None:
    """Marks the run as done: the dashboards now show all of Chatwoot up to its watermark."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set status = 'success', ended_at = ops.now(), error = null,"
            " complete_up_to = (select watermark_to from ops.etl_control"
            " where watermark_to is not null order by started_at desc limit 1)"
            " where run_id = %s",
            [run_id],
        )


def interrupt_run(session: TenantSession, run_id: str) -> None:
    """Marks a run that takes only some of a sync's steps as ended; the next sync takes the rest."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set status = 'interrupted', ended_at = ops.now()"
            " where run_id = %s and status = 'running'",
            [run_id],
        )


def add_notice(session: TenantSession, run_id: str, notice: str) -> None:
    """Adds a notice of what the run could not do; it is no failure."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set notice = concat_ws(' ', notice, %(notice)s)"
            " where run_id = %(run_id)s and strpos(coalesce(notice, ''), %(notice)s) = 0",
            {"notice": notice, "run_id": run_id},
        )


def fail_run(session: TenantSession, run_id: str, error: str) -> None:
    """Marks the run as failed, with the reason in one line."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set status = 'failed', ended_at = ops.now(), error = %s"
            " where run_id = %s",
            [error, run_id],
        )


def fail_unfinished(session: TenantSession, run_id: str, error: str) -> None:
    """Marks a run that was killed, and still counts as running, as failed."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.etl_control set status = 'failed', ended_at = ops.now(), error = %s"
            " where run_id = %s and status = 'running'",
            [error, run_id],
        )


def read_progress(run_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Reads these runs' rows by run id; a run that has not begun has none."""
    with connect(admin_url()) as connection:
        rows = (
            connection.cursor(row_factory=dict_row)
            .execute("select * from ops.etl_control where run_id = any(%s)", [run_ids])
            .fetchall()
        )
    return {row["run_id"]: row for row in rows}


def note_scheduler() -> None:
    """Records that the scheduler lives, so that the dashboards show its next sync."""
    with connect(role_url("etl_writer")) as connection:
        connection.execute("select ops.note_scheduler()")


def status() -> list[dict[str, Any]]:
    """Reads per tenant: last success, complete up to, rows, leads, spend, last error, notice."""
    with connect(admin_url()) as connection:
        return connection.cursor(row_factory=dict_row).execute(query("status")).fetchall()


def reserve_requests(host: str, count: int, per_minute: int) -> float:
    """Reserves the next free instants of a Chatwoot host, for all processes together.

    Returns:
        Seconds to wait before the first request; the others follow at ``60 / per_minute``.

    """
    with connect(role_url("etl_writer")) as connection:
        row = connection.execute(
            "select ops.reserve_requests(%s, %s, %s)", [host, count, per_minute]
        ).fetchone()
        return float(row[0]) if row else 0.0
