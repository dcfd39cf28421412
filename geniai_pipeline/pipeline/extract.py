"""Extract: Chatwoot to the ``raw`` tables."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from geniai_pipeline import chatwoot
from geniai_pipeline.pipeline.progress import REPORT_SECONDS, Report
from geniai_pipeline.warehouse import landing, live, runs
from geniai_pipeline.warehouse.connections import TenantSession

RECENT = timedelta(days=2)


@dataclass
class ExtractResult:
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


def extract_conversations(
    session: TenantSession,
    run_id: str,
    client: chatwoot.Client,
    *,
    full: bool,
    list_all: bool = False,
    reread_recent: bool = False,
    report: Report,
) -> ExtractResult:
    """Lands what Chatwoot changed since the watermark, then moves the watermark.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        client: of the tenant's Chatwoot.
        full: list every conversation, and read every message again.
        list_all: list every conversation: it finds deleted ones and changed contacts, which leave
            no other trace.
        reread_recent: read the messages again of conversations that were active within
            ``RECENT``: edited and undelivered messages leave no other trace.
        report: takes the progress.

    Raises:
        TransientError: Chatwoot or the database did not answer for longer than a request waits.
        PermanentError: the address, the token or the account is not right.

    """
    mark = runs.start_run(session, run_id, "full" if full else "incremental")
    result = ExtractResult(watermark_from=mark.until if mark else None)
    began = last_report = time.monotonic()
    read = 0

    def progress(done: int, total: int | None) -> None:
        nonlocal last_report, read
        read = done
        if total is not None:
            result.expected = total
        if time.monotonic() - last_report > REPORT_SECONDS:
            last_report = time.monotonic()
            of_total = "" if total is None else f" of {total:,}"
            report(f"reading: {done:,}{of_total} conversations")
            runs.report_reading(
                session, run_id, read=done, expected=total, requests=client.requests
            )

    # after a sweep that was short everything is listed again, whatever stands in the window
    base = mark if mark and mark.count_gap is not None else None
    window = max(base.age, RECENT) if base else RECENT
    reread: set[int] = set()

    def find_unchanged(found: Sequence[chatwoot.LandedConversation]) -> set[int]:
        unchanged = landing.find_unchanged(session, found)
        if reread_recent and result.watermark_to:
            # where all are listed, only some are to be read again; and each of them once
            since = result.watermark_to - window
            recent = {c.conversation_id for c in found if c.was_active_since(since)} - reread
            reread.update(recent)
            unchanged -= recent
        return unchanged

    def known() -> chatwoot.KnownConversations:
        return chatwoot.KnownConversations(
            landing.read_landed_ids(session), landing.read_unreadable(session)
        )

    def land_all(since: datetime | None, elapsed: timedelta) -> frozenset[int] | None:
        present: frozenset[int] | None = None
        for batch in chatwoot.extract(
            client,
            since=since,
            elapsed=elapsed,
            full=full,
            unchanged=find_unchanged,
            progress=progress,
            known=known,
            unread=landing.read_unread(session),
        ):
            result.watermark_to = result.watermark_to or batch.as_of
            result.count.add(landing.land(session, run_id, batch))
            present, result.missing = batch.present_ids, batch.missing
        return present

    if base is None or list_all:
        present = land_all(None, timedelta(0))
    else:
        present = land_all(base.until, window if reread_recent else base.age)
    if not full and present is None and base and result.expected is not None:
        gap = landing.count_gap(session, result.expected)
        if gap != base.count_gap:
            report(f"Chatwoot counts {gap:+} conversations to those that landed; listing them all")
            present = land_all(None, timedelta(0))
    if result.missing:
        runs.add_notice(session, run_id, _build_gap_notice(result.missing))
    result.deleted = landing.commit_watermark(
        session,
        run_id,
        result.watermark_to,
        present=present,
        age=time.monotonic() - began,
        expected=None if result.missing else result.expected,
        count_gap=None if result.missing else (base.count_gap if base else 0),
    )
    live.count_found_by_run(session, result.count.conversations)
    result.requests = client.requests
    result.landed = landing.count_landed_conversations(session)
    runs.report_reading(
        session, run_id, read=read, expected=result.expected, requests=client.requests
    )
    return result


def _build_gap_notice(missing: int) -> str:
    return (
        f"Chatwoot counts {missing:,} conversations more than it showed: nothing was taken for"
        " deleted, and the next run lists all of them again."
    )
