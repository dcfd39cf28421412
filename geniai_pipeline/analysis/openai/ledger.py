"""The ledger: what is booked before a call and after it, and who keeps it.

`warehouse.llm` keeps a tenant's in Postgres, under its monthly budget. `InMemoryLedger` is the one
of a single act of an operator, such as `geniai analyze`, and ends with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.models import Usage


@dataclass(frozen=True)
class Find:
    """Asks for the answer this very question was paid for before."""

    conversation_id: str | int
    content_hash: str


@dataclass(frozen=True)
class Reserve:
    """Asks to book a call at its worst case, in reais."""

    conversation_id: str | int
    content_hash: str
    model: str
    worst_brl: Decimal


@dataclass(frozen=True)
class Settle:
    """Books what a call came to; `cost_brl` None: unknown, the worst case stays booked."""

    call_id: int
    state: str
    """`answered`, `unanswered` (it costs nothing) or `unknown`."""
    outcome: str
    cost_brl: Decimal | None
    cost_usd: Decimal | None
    usage: Usage | None
    request_id: str | None
    answer: str | None
    """To be kept until it is used."""


Job = Find | Reserve | Settle
Result = str | int | Fallback | None
"""Of Find the answer or None, of Reserve the call's id or why not, of Settle None."""


class Ledger(Protocol):
    """Does what is asked for in one transaction; from one thread at a time."""

    def work(self, jobs: Sequence[Job]) -> list[Result]:
        """The jobs in order, all of them or none."""

    def refusal(self) -> Fallback | None:
        """Why nothing could be reserved now, however cheap; None: something could."""


class InMemoryLedger:
    """A budget in this process's memory."""

    def __init__(self, budget_brl: Decimal) -> None:
        self._left = budget_brl
        self._reserved: list[Decimal] = []

    def work(self, jobs: Sequence[Job]) -> list[Result]:
        """The jobs in order."""
        return [self._do(job) for job in jobs]

    def refusal(self) -> Fallback | None:
        """BUDGET when it is empty."""
        return None if self._left > 0 else Fallback.BUDGET

    def _do(self, job: Job) -> Result:
        if isinstance(job, Reserve):
            if job.worst_brl > self._left:
                return Fallback.BUDGET
            self._left -= job.worst_brl
            self._reserved.append(job.worst_brl)
            return len(self._reserved) - 1
        if isinstance(job, Settle) and job.cost_brl is not None:
            self._left += self._reserved[job.call_id] - job.cost_brl
        return None
