"""A ledger for an event loop: jobs of one moment share one transaction."""

import asyncio

import stamina

from geniai_pipeline.analysis.openai.ledger import Job, Ledger, Result
from geniai_pipeline.errors import TransientError

_AT_ONCE = 200
_DATABASE_SECONDS = 20


class BatchedLedger:
    """Takes jobs one by one and hands them to the ledger in batches, in a thread.

    While one transaction is under way the next jobs gather, so the database sees few transactions
    however many calls there are, and the loop never waits for it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: list[tuple[Job, asyncio.Future[Result]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, job: Job) -> Result:
        """Queues a job and returns its result, once it is committed.

        Raises:
            TransientError: the database was away for longer than seconds.

        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((job, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._drain())
        return await done

    async def _drain(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_AT_ONCE], self._queue[_AT_ONCE:]
            try:
                results = await asyncio.to_thread(self._commit, [job for job, _ in batch])
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                continue
            for (_, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)

    def _commit(self, jobs: list[Job]) -> list[Result]:
        # an answer that is paid for is worth waiting for a database that restarts
        for attempt in stamina.retry_context(
            on=TransientError, timeout=_DATABASE_SECONDS, attempts=None, wait_max=2.0
        ):
            with attempt:
                return self._ledger.work(jobs)
        raise AssertionError("the last attempt raises")
