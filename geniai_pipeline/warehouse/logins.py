"""Who may log in to Postgres: our own logins, and two of each tenant's.

A tenant has one for its readers and one for its administrators. They are the boundary: every policy
asks who is logged in. Where a tenant is closed, they are.

Postgres lets every login change its own password and settings. ``restore_logins`` puts them back.
"""

from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse.connections import OWN_LOGINS, admin_url, connect

_ROLES = {login_name: "bi_tenant", admin_login_name: "bi_tenant, bi_tenant_admin"}
"""What carries each login's grants."""

_OWN_SETTINGS = {
    "etl_writer": {"TimeZone": "UTC"},
    "bi_staff": {"TimeZone": "America/Sao_Paulo", "statement_timeout": "30s"},
    "bi_none": {"statement_timeout": "5s"},
    "gatekeeper": {"statement_timeout": "5s"},
}
"""By login, under Postgres' own names of the settings; the others of ours have none."""

_TENANTS = (
    "select tenant_id, slug, active, coalesce(timezone, 'UTC')"
    " from ops.tenants left join ops.tenant_configs using (tenant_id)"
)


def restore_logins(connection: psycopg.Connection[Any]) -> None:
    """Resets the password and the settings of every login of ours and of each tenant."""
    with connection.transaction():
        for login in OWN_LOGINS:
            set_password(connection, login)
            _set_settings(connection, login, _OWN_SETTINGS.get(login, {}))
        for tenant_id, slug, active, timezone in connection.execute(_TENANTS).fetchall():
            make_logins(connection, slug, tenant_id, timezone)
            if not active:
                close_logins(connection, slug)


def find_changed_settings(connection: psycopg.Connection[Any]) -> list[str]:
    """Finds logins whose settings are not those that ``restore_logins`` gives them."""
    wanted = {login: _OWN_SETTINGS.get(login, {}) for login in OWN_LOGINS}
    for _, slug, _, timezone in connection.execute(_TENANTS).fetchall():
        wanted |= {login: _tenant_settings(timezone) for login in list_logins(slug)}
    # a setting for one database alone is never ours
    found: dict[str, set[str]] = {}
    for login, everywhere, setting in connection.execute(
        "select rolname, setdatabase = 0, unnest(setconfig)"
        " from pg_db_role_setting join pg_roles r on r.oid = setrole where rolname = any(%s)",
        [list(wanted)],
    ).fetchall():
        found.setdefault(login, set()).add(setting if everywhere else f"{setting} (one database)")
    return [
        login
        for login, settings in wanted.items()
        if found.get(login, set()) != {f"{name}={value}" for name, value in settings.items()}
    ]


def list_logins(slug: str) -> list[str]:
    """Names a tenant's logins."""
    return [name(slug) for name in _ROLES]


def make_logins(
    connection: psycopg.Connection[Any], slug: str, tenant_id: int, timezone: str
) -> None:
    """Creates a tenant's logins or corrects them, and lets them log in."""
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
        _set_settings(connection, login, _tenant_settings(timezone))
        connection.execute(sql.SQL("alter role {} login").format(role))


def _tenant_settings(timezone: str) -> dict[str, str]:
    # days on the dashboards are the tenant's own; a chart that runs away is ended
    return {"TimeZone": timezone, "statement_timeout": "30s"}


def _set_settings(
    connection: psycopg.Connection[Any], login: str, settings: dict[str, str]
) -> None:
    """Sets exactly these settings for a login, in whatever database it connects to."""
    role = sql.Identifier(login)
    databases = connection.execute(
        "select datname from pg_db_role_setting join pg_database d on d.oid = setdatabase"
        " where setrole = to_regrole(quote_ident(%s))",
        [login],
    ).fetchall()
    for (name,) in databases:
        connection.execute(
            sql.SQL("alter role {} in database {} reset all").format(role, sql.Identifier(name))
        )
    connection.execute(sql.SQL("alter role {} reset all").format(role))
    for name, value in settings.items():
        connection.execute(
            sql.SQL("alter role {} set {} = {}").format(
                role, sql.Identifier(name), sql.Literal(value)
            )
        )


def set_password(connection: psycopg.Connection[Any], role: str) -> None:
    """Gives a login the password that ``role_url`` derives for it."""
    password = get_settings().derive(f"pg:{role}")
    with connection.transaction():
        # Iterations slow down whoever guesses. 160 bits are not guessed, and each of a dashboard's
        # queries signs in: many take less time than iterations do. Postgres 15 has no such setting.
        if connection.info.server_version >= 160_000:
            connection.execute("set local scram_iterations = 1")
        connection.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
        )


def close_logins(connection: psycopg.Connection[Any], slug: str) -> None:
    """Denies the tenant's logins new connections from the transaction's end; open ones stay."""
    for login in list_logins(slug):
        connection.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(login)))


def end_connections(slug: str) -> None:
    """Terminates the tenant's connections, in the middle of a query if need be."""
    with connect(admin_url()) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = any(%s)",
            [list_logins(slug)],
        )


def drop_logins(connection: psycopg.Connection[Any], slug: str) -> bool:
    """Drops a tenant's logins with all they own and may; returns whether there was any."""
    logins = connection.execute(
        "select rolname from pg_roles where rolname = any(%s)", [list_logins(slug)]
    ).fetchall()
    for (login,) in logins:
        role = sql.Identifier(login)
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))
    return bool(logins)
