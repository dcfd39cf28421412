"""``raw.*``: Chatwoot's rows, landed in batches, each in one transaction."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from geniai_pipeline.chatwoot import Batch, LandedConversation
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.live import LIVE
from geniai_pipeline.warehouse.load import (
    Loaded,
    clear_rejections,
    lock_table,
    reject_rows,
    upsert,
)
from geniai_pipeline.warehouse.queries import query


@dataclass
class LandingCount:
    """Rows of one batch, or of many added up."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    rejected: int = 0
    conversations: int = 0
    """Conversations that changed, or some of whose messages did."""

    def add(self, other: "LandingCount") -> None:
        """Adds another count to this one."""
        self.read += other.read
        self.written += other.written
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.conversations += other.conversations


def find_unchanged(session: TenantSession, conversations: Sequence[LandedConversation]) -> set[int]:
    """Selects the ids of conversations that have landed with the same content hash.

    One that could not be read meanwhile is not among them: landing it ends its rejection.
    """
    if not conversations:
        return set()
    hashes = {c.conversation_id: c.content_hash for c in conversations}
    with session.transaction() as connection:
        rows = connection.execute(
            "select conversation_id, content_hash from raw.conversations c"
            " where conversation_id = any(%s) and deleted_at is null and not exists ("
            " select from ops.rejected_rows r where r.tenant_id = c.tenant_id"
            " and r.source = 'raw.conversations' and r.key = c.conversation_id::text)",
            [list(hashes)],
        ).fetchall()
    return {found for found, content_hash in rows if hashes[found] == content_hash}


def read_landed_ids(session: TenantSession) -> frozenset[int]:
    """Reads the ids of conversations that have landed and are not deleted."""
    with session.transaction() as connection:
        rows = connection.execute(
            "select conversation_id from raw.conversations where deleted_at is null"
        ).fetchall()
    return frozenset(found for (found,) in rows)


def read_unreadable(session: TenantSession) -> dict[int, str]:
    """Reads the conversations that Chatwoot could not show: reason by id."""
    with session.transaction() as connection:
        rows = connection.execute(
            "select key::bigint, reason from ops.rejected_rows"
            " where source = 'raw.conversations' and payload = '' and key not like '?%'"
        ).fetchall()
    return dict(rows)


def read_unread(session: TenantSession) -> list[int]:
    """Reads the ids of conversations whose messages could not be read."""
    with session.transaction() as connection:
        rows = connection.execute(
            "select rtrim(key, '/')::bigint from ops.rejected_rows"
            " where source = 'raw.messages' and key ~ '^[0-9]+/$' order by 1"
        ).fetchall()
    return [found for (found,) in rows]


