"""The tenants' rows: read by runs as the loader, changed by the command line as administrator."""

from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import (
    BusinessHours,
    Tenant,
    check_color,
    check_slug,
    check_timezone,
    decrypt_token,
    encrypt_token,
    format_business_hours,
    login_name,
    parse_business_hours,
)
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url, tenant_transaction
from geniai_pipeline.warehouse.migrations import set_password


@dataclass(frozen=True)
class TenantConfig:
    """What ``geniai tenant add`` may set; None leaves what is stored, or the default."""

    chatwoot_url: str | None = None
    chatwoot_account_id: int | None = None
    chatwoot_token: str | None = None
    analyzer: str | None = None
    monthly_budget_brl: float | None = None
    external_analysis: bool | None = None
    timezone: str | None = None
    business_hours: BusinessHours | None = None
    converted_labels: list[str] | None = None
    converted_attributes: list[str] | None = None
    brand_color: str | None = None
    brand_logo: str | None = None


def active_slugs() -> list[str]:
    """The slugs of the tenants that are to be synced, in order. The partitions equal these."""
    with connect(role_url("etl_writer")) as connection:
        rows = connection.execute("select slug from ops.tenants where active order by slug")
        return [slug for (slug,) in rows]


def load_tenant(slug: str) -> Tenant:
    """One tenant, as its run needs it.

    Raises:
        PermanentError: there is none of that slug, or its token cannot be decrypted.

    """
    with connect(role_url("etl_writer")) as connection:
        found = connection.execute(
            "select tenant_id from ops.tenants where slug = %s", [slug]
        ).fetchone()
    if found is None:
        raise unknown_tenant(slug)
    with tenant_transaction(found[0]) as connection:
        row = (
            connection.cursor(row_factory=dict_row)
            .execute(
                "select * from ops.tenants join ops.tenant_configs using (tenant_id)"
                " where tenant_id = %s",
                found,
            )
            .fetchone()
        )
    if row is None:
        raise unknown_tenant(slug)
    row["chatwoot_token"] = decrypt_token(row["chatwoot_token"], slug=slug)
    row["timezone"] = ZoneInfo(row["timezone"])
    row["business_hours"] = parse_business_hours(row["business_hours"])
    for name in ("converted_labels", "converted_attributes"):
        row[name] = frozenset(row[name])
    row["monthly_budget_brl"] = float(row["monthly_budget_brl"])
    return Tenant(**{f.name: row[f.name] for f in fields(Tenant)})


def unknown_tenant(slug: str) -> PermanentError:
    """The error for a slug that is not in the registry."""
    return PermanentError(
        f"There is no tenant '{slug}'.",
        mend="`geniai tenant list` shows those there are; `geniai tenant add` makes one.",
        tenant=slug,
    )


def add_tenant(slug: str, name: str, config: TenantConfig) -> bool:
    """Registers a tenant, or changes one: its row, its settings, its Postgres login.

    Idempotent: what is not given stays as it is. One transaction, so that an interrupted call
    leaves nothing half-made.

    Returns:
        Whether the tenant is new.

    Raises:
        PermanentError: a value cannot be used; it says which.

    """
    check_slug(slug)
    values: dict[str, Any] = {
        f.name: getattr(config, f.name)
        for f in fields(TenantConfig)
        if getattr(config, f.name) is not None
    }
    if config.timezone is not None:
        check_timezone(config.timezone)
    if config.brand_color is not None:
        check_color(config.brand_color)
    if config.business_hours is not None:
        values["business_hours"] = Jsonb(format_business_hours(config.business_hours))
    if config.chatwoot_token is not None:
        values["chatwoot_token"] = encrypt_token(config.chatwoot_token)
    with connect(admin_url()) as connection:
        row = connection.execute(
            "insert into ops.tenants (slug, name) values (%s, %s)"
            " on conflict (slug) do update set name = excluded.name, active = true"
            " returning tenant_id, xmax = 0",
            [slug, name],
        ).fetchone()
        assert row is not None  # noqa: S101  (returning always answers)
        tenant_id, is_new = row
        _store_config(connection, tenant_id, values)
        _make_login(connection, slug, tenant_id)
    return bool(is_new)


