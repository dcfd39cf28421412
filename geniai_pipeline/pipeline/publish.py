"""Publish: the wide rows and the rollup that the dashboards read."""

from dataclasses import dataclass

from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import publish, renewals, runs
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession

_PASSES = 3
"""Conversations are analyzed while others are published: they are then still missing."""


def publish_conversations(tenant: Tenant, session: TenantSession) -> publish.Published:
    """Brings the rows that the dashboards read up to date."""
    as_of = read_clock()
    for _ in range(_PASSES):
        published = publish.publish_conversations(session, tenant.timezone.key)
        if not published.missing:
            break
    renewals.store_publication(session, published_at=as_of)
    return published


@dataclass(frozen=True)
class RollupResult:
    """What the rollup wrote, in rows, and its figures beside the conversations' own."""

    written: int
    rows: int
    totals: dict[str, tuple[int, int]]

    @property
    def agrees(self) -> bool:
        """Whether the rollup counts what the conversations count."""
        return all(rolled == counted for rolled, counted in self.totals.values())


def roll_up(
    tenant: Tenant, session: TenantSession, run_id: str, *, whole: bool = True
) -> RollupResult:
    """Brings the daily figures up to date and closes the run's row.

    Args:
        tenant: the tenant whose rollup it is.
        session: the tenant's.
        run_id: Dagster's.
        whole: whether the run has taken every step before; only then the figures are complete.

    """
    written, rows = publish.roll_up(session, tenant.timezone.key)
    result = RollupResult(written=written, rows=rows, totals=publish.read_totals(session))
    if not whole:
        runs.interrupt_run(session, run_id)
    elif result.agrees:
        runs.finish_run(session, run_id)
    return result
