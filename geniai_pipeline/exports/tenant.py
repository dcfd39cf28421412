"""Exports one tenant for the command line, as the loader in the tenant's transaction."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.exports.files import (
    build_file_name,
    find_period,
    select_period,
    write_conversations,
)
from geniai_pipeline.files import open_private_file
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import admin_url, connect, tenant_transaction
from geniai_pipeline.warehouse.registry import load_tenant


def export_tenant(
    slug: str, first: date | None, last: date | None, format_: str, out: BinaryIO
) -> None:
    """Writes the conversations that began on these days of the tenant's own, both included.

    Raises:
        PermanentError: there is no such tenant or format.

    """
    with _begin_export(slug) as connection:
        write_conversations(connection, select_period(first, last), format_, out)


def export_to_file(
    slug: str, first: date | None, last: date | None, format_: str, path: Path
) -> Path:
    """Exports to a file, or to a named file in a folder. An error leaves no partial file.

    Returns:
        The file.

    Raises:
        PermanentError: as above, or the file cannot be written.

    """
    with _begin_export(slug) as connection:
        selection = select_period(first, last)
        if path.is_dir():
            days = find_period(connection, selection, first, last)
            path = path / build_file_name(slug, *days, format_)
        partial = path.with_name(f".{path.name}.part")
        try:
            with open_private_file(partial) as out:
                write_conversations(connection, selection, format_, out)
            partial.replace(path)
        except OSError as error:
            raise PermanentError(
                f"{path} cannot be written: {os.strerror(error.errno or 0)}.",
                mend="Give a path that can be written.",
                tenant=slug,
            ) from error
        finally:
            partial.unlink(missing_ok=True)
    return path


@contextmanager
def _begin_export(slug: str) -> Iterator[psycopg.Connection[Any]]:
    """Begins the tenant's transaction in their time zone, after the audit log has the export."""
    tenant = load_tenant(slug)
    with connect(admin_url()) as connection:
        audit.add_entry(
            connection, "data.export", AuditTenant(tenant.tenant_id, slug), subject=slug
        )
    with tenant_transaction(tenant.tenant_id) as connection:
        connection.execute("select set_config('timezone', %s, true)", [tenant.timezone.key])
        connection.execute("set transaction read only")
        yield connection
