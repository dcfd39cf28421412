"""The five steps of one tenant's sync, each a function of the tenant and the run.

    Chatwoot -> raw -> core.conversations -> core.conversation_analysis -> analytics -> rollup

A step finds what is pending by comparing its table with the one before, so it may be repeated,
interrupted and started again at will. ``assets`` wraps each of them for Dagster.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from geniai_pipeline import chatwoot, conversations
from geniai_pipeline.analysis import Analysis, Analyzer, Conversation
from geniai_pipeline.analysis.compare import Agreement, Disagreement, agreement, disagreements
from geniai_pipeline.analysis.files import conversation_from
from geniai_pipeline.analysis.openai import Account, OpenAIAnalyzer
from geniai_pipeline.analysis.rules import RulesAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, landing, llm, publish, runs

_REPORT_SECONDS = 3
_STORE_ROWS = 500

Report = Callable[[str], None]
"""Takes a line about the progress, every few seconds."""


class _Progress:
    """Says every few seconds how far a step is: in a line, and to whoever watches the run.

    Args:
        tenant: whose run.
        run_id: Dagster's.
        step: what is done to its conversations (``typing``).
        report: takes the line.
        remaining: counts the conversations not yet done; asked once, if the step lasts.

    """

    def __init__(
        self, tenant: Tenant, run_id: str, step: str, report: Report, remaining: Callable[[], int]
    ) -> None:
        self._tenant, self._run_id, self._step = tenant, run_id, step
        self._report, self._remaining = report, remaining
        self._total: int | None = None
        self._latest = time.monotonic()
        self._done = 0

    def add(self, done: int) -> None:
        """So many more are done."""
        self._done += done
        if time.monotonic() - self._latest < _REPORT_SECONDS:
            return
        self._latest = time.monotonic()
        if self._total is None:
            self._total = self._done + self._remaining()
        self._report(f"{self._step}: {self._done:,} of {self._total:,} conversations")
        runs.report_step(self._tenant.tenant_id, self._run_id, self._step, self._done, self._total)


@dataclass
class Extracted:
    """What one extraction brought."""

    watermark_from: datetime | None
    watermark_to: datetime | None = None
    """By Chatwoot's clock, before anything was listed."""
    count: landing.LandingCount = field(default_factory=landing.LandingCount)
    deleted: int = 0
    requests: int = 0
    landed: int = 0
    """Conversations that have landed by now and are not deleted."""
    expected: int | None = None
    """Conversations the account has, by Chatwoot's own count; None: it did not say."""
    missing: int = 0
    """How many of these were neither read nor refused, though everything was listed."""


def extract(
    tenant: Tenant, run_id: str, client: chatwoot.Client, *, full: bool, report: Report
) -> Extracted:
    """Lands what Chatwoot changed since the watermark, then moves the watermark.

    Raises:
        TransientError: Chatwoot or the database did not answer for longer than a request waits.
        PermanentError: the address, the token or the account is not right.

    """
    mark = runs.start_run(tenant.tenant_id, run_id, "full" if full else "incremental")
    result = Extracted(watermark_from=mark.until if mark else None)
    last_report, read = time.monotonic(), 0

    def progress(done: int, total: int | None) -> None:
        nonlocal last_report, read
        read = done
        if total is not None:
            result.expected = total
        if time.monotonic() - last_report > _REPORT_SECONDS:
            last_report = time.monotonic()
            of_total = "" if total is None else f" of {total:,}"
            report(f"reading: {done:,}{of_total} conversations")
            runs.report_reading(
                tenant.tenant_id, run_id, read=done, expected=total, requests=client.requests
            )

    def known() -> chatwoot.Known:
        return chatwoot.Known(
            landing.landed_ids(tenant.tenant_id), landing.unreadable(tenant.tenant_id)
        )

    def land_all(since: datetime | None, elapsed: timedelta) -> frozenset[int] | None:
        present: frozenset[int] | None = None
        for batch in chatwoot.extract(
            client,
            since=since,
            elapsed=elapsed,
            full=full,
            unchanged=lambda found: landing.unchanged(tenant.tenant_id, found),
            progress=progress,
            known=known,
            unread=landing.unread(tenant.tenant_id),
        ):
            result.watermark_to = result.watermark_to or batch.as_of
            result.count.add(landing.land(tenant.tenant_id, run_id, batch))
            present, result.missing = batch.present_ids, batch.missing
        return present

    # after a sweep that was short everything is listed again, whatever stands in the window
    base = mark if mark and mark.count_gap is not None else None
    present = land_all(*(base[:2] if base else (None, timedelta(0))))
    if not full and present is None and base and result.expected is not None:
        gap = landing.count_gap(tenant.tenant_id, result.expected)
        if gap != base.count_gap:
            report(f"Chatwoot counts {gap:+} conversations to those that landed; listing them all")
            present = land_all(None, timedelta(0))
    if result.missing:
        runs.note(tenant.tenant_id, run_id, _incomplete(result.missing))
    result.deleted = landing.commit_watermark(
        tenant.tenant_id,
        run_id,
        result.watermark_to,
        present=present,
        expected=None if result.missing else result.expected,
        count_gap=None if result.missing else (base.count_gap if base else 0),
    )
    result.requests = client.requests
    result.landed = landing.landed_conversations(tenant.tenant_id)
    runs.report_reading(
        tenant.tenant_id, run_id, read=read, expected=result.expected, requests=client.requests
    )
    return result


