"""Dagster assets, partitioned by tenant; each calls one step of ``pipeline``.

    chatwoot_raw -> audio_transcriptions -> conversations -> conversation_analysis
                 -> conversations_analytics -> daily_metrics -> weekly_report
    renewal: what only time changes of what they wrote

Assets exchange data through Postgres, so Dagster's storage holds no message. Metadata are counts
and times, never a message.
"""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from geniai_pipeline.analysis.bill import Bill
from geniai_pipeline.errors import DatabaseDownError, GeniaiError
from geniai_pipeline.orchestration.resources import (
    AnalyzerResource,
    ChatwootResource,
    TenantResource,
)
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.renew import renew
from geniai_pipeline.pipeline.transcribe import TranscriptionResult, transcribe_audios
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.reports.weekly import send_report
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession

tenants = dg.DynamicPartitionsDefinition(name="tenant")

SYNC_STEPS = (
    "chatwoot_raw",
    "audio_transcriptions",
    "conversations",
    "conversation_analysis",
    "conversations_analytics",
    "daily_metrics",
)
"""The assets of one sync, in order."""
LIVE_STEPS = tuple(name for name in SYNC_STEPS if name != "audio_transcriptions")
"""Those of them that live changes, too."""

_REJECTED_SHARE_LIMIT = 0.01
_FALLBACKS = dg.TableSchema(
    [dg.TableColumn("reason", "string"), dg.TableColumn("conversations", "int")]
)


