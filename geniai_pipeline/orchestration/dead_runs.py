"""Runs that count as running although their process has died, as Dagster does not notice it.

The code server alone watches its runs' processes. A run that dies together with it, or whose end
could not be written because the disk was full, would hold its tenant's place for hours.
"""

from datetime import datetime, timedelta, timezone

import dagster as dg
import psutil

from geniai_pipeline.orchestration.instance import open_instance

_IN_FLIGHT = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_CLOCK = timedelta(seconds=2)
"""By how much a process may seem to begin after what it wrote."""


class DeadRuns:
    """What was found at the last look; the code server comes first, so that two must agree."""

    def __init__(self) -> None:
        self._suspects: set[str] = set()

    def fail(self) -> None:
        """Looks once, and fails the runs that were without a process at the last look, too.

        Dagster starts them again; one that was to be cancelled is.
        """
        with open_instance() as dagster:
            running = dagster.get_runs(dg.RunsFilter(statuses=_IN_FLIGHT))
            dead = {run.run_id for run in running if not _may_live(dagster, run.run_id)}
            for run_id in dead & self._suspects:
                run = dagster.get_run_by_id(run_id)
                if run is not None and run.status in _IN_FLIGHT:
                    _end(dagster, run)
            self._suspects = dead


def fail_all_running() -> int:
    """Fails every run in flight: before anything is started, no process of ours can be one.

    Returns:
        How many there were.

    """
    with open_instance() as dagster:
        orphans = dagster.get_runs(dg.RunsFilter(statuses=_IN_FLIGHT))
        for run in orphans:
            _end(dagster, run)
    return len(orphans)


def _end(dagster: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    if run.status == dg.DagsterRunStatus.CANCELING:
        dagster.report_run_canceled(run, "Its process was ended.")
    else:
        dagster.report_run_failed(run, "Its process was ended; it is started again.")


def _may_live(dagster: dg.DagsterInstance, run_id: str) -> bool:
    """Whether its process lives; one that has not begun is for Dagster's own time limit."""
    started = _process_of(dagster, run_id)
    if started is None:
        return True
    pid, since = started
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        # another process may have been given the number since
        return datetime.fromtimestamp(process.create_time(), timezone.utc) <= since + _CLOCK
    except psutil.NoSuchProcess:
        return False


def _process_of(dagster: dg.DagsterInstance, run_id: str) -> tuple[int, datetime] | None:
    """The number of the process that executes a run, and when it said so."""
    events = dagster.get_records_for_run(
        run_id, of_type=dg.DagsterEventType.ENGINE_EVENT, ascending=True
    ).records
    for record in events:
        event = record.event_log_entry.dagster_event
        if event is not None and "pid" in event.engine_event_data.metadata:
            since = datetime.fromtimestamp(record.event_log_entry.timestamp, timezone.utc)
            return int(str(event.engine_event_data.metadata["pid"].value)), since
    return None
