"""Bulk load: COPY into a temporary table, then an upsert of what differs and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from geniai_pipeline.errors import Rejected
from geniai_pipeline.warehouse.queries import query

Row = Sequence[Any]


@dataclass
class Loaded:
    """What an upsert did: the keys of the rows it wrote, how many it left, what it refused."""

    written: list[tuple[Any, ...]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Rejected] = field(default_factory=list)


def upsert(
    connection: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    hash_column: str,
    also_set: str | None = None,
) -> Loaded:
    """Loads rows of the transaction's tenant into ``schema.table``.

    A row whose ``hash_column`` equals the stored one is left untouched: not even a lock is written.
    Of rows with one key in one call, the last wins. A row that Postgres refuses does not cost the
    others: the batch is halved until the bad rows stand alone.

    Args:
        connection: a ``tenant_transaction``; the tenant is its, never the caller's to name.
        table: schema and name.
        columns: of each row, in order, without ``tenant_id``.
        rows: the rows.
        key: the key's columns, without ``tenant_id``.
        hash_column: the column that tells whether a row differs.
        also_set: an assignment to add when a row is overwritten (``changed_at = now()``).

    """
    loaded = Loaded()
    _load(connection, table, columns, list(rows), key, hash_column, also_set, loaded)
    return loaded


def _load(
    connection: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    rows: list[Row],
    key: Sequence[str],
    hash_column: str,
    also_set: str | None,
    loaded: Loaded,
) -> None:
    if not rows:
        return
    try:
        with connection.transaction():
            written = _copy_and_upsert(connection, table, columns, rows, key, hash_column, also_set)
    except (psycopg.DataError, psycopg.IntegrityError, UnicodeError) as error:
        if len(rows) == 1:
            loaded.refused.append(_refused(table, columns, rows[0], key, error))
            return
        half = len(rows) // 2
        for part in (rows[:half], rows[half:]):
            _load(connection, table, columns, part, key, hash_column, also_set, loaded)
        return
    loaded.written.extend(written)
    loaded.unchanged += len(rows) - len(written)


def _copy_and_upsert(
    connection: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    rows: list[Row],
    key: Sequence[str],
    hash_column: str,
    also_set: str | None,
) -> list[tuple[Any, ...]]:
    key_of = itemgetter(*map(columns.index, key))
    latest = {key_of(row): row for row in rows}
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    keys = sql.SQL(", ").join(map(sql.Identifier, key))
    parts = {
        "table": sql.Identifier(*table.split(".")),
        "columns": names,
        "key": keys,
        "hash": sql.Identifier(hash_column),
        "same_key": sql.SQL(" and ").join(
            sql.SQL("old.{0} = new.{0}").format(sql.Identifier(k)) for k in key
        ),
        "assignments": sql.SQL(", ").join(
            [
                sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c))
                for c in columns
                if c not in key
            ]
            + ([sql.SQL(also_set)] if also_set else [])
        ),
    }
    connection.execute(
        sql.SQL(
            "create temporary table incoming on commit drop as"
            " select {columns} from {table} with no data"
        ).format(**parts)
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy incoming ({columns}) from stdin").format(**parts)) as copy,
    ):
        for row in latest.values():
            copy.write_row(row)
    written = connection.execute(query("upsert").format(**parts)).fetchall()
    connection.execute("drop table incoming")
    return written


def keep_refused(
    connection: psycopg.Connection[Any], run_id: str, refused: Sequence[Rejected]
) -> None:
    """Writes refused rows to ``ops.rejected_rows``; the same row refused again replaces the old."""
    with connection.cursor() as cursor:
        cursor.executemany(
            query("keep_refused"),
            [
                (r.source, _clean(r.key), _clean(r.reason), _clean(r.payload), r.version, run_id)
                for r in refused
            ],
        )


def no_longer_refused(
    connection: psycopg.Connection[Any], source: str, keys: Sequence[str]
) -> None:
    """Forgets refusals of rows that have been loaded since."""
    connection.execute(
        "delete from ops.rejected_rows where source = %s and key = any(%s)", [source, list(keys)]
    )


def _refused(
    table: str, columns: Sequence[str], row: Row, key: Sequence[str], error: Exception
) -> Rejected:
    values = {
        column: value.obj if isinstance(value, Jsonb) else value
        for column, value in zip(columns, row, strict=True)
    }
    return Rejected(
        source=table,
        key="/".join(str(values[k]) for k in key),
        reason=str(error).strip().splitlines()[0],
        payload=json.dumps(values, default=str, ensure_ascii=False),
    )


def _clean(text: str) -> str:
    """The text without what Postgres cannot keep, so that a refusal itself is never refused."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