def land(session: TenantSession, run_id: str, batch: Batch) -> LandingCount:
    """Lands one batch of the extraction, in one transaction, and counts it in the run's row.

    A conversation whose messages changed is marked as changed with them, so that the next step
    sees it. One that another process requested later, and landed, stays as it is.

    Raises:
        PermanentError: the tenant was removed while its run went on.

    """
    with session.transaction() as connection:
        _lock_run(connection, run_id)
        lock_table(connection, "raw.conversations")
        batch, fetched_at = _drop_outdated(connection, batch)
        loads = [
            _land_rows(connection, "raw.inboxes", ("inbox_id",), batch.inboxes),
            _land_rows(connection, "raw.agents", ("agent_id",), batch.agents),
            upsert(
                connection,
                "raw.conversations",
                ("conversation_id", "payload", "content_hash", "updated_at", "fetched_at"),
                [
                    (c.conversation_id, c.json, c.content_hash, c.updated_at, at)
                    for c, at in zip(batch.conversations, fetched_at, strict=True)
                ],
                key=("conversation_id",),
                hash_column="content_hash",
                also_set="changed_at = now(), deleted_at = null",
            ),
        ]
        messages = _land_rows(
            connection, "raw.messages", ("conversation_id", "message_id"), batch.messages
        )
        changed = {conversation_id for conversation_id, _ in messages.written}
        _mark_changed(
            connection,
            {
                c.conversation_id: at
                for c, at in zip(batch.conversations, fetched_at, strict=True)
                if c.conversation_id in changed
            },
        )
        _restore_deleted(connection, [c.conversation_id for c in batch.conversations])
        _clear_batch_rejections(connection, batch)
        rejected = [
            *batch.rejected,
            *(r for load in (*loads, messages) for r in load.rejected),
        ]
        reject_rows(connection, run_id, rejected)
        count = LandingCount(
            read=batch.conversations_read
            + sum(map(len, (batch.inboxes, batch.agents, batch.messages, batch.rejected))),
            written=sum(len(load.written) for load in (*loads, messages)),
            rejected=len(rejected),
            conversations=len(
                {key[0] for key in loads[2].written} | {key[0] for key in messages.written}
            ),
        )
        count.unchanged = count.read - count.written - count.rejected
        connection.execute(
            "update ops.etl_control set rows_read = rows_read + %s,"
            " rows_written = rows_written + %s, rows_unchanged = rows_unchanged + %s,"
            " rows_rejected = rows_rejected + %s where run_id = %s",
            [count.read, count.written, count.unchanged, count.rejected, run_id],
        )
    return count


def commit_watermark(
    session: TenantSession,
    run_id: str,
    watermark: datetime | None,
    *,
    present: Collection[int] | None,
    age: float = 0,
    expected: int | None = None,
    count_gap: int | None = None,
) -> int:
    """Declares that everything Chatwoot changed before the watermark has landed.

    Args:
        session: the tenant's.
        run_id: Dagster's.
        watermark: by Chatwoot's clock, when the extraction began.
        present: after a full sweep, the ids of all conversations there are: those that have landed
            and are no longer among them are marked as deleted, in the same transaction, and their
            messages are deleted.
        age: seconds since these ids began to be listed; what was requested since stays.
        expected: how many conversations Chatwoot counts. What differs from it in the end is noted,
            so that the next run need not look for what this one did not find.
        count_gap: what is noted if that is not known. None: the next run lists everything.

    Returns:
        How many conversations were marked as deleted.

    """
    with session.transaction() as connection:
        deleted = 0
        if present is not None:
            deleted = _drop_absent(connection, present=list(present), age=age)
        if expected is not None:
            count_gap = _count_gap(connection, expected)
        connection.execute(
            "update ops.etl_control set watermark_to = %s, count_gap = %s where run_id = %s",
            [watermark, count_gap, run_id],
        )
    return deleted


def delete_conversations(session: TenantSession, ids: Collection[int]) -> int:
    """Marks conversations as deleted that Chatwoot does not know any more; counts the new ones."""
    with session.transaction() as connection:
        lock_table(connection, "raw.conversations")
        return _drop_absent(connection, absent=list(ids))


def count_landed_conversations(session: TenantSession) -> int:
    """Counts conversations that have landed and are not deleted."""
    with session.transaction() as connection:
        row = connection.execute(
            "select count(*) from raw.conversations where deleted_at is null"
        ).fetchone()
        return int(row[0]) if row else 0


def count_gap(session: TenantSession, expected: int) -> int:
    """Counts conversations that Chatwoot has beyond those that have landed.

    Where live is at work there are never fewer: it lands what is created while Chatwoot's number
    is on its way.
    """
    with session.transaction() as connection:
        return _count_gap(connection, expected)


def _count_gap(connection: psycopg.Connection[Any], expected: int) -> int:
    row = connection.execute(query("count_gap"), {"expected": expected}).fetchone()
    return int(row[0]) if row else 0


def _drop_absent(
    connection: psycopg.Connection[Any],
    *,
    present: Sequence[int] | None = None,
    absent: Sequence[int] | None = None,
    age: float = 0,
) -> int:
    row = connection.execute(
        query("drop_absent"), {"present": present, "absent": absent, "age": age}
    ).fetchone()
    return int(row[0]) if row else 0


