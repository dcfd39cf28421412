"""A tenant's archive: all its rows as one file, written before its removal and restored from.

The file is a zip with one CSV per table, whose heading names its columns, and ``manifest.json``,
which names the tables in the order in which they can be inserted.
"""

import csv
import io
import json
import os
import zipfile
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import check_slug
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.logins import make_logins
from geniai_pipeline.warehouse.tables import Table, require_all_rows, tenant_tables

_MANIFEST, _FORMAT = "manifest.json", 1
_NUMBERS_AHEAD = 10**9
"""By so much the numbers of an archive may be ahead of those of this server."""
_LOGINS = Table("sec", "tenant_logins")
_BROKEN = (zipfile.BadZipFile, zlib.error, csv.Error)


def write_archive(slug: str, tenant_id: int) -> Path:
    """Writes every row of a tenant into a new file of the backups, readable by its owner alone.

    One transaction sees all tables at one instant. A file that is there is complete: it gets its
    name last.

    Raises:
        PermanentError: the administrator's login does not see all rows, or the disk is full.

    """
    folder = get_settings().home / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{slug}-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}.zip"
    unfinished = path.with_suffix(".unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(slug, tenant_id, file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished.rename(path)


def read_archive(path: Path) -> str:
    """Restores a removed tenant from its archive: rows, number, logins.

    Returns:
        Its slug.

    Raises:
        PermanentError: the file is none of ours, a row in it is another's, or the tenant is there.

    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = json.loads(packed.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise KeyError(manifest["format"])
            return _read(manifest, packed)
    except (OSError, LookupError, TypeError, ValueError, RuntimeError, *_BROKEN) as error:
        raise _refusal(path, str(error)) from error
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        # the detail would show a row
        raise _refusal(path, str(error.diag.message_primary)) from error


def _refusal(path: Path, reason: str) -> PermanentError:
    return PermanentError(
        f"{path} is not a tenant's backup: {reason}.",
        mend="Give a file that `geniai tenant remove` wrote.",
    )


def _write(slug: str, tenant_id: int, file: io.BufferedWriter) -> None:
    with (
        connect(admin_url()) as connection,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        require_all_rows(connection, slug)
        tables = tenant_tables(connection)
        for table in tables:
            statement = sql.SQL(
                "copy (select * from {} where tenant_id = {}) to stdout (format csv, header)"
            ).format(table.identifier, sql.Literal(tenant_id))
            with (
                packed.open(f"{table}.csv", "w", force_zip64=True) as entry,
                connection.cursor().copy(statement) as rows,
            ):
                for part in rows:
                    entry.write(part)
        manifest = {
            "format": _FORMAT,
            "tenant": slug,
            "tenant_id": tenant_id,
            "tables": [[table.schema, table.name] for table in tables],
        }
        packed.writestr(_MANIFEST, json.dumps(manifest, indent=2))


def _read(manifest: dict[str, Any], packed: zipfile.ZipFile) -> str:
    slug, tenant_id = str(manifest["tenant"]), int(manifest["tenant_id"])
    check_slug(slug)
    named = {Table(schema, name) for schema, name in manifest["tables"]}
    with connect(admin_url()) as connection:
        require_all_rows(connection, slug)
        if connection.execute("select 1 from ops.tenants where slug = %s", [slug]).fetchone():
            raise PermanentError(
                "The tenant exists.",
                mend="Only a removed tenant can be restored.",
                tenant=slug,
            )
        _require_own_number(connection, slug, tenant_id)
        tables = tenant_tables(connection)
        if foreign := named - set(tables):
            raise ValueError(f"no tenant has rows in {', '.join(sorted(map(str, foreign)))}")
        for table in tables:
            # logins are made anew below: the file does not say whose a login is
            if table in named and table != _LOGINS:
                _copy_rows(connection, table, tenant_id, packed)
                _advance_sequence(connection, table)
        found = connection.execute(
            "select slug, coalesce(timezone, 'UTC')"
            " from ops.tenants left join ops.tenant_configs using (tenant_id)"
            " where tenant_id = %s",
            [tenant_id],
        ).fetchone()
        if found is None or found[0] != slug:
            raise ValueError(f"it has no tenant of the name {slug}")
        make_logins(connection, slug, tenant_id, found[1])
        connection.execute("update ops.tenants set active = true where slug = %s", [slug])
        audit.add_entry(
            connection, "tenant.restore", AuditTenant(tenant_id, slug),
            subject=slug, after={"backup": Path(packed.filename or "").name},
        )  # fmt: skip
    return slug


def _require_own_number(connection: psycopg.Connection[Any], slug: str, tenant_id: int) -> None:
    """Refuses a number that another tenant has or had, whose audit log would be shown.

    Raises:
        ValueError: it is.

    """
    former = connection.execute(
        "select from ops.audit_logs where tenant_id = %s and tenant is distinct from %s limit 1",
        [tenant_id, slug],
    ).fetchone()
    if tenant_id <= audit.PLATFORM_ID or former is not None:
        raise ValueError(f"another tenant has or had the number {tenant_id}")


def _copy_rows(
    connection: psycopg.Connection[Any], table: Table, tenant_id: int, packed: zipfile.ZipFile
) -> None:
    """Writes the rows of one table, each of which must be the tenant's.

    The administrator passes all policies, so that a check of Postgres' own is put before them.

    Raises:
        ValueError: a row is not the tenant's.

    """
    with packed.open(f"{table}.csv") as entry:
        heading = entry.readline()
        names = {
            "table": table.identifier,
            "columns": sql.SQL(", ").join(
                map(sql.Identifier, next(csv.reader([heading.decode()])))
            ),
            "tenant_id": sql.Literal(tenant_id),
        }
        for statement in (
            "create temporary table incoming on commit drop as"
            " select {columns} from {table} with no data",
            "alter table incoming add check (tenant_id is not null and tenant_id = {tenant_id})",
        ):
            connection.execute(sql.SQL(statement).format(**names))
        copy = sql.SQL("copy incoming ({columns}) from stdin (format csv)").format(**names)
        try:
            with connection.cursor().copy(copy) as rows:
                while part := entry.read(1 << 20):
                    rows.write(part)
        except psycopg.errors.CheckViolation as error:
            raise ValueError(f"{table} has a row that is not this tenant's") from error
    connection.execute(
        sql.SQL(
            "insert into {table} ({columns}) overriding system value select {columns} from incoming"
        ).format(**names)
    )
    connection.execute("drop table incoming")


def _advance_sequence(connection: psycopg.Connection[Any], table: Table) -> None:
    """Advances the table's identity sequence beyond the restored numbers.

    Raises:
        ValueError: one is so high that it would use up the numbers of all tenants.

    """
    name = table.identifier.as_string(connection)
    for (column,) in connection.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attidentity <> ''",
        [name],
    ).fetchall():
        sequence, reached, highest = connection.execute(
            sql.SQL(
                "select sequence, nextval(sequence), (select max({column}) from {table})"
                " from pg_get_serial_sequence({name}, {column_name}) sequence"
            ).format(
                column=sql.Identifier(column),
                table=table.identifier,
                name=sql.Literal(name),
                column_name=sql.Literal(column),
            )
        ).fetchone() or (None, 0, None)
        if highest is not None and highest > reached + _NUMBERS_AHEAD:
            raise ValueError(f"{name} has the number {highest}, far above all numbers in use")
        connection.execute("select setval(%s, %s)", [sequence, max(highest or 0, reached)])
