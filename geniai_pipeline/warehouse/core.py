"""``core.*``: typed conversations, analyses and sales; pending rows are found by comparison.

A step asks which rows are older than what they are made from. So a crash between any two
statements costs nothing: the next run finds the same rows pending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from geniai_pipeline.conversations import RawConversation
from geniai_pipeline.errors import Rejected
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.load import clear_rejections, lock_table, reject_rows, upsert
from geniai_pipeline.warehouse.queries import query

_BATCH = 500
_KEY = ("conversation_id", "episode")
_AT_ONCE_SECONDS = 10
_AT_ONCE_CONVERSATIONS = 5


@dataclass(frozen=True)
class TypedConversation:
    """What an analyzer reads of a row of ``core.conversations``: one episode."""

    conversation_id: int
    episode: int
    inbox_name: str | None
    contact_name: str | None
    transcript: list[dict[str, Any]]


@dataclass(frozen=True)
class PendingConversation(TypedConversation):
    """A typed conversation whose analysis is missing or out of date."""

    content_hash: str
    is_answered: bool
    """Whether OpenAI has analysed its current content."""


_Row = TypeVar("_Row", RawConversation, PendingConversation)


def pending_conversations(
    session: TenantSession, settings_version: str, conversation_ids: Sequence[int] | None = None
) -> Iterator[list[RawConversation]]:
    """Yields raw conversations to type (again), with their messages, in batches.

    Args:
        session: the tenant's.
        settings_version: of what they are typed by.
        conversation_ids: those that may be pending; None: any.

    """
    yield from _read_pending(
        session,
        RawConversation,
        "pending_conversations",
        settings_version=settings_version,
        conversation_ids=conversation_ids and list(conversation_ids),
    )


def pending_analysis(
    session: TenantSession,
    *,
    rules_version: str,
    again: bool = False,
    other_than: str | None = None,
    conversation_ids: Sequence[int] | None = None,
) -> Iterator[list[PendingConversation]]:
    """Yields typed episodes to analyse (again), in batches.

    Args:
        session: the tenant's.
        rules_version: of the state and the suggestions; those of another version are written anew.
        again: include fallbacks, where the tenant's analyzer could not be used.
        other_than: include those that another analyzer version scored.
        conversation_ids: those that may be pending; None: any.

    """
    yield from _read_pending(
        session,
        PendingConversation,
        "pending_analysis",
        rules_version=rules_version,
        again=again,
        other_than=other_than,
        conversation_ids=conversation_ids and list(conversation_ids),
    )


def sample(session: TenantSession, size: int) -> list[TypedConversation]:
    """Samples typed conversations whose contact wrote: random, but always the same."""
    with session.transaction() as connection:
        cursor = connection.cursor(row_factory=class_row(TypedConversation))
        return cursor.execute(query("sample_conversations"), {"size": size}).fetchall()


def count_pending_conversations(session: TenantSession, settings_version: str) -> int:
    """Counts raw conversations to type (again)."""
    return _count_pending(session, "pending_conversations", settings_version=settings_version)


def count_pending_analysis(
    session: TenantSession, *, rules_version: str, again: bool, other_than: str | None
) -> int:
    """Counts the rows ``pending_analysis`` would yield now."""
    return _count_pending(
        session,
        "pending_analysis",
        rules_version=rules_version,
        again=again,
        other_than=other_than,
    )


def inboxes(session: TenantSession) -> dict[int, dict[str, Any]]:
    """Reads the inboxes' payloads by id; ``is_bridge`` is true where WhatsApp's addresses are."""
    with session.transaction() as connection:
        return dict(connection.execute(query("inboxes")).fetchall())


def find_hasty_agents(session: TenantSession) -> list[tuple[str, str, int]]:
    """Finds agents whose text came within seconds in several conversations: id, name, most."""
    arguments = {"seconds": _AT_ONCE_SECONDS, "conversations": _AT_ONCE_CONVERSATIONS}
    with session.transaction() as connection:
        return connection.execute(query("hasty_agents"), arguments).fetchall()


def store_typed(
    session: TenantSession,
    run_id: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    rejected: Sequence[Rejected],
) -> tuple[int, int]:
    """Stores typed rows; a rejected conversation keeps the row it has, if any.

    What was made of a conversation that has changed meanwhile is left out: it is still pending.

    Returns:
        How many rows were written, and how many were rejected.

    """
    key, version = columns.index("conversation_id"), columns.index("source_version")
    with session.transaction() as connection:
        lock_table(connection, "core.conversations")
        ids = {row[key] for row in rows} | {_find_id(each) for each in rejected}
        current = dict(connection.execute(query("landed_versions"), [list(ids)]).fetchall())

        def is_current(conversation_id: int, source_version: str) -> bool:
            return source_version.partition("-")[0] == current.get(conversation_id)

        rows = [row for row in rows if is_current(row[key], row[version])]
        rejected = [
            each
            for each in rejected
            if not each.version or is_current(_find_id(each), each.version)
        ]
        loaded = upsert(
            connection,
            "core.conversations",
            columns,
            rows,
            key=_KEY,
            hash_column="source_version",
        )
        _drop_surplus_episodes(connection, columns, rows)
        all_rejected = [*rejected, *loaded.rejected]
        reject_rows(connection, run_id, all_rejected)
        clear_rejections(connection, "core.conversations", [str(k) for k, _ in loaded.written])
        connection.execute(
            "update ops.etl_control set rows_rejected = rows_rejected + %s where run_id = %s",
            [len(all_rejected), run_id],
        )
    return len(loaded.written), len(all_rejected)


def _find_id(rejected: Rejected) -> int:
    """Finds the conversation of a rejected row, of whose messages one may be meant."""
    return int(rejected.key.partition("/")[0])


def _drop_surplus_episodes(
    connection: psycopg.Connection[Any], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Drops the episodes that a thread no longer has, as a message of it was deleted or edited."""
    place, number = columns.index("conversation_id"), columns.index("episode")
    latest: dict[int, int] = {}
    for row in rows:
        latest[row[place]] = max(row[number], latest.get(row[place], 0))
    connection.execute(query("drop_surplus_episodes"), [list(latest), list(latest.values())])


