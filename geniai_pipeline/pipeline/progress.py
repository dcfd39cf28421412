"""The progress of a step: a log line every few seconds, and the same in the run's row."""

import time
from collections.abc import Callable

from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession

REPORT_SECONDS = 3

Report = Callable[[str], None]
"""Takes a line about the progress, every few seconds."""


class StepProgress:
    """Reports how many conversations a step has done, at most once every three seconds.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        step: what is done to its conversations (``transforming``).
        report: takes the line.
        remaining: counts the conversations not yet done; asked once, if the step lasts.

    """

    def __init__(
        self,
        session: TenantSession,
        run_id: str,
        step: str,
        report: Report,
        remaining: Callable[[], int],
    ) -> None:
        self._session, self._run_id, self._step = session, run_id, step
        self._report, self._remaining = report, remaining
        self._total: int | None = None
        self._latest = time.monotonic()
        self._done = 0

    def add(self, done: int) -> None:
        """So many more are done."""
        self._done += done
        if time.monotonic() - self._latest < REPORT_SECONDS:
            return
        self._latest = time.monotonic()
        if self._total is None:
            self._total = self._done + self._remaining()
        self._report(f"{self._step}: {self._done:,} of {self._total:,} conversations")
        runs.report_step(self._session, self._run_id, self._step, self._done, self._total)
