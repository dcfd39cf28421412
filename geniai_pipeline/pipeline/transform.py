"""Transform: ``raw`` payloads to one row per conversation in ``core.conversations``."""

from dataclasses import dataclass

from geniai_pipeline import conversations
from geniai_pipeline.pipeline.progress import Report, StepProgress
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core


@dataclass
class TransformResult:
    """What the step did, in conversations."""

    written: int = 0
    rejected: int = 0
    deleted: int = 0
    rows: int = 0


def transform_conversations(tenant: Tenant, run_id: str, *, report: Report) -> TransformResult:
    """Makes one typed row of each conversation that changed, and keeps the refused with why."""
    result = TransformResult(deleted=core.drop_deleted(tenant.tenant_id))
    inboxes = core.inboxes(tenant.tenant_id)
    version = conversations.settings_version(tenant, inboxes)
    progress = StepProgress(
        tenant,
        run_id,
        "transforming",
        report,
        lambda: core.count_pending_conversations(tenant.tenant_id, version),
    )
    for pending in core.pending_conversations(tenant.tenant_id, version):
        typed = conversations.typed(
            [
                conversations.RawConversation(
                    row.conversation_id, row.payload, row.messages, row.changed_at
                )
                for row in pending
            ],
            tenant,
            inboxes,
        )
        written, rejected = core.store_typed(
            tenant.tenant_id,
            run_id,
            list(typed.rows.columns),
            list(typed.rows.itertuples(index=False, name=None)),
            typed.rejected,
        )
        result.written += written
        result.rejected += rejected
        progress.add(len(pending))
    result.rows = core.count(tenant.tenant_id, "core.conversations")
    return result