def drop_deleted(session: TenantSession, conversation_ids: Sequence[int] | None = None) -> int:
    """Drops the typed rows (and analyses) of conversations that Chatwoot no longer has.

    Args:
        session: the tenant's.
        conversation_ids: those that may be gone; None: any.

    """
    with session.transaction() as connection:
        return connection.execute(
            query("drop_deleted"),
            {"conversation_ids": conversation_ids and list(conversation_ids)},
        ).rowcount


def store_analyses(
    session: TenantSession, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Stores analyses; those that say what is stored already are left as they are.

    An analysis of a content that has changed meanwhile is left out: the episode is still pending.

    Returns:
        How many rows were written.

    """
    places = [columns.index(name) for name in (*_KEY, "content_hash")]
    with session.transaction() as connection:
        lock_table(connection, "core.conversation_analysis")
        current = set(
            connection.execute(
                "select conversation_id, episode, content_hash from core.conversations"
                " where conversation_id = any(%s)",
                [[row[places[0]] for row in rows]],
            ).fetchall()
        )
        rows = [row for row in rows if tuple(row[place] for place in places) in current]
        loaded = upsert(
            connection,
            "core.conversation_analysis",
            columns,
            rows,
            key=_KEY,
            hash_column="result_hash",
            also_set="analyzed_at = now()",
        )
    return len(loaded.written)


def store_sales(session: TenantSession, sales: Sequence[Any], rejected: Sequence[Rejected]) -> int:
    """Adds sales to those of the tenant; one that is there already is left alone.

    Returns:
        How many are new.

    """
    columns = ("sale_key", "phone", "email", "sold_on")
    with session.transaction() as connection:
        loaded = upsert(
            connection, "core.sales", columns, sales, key=("sale_key",), hash_column="sale_key"
        )
        reject_rows(connection, "crm import", [*rejected, *loaded.rejected])
    return len(loaded.written)


def count_buyers_who_wrote(session: TenantSession) -> int:
    """Counts conversations of contacts to whom a sale was made, as publications tell them."""
    with session.transaction() as connection:
        row = connection.execute(
            "select count(*) from core.conversations c where exists (select from core.sales s"
            " cross join lateral (values (s.phone, c.contact_phone), (s.email, c.contact_email))"
            " as told (sold, wrote) where s.tenant_id = c.tenant_id and told.sold = told.wrote"
            " and told.sold not in (select identity from core.shared_identities))"
        ).fetchone()
        return int(row[0]) if row else 0


def count_unanalyzed(session: TenantSession) -> int:
    """Counts typed episodes without an analysis."""
    with session.transaction() as connection:
        row = connection.execute(
            "select count(*) from core.conversations c where not exists (select"
            " from core.conversation_analysis a where a.tenant_id = c.tenant_id"
            " and a.conversation_id = c.conversation_id and a.episode = c.episode)"
        ).fetchone()
        return int(row[0]) if row else 0


def count(session: TenantSession, table: str) -> int:
    """Counts this tenant's rows of a table."""
    with session.transaction() as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
        return int(row[0]) if row else 0


def _read_pending(
    session: TenantSession, row_type: type[_Row], name: str, **arguments: Any
) -> Iterator[list[_Row]]:
    after, after_episode = -1, 0
    while True:
        with session.transaction() as connection:
            rows = (
                connection.cursor(row_factory=class_row(row_type))
                .execute(
                    query(name),
                    {
                        "after": after,
                        "after_episode": after_episode,
                        "limit": _BATCH,
                        **arguments,
                    },
                )
                .fetchall()
            )
        if not rows:
            return
        yield rows
        after, after_episode = rows[-1].conversation_id, getattr(rows[-1], "episode", 0)


def _count_pending(session: TenantSession, name: str, **arguments: Any) -> int:
    counted = sql.SQL("select count(*) from ({}) pending").format(query(name))
    with session.transaction() as connection:
        row = connection.execute(
            counted,
            {
                "after": -1,
                "after_episode": 0,
                "limit": None,
                "conversation_ids": None,
                **arguments,
            },
        ).fetchone()
        return int(row[0]) if row else 0