class ExtractConfig(dg.Config):
    """Run configuration of the extract step."""

    full: bool = False
    """Whether to sweep: it finds deletions and edits that leave no trace in Chatwoot."""
    list_all: bool = False
    """Whether to list every conversation: it finds deletions and changed contacts."""
    reread_recent: bool = False
    """Whether to read again what was active within two days: it finds edits of messages."""


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

    Incremental: reads what changed since the last run's watermark, with an overlap. Secrets that
    Chatwoot sends to administrators never land.
    """
    started = time.monotonic()
    with registry.load(context) as (tenant, session), chatwoot.connect(tenant, context) as client:
        extraction = extract_conversations(
            session,
            context.run.run_id,
            client,
            full=config.full,
            list_all=config.list_all,
            reread_recent=config.reread_recent,
            report=context.log.info,
        )
        _close_partial_run(context, session)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": extraction.landed,
            "rows_read": extraction.count.read,
            "rows_written": extraction.count.written,
            "rows_unchanged": extraction.count.unchanged,
            "rows_rejected": extraction.count.rejected,
            "conversations_changed": extraction.count.conversations,
            "conversations_deleted": extraction.deleted,
            "requests": extraction.requests,
            "watermark": dg.MetadataValue.timestamp(extraction.watermark_to),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="complete",
                passed=extraction.expected is None or extraction.landed >= extraction.expected,
                severity=dg.AssetCheckSeverity.WARN,
                description="As many conversations have landed as Chatwoot counts.",
                metadata={"landed": extraction.landed, "chatwoot_counts": extraction.expected or 0},
            )
        ],
    )


@dg.asset(
    deps=[chatwoot_raw],
    partitions_def=tenants,
    group_name="leads",
    kinds={"python", "postgres"},
)
def audio_transcriptions(
    context: dg.AssetExecutionContext, registry: TenantResource, chatwoot: ChatwootResource
) -> dg.MaterializeResult:
    """The words of contacts' audios, by OpenAI, for a tenant that wants it; else nothing is sent.

    Whatever happens here costs the sync nothing: audios stay unread, with the reason.
    """
    started = time.monotonic()
    result = TranscriptionResult()
    with registry.load(context) as (tenant, session):
        try:
            result = transcribe_audios(
                tenant,
                session,
                lambda: chatwoot.connect(tenant, context),
                report=context.log.info,
            )
        except DatabaseDownError:
            raise
        except Exception as error:
            context.log.exception("The audios stay unread.")
            cause = str(error) if isinstance(error, GeniaiError) else type(error).__name__
            result.notices.append(f"Audios stay unread: {cause}")
        _add_notices(context, tenant, session, result.notices)
        _close_partial_run(context, session)
    return dg.MaterializeResult(
        metadata={
            "audios_transcribed": result.written,
            "audios_unread": result.unread.total(),
            "unread_by_reason": dict(result.unread),
            "cost_brl": float(result.cost_brl),
            **_seconds(started),
        }
    )


@dg.asset(
    deps=[audio_transcriptions],
    partitions_def=tenants,
    group_name="leads",
    kinds={"pandas", "postgres"},
    check_specs=[dg.AssetCheckSpec("few_rejected", asset="conversations", blocking=True)],
)
def conversations(
    context: dg.AssetExecutionContext, registry: TenantResource
) -> dg.MaterializeResult:
    """One typed row per episode: authors, answers and their times, labels, the transcript."""
    started = time.monotonic()
    with registry.load(context) as (tenant, session):
        result = transform_conversations(
            tenant, session, context.run.run_id, report=context.log.info
        )
        _close_partial_run(context, session)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": result.rows,
            "rows_written": result.written,
            "rows_rejected": result.rejected,
            "rows_deleted": result.deleted,
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="few_rejected",
                passed=result.rejected <= max(1, _REJECTED_SHARE_LIMIT * result.rows),
                description="At most one conversation in a hundred is rejected;"
                " ops.rejected_rows has them, with the reasons.",
                metadata={"rejected": result.rejected, "rows": result.rows},
            )
        ],
    )


class AnalysisConfig(dg.Config):
    """Run configuration of the analyze step."""

    reanalyze: bool = False
    """Whether to repeat the analyses of another analyzer, or of another version of it."""


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
    """Score, visit, reasons and suggested message of each conversation, by the tenant's analyzer.

    A conversation is analysed again only when its text has changed, or on command.
    """
    started = time.monotonic()
    with registry.load(context) as (tenant, session):
        analyzer = analyzers.build(tenant, session)
        result = analyze_conversations(
            session,
            context.run.run_id,
            analyzer,
            reanalyze=config.reanalyze,
            report=context.log.info,
        )
        _add_notices(context, tenant, session, result.notices)
        _close_partial_run(context, session)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": result.rows,
            "rows_written": result.written,
            "leads_found": result.leads,
            "visits_found": result.visits,
            "analyzer": f"{analyzer.name} {analyzer.version}",
            **_bill_metadata(analyzer.bill),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="every_conversation",
                passed=result.missing == 0,
                description="Every typed conversation has an analysis.",
                metadata={"missing": result.missing},
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
    """One wide row per episode, as the dashboards read it; another table has long texts."""
    started = time.monotonic()
    with registry.load(context) as (tenant, session):
        result = publish_conversations(tenant, session)
        _close_partial_run(context, session)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": result.rows,
            "rows_written": result.written,
            "rows_deleted": result.removed,
            "dashboard": dg.MetadataValue.url(get_settings().dashboard_url),
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="all_published",
                passed=result.missing == 0,
                description="Every analysed conversation is on the dashboards.",
                metadata={"missing": result.missing},
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
    """The rollup: conversations, leads, visits and conversions per day, inbox and status."""
    started = time.monotonic()
    with registry.load(context) as (tenant, session):
        rollup = roll_up(tenant, session, context.run.run_id, whole=_selects(context, *SYNC_STEPS))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rollup.rows,
            "rows_written": rollup.written,
            **{name: counted for name, (_, counted) in rollup.totals.items()},
            **_seconds(started),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="equals_conversations",
                passed=rollup.agrees,
                description="The rollup's figures equal those of the conversations.",
                metadata={name: f"{a} = {b}" for name, (a, b) in rollup.totals.items()},
            )
        ],
    )


@dg.asset(
    deps=[daily_metrics],
    partitions_def=tenants,
    group_name="renewals",
    kinds={"python", "postgres"},
)
def renewal(context: dg.AssetExecutionContext, registry: TenantResource) -> dg.MaterializeResult:
    """What only time changes: suggested messages that ran out, members who left a month ago.

    From what is stored, without OpenAI; the analysis and the time of the data stay as they are.
    """
    started = time.monotonic()
    with registry.load(context) as (tenant, session):
        result = renew(tenant, session)
    return dg.MaterializeResult(
        metadata={
            "suggestions_renewed": result.suggestions,
            "rows_written": result.episodes,
            **_seconds(started),
        }
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
    """The report on last week, sent to each of the tenant's recipients once; or a file.

    It is sent only when it is the one asset of its run: by its schedule, or by name. A run of all
    assets writes to no user.
    """
    if _selects(context, SYNC_STEPS[-1]):
        line = "No report is sent: materialise weekly_report alone to send it."
        context.log.info(line)
        yield dg.AssetCheckResult(check_name="everybody_has_it", passed=True, description=line)
        return
    started = time.monotonic()
    with registry.load(context) as (tenant, _):
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
                description="The mail server accepts every report.",
                metadata={"failed": len(outcome.failed), "errors": "; ".join(outcome.failed)},
            )
        ],
    )


def _selects(context: dg.AssetExecutionContext, *names: str) -> bool:
    """Whether the run materialises all of these assets."""
    selected = context.job_def.asset_layer.selected_asset_keys
    return all(dg.AssetKey(name) in selected for name in names)


def _add_notices(
    context: dg.AssetExecutionContext, tenant: Tenant, session: TenantSession, notices: list[str]
) -> None:
    """Warns of what the operator should know, in the step's log and the run's row."""
    for notice in notices:
        context.log.warning(f"{tenant.slug}: {notice}")
    if notices:
        runs.add_notice(session, context.run.run_id, " ".join(notices))


def _close_partial_run(context: dg.AssetExecutionContext, session: TenantSession) -> None:
    """Closes the row of a run whose last step is not the last of a sync."""
    later = SYNC_STEPS[SYNC_STEPS.index(context.asset_key.to_user_string()) + 1 :]
    if not any(_selects(context, name) for name in later):
        runs.interrupt_run(session, context.run.run_id)


def _bill_metadata(bill: Bill | None) -> dict[str, Any]:
    """Builds metadata: calls, tokens, cost, and the share in which the rules agree."""
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
