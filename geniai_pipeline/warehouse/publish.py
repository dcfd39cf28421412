"""``analytics.*``: the dashboards' tables, computed from ``core.*`` in Postgres."""

from dataclasses import dataclass
from typing import Any

from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.persons import link_contacts
from geniai_pipeline.warehouse.queries import query


@dataclass(frozen=True)
class Published:
    """A publication's result, in episodes."""

    written: int
    removed: int
    rows: int
    missing: int
    """Analysed, and yet not on the dashboards."""


def publish_conversations(session: TenantSession, timezone: str) -> Published:
    """Updates the persons, the wide rows and their texts; the latter in one transaction."""
    link_contacts(session)
    with session.transaction() as connection:
        removed = connection.execute(query("unpublish")).rowcount
        written = connection.execute(
            query("publish_conversations"), {"timezone": timezone}
        ).rowcount
        connection.execute(query("publish_texts"), {"conversation_ids": None})
        row = connection.execute(
            "select (select count(*) from analytics.conversations_analytics),"
            " (select count(*) from core.conversation_analysis)"
        ).fetchone()
    rows, analysed = row or (0, 0)
    return Published(written=written, removed=removed, rows=rows, missing=analysed - rows)


def roll_up(session: TenantSession, timezone: str) -> tuple[int, int]:
    """Updates the rollup; days are the tenant's own.

    Returns:
        How many rows were changed, and how many there are.

    """
    with session.transaction() as connection:
        row = connection.execute(query("roll_up"), {"timezone": timezone}).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def read_totals(session: TenantSession) -> dict[str, tuple[int, int]]:
    """Reads each figure twice, from the rollup and from the episodes: they must be equal."""
    with session.transaction() as connection:
        row: Any = connection.execute(query("totals")).fetchone()
    names = ("conversations", "leads", "visits", "conversions")
    return {name: (row[i], row[i + 4]) for i, name in enumerate(names)}
