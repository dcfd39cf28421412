"""``ops.live_events`` and ``ops.live_state``: what webhooks told, and how far the pages are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row

from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.queries import query

LIVE = "live"
"""The run id of what the live worker does, which is no run of Dagster's."""
CHANNEL = "geniai_live"
"""Of Postgres' notifications: an event was stored."""


@dataclass(frozen=True)
class LiveEvent:
    """A stored hint that a conversation or a contact changed."""

    event_id: int
    conversation_id: int | None
    contact_id: int | None
    age: float
    """Seconds since it came."""


@dataclass(frozen=True)
class LiveState:
    """How far a tenant's pages are."""

    complete_up_to: datetime
    """By Chatwoot's clock: what changed before is on the pages, or in a run's hands."""
    age: timedelta
    """Since then, by our clock."""
    has_webhook: bool
    """Whether events of a webhook come."""


@dataclass(frozen=True)
class LiveReport:
    """What Dagster is told of a tenant."""

    tenant_id: int
    slug: str
    complete_up_to: datetime | None
    changes: int
    """Conversations that live published since the tenant exists."""
    lag_seconds: float | None


def open_state(session: TenantSession) -> None:
    """Makes the tenant's row of ``ops.live_state``, if it has none."""
    with session.transaction() as connection:
        connection.execute(
            "insert into ops.live_state (tenant_id) values (sec.loading_tenant())"
            " on conflict (tenant_id) do nothing"
        )


def store_event(
    session: TenantSession,
    *,
    kind: str,
    conversation_id: int | None,
    contact_id: int | None,
    delivery_id: str | None,
) -> bool:
    """Stores an event and wakes the worker; when it returns, the event survives a crash.

    Returns:
        Whether it is new: a delivery is stored once.

    """
    with session.transaction() as connection:
        row = connection.execute(
            query("store_event"),
            {
                "kind": kind,
                "conversation_id": conversation_id,
                "contact_id": contact_id,
                "delivery_id": delivery_id,
            },
        ).fetchone()
        connection.execute(f"notify {CHANNEL}")
    return bool(row and row[0])


def find_tenants_with_events() -> list[str]:
    """Finds the active tenants that have events to take."""
    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select slug from ops.tenants t where active and exists (select from ops.live_events e"
            " where e.tenant_id = t.tenant_id and e.done_at is null) order by slug"
        )
        return [slug for (slug,) in rows]


def read_events(
    session: TenantSession, limit: int, *, without: Sequence[int] = ()
) -> list[LiveEvent]:
    """Reads the oldest events that are not done, but for those of some conversations."""
    with session.transaction() as connection:
        return (
            connection.cursor(row_factory=class_row(LiveEvent))
            .execute(
                "select event_id, conversation_id, contact_id,"
                " extract(epoch from clock_timestamp() - received_at)::float8 as age"
                " from ops.live_events where done_at is null"
                " and not coalesce(conversation_id = any(%s), false) order by event_id limit %s",
                [list(without), limit],
            )
            .fetchall()
        )


def finish_events(session: TenantSession, event_ids: Sequence[int]) -> None:
    """Marks events as done, and deletes those that no second delivery is compared with any more."""
    with session.transaction() as connection:
        connection.execute(query("finish_events"), {"event_ids": list(event_ids)})


def find_latest_of_contacts(session: TenantSession, contact_ids: Sequence[int]) -> list[int]:
    """Finds each contact's latest conversation."""
    with session.transaction() as connection:
        rows = connection.execute(
            "select max(conversation_id) from core.conversations"
            " where contact_id = any(%s) group by contact_id",
            [list(contact_ids)],
        ).fetchall()
    return [found for (found,) in rows]


def find_outdated_contacts(session: TenantSession, contact_ids: Sequence[int]) -> list[int]:
    """Finds conversations that tell another contact than the latest of that contact does."""
    with session.transaction() as connection:
        rows = connection.execute(
            query("outdated_contacts"), {"contact_ids": list(contact_ids)}
        ).fetchall()
    return [found for (found,) in rows]


def find_conversations(session: TenantSession, contact_ids: Sequence[int]) -> list[int]:
    """Finds all conversations of some contacts."""
    with session.transaction() as connection:
        rows = connection.execute(
            "select distinct conversation_id from core.conversations where contact_id = any(%s)",
            [list(contact_ids)],
        ).fetchall()
    return [found for (found,) in rows]


