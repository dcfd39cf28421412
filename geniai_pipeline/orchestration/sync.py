"""Launches tenants' syncs through Dagster and shows their progress."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from geniai_pipeline.disk import require_space
from geniai_pipeline.orchestration.launcher import launch_runs, read_run_states
from geniai_pipeline.orchestration.partitions import add_partitions
from geniai_pipeline.warehouse import runs

_POLL_SECONDS = 1.0
_LINE_SECONDS = 5.0


@dataclass
class Outcome:
    """Counts and state of one tenant's sync."""

    tenant: str
    run_id: str
    status: str = "QUEUED"
    conversations_read: int = 0
    conversations_expected: int | None = None
    read: int = 0
    written: int = 0
    unchanged: int = 0
    rejected: int = 0
    requests: int = 0
    seconds: float = 0.0
    error: str | None = None
    notice: str | None = None
    """What the run could not do, though it did not fail."""
    step: str = ""
    """What the run does now (``reading``, ``typing``, ...); the counts below are conversations."""
    step_done: int = 0
    step_total: int | None = None
    """None: unknown."""

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")

    @property
    def ok(self) -> bool:
        """Whether the run succeeded."""
        return self.status == "SUCCESS"

    def to_json(self) -> dict[str, Any]:
        """The value that ``--json`` prints."""
        return asdict(self)


def launch(slugs: list[str], *, full: bool, reanalyze: bool = False) -> list[Outcome]:
    """Queues a run for each tenant.

    Raises:
        TransientError: Dagster is not running.
        PermanentError: the disk is full.

    """
    require_space()
    add_partitions(slugs)
    launched = launch_runs(slugs, full=full, reanalyze=reanalyze)
    return [Outcome(slug, run_id) for slug, run_id in launched.items()]


def follow(
    outcomes: list[Outcome],
    console: Console,
    *,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Waits until all runs have ended; shows bars on a terminal, a line every 5 s elsewhere.

    Args:
        outcomes: the result of ``launch``; updated in place.
        console: the output.
        check: called at each poll; it may raise to end the wait.

    Raises:
        PermanentError: the disk is full, so no run can continue.

    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        transient=True,
    )
    tasks = {o.tenant: bar.add_task(o.tenant, total=None) for o in outcomes}
    last_line = time.monotonic()
    with bar if console.is_terminal else nullcontext():
        while True:
            check()
            require_space()
            _update_outcomes(outcomes)
            for outcome in outcomes:
                _update_bar(bar, tasks[outcome.tenant], outcome)
            if all(outcome.finished for outcome in outcomes):
                return
            if not console.is_terminal and time.monotonic() - last_line > _LINE_SECONDS:
                last_line = time.monotonic()
                console.print(_format_line(outcomes))
            time.sleep(_POLL_SECONDS)


class _Rate(ProgressColumn):
    """Progress column: recent conversations per second."""

    def render(self, task: Task) -> Text:
        """Renders ``40/s``; nothing without a rate."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


def _update_bar(bar: Progress, task: TaskID, outcome: Outcome) -> None:
    """Updates a tenant's bar; each step has its own rate and total."""
    activity = outcome.step if outcome.status == "STARTED" else outcome.status.lower()
    description = f"{outcome.tenant} {activity}"
    if bar.tasks[task].description != description and not outcome.finished:
        bar.reset(task, total=outcome.step_total, description=description)
    bar.update(
        task,
        total=outcome.step_total,
        completed=outcome.step_total if outcome.ok else outcome.step_done,
        description=description,
    )


def build_table(outcomes: list[Outcome]) -> Table:
    """Builds a table of the outcomes for a terminal."""
    table = Table(box=None, header_style="bold")
    for heading in ("tenant", "result"):
        table.add_column(heading)
    for heading in ("read", "written", "unchanged", "rejected", "requests", "seconds"):
        table.add_column(heading, justify="right")
    for o in outcomes:
        result = "failed" if not o.ok else "synced" if o.written else "nothing new"
        numbers = (o.read, o.written, o.unchanged, o.rejected, o.requests)
        table.add_row(
            o.tenant,
            f"[green]{result}[/]" if o.ok else f"[red]{result}[/]",
            *(f"{n:,}" for n in numbers),
            f"{o.seconds:.1f}",
        )
    return table


def _update_outcomes(outcomes: list[Outcome]) -> None:
    waiting = [o for o in outcomes if not o.finished]
    ids = [o.run_id for o in waiting]
    states = read_run_states(ids)
    progress = runs.read_progress(ids)
    for outcome in waiting:
        if row := progress.get(outcome.run_id):
            outcome.read = row["rows_read"]
            outcome.conversations_read = row["conversations_read"]
            outcome.conversations_expected = row["conversations_expected"]
            outcome.written = row["rows_written"]
            outcome.step = row["step"]
            outcome.step_done, outcome.step_total = row["step_done"], row["step_total"]
            outcome.unchanged = row["rows_unchanged"]
            outcome.rejected = row["rows_rejected"]
            outcome.requests = row["requests"]
            outcome.notice = row["notice"]
            if row["ended_at"] is not None:
                outcome.seconds = (row["ended_at"] - row["started_at"]).total_seconds()
        if state := states.get(outcome.run_id):
            outcome.status = state.status
            outcome.error = state.error
            outcome.run_id = state.retry_run_id or outcome.run_id


def _format_line(outcomes: list[Outcome]) -> str:
    done = sum(o.finished for o in outcomes)
    running = [
        f"{o.tenant} {o.step} {o.step_done:,} of {o.step_total:,}" if o.step_total else o.tenant
        for o in outcomes
        if o.status == "STARTED"
    ]
    return f"{done} of {len(outcomes)} tenants synced; now: {', '.join(running) or 'starting'}"