def _store_config(
    connection: psycopg.Connection[Any], tenant_id: int, values: dict[str, Any]
) -> None:
    columns = ["tenant_id", *values]
    parts = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "values": sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        "tenant_id": sql.Literal(tenant_id),
        "changes": sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(c), sql.Placeholder()) for c in values
        ),
    }
    known = connection.execute(
        "select from ops.tenant_configs where tenant_id = %s", [tenant_id]
    ).fetchone()
    if known is None:
        connection.execute(
            sql.SQL("insert into ops.tenant_configs ({columns}) values ({values})").format(**parts),
            [tenant_id, *values.values()],
        )
    elif values:
        connection.execute(
            sql.SQL(
                "update ops.tenant_configs set {changes}, updated_at = now()"
                " where tenant_id = {tenant_id}"
            ).format(**parts),
            list(values.values()),
        )


def _make_login(connection: psycopg.Connection[Any], slug: str, tenant_id: int) -> None:
    login = login_name(slug)
    role = sql.Identifier(login)
    found = connection.execute("select from pg_roles where rolname = %s", [login]).fetchone()
    if found is None:
        connection.execute(
            sql.SQL(
                "create role {} login nosuperuser nocreatedb nocreaterole nobypassrls"
                " connection limit 20 in role bi_tenant"
            ).format(role)
        )
    set_password(connection, login)
    connection.execute(
        "insert into sec.tenant_logins (role_name, tenant_id) values (%s, %s)"
        " on conflict (role_name) do update set tenant_id = excluded.tenant_id",
        [login, tenant_id],
    )
    timezone = connection.execute(
        "select timezone from ops.tenant_configs where tenant_id = %s", [tenant_id]
    ).fetchone()
    # days on the dashboards are the tenant's own; a chart that runs away is ended
    connection.execute(
        sql.SQL("alter role {} set timezone = {}").format(
            role, sql.Literal(timezone[0] if timezone else "UTC")
        )
    )
    connection.execute(sql.SQL("alter role {} set statement_timeout = '30s'").format(role))
    connection.execute(sql.SQL("alter role {} login").format(role))  # disabled before, perhaps


def set_active(slug: str, active: bool) -> None:
    """Lets a tenant's partitions run and its users see, or stops both. Its data stays.

    Raises:
        PermanentError: there is none of that slug.

    """
    with connect(admin_url()) as connection:
        changed = connection.execute(
            "update ops.tenants set active = %s where slug = %s", [active, slug]
        )
        if not changed.rowcount:
            raise unknown_tenant(slug)
        connection.execute(
            sql.SQL("alter role {} {}").format(
                sql.Identifier(login_name(slug)), sql.SQL("login" if active else "nologin")
            )
        )


def remove_tenant(slug: str) -> None:
    """Deletes a tenant: every row of every table, and its login.

    Raises:
        PermanentError: there is none of that slug.

    """
    role = sql.Identifier(login_name(slug))
    with connect(admin_url()) as connection:
        gone = connection.execute(
            "delete from ops.tenants where slug = %s returning tenant_id", [slug]
        ).fetchone()
        if gone is None:
            raise unknown_tenant(slug)
        connection.execute("delete from raw.messages where tenant_id = %s", gone)
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
            [login_name(slug)],
        )
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


def describe_tenants(slug: str | None = None) -> list[dict[str, Any]]:
    """What an administrator may know of the tenants (no token), in order of their slugs.

    Raises:
        PermanentError: a slug was given and there is none of it.

    """
    with connect(admin_url()) as connection:
        rows = (
            connection.cursor(row_factory=dict_row)
            .execute(
                "select tenant_id, slug, name, active, chatwoot_url, chatwoot_account_id, analyzer,"
                " monthly_budget_brl::float8, external_analysis, timezone, business_hours,"
                " converted_labels, converted_attributes,"
                " brand_color, brand_logo is not null as has_logo, created_at"
                " from ops.tenants left join ops.tenant_configs using (tenant_id)"
                " where slug = coalesce(%s, slug) order by slug",
                [slug],
            )
            .fetchall()
        )
    if slug is not None and not rows:
        raise unknown_tenant(slug)
    return rows
