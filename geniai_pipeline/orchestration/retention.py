"""Deletes old runs from Dagster's storage; Dagster deletes none by itself."""

from collections.abc import Callable
from datetime import datetime

import dagster as dg

from geniai_pipeline.warehouse.connections import DAGSTER, connect, role_url

_BATCH_SIZE = 200
_LIVE_DAYS = 7
"""Lifetime of the events of live changes: a hundred tenants have up to 30 MB of them a day."""
_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


def delete_runs_before(
    dagster: dg.DagsterInstance, cutoff: datetime, report: Callable[[str], None]
) -> int:
    """Deletes ended runs created before an instant, with their events, logs and checks.

    It also deletes older events without a run, such as those of a tick that launched none; those of
    live changes live for a week.

    Args:
        dagster: the instance.
        cutoff: the instant.
        report: receives a line of progress per batch.

    Returns:
        The number of runs.

    """
    old = dg.RunsFilter(statuses=_ENDED, created_before=cutoff)
    deleted = 0
    while runs := dagster.get_runs(old, limit=_BATCH_SIZE):
        ids = [run.run_id for run in runs]
        with connect(role_url("dagster", DAGSTER)) as connection:
            connection.execute("delete from asset_check_executions where run_id = any(%s)", [ids])
        for run_id in ids:
            dagster.compute_log_manager.delete_logs(prefix=[run_id])
            dagster.delete_run(run_id)
        deleted += len(ids)
        report(f"{deleted:,} runs deleted")
    with connect(role_url("dagster", DAGSTER)) as connection:
        row = connection.execute(
            "with gone as ("
            " delete from event_logs where run_id = '' and (timestamp < %s"
            " or dagster_event_type = 'ASSET_MATERIALIZATION'"
            " and timestamp < now() at time zone 'utc' - make_interval(days => %s)) returning id)"
            ", tags as (delete from asset_event_tags where event_id in (select id from gone))"
            " select count(*) from gone",
            [cutoff.replace(tzinfo=None), _LIVE_DAYS],
        ).fetchone()
    report(f"{row[0] if row else 0:,} events without a run deleted")
    return deleted
