"""Transform: ``raw`` payloads to one row per episode in ``core.conversations``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    result = transform_changes(tenant, session, run_id, core.inboxes(session), report=report)
    result.rows = core.count(session, "core.conversations")
    return result


def transform_changes(
    tenant: Tenant,
    session: TenantSession,
    run_id: str,
    inboxes: Mapping[int, dict[str, Any]],
    *,
    conversation_ids: Sequence[int] | None = None,
    report: Report,
) -> TransformResult:
    """Makes the typed rows of some conversations, where they changed.

    Args:
        tenant: the tenant.
        session: the tenant's.
        run_id: of the run.
        inboxes: the tenant's, by id.
        conversation_ids: the conversations; None: all.
        report: takes the progress.

    """
    result = TransformResult(deleted=core.drop_deleted(session, conversation_ids))
    version = conversations.settings_version(tenant, inboxes)
    progress = StepProgress(
        session,
        run_id,
        "transforming",
        report,
        lambda: core.count_pending_conversations(session, version),
    )
    for pending in core.pending_conversations(session, version, conversation_ids):
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
    return result
