"""``ops.llm_*``: the ledger of calls to OpenAI, budgets per tenant, and the rate limiter.

The rules of the money are in ``sql/011_llm_ledger.sql``: a reservation is one short statement that
holds the lock of the tenant's month, so that several runs at once can never pass the budget.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import psycopg
import stamina

from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.ledger import Find, Job, Reserve, Result, Settle
from geniai_pipeline.analysis.openai.rate_limiter import BURST_SECONDS, SHARE, Limits, Reservation
from geniai_pipeline.errors import TransientError
from geniai_pipeline.warehouse.connections import TenantSession, connect, role_url
from geniai_pipeline.warehouse.queries import query

MOST_ANSWERS = 3
"""Times that one question is paid for when its answers are of no use."""
_LEAST_BRL = Decimal("0.0005")
"""Less than this no call costs at its worst."""

_patiently = stamina.retry(on=TransientError, timeout=20, attempts=None, wait_max=2.0)


class TenantLedger:
    """One tenant's ledger of calls, under its monthly budget."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def work(self, jobs: Sequence[Job]) -> list[Result]:
        """Does the jobs in one transaction.

        Raises:
            DatabaseDownError: nothing of them is booked, or all of them.

        """
        with self._session.transaction() as connection:
            return [_do_job(connection, job) for job in jobs]

    def unavailable_reason(self) -> Fallback | None:
        """Returns FORBIDDEN or BUDGET when no call at all could be reserved now."""
        with self._session.transaction() as connection:
            row = connection.execute(
                query("llm_unavailable_reason"), {"least_brl": _LEAST_BRL}
            ).fetchone()
        return Fallback(row[0]) if row and row[0] else None


def monthly_cost(session: TenantSession, model: str) -> Decimal | None:
    """Estimates a month's cost in reais, from the average call so far; None: unknown."""
    with session.transaction() as connection:
        row = connection.execute(query("cost_outlook"), {"model": model}).fetchone()
    return Decimal(row[0] * row[1]) if row and row[0] is not None else None


class SharedRateLimiter:
    """Rate limiter of one key's model, shared by all processes through Postgres.

    Args:
        service: host and model; they have the limits.

    """

    def __init__(self, service: str) -> None:
        self._service = service

    def reserve(self, requests: int, tokens: int) -> Reservation | None:
        """Reserves the next free instants among all processes; None: no limits are known yet."""
        row = _ask(
            "select * from ops.reserve_llm_requests(%s, %s, %s, %s, make_interval(secs => %s))",
            [self._service, requests, tokens, SHARE, BURST_SECONDS],
        )
        return Reservation(row[0], row[1], Limits(row[2], row[3])) if row else None

    def learn(self, limits: Limits) -> None:
        """Stores the provider's limits for all processes."""
        _ask(
            "select ops.learn_llm_limits(%s, %s, %s)",
            [self._service, limits.requests, limits.tokens],
        )

    def hold(self, seconds: float) -> None:
        """Holds all processes' calls back for so long."""
        _ask("select ops.hold_llm(%s, %s)", [self._service, seconds])


@_patiently
def _ask(statement: str, arguments: list[Any]) -> Any:
    with connect(role_url("etl_writer")) as connection:
        return connection.execute(statement.encode(), arguments).fetchone()


def _do_job(connection: psycopg.Connection[Any], job: Job) -> Result:
    if isinstance(job, Find):
        row = connection.execute(query("find_llm_answer"), vars(job)).fetchone()
        return str(row[0]) if row else None
    if isinstance(job, Reserve):
        row = connection.execute(
            "select call, refused from ops.reserve_llm_call(%s, %s, %s, %s, %s, ops.now())",
            [job.conversation_id, job.content_hash, job.model, job.worst_brl, MOST_ANSWERS],
        ).fetchone()
        assert row is not None  # noqa: S101  (a function always answers)
        return int(row[0]) if row[1] is None else Fallback(row[1])
    settle_call(connection, job)
    return None


def settle_call(connection: psycopg.Connection[Any], done: Settle) -> None:
    """Settles a call within a transaction; the second time it changes nothing."""
    used = done.usage
    connection.execute(
        "select ops.settle_llm_call(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            done.call_id,
            done.state,
            done.outcome,
            done.cost_brl,
            done.cost_usd,
            used and used.input_tokens,
            used and used.cached_tokens,
            used and used.output_tokens,
            done.request_id,
            done.answer,
        ],
    )
