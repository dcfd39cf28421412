"""Fails runs in flight whose process has died, which Dagster does not notice.

Only the code server watches its runs' processes. A run that dies together with it, or whose end
cannot be written because the disk is full, would block its tenant's next run for hours.
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
_CLOCK_TOLERANCE = timedelta(seconds=2)
"""By how much a process may seem to begin after its first event."""


class DeadRuns:
    """Fails a run after two checks without a process, so that the code server can act first."""

    def __init__(self) -> None:
        self._suspects: set[str] = set()

    def fail(self) -> None:
        """Checks once, and fails the runs without a process at this check and the last.

        Dagster starts them again, and cancels one whose cancellation was requested.
        """
        with open_instance() as dagster:
            running = dagster.get_runs(dg.RunsFilter(statuses=_IN_FLIGHT))
            dead = {run.run_id for run in running if not _may_run(dagster, run.run_id)}
            for run_id in dead & self._suspects:
                run = dagster.get_run_by_id(run_id)
                if run is not None and run.status in _IN_FLIGHT:
                    _end(dagster, run)
            self._suspects = dead


def fail_all_running() -> int:
    """Fails every run in flight; for use before any service starts, when none has a process.

    Returns:
        The number of runs.

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


def _may_run(dagster: dg.DagsterInstance, run_id: str) -> bool:
    """Whether the run's process lives; Dagster's own time limit covers one that has not begun."""
    started = _find_process(dagster, run_id)
    if started is None:
        return True
    pid, since = started
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        # the system may have reused the process id
        created = datetime.fromtimestamp(process.create_time(), timezone.utc)
        return created <= since + _CLOCK_TOLERANCE
    except psutil.NoSuchProcess:
        return False


def _find_process(dagster: dg.DagsterInstance, run_id: str) -> tuple[int, datetime] | None:
    """Finds the id of the process that executes a run, and the time of the event with it."""
    events = dagster.get_records_for_run(
        run_id, of_type=dg.DagsterEventType.ENGINE_EVENT, ascending=True
    ).records
    for record in events:
        event = record.event_log_entry.dagster_event
        if event is not None and "pid" in event.engine_event_data.metadata:
            since = datetime.fromtimestamp(record.event_log_entry.timestamp, timezone.utc)
            return int(str(event.engine_event_data.metadata["pid"].value)), since
    return None