def _incomplete(missing: int) -> str:
    return (
        f"Chatwoot counts {missing:,} conversations more than it showed: nothing was taken for"
        " deleted, and the next run lists all of them again."
    )


@dataclass
class Typed:
    """What the typing step did, in conversations."""

    written: int = 0
    rejected: int = 0
    deleted: int = 0
    rows: int = 0


def type_conversations(tenant: Tenant, run_id: str, *, report: Report) -> Typed:
    """Makes one typed row of each conversation that changed, and keeps the refused with why."""
    result = Typed(deleted=core.drop_deleted(tenant.tenant_id))
    inboxes = core.inboxes(tenant.tenant_id)
    version = conversations.settings_version(tenant, inboxes)
    progress = _Progress(
        tenant,
        run_id,
        "typing",
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


@dataclass
class Analysed:
    """What the analysis step did, in conversations."""

    written: int = 0
    leads: int = 0
    visits: int = 0
    rows: int = 0
    missing: int = 0
    """Conversations that have no analysis of what they say now."""
    told: list[str] = field(default_factory=list)
    """What the operator should know and yet is no failure."""


_ANALYSIS_COLUMNS = (
    "conversation_id", "content_hash", "analyzer", "analyzer_version", "is_lead", "score",
    "visit_scheduled", "contact_name", "condition", "goal", "reasoning", "suggested_message",
    "evidence", "fallback_reason", "result_hash",
)  # fmt: skip


def analyse(
    tenant: Tenant, run_id: str, analyzer: Analyzer, *, reanalyze: bool = False, report: Report
) -> Analysed:
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
    result = Analysed()
    outside = analyzer if isinstance(analyzer, OpenAIAnalyzer) else None
    again = outside is not None and outside.refusal() is None
    version = analyzer.version if reanalyze else None
    asked: deque[Any] = deque()
    rows: list[tuple[Any, ...]] = []
    progress = _Progress(
        tenant,
        run_id,
        "analysing",
        report,
        lambda: core.count_pending_analysis(tenant.tenant_id, again=again, other_than=version),
    )

    def stream() -> Iterator[Conversation]:
        for batch in core.pending_analysis(tenant.tenant_id, again=again, other_than=version):
            for row in batch:
                asked.append(row)
                yield _as_conversation(row)

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
        if len(rows) >= _STORE_ROWS or time.monotonic() - stored_at > _REPORT_SECONDS:
            store()
            stored_at = time.monotonic()
    store()
    result.rows = core.count(tenant.tenant_id, "core.conversation_analysis")
    result.missing = core.count(tenant.tenant_id, "core.conversations") - result.rows
    if outside is not None:
        result.told = [str(t) for t in (outside.account.notice, outside.account.warning) if t]
    return result


@dataclass(frozen=True)
class Compared:
    """Both analyzers on one sample of a tenant's conversations."""

    agreement: Agreement
    disagreements: list[Disagreement]
    account: Account
    """What OpenAI was asked and cost, booked on the tenant's budget."""
    monthly_brl: Decimal | None
    """What a month like the last would cost; None: nothing was ever answered."""


def compare(tenant: Tenant, outside: OpenAIAnalyzer, size: int) -> Compared:
    """Has OpenAI and the rules judge the same conversations; stores nothing but the bill.

    Raises:
        PermanentError: there is no conversation to judge yet.

    """
    sample = [_as_conversation(row) for row in core.sample(tenant.tenant_id, size)]
    if not sample:
        raise PermanentError(
            "There are no conversations yet.",
            mend=f"Bring them first: geniai sync {tenant.slug}",
            tenant=tenant.slug,
        )
    judged = [
        (conversation, (rules, openai))
        for conversation, rules, openai in zip(
            sample, RulesAnalyzer().analyze(sample), outside.analyze(sample), strict=True
        )
        if openai.analyzer == outside.name
    ]
    pairs = [pair for _, pair in judged]
    return Compared(
        agreement=agreement(pairs),
        disagreements=disagreements([conversation for conversation, _ in judged], pairs),
        account=outside.account,
        monthly_brl=llm.monthly_cost(tenant.tenant_id, outside.model),
    )


def _as_conversation(row: Any) -> Conversation:
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


def publish_conversations(tenant: Tenant) -> publish.Published:
    """Brings the rows that the dashboards read up to date."""
    return publish.publish_conversations(tenant.tenant_id, tenant.timezone.key)


@dataclass(frozen=True)
class RolledUp:
    """What the rollup did, in rows, and its figures beside the conversations' own."""

    written: int
    rows: int
    totals: dict[str, tuple[int, int]]

    @property
    def agrees(self) -> bool:
        """Whether the rollup counts what the conversations count."""
        return all(rolled == counted for rolled, counted in self.totals.values())


def roll_up(tenant: Tenant, run_id: str, *, whole: bool = True) -> RolledUp:
    """Brings the daily figures up to date and closes the run's row.

    Args:
        tenant: whose.
        run_id: Dagster's.
        whole: whether the run has taken every step before; only then the figures are complete.

    """
    written, rows = publish.roll_up(tenant.tenant_id, tenant.timezone.key)
    result = RolledUp(written=written, rows=rows, totals=publish.totals(tenant.tenant_id))
    if not whole:
        runs.interrupt_run(tenant.tenant_id, run_id)
    elif result.agrees:
        runs.finish_run(tenant.tenant_id, run_id)
    return result
