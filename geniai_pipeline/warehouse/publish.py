"""``analytics.*``: the dashboards' tables, computed from ``core.*`` in Postgres."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.live import stamp_change
from geniai_pipeline.warehouse.load import lock_table
from geniai_pipeline.warehouse.persons import link_contacts
from geniai_pipeline.warehouse.queries import query

_EVER = ("-infinity", "infinity")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """A publication's result, in episodes."""

    written: int
    removed: int
    rows: int
    missing: int
    """Analysed, and yet not on the dashboards."""


@dataclass(frozen=True)
class PublishedChange:
    """What a publication of some conversations changed."""

    episodes: int
    waiting: bool
    """Whether it changed who waits for an answer, or what the pages say of them."""


def publish_conversations(session: TenantSession, timezone: str) -> Published:
    """Updates the persons, the wide rows and their texts, in one transaction."""
    with session.transaction() as connection:
        link_contacts(connection)
        lock_table(connection, "analytics.conversations_analytics")
        connection.execute(query("store_long_windows"))
        removed, written = _publish(connection, timezone)
        row = connection.execute(query("count_published")).fetchone()
    rows, missing = row or (0, 0)
    return Published(written=written, removed=removed, rows=rows, missing=missing)


def publish_changes(
    session: TenantSession, timezone: str, conversation_ids: Sequence[int]
) -> PublishedChange:
    """Publishes some conversations: what it reads and writes grows with their persons' alone.

    The persons, the wide rows, their texts, the daily figures, and the instant that tells open
    pages of it, in one transaction: nothing but the difference of what is stored tells a later
    process what this one had still to publish.
    """
    with session.transaction() as connection:
        lock_table(connection, "core.contacts")
        found = connection.execute(
            query("affected_contacts"), {"conversation_ids": list(conversation_ids)}
        ).fetchall()
        contact_ids = [contact for (contact,) in found]
        linked = link_contacts(connection, contact_ids) if contact_ids else set()
        lock_table(connection, "analytics.conversations_analytics")
        row: Any = connection.execute(
            query("affected_conversations"),
            {
                "contact_ids": [*linked.union(contact_ids)],
                "conversation_ids": list(conversation_ids),
            },
        ).fetchone()
        persons, conversations = row
        before = _read_published(connection, timezone, conversations)
        _publish(connection, timezone, persons, conversations)
        after = _read_published(connection, timezone, conversations)
        changed = [key for key in before.keys() | after if before.get(key) != after.get(key)]
        states = [state for key in changed for state in (before.get(key), after.get(key)) if state]
        for day in sorted({day for state in states for day in state.days}):
            _roll_up(connection, timezone, day, day + _DAY)
        waiting = any(state.awaits_reply for state in states)
        if changed:
            stamp_change(connection, waiting=waiting)
    return PublishedChange(len(changed), waiting)


def roll_up(session: TenantSession, timezone: str) -> tuple[int, int]:
    """Updates the rollup; days are the tenant's own.

    Returns:
        How many rows were changed, and how many there are.

    """
    with session.transaction() as connection:
        return _roll_up(connection, timezone, *_EVER)


def read_totals(session: TenantSession) -> dict[str, tuple[int, int]]:
    """Reads each figure twice, from the rollup and from the episodes: they must be equal."""
    with session.transaction() as connection:
        row: Any = connection.execute(query("totals")).fetchone()
    names = ("conversations", "leads", "visits", "conversions")
    return {name: (row[i], row[i + 4]) for i, name in enumerate(names)}


@dataclass(frozen=True)
class _PublishedEpisode:
    """What the pages show of an episode, as far as publications compare it."""

    row_hash: str
    text_hash: str | None
    awaits_reply: bool
    days: tuple[date, ...]
    """The days whose figures count it."""


def _publish(
    connection: psycopg.Connection[Any],
    timezone: str,
    persons: Sequence[int] | None = None,
    conversations: Sequence[int] | None = None,
) -> tuple[int, int]:
    """Removes and writes the wide rows, and the texts, of all or some; counts the wide rows."""
    only = {"conversation_ids": conversations}
    removed = connection.execute(query("unpublish"), only).rowcount
    written = connection.execute(
        query("publish_conversations"), {"timezone": timezone, "person_ids": persons, **only}
    ).rowcount
    connection.execute(query("publish_texts"), only)
    return removed, written


def _read_published(
    connection: psycopg.Connection[Any], timezone: str, conversations: Sequence[int]
) -> dict[tuple[int, int], _PublishedEpisode]:
    rows = connection.execute(
        query("published_state"), {"timezone": timezone, "conversation_ids": conversations}
    ).fetchall()
    return {
        (conversation, episode): _PublishedEpisode(row_hash, text_hash, awaits, tuple(days))
        for conversation, episode, row_hash, text_hash, awaits, days in rows
    }


def _roll_up(
    connection: psycopg.Connection[Any], timezone: str, since: date | str, until: date | str
) -> tuple[int, int]:
    lock_table(connection, "analytics.daily_metrics")
    row = connection.execute(
        query("roll_up"), {"timezone": timezone, "since": since, "until": until}
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)
