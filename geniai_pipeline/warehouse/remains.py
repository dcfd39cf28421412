"""Tenant removals under way, and rows and logins left behind by removed tenants."""

from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.logins import drop_logins
from geniai_pipeline.warehouse.queries import query
from geniai_pipeline.warehouse.tables import delete_rows, require_all_rows, tenant_tables


def begin_removal(tenant_id: int, slug: str) -> int:
    """Records that a tenant's removal begins.

    ``list_unfinished_removals`` lists it until it is done.

    Returns:
        The number of that entry of the audit log.

    """
    with connect(admin_url()) as connection:
        return audit.add_entry(
            connection,
            "tenant.remove",
            AuditTenant(tenant_id, slug),
            subject=slug,
            outcome="intended",
        )


def list_unfinished_removals() -> list[str]:
    """Reads the slugs of tenants whose removal was begun and neither finished nor taken back."""
    with connect(admin_url()) as connection:
        rows = connection.execute(query("unfinished_removals")).fetchall()
    return [slug for (slug,) in rows]


def remove_remains(slug: str) -> bool:
    """Deletes the rows and logins that a removed tenant of that slug has left behind.

    Returns:
        Whether there was anything.

    """
    with connect(admin_url()) as connection:
        removed = drop_logins(connection, slug)
        for (tenant_id,) in connection.execute(query("removed_tenants"), [slug]).fetchall():
            require_all_rows(connection, slug)
            removed |= delete_rows(connection, tenant_id)
    return removed


def find_remaining_rows() -> list[tuple[str, int, str | None]]:
    """Finds rows of no tenant, which a run under way may write where no foreign key is.

    Returns:
        The table, the number of the tenant that is gone, and its slug if the audit log has it.

    """
    with connect(admin_url()) as connection:
        return [
            (str(table), *row)
            for table in tenant_tables(connection)
            for row in connection.execute(
                query("remaining_rows").format(table=table.identifier)
            ).fetchall()
        ]
