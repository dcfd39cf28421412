"""The tenant registry: read by runs as the loader, changed by administrators."""

from dataclasses import fields
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_settings import SETTINGS, TenantConfig
from geniai_pipeline.tenants import Tenant, check_slug, decrypt_token
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import admin_url, bind_tenant, connect, role_url
from geniai_pipeline.warehouse.logins import (
    close_logins,
    drop_logins,
    end_connections,
    make_logins,
)
from geniai_pipeline.warehouse.tables import delete_rows, require_all_rows


def read_active_slugs() -> list[str]:
    """Reads the slugs of active tenants, in order. The partitions equal these."""
    with connect(role_url("etl_writer")) as connection:
        rows = connection.execute("select slug from ops.tenants where active order by slug")
        return [slug for (slug,) in rows]


def load_tenant(slug: str) -> Tenant:
    """Reads one tenant, as its run needs it.

    Raises:
        PermanentError: there is none of that slug, or its token cannot be decrypted.

    """
    with connect(role_url("etl_writer")) as connection:
        found = connection.execute(
            "select tenant_id from ops.tenants where slug = %s", [slug]
        ).fetchone()
        if found is None:
            raise build_unknown_tenant_error(slug)
        bind_tenant(connection, found[0])
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
        raise build_unknown_tenant_error(slug)
    row["chatwoot_token"] = decrypt_token(row["chatwoot_token"], slug=slug)
    row |= {name: setting.load(row[name]) for name, setting in SETTINGS.items()}
    return Tenant(**{f.name: row[f.name] for f in fields(Tenant)})


def build_unknown_tenant_error(slug: str) -> PermanentError:
    """Builds the error for a slug that is not in the registry."""
    return PermanentError(
        f"There is no tenant '{slug}'.",
        mend="`geniai tenant list` lists the tenants; `geniai tenant add` creates one.",
        tenant=slug,
    )


def add_tenant(slug: str, name: str, config: TenantConfig) -> bool:
    """Registers or changes a tenant: its row, settings and Postgres logins.

    Idempotent: what is not given stays as it is. One transaction with its line in the audit log, so
    that an interrupted call leaves nothing half-made; a call that changes nothing leaves no line.

    Returns:
        Whether the tenant is new.

    Raises:
        PermanentError: a value cannot be used; it says which.

    """
    check_slug(slug)
    values = _convert_values(config)
    with connect(admin_url()) as connection:
        before = _read_state(connection, slug)
        row = connection.execute(
            "insert into ops.tenants (slug, name) values (%s, %s)"
            " on conflict (slug) do update set name = excluded.name, active = true"
            " returning tenant_id, xmax = 0",
            [slug, name],
        ).fetchone()
        assert row is not None  # noqa: S101  (returning always answers)
        tenant_id, is_new = row
        _store_config(connection, tenant_id, values)
        after = _read_state(connection, slug)
        make_logins(connection, slug, tenant_id, after["timezone"])
        was, now = audit.compare_states(before, after)
        if was or now:
            act = "add" if is_new else "enable" if "active" in now else "change"
            audit.add_entry(
                connection, f"tenant.{act}", AuditTenant(tenant_id, slug),
                subject=slug, before=was, after=now,
            )  # fmt: skip
    return bool(is_new)


def _read_state(connection: psycopg.Connection[Any], slug: str) -> dict[str, Any]:
    """Reads a tenant's state for the audit log; secrets and pictures as digests."""
    row = (
        connection.cursor(row_factory=dict_row)
        .execute(
            "select t.name, t.active, c.* from ops.tenants t"
            " left join ops.tenant_configs c using (tenant_id) where slug = %s",
            [slug],
        )
        .fetchone()
    )
    if row is None:
        return {}
    state = {"name": row["name"], "active": row["active"]}
    for name, setting in SETTINGS.items():
        if setting.audit:
            state[name] = row[name] and setting.audit(row[name])
    return state


