"""When what a tenant's pages show runs out (``ops.publications``), and what replaces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from geniai_pipeline.analysis.base import Suggestion
from geniai_pipeline.analysis.state.next_actor import Actor
from geniai_pipeline.analysis.state.outcomes import LostReason, Outcome
from geniai_pipeline.analysis.state.roles import Role
from geniai_pipeline.analysis.state.visits import State
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.core import TypedConversation
from geniai_pipeline.warehouse.load import lock_table
from geniai_pipeline.warehouse.queries import query

_BATCH = 500


@dataclass(frozen=True)
class DueSuggestion(TypedConversation):
    """An episode whose suggested message ran out, with its stored state."""

    is_current: bool
    """Whether the state is of the transcript as it is now."""
    result_hash: str
    """Of the analysis that is renewed."""
    afterwards: str
    """The message that stands in the place of the one that ran out."""
    proposal: str
    role: Role
    is_referral: bool
    next_actor: Actor
    waiting_since: datetime | None
    visit_state: State
    visit_at: datetime | None
    visit_agreed_at: datetime | None
    visit_moves: int
    visit_confirmed: bool
    outcome: Outcome
    lost_reason: LostReason | None
    lost_quote: str | None
    opted_out_at: datetime | None


def find_due_tenants() -> list[str]:
    """Finds the active tenants whose pages show something that has run out."""
    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select slug from ops.publications join ops.tenants using (tenant_id)"
            " where due_at <= ops.now() and active order by slug"
        )
        return [slug for (slug,) in rows]


def read_due_suggestions(session: TenantSession, now: datetime) -> list[DueSuggestion]:
    """Reads the next batch of episodes whose suggested message ran out; empty: there is none."""
    with session.transaction() as connection:
        return (
            connection.cursor(row_factory=class_row(DueSuggestion))
            .execute(query("due_suggestions"), {"now": now, "limit": _BATCH})
            .fetchall()
        )


def store_suggestions(
    session: TenantSession, renewed: Sequence[tuple[DueSuggestion, Suggestion]]
) -> None:
    """Stores suggested messages and publishes them, in one transaction."""
    conversation_ids = [row.conversation_id for row, _ in renewed]
    with session.transaction() as connection:
        lock_table(connection, "core.conversation_analysis")
        lock_table(connection, "analytics.conversations_analytics")
        connection.execute(
            query("store_suggestions"),
            {
                "conversation_ids": conversation_ids,
                "episodes": [row.episode for row, _ in renewed],
                "messages": [suggestion.text for _, suggestion in renewed],
                "holds_until": [suggestion.holds_until for _, suggestion in renewed],
                "afterwards": [suggestion.afterwards for _, suggestion in renewed],
                "result_hashes": [row.result_hash for row, _ in renewed],
            },
        )
        connection.execute(query("publish_texts"), {"conversation_ids": conversation_ids})


def has_standing_due(session: TenantSession, now: datetime) -> bool:
    """Whether the pages show a member who is one no longer: off the lists for thirty days."""
    with session.transaction() as connection:
        row = connection.execute(
            "select exists (select from core.members, ops.publications"
            " where left_seen > published_at - interval '30 days'"
            " and left_seen < %s - interval '30 days')",
            [now],
        ).fetchone()
    return bool(row and row[0])


def store_publication(
    session: TenantSession, *, published_at: datetime | None = None, is_whole: bool = True
) -> None:
    """Stores as of when the pages show what they do, and when the first of it runs out.

    Args:
        session: the tenant's.
        published_at: as of when all rows of the pages were written; None: they were not.
        is_whole: whether caches of the pages are to be emptied: not for a live change.

    """
    with session.transaction() as connection:
        connection.execute(
            query("store_publication"), {"published_at": published_at, "is_whole": is_whole}
        )