def has_inboxes(session: TenantSession, conversation_ids: Sequence[int]) -> bool:
    """Whether the inboxes of some landed conversations have landed, too."""
    with session.transaction() as connection:
        row = connection.execute(
            "select not exists (select from raw.conversations r"
            " where r.conversation_id = any(%s) and r.deleted_at is null and not exists ("
            " select from raw.inboxes i where i.inbox_id::text = r.payload ->> 'inbox_id'))",
            [list(conversation_ids)],
        ).fetchone()
    return bool(row and row[0])


def stamp_change(connection: psycopg.Connection[Any], *, waiting: bool) -> None:
    """Stamps when the pages changed, in the transaction that changes them.

    Args:
        connection: that transaction.
        waiting: whether who waits changed.

    """
    connection.execute(
        "update ops.live_state set published_at = clock.now,"
        " waiting_at = case when %s then clock.now else waiting_at end"
        # ops.now() is that of the transaction's beginning, which may have waited since
        " from (select clock_timestamp() + (ops.now() - now()) as now) clock",
        [waiting],
    )


def store_change(
    session: TenantSession, *, conversations: int, shown: bool, lag_seconds: float
) -> None:
    """Stores that a change is on the pages.

    Args:
        session: the tenant's.
        conversations: how many changed.
        shown: whether anything that the pages show changed. When they did is stamped once more:
            a cache may have been filled between the first stamp and the end of its transaction.
        lag_seconds: from the event or the poll that told the change; nothing, if none changed.

    """
    with session.transaction() as connection:
        connection.execute(
            "update ops.live_state set changes = changes + %(conversations)s,"
            " lag_seconds = case when %(conversations)s > 0 then %(lag)s else lag_seconds end,"
            " error = null, failing_since = null,"
            " published_at = case when %(shown)s then ops.now() else published_at end",
            {"conversations": conversations, "shown": shown, "lag": lag_seconds},
        )


def store_poll(session: TenantSession, *, complete_up_to: datetime, found: int) -> None:
    """Stores that everything Chatwoot changed before an instant of its clock is on the pages.

    Args:
        session: the tenant's.
        complete_up_to: that instant.
        found: how many changes the poll found that no event had told.

    """
    with session.transaction() as connection:
        connection.execute(
            "update ops.live_state set complete_up_to = %(complete_up_to)s, polled_at = ops.now(),"
            " error = null, failing_since = null, found_by_poll = found_by_poll + %(found)s,"
            " found_by_poll_at = case when %(found)s > 0 then ops.now() else found_by_poll_at end",
            {"complete_up_to": complete_up_to, "found": found},
        )


def store_error(session: TenantSession, error: str) -> None:
    """Stores why live cannot bring the pages up to date."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.live_state set error = %s,"
            " failing_since = coalesce(failing_since, ops.now())",
            [error],
        )


def read_state(session: TenantSession) -> LiveState | None:
    """Reads how far a tenant's pages are; None: nothing of it has landed completely yet."""
    with session.transaction() as connection:
        cursor = connection.cursor(row_factory=class_row(LiveState))
        return cursor.execute(query("live_state")).fetchone()


def find_events(session: TenantSession, conversation_ids: Sequence[int], within: float) -> set[int]:
    """Finds those conversations of which an event told within so many seconds."""
    with session.transaction() as connection:
        rows = connection.execute(
            query("find_events"),
            {"conversation_ids": list(conversation_ids), "within": within},
        ).fetchall()
    return {found for (found,) in rows}


def count_found_by_run(session: TenantSession, conversations: int) -> None:
    """Counts the changed conversations that a run had to find while live was at work."""
    with session.transaction() as connection:
        connection.execute(
            "update ops.live_state set found_by_run = found_by_run + %(count)s,"
            " found_by_run_at = ops.now()"
            " where %(count)s > 0 and polled_at > ops.now() - interval '10 minutes'",
            {"count": conversations},
        )


def misses_changes(session: TenantSession) -> bool:
    """Whether changes that leave no trace on Chatwoot's lists may be missing.

    They may wherever something was active within two days: Chatwoot delivers an event once, and
    nothing tells of one that was lost.
    """
    with session.transaction() as connection:
        row = connection.execute(query("misses_changes")).fetchone()
    return bool(row and row[0])


def find_reportable(minutes: int) -> list[LiveReport]:
    """Finds the active tenants whose pages live changed since Dagster was last told of it.

    Args:
        minutes: the least time between two reports of a tenant.

    """
    with connect(admin_url()) as connection:
        return (
            connection.cursor(row_factory=class_row(LiveReport))
            .execute(query("reportable"), {"minutes": minutes})
            .fetchall()
        )


def store_report(session: TenantSession) -> None:
    """Stores that Dagster was told what live has changed."""
    with session.transaction() as connection:
        connection.execute("update ops.live_state set reported_at = ops.now()")
