"""The ledger of calls: each is reserved at its worst cost before, and settled after it.

`warehouse.llm` has a tenant's ledger in Postgres, under its monthly budget. `InMemoryLedger` serves
a single act of an operator, such as `geniai analyze`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.models import Model, Usage

if TYPE_CHECKING:
    from geniai_pipeline.analysis.openai.client import CallResult


@dataclass(frozen=True)
class Find:
    """A job: find an answer that was paid for before, by the request's content."""

    conversation_id: str | int
    content_hash: str


@dataclass(frozen=True)
class Reserve:
    """A job: reserve a call at its worst cost, in reais."""

    conversation_id: str | int
    content_hash: str
    model: str
    worst_brl: Decimal


@dataclass(frozen=True)
class Settle:
    """A job: settle a call; `cost_brl` None: unknown, the worst cost stays reserved."""

    call_id: int
    state: str
    """`answered`, `unanswered` (it costs nothing) or `unknown`."""
    outcome: str
    cost_brl: Decimal | None
    cost_usd: Decimal | None
    usage: Usage | None
    request_id: str | None
    answer: str | None
    """Stored until the analysis is."""


def build_settlement(
    call_id: int, result: "CallResult", model: Model, brl_per_usd: Decimal, *, answer: str | None
) -> Settle:
    """Builds the settlement of a call: by its usage, at nothing if unanswered, else at the worst.

    Args:
        call_id: the reservation's.
        result: what became of the call.
        model: the one that was called.
        brl_per_usd: reais a dollar costs.
        answer: what is stored of the answer.

    """
    usd = model.cost_usd(result.usage) if result.usage else None
    if result.state == "unanswered":
        usd = Decimal(0)
    return Settle(
        call_id=call_id,
        state=result.state,
        outcome=result.outcome,
        cost_brl=None if usd is None else usd * brl_per_usd,
        cost_usd=usd,
        usage=result.usage,
        request_id=result.request_id,
        answer=answer,
    )


Job = Find | Reserve | Settle
Result = str | int | Fallback | None
"""Of Find the answer or None, of Reserve the call's id or the refusal, of Settle None."""


class Ledger(Protocol):
    """Does jobs, a batch in one transaction; used from one thread at a time."""

    def work(self, jobs: Sequence[Job]) -> list[Result]:
        """Does the jobs in order, all of them or none."""

    def unavailable_reason(self) -> Fallback | None:
        """Returns why nothing could be reserved now, however cheap; None: something could."""


class InMemoryLedger:
    """A budget in memory."""

    def __init__(self, budget_brl: Decimal) -> None:
        self._left = budget_brl
        self._reserved: list[Decimal] = []

    def work(self, jobs: Sequence[Job]) -> list[Result]:
        """Does the jobs in order."""
        return [self._do_job(job) for job in jobs]

    def unavailable_reason(self) -> Fallback | None:
        """Returns BUDGET when nothing is left."""
        return None if self._left > 0 else Fallback.BUDGET

    def _do_job(self, job: Job) -> Result:
        if isinstance(job, Reserve):
            if job.worst_brl > self._left:
                return Fallback.BUDGET
            self._left -= job.worst_brl
            self._reserved.append(job.worst_brl)
            return len(self._reserved) - 1
        if isinstance(job, Settle) and job.cost_brl is not None:
            self._left += self._reserved[job.call_id] - job.cost_brl
        return None