def _convert_values(config: TenantConfig) -> dict[str, Any]:
    """Converts the given settings to their columns' values.

    Raises:
        PermanentError: a value cannot be used; it says which.

    """
    given = {name: value for name, value in vars(config).items() if value is not None}
    for name, value in given.items():
        SETTINGS[name].check(value)
    values = {name: SETTINGS[name].store(value) for name, value in given.items()}
    return {n: Jsonb(v) if isinstance(v, dict) else v for n, v in values.items()}


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
                "update ops.tenant_configs set {changes}, updated_at = ops.now()"
                " where tenant_id = {tenant_id}"
            ).format(**parts),
            list(values.values()),
        )


def set_active(slug: str, active: bool) -> None:
    """Enables or disables a tenant's runs and logins. Its data stays.

    Stopped, what runs as the tenant is ended too.

    Raises:
        PermanentError: there is none of that slug.

    """
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select tenant_id, active, coalesce(timezone, 'UTC') from ops.tenants"
            " left join ops.tenant_configs using (tenant_id) where slug = %s for update of tenants",
            [slug],
        ).fetchone()
        if row is None:
            raise build_unknown_tenant_error(slug)
        tenant_id, was_active, timezone = row
        connection.execute("update ops.tenants set active = %s where slug = %s", [active, slug])
        if active:
            make_logins(connection, slug, tenant_id, timezone)
        else:
            close_logins(connection, slug)
        if was_active != active:
            audit.add_entry(
                connection, f"tenant.{'enable' if active else 'disable'}",
                AuditTenant(tenant_id, slug),
                subject=slug, before={"active": was_active}, after={"active": active},
            )  # fmt: skip
    if not active:
        end_connections(slug)


def remove_tenant(slug: str, backup: str = "none", intent_id: int | None = None) -> None:
    """Deletes a tenant: every row of every table but the audit log's, and its logins.

    Args:
        slug: the tenant's.
        backup: where its rows were written before; for the audit log.
        intent_id: the number of the audit log's entry of the intention.

    Raises:
        PermanentError: there is none of that slug, or the administrator's login does not see all
            rows, so that some would stay.

    """
    with connect(admin_url()) as connection:
        require_all_rows(connection, slug)
        before = _read_state(connection, slug)
        gone = connection.execute(
            "delete from ops.tenants where slug = %s returning tenant_id", [slug]
        ).fetchone()
        if gone is None:
            raise build_unknown_tenant_error(slug)
        delete_rows(connection, gone[0])  # what no foreign key ties to it
        drop_logins(connection, slug)
        audit.add_entry(
            connection, "tenant.remove", AuditTenant(gone[0], slug), intent_id=intent_id,
            subject=slug, before=before, after={"backup": backup},
        )  # fmt: skip


def find_audit_tenant(slug: str | None) -> AuditTenant:
    """Finds a tenant by its slug for the audit log; without a slug, the platform.

    Raises:
        PermanentError: there is none of that slug.

    """
    return AuditTenant(describe_tenants(slug)[0]["tenant_id"], slug) if slug else AuditTenant()


def describe_tenants(slug: str | None = None) -> list[dict[str, Any]]:
    """Reads the tenants without their tokens, in order of their slugs.

    Raises:
        PermanentError: a slug was given and there is none of it.

    """
    shown = [
        sql.SQL(setting.shown).format(sql.Identifier(name))
        for name, setting in SETTINGS.items()
        if setting.shown
    ]
    with connect(admin_url()) as connection:
        rows = (
            connection.cursor(row_factory=dict_row)
            .execute(
                sql.SQL(
                    "select tenant_id, slug, name, active, {settings}, created_at"
                    " from ops.tenants left join ops.tenant_configs using (tenant_id)"
                    " where slug = coalesce(%s, slug) order by slug"
                ).format(settings=sql.SQL(", ").join(shown)),
                [slug],
            )
            .fetchall()
        )
    if slug is not None and not rows:
        raise build_unknown_tenant_error(slug)
    return rows
