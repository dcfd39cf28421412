"""Renews what only time changes: suggested messages that ran out, members who left a month ago.

Nothing is analyzed again and no model is asked: a message is written from the stored transcript and
state. What a page works out when it is opened (a visit without news, a reply window) is never due.
"""

from dataclasses import dataclass
from datetime import datetime

from geniai_pipeline.analysis.base import Suggestion, Transcript
from geniai_pipeline.analysis.state import EpisodeState
from geniai_pipeline.analysis.state.visits import Step, Visit
from geniai_pipeline.analysis.suggestions import SuggestionWriter
from geniai_pipeline.pipeline.analyze import tell_local_time, to_conversation
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import publish, renewals
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.facts import load_facts
from geniai_pipeline.warehouse.renewals import DueSuggestion


@dataclass
class RenewalResult:
    """What a renewal wrote."""

    suggestions: int = 0
    episodes: int = 0
    """Rows of the pages, where somebody is a member no longer."""


def renew(tenant: Tenant, session: TenantSession) -> RenewalResult:
    """Renews what has run out; one that is killed leaves the rest due."""
    result = RenewalResult()
    now = read_clock()
    writer = SuggestionWriter(load_facts(session))
    while due := renewals.read_due_suggestions(session, now):
        renewals.store_suggestions(session, [(row, _write(writer, row, now)) for row in due])
        result.suggestions += len(due)
    if not renewals.has_standing_due(session, now):
        renewals.store_publication(session)
        return result
    result.episodes = publish.publish_conversations(session, tenant.timezone.key).written
    publish.roll_up(session, tenant.timezone.key)
    renewals.store_publication(session, published_at=now)
    return result


def _write(writer: SuggestionWriter, row: DueSuggestion, now: datetime) -> Suggestion:
    """Writes the message that holds now; never one that has run out itself."""
    lasting = Suggestion(row.afterwards, None, row.afterwards)
    if not row.is_current:  # the next sync analyzes it
        return lasting
    transcript = to_conversation(row)
    written = writer.write(
        transcript,
        _restore_state(row, transcript),
        tell_local_time(now, transcript),
        proposal=row.proposal,
        opted_out=row.opted_out_at is not None,
    )
    has_run_out = written.holds_until is not None and written.holds_until <= now
    return Suggestion(written.afterwards, None, written.afterwards) if has_run_out else written


def _restore_state(row: DueSuggestion, transcript: Transcript) -> EpisodeState:
    """Restores the state as it is stored; of the visit's steps only the first agreement is."""

    def find_message(instant: datetime | None) -> int | None:
        at = (i for i, message in enumerate(transcript.messages) if message.at == instant)
        return next(at, None) if instant else None

    agreed = find_message(row.visit_agreed_at)
    return EpisodeState(
        role=row.role,
        is_referral=row.is_referral,
        next_actor=row.next_actor,
        waiting_since=find_message(row.waiting_since),
        visit=Visit(
            state=row.visit_state,
            at=row.visit_at and tell_local_time(row.visit_at, transcript),
            steps=[] if agreed is None else [Step("agreed", agreed, "")],
            moved=row.visit_moves,
            confirmed=row.visit_confirmed,
        ),
        appointment="",
        outcome=row.outcome,
        lost_reason=row.lost_reason,
        lost_quote=row.lost_quote,
        opted_out=find_message(row.opted_out_at),
    )
