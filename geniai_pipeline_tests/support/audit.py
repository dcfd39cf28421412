"""Audit log as the platform's login reads it."""

from typing import Any

from geniai_pipeline.warehouse.connections import admin_url, connect


def read_lines(slug: str) -> list[dict[str, Any]]:
    """Reads a tenant's audit log, oldest first."""
    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select act, actor, outcome, before, after from ops.audit_logs"
            " where tenant = %s order by audit_id",
            [slug],
        ).fetchall()
    names = ("act", "actor", "outcome", "before", "after")
    return [dict(zip(names, row, strict=True)) for row in rows]
