"""The Dagster assets, partitioned by tenant. Each calls one step of ``pipeline``.

    chatwoot_raw -> conversations -> conversation_analysis -> conversations_analytics
                 -> daily_metrics -> weekly_report

Data is handed on through Postgres, so no message lies in Dagster's storage. Metadata are counts
and times, never a message.
"""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from geniai_pipeline.analysis.bill import Bill
from geniai_pipeline.orchestration.resources import (
    AnalyzerResource,
    ChatwootResource,
    TenantResource,
)
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.reports.weekly import send_report
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs

tenants = dg.DynamicPartitionsDefinition(name="tenant")

SYNC_STEPS = (
    "chatwoot_raw",
    "conversations",
    "conversation_analysis",
    "conversations_analytics",
    "daily_metrics",
)
"""The assets of one sync, in order."""

_REJECTED_SHARE_LIMIT = 0.01
_FALLBACKS = dg.TableSchema(
    [dg.TableColumn("reason", "string"), dg.TableColumn("conversations", "int")]
)


class ExtractConfig(dg.Config):
    """How much of Chatwoot to read."""

    full: bool = False
    """Everything again, to find deletions and edits that leave no trace in Chatwoot."""


@dg.asset(
    partitions_def=tenants,
    group_name="leads",
    kinds={"python", "postgres"},
    check_specs=[dg.AssetCheckSpec("complete", asset="chatwoot_raw")],
)
def chatwoot_raw(
    context: dg.AssetExecutionContext,
    config: ExtractConfig,
    registry: TenantResource,
    chatwoot: ChatwootResource,
) -> dg.MaterializeResult:
    """The tenant's Chatwoot data: inboxes, agents, conversations and their messages.

    Incremental: what changed since the last run's watermark, with an overlap. Secrets that
    Chatwoot hands to administrators never land.
    """
    started = time.monotonic()
    with registry.load(context) as tenant, chatwoot.connect(tenant, context) as client:
        got = extract_conversations(
            tenant, context.run.run_id, client, full=config.full, report=context.log.info
        )
        _close_partial_run(context, tenant)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": got.landed,
            "rows_read": got.count.read,
            "rows_written": got.count.written,
            "rows_unchanged": got.count.unchanged,
            "rows_rejected": got.count.rejected,
            "conversations_deleted": got.deleted,
            "requests": got.requests,
            "watermark": dg.MetadataValue.timestamp(got.watermark_to),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="complete",
                passed=got.expected is None or got.landed >= got.expected,
                severity=dg.AssetCheckSeverity.WARN,
                description="As many conversations have landed as Chatwoot counts.",
                metadata={"landed": got.landed, "chatwoot_counts": got.expected or 0},
            )
        ],
    )


@dg.asset(
    deps=[chatwoot_raw],
    partitions_def=tenants,
    group_name="leads",
    kinds={"pandas", "postgres"},
    check_specs=[dg.AssetCheckSpec("few_rejected", asset="conversations", blocking=True)],
)
def conversations(
    context: dg.AssetExecutionContext, registry: TenantResource
) -> dg.MaterializeResult:
    """One typed row per conversation: who wrote, who answered and when, labels, the transcript."""
    started = time.monotonic()
    with registry.load(context) as tenant:
        typed = transform_conversations(tenant, context.run.run_id, report=context.log.info)
        _close_partial_run(context, tenant)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": typed.rows,
            "rows_written": typed.written,
            "rows_rejected": typed.rejected,
            "rows_deleted": typed.deleted,
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="few_rejected",
                passed=typed.rejected <= max(1, _REJECTED_SHARE_LIMIT * typed.rows),
                description="At most one conversation in a hundred was refused;"
                " ops.rejected_rows has them, with the reasons.",
                metadata={"rejected": typed.rejected, "rows": typed.rows},
            )
        ],
    )


class AnalysisConfig(dg.Config):
    """What to analyse again."""

    reanalyze: bool = False
    """All that another version of the analyzer, or another analyzer, has analysed."""


@dg.asset(
    deps=[conversations],
    partitions_def=tenants,
    group_name="leads",
    kinds={"python", "postgres"},
    check_specs=[
        dg.AssetCheckSpec("every_conversation", asset="conversation_analysis", blocking=True)
    ],
)
def conversation_analysis(
    context: dg.AssetExecutionContext,
    config: AnalysisConfig,
    registry: TenantResource,
    analyzers: AnalyzerResource,
) -> dg.MaterializeResult:
    """Score, visit, reasons and the next message of each conversation, by the tenant's analyzer.

    A conversation is analysed again only when what it says has changed, or on command.
    """
    started = time.monotonic()
    with registry.load(context) as tenant:
        analyzer = analyzers.build(tenant)
        analysed = analyze_conversations(
            tenant,
            context.run.run_id,
            analyzer,
            reanalyze=config.reanalyze,
            report=context.log.info,
        )
        for notice in analysed.notices:
            context.log.warning(f"{tenant.slug}: {notice}")
        if analysed.notices:
            runs.note(tenant.tenant_id, context.run.run_id, " ".join(analysed.notices))
        _close_partial_run(context, tenant)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": analysed.rows,
            "rows_written": analysed.written,
            "leads_found": analysed.leads,
            "visits_found": analysed.visits,
            "analyzer": f"{analyzer.name} {analyzer.version}",
            **_bill_metadata(analyzer.bill),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="every_conversation",
                passed=analysed.missing == 0,
                description="Every typed conversation has an analysis.",
                metadata={"missing": analysed.missing},
            )
        ],
    )


