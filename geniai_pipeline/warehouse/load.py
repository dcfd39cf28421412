"""Bulk upsert by COPY: only rows whose content hash differs are sent and written."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from geniai_pipeline.errors import Rejected
from geniai_pipeline.text import remove_unstorable
from geniai_pipeline.warehouse.queries import query

Row = Sequence[Any]
Key = tuple[Any, ...]


@dataclass
class Loaded:
    """An upsert's result: keys of the rows written, number of unchanged rows, rejected rows."""

    written: list[Key] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


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
            loaded.rejected.append(_reject(table, columns, rows[0], key, error))
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
) -> list[Key]:
    """Sends keys and hashes first, then only those rows whole that differ."""
    pick_key, pick_hash = _picker(columns, key), itemgetter(columns.index(hash_column))
    latest = {pick_key(row): row for row in rows}
    assignments = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c)) for c in columns if c not in key
    ] + ([sql.SQL(also_set)] if also_set else [])
    parts = {
        "table": sql.Identifier(*table.split(".")),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "key": sql.SQL(", ").join(map(sql.Identifier, key)),
        "new_key": sql.SQL(", ").join(sql.Identifier("new", k) for k in key),
        "hash": sql.Identifier(hash_column),
        "same_key": sql.SQL(" and ").join(
            sql.SQL("old.{0} = new.{0}").format(sql.Identifier(k)) for k in key
        ),
        "assignments": sql.SQL(", ").join(assignments),
    }
    # Round trips cost as much as a small batch: what needs no answer goes along with what does.
    connection.execute(query("prepare_load").format(**parts, name=sql.Literal(table)))
    _copy(connection, "offered", ((*values, pick_hash(row)) for values, row in latest.items()))
    differing = connection.execute(query("differing").format(**parts)).fetchall()
    written = [tuple(values) for *values, _ in differing]
    if written:
        all_new = all(is_new for *_, is_new in differing)
        overwrite = sql.SQL("on conflict (tenant_id, {key}) do update set {assignments}")
        parts["or_overwrite"] = sql.SQL("") if all_new else overwrite.format(**parts)
        _copy(connection, "incoming", (latest[values] for values in written))
        connection.execute(query("upsert").format(**parts))
    connection.execute("drop table offered, incoming")
    return written


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[Row]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _picker(columns: Sequence[str], key: Sequence[str]) -> Callable[[Row], Key]:
    places = [columns.index(name) for name in key]
    return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)


def lock_table(connection: psycopg.Connection[Any], table: str) -> None:
    """Waits for the table's other loads of this tenant, until the transaction ends.

    What is read after it stays true while this transaction loads.
    """
    connection.execute("select pg_advisory_xact_lock(sec.loading_tenant(), hashtext(%s))", [table])


def reject_rows(
    connection: psycopg.Connection[Any], run_id: str, rejected: Sequence[Rejected]
) -> None:
    """Writes rows to ``ops.rejected_rows``; the same row rejected again replaces the old."""
    with connection.cursor() as cursor:
        cursor.executemany(
            query("reject_rows"),
            [
                (
                    row.source,
                    *map(remove_unstorable, (row.key, row.reason, row.payload)),
                    row.version,
                    run_id,
                )
                for row in rejected
            ],
        )


def clear_rejections(connection: psycopg.Connection[Any], source: str, keys: Sequence[str]) -> None:
    """Deletes rejected rows that have been loaded since."""
    connection.execute(
        "delete from ops.rejected_rows where source = %s and key = any(%s)", [source, list(keys)]
    )


def _reject(
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
