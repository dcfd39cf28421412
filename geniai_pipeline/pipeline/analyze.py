"""Analyzes changed episodes: the state, a score, reasons and a suggested message for each."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from geniai_pipeline.analysis.base import Analysis, Analyzer, Suggestion, Transcript
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.judgement import reconcile
from geniai_pipeline.analysis.model import compute_model_version
from geniai_pipeline.analysis.state import compute_version
from geniai_pipeline.analysis.suggestions import SuggestionWriter
from geniai_pipeline.pipeline.progress import REPORT_SECONDS, Report, StepProgress
from geniai_pipeline.warehouse import core
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.core import PendingConversation, TypedConversation
from geniai_pipeline.warehouse.facts import load_facts

_STORE_ROWS = 500
_PASSES = 3
"""Conversations change while others are analyzed: their episodes are then still pending."""


@dataclass
class AnalysisResult:
    """The outcome of the step, in episodes."""

    written: int = 0
    leads: int = 0
    visits: int = 0
    rows: int = 0
    missing: int = 0
    """Episodes without an analysis of their current content."""
    notices: list[str] = field(default_factory=list)
    """What the operator should know although nothing failed."""


_ANALYSIS_COLUMNS = (
    "conversation_id", "episode", "content_hash", "analyzer", "analyzer_version", "is_lead",
    "score", "visit_scheduled", "contact_name", "condition", "goal", "reasoning",
    "suggested_message", "suggestion_holds_until", "suggestion_afterwards", "proposal", "evidence",
    "fallback_reason", "rules_version", "role", "is_referral", "next_actor", "waiting_since",
    "visit_state", "visit_at", "visit_agreed_at", "visit_moves", "visit_confirmed", "outcome",
    "lost_reason", "lost_quote", "opted_out_at", "lead_probability", "visit_probability",
    "is_certain", "result_hash",
)  # fmt: skip


def analyze_conversations(
    session: TenantSession,
    run_id: str,
    analyzer: Analyzer,
    *,
    reanalyze: bool = False,
    report: Report,
) -> AnalysisResult:
    """Analyzes the episodes whose content changed since their last analysis; counts them all.

    As ``analyze_changes``, once more for what changed meanwhile.
    """
    result = AnalysisResult()
    for _ in range(_PASSES):
        analyze_changes(session, run_id, analyzer, result, reanalyze=reanalyze, report=report)
        result.rows = core.count(session, "core.conversation_analysis")
        result.missing = core.count_unanalyzed(session)
        if not result.missing:
            break
    if analyzer.bill:
        result.notices = analyzer.bill.notices
    return result


def analyze_changes(
    session: TenantSession,
    run_id: str,
    analyzer: Analyzer,
    result: AnalysisResult,
    *,
    conversation_ids: Sequence[int] | None = None,
    reanalyze: bool = False,
    report: Report,
) -> None:
    """Analyzes the episodes of some conversations whose content changed.

    An episode whose state older rules judged is analyzed again, too: an answer that was paid for is
    found again. A suggestion that ran out is ``renew``'s matter. Episodes stream through the
    analyzer, and results are stored every few seconds: a run that is killed loses next to nothing,
    and memory does not grow with their number.
    Fallbacks are analyzed again as soon as the analyzer can replace them, and never take the place
    of its own analysis of the same content.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        analyzer: the one the tenant chose.
        result: what it counts in.
        conversation_ids: the conversations; None: all.
        reanalyze: whether to analyze those too that another version, or another analyzer, did.
        report: takes the progress.

    """
    again = analyzer.can_replace_fallbacks()
    version = analyzer.version if reanalyze else None
    suggestions = SuggestionWriter(load_facts(session))
    rules_version = f"{compute_version()}-{compute_model_version()}-{suggestions.version}"
    now = read_clock()
    started: deque[tuple[PendingConversation, Transcript]] = deque()
    rows: list[tuple[Any, ...]] = []
    progress = StepProgress(
        session,
        run_id,
        "analyzing",
        report,
        lambda: core.count_pending_analysis(
            session, rules_version=rules_version, again=again, other_than=version
        ),
    )

    def stream() -> Iterator[Transcript]:
        for batch in core.pending_analysis(
            session,
            rules_version=rules_version,
            again=again,
            other_than=version,
            conversation_ids=conversation_ids,
        ):
            for row in batch:
                transcript = to_conversation(row)
                started.append((row, transcript))
                yield transcript

    def store() -> None:
        if not rows:
            return
        result.written += core.store_analyses(session, _ANALYSIS_COLUMNS, rows)
        progress.add(len(rows))
        rows.clear()

    stored_at = time.monotonic()
    for proposed in analyzer.analyze(stream()):
        row, transcript = started.popleft()
        analysis = reconcile(proposed)
        result.leads += analysis.is_lead
        result.visits += analysis.visit_scheduled
        if not (analysis.fallback_reason and row.is_answered):  # an answer is worth more than none
            suggestion = suggestions.write(
                transcript,
                analysis.state,
                tell_local_time(now, transcript),
                proposal=analysis.proposal,
                opted_out=analysis.state.opted_out is not None,
            )
            rows.append(_analysis_row(row, analysis, suggestion, transcript, rules_version))
        if len(rows) >= _STORE_ROWS or time.monotonic() - stored_at > REPORT_SECONDS:
            store()
            stored_at = time.monotonic()
    store()


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


def tell_local_time(now: datetime, transcript: Transcript) -> datetime:
    """Converts an instant to the zone of the transcript's last message: the gym's."""
    at = next((message.at for message in reversed(transcript.messages) if message.at), None)
    return now.astimezone(at.tzinfo) if at else now


def _analysis_row(
    row: PendingConversation,
    analysis: Analysis,
    suggestion: Suggestion,
    transcript: Transcript,
    rules_version: str,
) -> tuple[Any, ...]:
    def tell_instant(index: int | None) -> datetime | None:
        return None if index is None else transcript.messages[index].at

    state, visit = analysis.state, analysis.state.visit
    values = (
        row.conversation_id, row.episode, row.content_hash, analysis.analyzer, analysis.version,
        analysis.is_lead, analysis.score, analysis.visit_scheduled, analysis.contact_name,
        analysis.condition, analysis.goal, analysis.reasoning, suggestion.text,
        suggestion.holds_until, suggestion.afterwards, analysis.proposal, analysis.quotes,
        analysis.fallback_reason, rules_version, state.role, state.is_referral, state.next_actor,
        tell_instant(state.waiting_since), visit.state, visit.at,
        tell_instant(visit.agreed), visit.moved, visit.confirmed, state.outcome, state.lost_reason,
        state.lost_quote, tell_instant(state.opted_out),
        round(analysis.estimate.lead_probability, 3),
        round(analysis.estimate.visit_probability, 3), analysis.estimate.is_certain,
    )  # fmt: skip
    return (*values, sha256(repr(values).encode()).hexdigest())