@dg.asset(
    deps=[conversation_analysis],
    partitions_def=tenants,
    group_name="leads",
    kinds={"postgres"},
    check_specs=[
        dg.AssetCheckSpec("all_published", asset="conversations_analytics", blocking=True)
    ],
)
def conversations_analytics(
    context: dg.AssetExecutionContext, registry: TenantResource
) -> dg.MaterializeResult:
    """One wide row per conversation, as the dashboards read it; long texts lie apart."""
    started = time.monotonic()
    with registry.load(context) as tenant:
        published = publish_conversations(tenant)
        _close_partial_run(context, tenant)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": published.rows,
            "rows_written": published.written,
            "rows_deleted": published.removed,
            "dashboard": dg.MetadataValue.url(get_settings().dashboard_url),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="all_published",
                passed=published.missing == 0,
                description="Every analysed conversation is on the dashboards.",
                metadata={"missing": published.missing},
            )
        ],
    )


@dg.asset(
    deps=[conversations_analytics],
    partitions_def=tenants,
    group_name="leads",
    kinds={"postgres"},
    check_specs=[dg.AssetCheckSpec("equals_conversations", asset="daily_metrics", blocking=True)],
)
def daily_metrics(
    context: dg.AssetExecutionContext, registry: TenantResource
) -> dg.MaterializeResult:
    """Conversations, leads, visits and conversions per day, inbox and status: the rollup."""
    started = time.monotonic()
    with registry.load(context) as tenant:
        rolled = roll_up(tenant, context.run.run_id, whole=_selects(context, *SYNC_STEPS))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rolled.rows,
            "rows_written": rolled.written,
            **{name: counted for name, (_, counted) in rolled.totals.items()},
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="equals_conversations",
                passed=rolled.agrees,
                description="The rollup's figures are those of the conversations.",
                metadata={name: f"{a} = {b}" for name, (a, b) in rolled.totals.items()},
            )
        ],
    )


@dg.asset(
    deps=[daily_metrics],
    partitions_def=tenants,
    group_name="reports",
    kinds={"email"},
    check_specs=[dg.AssetCheckSpec("everybody_has_it", asset="weekly_report")],
    output_required=False,
)
def weekly_report(
    context: dg.AssetExecutionContext, registry: TenantResource
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """The letter about last week, to each of the tenant's recipients once; or a file.

    It is sent when it is the one asset of its run: by its schedule, or by somebody who chose it by
    name. Whoever materialises every asset does not write to a tenant's users by that.
    """
    if _selects(context, SYNC_STEPS[-1]):
        line = "No letter is sent: materialise weekly_report alone to send it."
        context.log.info(line)
        yield dg.AssetCheckResult(check_name="everybody_has_it", passed=True, description=line)
        return
    started = time.monotonic()
    with registry.load(context) as tenant:
        outcome = send_report(tenant.slug)
    yield dg.MaterializeResult(
        metadata={
            "week": f"{outcome.week:%Y-%m-%d}",
            "letters_sent": outcome.sent,
            "sent_before": outcome.already,
            "leads_waiting": outcome.waiting,
            **({"file": dg.MetadataValue.path(outcome.path)} if outcome.path else {}),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="everybody_has_it",
                passed=not outcome.failed,
                severity=dg.AssetCheckSeverity.WARN,
                description="The mail server took every letter.",
                metadata={"failed": len(outcome.failed), "said": "; ".join(outcome.failed)},
            )
        ],
    )


def _selects(context: dg.AssetExecutionContext, *names: str) -> bool:
    """Whether the run materialises all of these assets."""
    selected = context.job_def.asset_layer.selected_asset_keys
    return all(dg.AssetKey(name) in selected for name in names)


def _close_partial_run(context: dg.AssetExecutionContext, tenant: Tenant) -> None:
    """Closes the run's row after the last of its steps, where that is not the last of a sync."""
    later = SYNC_STEPS[SYNC_STEPS.index(context.asset_key.to_user_string()) + 1 :]
    if not any(_selects(context, name) for name in later):
        runs.interrupt_run(tenant.tenant_id, context.run.run_id)


def _bill_metadata(bill: Bill | None) -> dict[str, Any]:
    """Lists calls, tokens and cost, and how often the rules agree."""
    if bill is None:
        return {}
    notices = {"notice": bill.notice, "model_warning": bill.warning}
    return {
        "calls": bill.calls,
        "answers_reused": bill.reused,
        "input_tokens": bill.input_tokens,
        "cached_tokens": bill.cached_tokens,
        "output_tokens": bill.output_tokens,
        "cost_brl": float(bill.cost_brl),
        "cost_usd": float(bill.cost_usd),
        "rate_limited": bill.rate_limited,
        "fallbacks": bill.fallbacks.total(),
        "fallbacks_by_reason": dg.MetadataValue.table(
            [dg.TableRecord({"reason": r, "conversations": n}) for r, n in bill.fallbacks.items()],
            schema=_FALLBACKS,
        ),
        **({"agreement_with_rules": bill.same_lead / bill.compared} if bill.compared else {}),
        **({"same_score_as_rules": bill.same_score / bill.compared} if bill.compared else {}),
        **{name: str(line) for name, line in notices.items() if line},
    }


def _seconds(started: float) -> dict[str, float]:
    return {"seconds": round(time.monotonic() - started, 2)}
