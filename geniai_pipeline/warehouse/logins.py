"""A tenant's own Postgres logins: one for its readers, one for its administrators.

They are the boundary: every policy asks who is logged in. Where a tenant is closed, they are.
"""

from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.migrations import set_password

_ROLES = {login_name: "bi_tenant", admin_login_name: "bi_tenant, bi_tenant_admin"}
"""What carries each login's grants."""


def logins_of(slug: str) -> list[str]:
    """The names of a tenant's logins."""
    return [name(slug) for name in _ROLES]


def make_logins(
    connection: psycopg.Connection[Any], slug: str, tenant_id: int, timezone: str
) -> None:
    """Makes a tenant's logins, or brings them to what they should be, and opens them."""
    for name, roles in _ROLES.items():
        login = name(slug)
        role = sql.Identifier(login)
        found = connection.execute("select from pg_roles where rolname = %s", [login]).fetchone()
        if found is None:
            connection.execute(
                sql.SQL(
                    "create role {} nosuperuser nocreatedb nocreaterole nobypassrls"
                    " connection limit 20"
                ).format(role)
            )
        connection.execute(sql.SQL("grant {} to {}").format(sql.SQL(roles), role))
        set_password(connection, login)
        connection.execute(
            "insert into sec.tenant_logins (role_name, tenant_id) values (%s, %s)"
            " on conflict (role_name) do update set tenant_id = excluded.tenant_id",
            [login, tenant_id],
        )
        # days on the dashboards are the tenant's own; a chart that runs away is ended
        for setting in (
            sql.SQL("set timezone = {}").format(sql.Literal(timezone)),
            sql.SQL("set statement_timeout = '30s'"),
            sql.SQL("login"),
        ):
            connection.execute(sql.SQL("alter role {} {}").format(role, setting))


def close_logins(connection: psycopg.Connection[Any], slug: str) -> None:
    """From the transaction's end nobody logs in as the tenant; who is in stays in."""
    for login in logins_of(slug):
        connection.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(login)))


def end_connections(slug: str) -> None:
    """Ends what runs as the tenant, in the middle of a query if need be."""
    with connect(admin_url()) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = any(%s)",
            [logins_of(slug)],
        )


def drop_logins(connection: psycopg.Connection[Any], slug: str) -> None:
    """Removes a tenant's logins with all they own and may."""
    for (login,) in connection.execute(
        "select rolname from pg_roles where rolname = any(%s)", [logins_of(slug)]
    ).fetchall():
        role = sql.Identifier(login)
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))
