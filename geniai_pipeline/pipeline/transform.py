"""Transform: ``raw`` payloads to one row per episode in ``core.conversations``."""

from dataclasses import dataclass

from geniai_pipeline import conversations
from geniai_pipeline.pipeline.progress import Report, StepProgress
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core
from geniai_pipeline.warehouse.connections import TenantSession


@dataclass
class TransformResult:
    """What the step did, in episodes; deleted and rejected are those of whole threads, too."""

    written: int = 0
    rejected: int = 0
    deleted: int = 0
    rows: int = 0


def transform_conversations(
    tenant: Tenant, session: TenantSession, run_id: str, *, report: Report
) -> TransformResult:
    """Makes the typed rows of each conversation that changed, and keeps the refused with why."""
    result = TransformResult(deleted=core.drop_deleted(session))
    inboxes = core.inboxes(session)
    version = conversations.settings_version(tenant, inboxes)
    progress = StepProgress(
        session,
        run_id,
        "transforming",
        report,
        lambda: core.count_pending_conversations(session, version),
    )
    for pending in core.pending_conversations(session, version):
        typed = conversations.transform(pending, tenant, inboxes)
        written, rejected = core.store_typed(
            session,
            run_id,
            list(typed.rows.columns),
            list(typed.rows.itertuples(index=False, name=None)),
            typed.rejected,
        )
        result.written += written
        result.rejected += rejected
        progress.add(len(pending))
    result.rows = core.count(session, "core.conversations")
    return result
