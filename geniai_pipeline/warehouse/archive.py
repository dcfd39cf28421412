"""All rows of one tenant as one file: written before it is removed, and read to bring it back.

The file is a zip with one CSV per table, whose heading names its columns, and ``manifest.json``,
which names the tables in the order in which they can be inserted.
"""

import csv
import io
import json
import os
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import Whose
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.logins import make_logins
from geniai_pipeline.warehouse.tables import Table, require_all_rows, tenant_tables

_MANIFEST, _FORMAT = "manifest.json", 1


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
    """Brings a removed tenant back from its file: its rows, its number, its logins.

    Returns:
        Its slug.

    Raises:
        PermanentError: the file is none of ours, or the tenant is there.

    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = json.loads(packed.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise KeyError(manifest["format"])
            return _read(manifest, packed)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise PermanentError(
            f"{path} is no tenant's backup: {error}.",
            mend="Give a file that `geniai tenant remove` has named.",
        ) from error


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
    with connect(admin_url()) as connection:
        require_all_rows(connection, slug)
        if connection.execute("select 1 from ops.tenants where slug = %s", [slug]).fetchone():
            raise PermanentError(
                "The tenant is there.",
                mend="Only a tenant that was removed can be brought back.",
                tenant=slug,
            )
        for schema, name in manifest["tables"]:
            if (schema, name) != ("sec", "tenant_logins"):  # they refer to logins yet to be made
                _copy_in(connection, Table(schema, name), packed)
        zone = connection.execute(
            "select timezone from ops.tenant_configs where tenant_id = %s", [tenant_id]
        ).fetchone()
        make_logins(connection, slug, tenant_id, zone[0] if zone else "UTC")
        connection.execute("update ops.tenants set active = true where slug = %s", [slug])
        audit.note(
            connection, "tenant.restore", Whose(tenant_id, slug),
            subject=slug, after={"backup": Path(packed.filename or "").name},
        )  # fmt: skip
    return slug


def _copy_in(connection: psycopg.Connection[Any], table: Table, packed: zipfile.ZipFile) -> None:
    with packed.open(f"{table}.csv") as entry:
        heading = entry.readline()
        columns = next(csv.reader([heading.decode()]))
        statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
            table.identifier, sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with connection.cursor().copy(statement) as rows:
            while part := entry.read(1 << 20):
                rows.write(part)
