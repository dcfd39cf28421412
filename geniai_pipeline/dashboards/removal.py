"""Deletion of users and tenants from Superset's database, with all referring rows.

Superset's API refuses to delete a user to whom a row refers, such as a stored filter. The foreign
keys are read from the catalogue, so that tables of a new version are included. Superset need not
be running. Without anything to remove, nothing happens.
"""

from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT
from geniai_pipeline.dashboards.provisioning import TENANT_ROLE, role_name
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url
from geniai_pipeline.warehouse.queries import query

_MARK = "_by_fk"
"""Suffix of columns that name a row's author; such a row is not personal."""
_PERSONAL = ("key_value",)
"""Tables whose rows are personal despite that suffix: stored filters and links."""


def remove_user(email: str) -> bool:
    """Deletes a user with their personal rows and sessions.

    Returns:
        Whether the user existed.

    """
    with connect(role_url("superset", SUPERSET)) as connection:
        if not _is_initialised(connection):
            return False
        same = sql.SQL("lower(username) = lower({})").format(sql.Literal(email))
        return _delete_users(connection, same)


def remove_tenant(slug: str) -> bool:
    """Deletes a tenant's users, row filter and role.

    Returns:
        Whether any of them existed.

    """
    name = sql.Literal(role_name(slug))
    with connect(role_url("superset", SUPERSET)) as connection:
        if not _is_initialised(connection):
            return False
        members = sql.SQL(
            "id in (select user_id from ab_user_role join ab_role on ab_role.id = role_id"
            " where name = {})"
        ).format(name)
        named = sql.SQL("name = {}").format(name)
        removed = (
            _delete_users(connection, members),
            _delete(connection, "row_level_security_filters", named),
            _delete(connection, "ab_role", named),
        )
    return any(removed)


def clear_query_cache() -> None:
    """Deletes Superset's cached query results."""
    folder = get_settings().home / "superset" / "cache" / "data"
    for path in folder.iterdir() if folder.is_dir() else ():
        path.unlink(missing_ok=True)


def list_tenants() -> set[str]:
    """Lists the slugs for which Superset has a role or a row filter."""
    with connect(role_url("superset", SUPERSET)) as connection:
        if not _is_initialised(connection):
            return set()
        rows = connection.execute(
            "select name from ab_role where starts_with(name, %(prefix)s)"
            " union select name from row_level_security_filters"
            " where starts_with(name, %(prefix)s)",
            {"prefix": TENANT_ROLE},
        ).fetchall()
    return {name.removeprefix(TENANT_ROLE) for (name,) in rows}


def list_usernames() -> set[str]:
    """Lists the names of all accounts, in lower case."""
    with connect(role_url("superset", SUPERSET)) as connection:
        if not _is_initialised(connection):
            return set()
        rows = connection.execute("select lower(username) from ab_user").fetchall()
    return {name for (name,) in rows}


def _is_initialised(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("select to_regclass('row_level_security_filters')").fetchone()
    return bool(row and row[0])


def _delete_users(connection: psycopg.Connection[Any], condition: sql.Composable) -> bool:
    """Deletes users; a row lock first keeps their open requests from adding references."""
    rows = connection.execute(
        sql.SQL("select id from ab_user where username <> {} and {} for update").format(
            sql.Literal(SERVICE_ACCOUNT), condition
        )
    ).fetchall()
    numbers = sql.Literal([number for (number,) in rows])
    return _delete(connection, "ab_user", sql.SQL("id = any({}::int[])").format(numbers))


def _delete(
    connection: psycopg.Connection[Any],
    table: str,
    condition: sql.Composable,
    above: frozenset[str] = frozenset(),
) -> bool:
    """Deletes rows and, before them, rows that refer to them; author columns become null."""
    above |= {table}
    name = sql.Identifier(table)
    chosen = sql.SQL("from {} where {}").format(name, condition)
    if connection.execute(sql.SQL("select {} limit 1").format(chosen)).fetchone() is None:
        return False
    references = connection.execute(query("superset_references"), {"table": table}).fetchall()
    for child, column, target in references:
        referring = sql.SQL("{} in (select {} {})").format(
            sql.Identifier(column), sql.Identifier(target), chosen
        )
        if child in above or (column.endswith(_MARK) and child not in _PERSONAL):
            connection.execute(
                sql.SQL("update {} set {} = null where {}").format(
                    sql.Identifier(child), sql.Identifier(column), referring
                )
            )
        else:
            _delete(connection, child, referring, above)
    connection.execute(sql.SQL("delete {}").format(chosen))
    return True
