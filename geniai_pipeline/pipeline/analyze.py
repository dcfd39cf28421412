"""Analyze: a score, reasons and a suggested message for each changed conversation."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from geniai_pipeline.analysis.base import Analysis, Analyzer, Conversation
from geniai_pipeline.analysis.files import conversation_from
from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.pipeline.progress import REPORT_SECONDS, Report, StepProgress
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core

_STORE_ROWS = 500


@dataclass
class AnalysisResult:
    """What the analysis step did, in conversations."""

    written: int = 0
    leads: int = 0
    visits: int = 0
    rows: int = 0
    missing: int = 0
    """Conversations that have no analysis of what they say now."""
    notices: list[str] = field(default_factory=list)
    """What the operator should know and yet is no failure."""


_ANALYSIS_COLUMNS = (
    "conversation_id", "content_hash", "analyzer", "analyzer_version", "is_lead", "score",
    "visit_scheduled", "contact_name", "condition", "goal", "reasoning", "suggested_message",
    "evidence", "fallback_reason", "result_hash",
)  # fmt: skip


def analyze_conversations(
    tenant: Tenant, run_id: str, analyzer: Analyzer, *, reanalyze: bool = False, report: Report
) -> AnalysisResult:
    """Analyses the conversations whose content changed since they were last analysed.

    Conversations stream through the analyzer, and what it found is stored every few seconds: a
    run that is killed has lost next to nothing, and memory does not grow with their number.
    Where the rules stood in for OpenAI, it is asked again, if it can be asked at all; where it has
    judged what a conversation says, they never take its place.

    Args:
        tenant: whose.
        run_id: Dagster's.
        analyzer: the one behind its switch.
        reanalyze: all those too that another version, or another analyzer, judged.
        report: takes the progress.

    """
    result = AnalysisResult()
    outside = analyzer if isinstance(analyzer, OpenAIAnalyzer) else None
    again = outside is not None and outside.refusal() is None
    version = analyzer.version if reanalyze else None
    asked: deque[Any] = deque()
    rows: list[tuple[Any, ...]] = []
    progress = StepProgress(
        tenant,
        run_id,
        "analyzing",
        report,
        lambda: core.count_pending_analysis(tenant.tenant_id, again=again, other_than=version),
    )

    def stream() -> Iterator[Conversation]:
        for batch in core.pending_analysis(tenant.tenant_id, again=again, other_than=version):
            for row in batch:
                asked.append(row)
                yield as_conversation(row)

    def store() -> None:
        if not rows:
            return
        result.written += core.store_analyses(tenant.tenant_id, _ANALYSIS_COLUMNS, rows)
        progress.add(len(rows))
        rows.clear()

    stored_at = time.monotonic()
    for found in analyzer.analyze(stream()):
        row = asked.popleft()
        result.leads += found.is_lead
        result.visits += found.visit_scheduled
        if not (found.fallback_reason and row.is_answered):  # an answer is worth more than none
            rows.append(_analysis_row(row, found))
        if len(rows) >= _STORE_ROWS or time.monotonic() - stored_at > REPORT_SECONDS:
            store()
            stored_at = time.monotonic()
    store()
    result.rows = core.count(tenant.tenant_id, "core.conversation_analysis")
    result.missing = core.count(tenant.tenant_id, "core.conversations") - result.rows
    if outside is not None:
        result.notices = [str(t) for t in (outside.account.notice, outside.account.warning) if t]
    return result


def as_conversation(row: Any) -> Conversation:
    """A row of ``core.conversations`` as an analyzer reads it."""
    return conversation_from(
        {
            "id": row.conversation_id,
            "inbox": row.inbox_name,
            "contact_name": row.contact_name,
            "messages": row.transcript,
        }
    )


def _analysis_row(row: Any, found: Analysis) -> tuple[Any, ...]:
    values = (
        row.conversation_id, row.content_hash, found.analyzer, found.version,
        found.is_lead, found.score, found.visit_scheduled, found.contact_name,
        found.condition, found.goal, found.reasoning, found.suggested_message,
        found.quotes, found.fallback_reason,
    )  # fmt: skip
    return (*values, sha256(repr(values).encode()).hexdigest())
