"""Analyzes changed conversations: a score, reasons and a suggested message for each."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from geniai_pipeline.analysis.base import Analysis, Analyzer, Transcript
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.pipeline.progress import REPORT_SECONDS, Report, StepProgress
from geniai_pipeline.warehouse import core
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.core import PendingConversation, TypedConversation

_STORE_ROWS = 500


@dataclass
class AnalysisResult:
    """The outcome of the step, in conversations."""

    written: int = 0
    leads: int = 0
    visits: int = 0
    rows: int = 0
    missing: int = 0
    """Conversations without an analysis of their current content."""
    notices: list[str] = field(default_factory=list)
    """What the operator should know although nothing failed."""


_ANALYSIS_COLUMNS = (
    "conversation_id", "content_hash", "analyzer", "analyzer_version", "is_lead", "score",
    "visit_scheduled", "contact_name", "condition", "goal", "reasoning", "suggested_message",
    "evidence", "fallback_reason", "result_hash",
)  # fmt: skip


def analyze_conversations(
    session: TenantSession,
    run_id: str,
    analyzer: Analyzer,
    *,
    reanalyze: bool = False,
    report: Report,
) -> AnalysisResult:
    """Analyzes the conversations whose content changed since their last analysis.

    Conversations stream through the analyzer, and results are stored every few seconds: a
    run that is killed loses next to nothing, and memory does not grow with their number.
    Fallbacks are analyzed again as soon as the analyzer can replace them, and never take the place
    of its own analysis of the same content.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        analyzer: the one the tenant chose.
        reanalyze: whether to analyze those too that another version, or another analyzer, did.
        report: takes the progress.

    """
    result = AnalysisResult()
    again = analyzer.can_replace_fallbacks()
    version = analyzer.version if reanalyze else None
    started: deque[PendingConversation] = deque()
    rows: list[tuple[Any, ...]] = []
    progress = StepProgress(
        session,
        run_id,
        "analyzing",
        report,
        lambda: core.count_pending_analysis(session, again=again, other_than=version),
    )

    def stream() -> Iterator[Transcript]:
        for batch in core.pending_analysis(session, again=again, other_than=version):
            for row in batch:
                started.append(row)
                yield to_conversation(row)

    def store() -> None:
        if not rows:
            return
        result.written += core.store_analyses(session, _ANALYSIS_COLUMNS, rows)
        progress.add(len(rows))
        rows.clear()

    stored_at = time.monotonic()
    for analysis in analyzer.analyze(stream()):
        row = started.popleft()
        result.leads += analysis.is_lead
        result.visits += analysis.visit_scheduled
        if not (analysis.fallback_reason and row.is_answered):  # an answer is worth more than none
            rows.append(_analysis_row(row, analysis))
        if len(rows) >= _STORE_ROWS or time.monotonic() - stored_at > REPORT_SECONDS:
            store()
            stored_at = time.monotonic()
    store()
    result.rows = core.count(session, "core.conversation_analysis")
    result.missing = core.count(session, "core.conversations") - result.rows
    if analyzer.bill:
        result.notices = analyzer.bill.notices
    return result


def to_conversation(row: TypedConversation) -> Transcript:
    """Converts a row of ``core.conversations`` into what an analyzer reads."""
    return parse_record(
        {
            "id": row.conversation_id,
            "inbox": row.inbox_name,
            "contact_name": row.contact_name,
            "messages": row.transcript,
        }
    )


def _analysis_row(row: PendingConversation, analysis: Analysis) -> tuple[Any, ...]:
    values = (
        row.conversation_id, row.content_hash, analysis.analyzer, analysis.version,
        analysis.is_lead, analysis.score, analysis.visit_scheduled, analysis.contact_name,
        analysis.condition, analysis.goal, analysis.reasoning, analysis.suggested_message,
        analysis.quotes, analysis.fallback_reason,
    )  # fmt: skip
    return (*values, sha256(repr(values).encode()).hexdigest())
