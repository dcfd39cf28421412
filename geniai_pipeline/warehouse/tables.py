"""The tables with tenants' rows, read from the catalogue, so that no list grows old."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.warehouse.queries import query

_KEPT = {("ops", "audit_logs")}
"""What outlives a tenant."""


@dataclass(frozen=True)
class Table:
    """One table with a ``tenant_id``."""

    schema: str
    name: str

    @property
    def identifier(self) -> sql.Identifier:
        """Its name in a statement."""
        return sql.Identifier(self.schema, self.name)

    def __str__(self) -> str:
        """Its name as people write it."""
        return f"{self.schema}.{self.name}"


def tenant_tables(connection: psycopg.Connection[Any]) -> list[Table]:
    """Lists the tables that a tenant's removal empties, those referred to first."""
    rows = connection.execute(query("tenant_tables")).fetchall()
    return [Table(*row) for row in rows if row not in _KEPT]


def require_all_rows(connection: psycopg.Connection[Any], slug: str) -> None:
    """Refuses a login from which row-level security hides rows.

    Raises:
        PermanentError: it does; says what is needed.

    """
    row = connection.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        raise PermanentError(
            "The administrator's login does not see every row, so some would be omitted.",
            mend="Set GENIAI_DATABASE_URL to a superuser's address for this command.",
            tenant=slug,
        )


def delete_rows(connection: psycopg.Connection[Any], tenant_id: int) -> bool:
    """Deletes every row of a tenant's number but the audit log's; returns whether there was any."""
    deleted = [
        connection.execute(
            sql.SQL("delete from {} where tenant_id = %s").format(table.identifier), [tenant_id]
        ).rowcount
        for table in reversed(tenant_tables(connection))
    ]
    return any(deleted)