def _drop_outdated(
    connection: psycopg.Connection[Any], batch: Batch
) -> tuple[Batch, list[datetime]]:
    """Drops the conversations that were requested later by another process, and have landed.

    What was requested in the future is of a clock that was put back since, and counts for nothing.

    Returns:
        The batch without them, and when each of its conversations was requested.

    """
    # ops.now() is that of the transaction's beginning, which may have waited since
    row = connection.execute("select clock_timestamp() + (ops.now() - now())").fetchone()
    assert row is not None  # noqa: S101
    now, clock = row[0], time.monotonic()
    requested = {
        c.conversation_id: now - timedelta(seconds=clock - c.requested) for c in batch.conversations
    }
    newer = connection.execute(
        "select r.conversation_id from raw.conversations r"
        " join unnest(%s::bigint[], %s::timestamptz[]) as own (conversation_id, requested_at)"
        " using (conversation_id) where r.fetched_at > own.requested_at and r.fetched_at <= %s",
        [list(requested), list(requested.values()), now],
    ).fetchall()
    if dropped := {found for (found,) in newer}:
        batch = replace(
            batch,
            conversations=[c for c in batch.conversations if c.conversation_id not in dropped],
            messages=[m for m in batch.messages if m.conversation_id not in dropped],
        )
    return batch, [requested[c.conversation_id] for c in batch.conversations]


def _land_rows(
    connection: psycopg.Connection[Any], table: str, key: Sequence[str], rows: Iterable[Any]
) -> Loaded:
    return upsert(
        connection,
        table,
        (*key, "payload", "content_hash"),
        [(*(getattr(r, k) for k in key), r.json, r.content_hash) for r in rows],
        key=key,
        hash_column="content_hash",
        also_set="fetched_at = now()",
    )


def _lock_run(connection: psycopg.Connection[Any], run_id: str) -> None:
    """Locks the run's row, so that the tenant cannot be removed during this transaction."""
    held = connection.execute(
        # deliveries update that row meanwhile; only its deletion has to wait
        "select from ops.live_state for key share"
        if run_id == LIVE
        else "select from ops.etl_control where run_id = %(run_id)s for no key update",
        {"run_id": run_id},
    ).fetchone()
    if held is None:
        raise PermanentError(
            "The tenant was removed during its run.",
            mend="`geniai tenant add` creates it again.",
        )


def _clear_batch_rejections(connection: psycopg.Connection[Any], batch: Batch) -> None:
    """Deletes rejected rows of what the batch brings; what it still rejects is recorded again."""
    read = [c.conversation_id for c in batch.conversations if c.content_hash]
    clear_rejections(connection, "raw.conversations", [str(i) for i in read])
    clear_rejections(
        connection,
        "raw.messages",
        [
            *(f"{i}/" for i in read),
            *(f"{m.conversation_id}/{m.message_id}" for m in batch.messages),
        ],
    )


def _mark_changed(connection: psycopg.Connection[Any], requested: Mapping[int, datetime]) -> None:
    """Marks conversations whose messages changed, with when each was requested."""
    connection.execute(
        "update raw.conversations r set changed_at = now(), fetched_at = own.requested_at"
        " from unnest(%s::bigint[], %s::timestamptz[]) as own (conversation_id, requested_at)"
        " where r.conversation_id = own.conversation_id and r.tenant_id = sec.loading_tenant()",
        [list(requested), list(requested.values())],
    )


def _restore_deleted(connection: psycopg.Connection[Any], ids: Collection[int]) -> None:
    """Restores conversations that were marked as deleted and are there again, unchanged."""
    connection.execute(
        "update raw.conversations set deleted_at = null, changed_at = now()"
        " where conversation_id = any(%s) and deleted_at is not null",
        [list(ids)],
    )
