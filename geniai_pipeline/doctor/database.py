"""Checks of Postgres: version, migrations, policies, grants and logins."""

from collections.abc import Iterator
from typing import Any

from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import migrations, registry
from geniai_pipeline.warehouse.connections import (
    DAGSTER,
    OWN_LOGINS,
    SUPERSET,
    admin_url,
    connect,
    role_url,
)
from geniai_pipeline.warehouse.logins import find_changed_settings, list_logins
from geniai_pipeline.warehouse.queries import query

_OLDEST = 150_000
_RESTORE = "`geniai migrate` puts its password and its settings back."


def check_server() -> Iterator[Finding]:
    """Checks the server's version and its migrations."""
    with connect(admin_url()) as connection:
        version = connection.info.server_version
        missing = migrations.list_pending(connection)
    if version < _OLDEST:
        yield Finding(
            f"Postgres {version // 10000} has no views that obey the reader's policies.",
            "Use Postgres 15 or newer.",
        )
    if missing:
        yield Finding(f"The database lacks {', '.join(missing)}.", "Run `geniai migrate`.")


def check_policies() -> Iterator[Finding]:
    """Checks forced policies on every tenant table, and that no view or copy bypasses them."""
    with connect(admin_url()) as connection:
        tables = connection.execute(query("doctor_tables")).fetchall()
        views = connection.execute(query("doctor_views")).fetchall()
        wide = connection.execute(query("doctor_policies")).fetchall()
    for name, enabled, forced, policies in tables:
        if not (enabled and forced and policies):
            lacks = (
                "has no row-level security" if not enabled
                else "does not force row-level security on its owner" if not forced
                else "has no policy"
            )  # fmt: skip
            yield Finding(
                f"The table {name} {lacks}.",
                f"alter table {name} enable row level security, force row level security;"
                " and give it policies as in sql/.",
            )
    for name, policy in wide:
        yield Finding(
            f"The policy {policy} of the table {name} does not compare the rows' tenant.",
            f"drop policy {policy} on {name}; and create it again as in sql/.",
        )
    for name, kind in views:
        yield Finding(
            f"The {kind} {name} shows its owner's rows, not its reader's.",
            f"alter view {name} set (security_invoker = true);"
            if kind == "view"
            else "Make it a table with policies.",
        )


def check_rights() -> Iterator[Finding]:
    """Checks that no login for tenants' rows is a superuser or bypasses policies."""
    for name, right in _read("doctor_rights", own=list(OWN_LOGINS)):
        yield Finding(
            f"The role {name} {right}: policies do not restrict it.",
            f'alter role "{name}" nosuperuser nobypassrls nocreaterole nocreatedb noreplication;'
            " and revoke what it is a member of.",
        )


def check_grants() -> Iterator[Finding]:
    """Checks that logins of dashboards have no grant beyond the dashboards' views."""
    for what, who, right in _read("doctor_grants"):
        on = what.removeprefix("the ")
        named = right
        if on.startswith("column "):
            on, _, column = on.removeprefix("column ").rpartition(".")
            named = f"{right} ({column})"
        to = "public" if who == "everybody" else f'"{who}"'
        yield Finding(f"{who} has {right} on {what}.", f"revoke {named} on {on} from {to};")


def check_databases() -> Iterator[Finding]:
    """Checks that no own login can connect to another database."""
    for name, logins in _read("doctor_databases", own=list(OWN_LOGINS)):
        yield Finding(
            f"{logins} logins of GeniAI may connect to the database {name}.",
            f'revoke connect, temporary on database "{name}" from public;'
            " and grant it to those who need it.",
        )


def check_own_changes() -> Iterator[Finding]:
    """Checks that no login changed its own password or settings, which Postgres allows."""
    with connect(role_url("etl_writer")):  # a wrong secret key is one finding, not one per login
        pass
    with connect(admin_url()) as connection:
        changed = find_changed_settings(connection)
        logins = connection.execute(
            "select rolname from pg_roles where rolcanlogin and (rolname = any(%s)"
            " or rolname in (select role_name from sec.tenant_logins)) order by rolname",
            [list(OWN_LOGINS)],
        ).fetchall()
    for login in changed:
        yield Finding(f"The login {login} has other settings than its own.", _RESTORE)
    for (login,) in logins:
        try:
            with connect(role_url(login, login if login in (DAGSTER, SUPERSET) else None)):
                pass
        except PermanentError as error:
            yield Finding(f"The login {login} is refused: {error.what}", _RESTORE)


def check_tenant_logins() -> Iterator[Finding]:
    """Checks that active tenants have enabled logins, and that each login has a tenant."""
    tenants = {t["slug"]: t["active"] for t in registry.describe_tenants()}
    prefixes = (login_name(""), admin_login_name(""))
    with connect(admin_url()) as connection:
        roles: dict[str, bool] = dict(
            connection.execute(
                "select rolname, rolcanlogin from pg_roles where starts_with(rolname, %s)"
                " or starts_with(rolname, %s)",
                prefixes,
            ).fetchall()
        )
        owners = dict(
            connection.execute(
                "select role_name::text, slug from sec.tenant_logins"
                " join ops.tenants using (tenant_id)"
            ).fetchall()
        )
    for slug, active in tenants.items():
        for login in list_logins(slug):
            if login not in roles or owners.get(login) != slug:
                yield Finding(
                    f"Its login {login} is missing, or belongs to another tenant.",
                    f"`geniai tenant add {slug}` creates it again.",
                    slug,
                )
            elif roles[login] != active:
                yield Finding(
                    f"It is {'active' if active else 'disabled'}, but its login {login} is"
                    f" {'open' if roles[login] else 'closed'}.",
                    f"`geniai tenant {'add' if active else 'disable'} {slug}`.",
                    slug,
                )
    wanted = {login for slug in tenants for login in list_logins(slug)}
    for login in sorted({*roles, *owners} - wanted):
        slug = login.removeprefix(prefixes[0]).removeprefix(prefixes[1])
        yield Finding(
            f"The login {login} belongs to no tenant.", f"Run `geniai tenant remove {slug}`."
        )


def _read(name: str, **values: Any) -> list[tuple[Any, ...]]:
    """Returns the rows of a query as the administrator."""
    with connect(admin_url()) as connection:
        return connection.execute(query(name), values or None).fetchall()
