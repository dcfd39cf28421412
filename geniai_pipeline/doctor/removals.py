"""Checks for incomplete removals and for remains of removed tenants and users."""

from collections.abc import Iterator

from geniai_pipeline.dashboards import removal
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.orchestration.partitions import read_partitions
from geniai_pipeline.reports.folder import list_report_slugs
from geniai_pipeline.warehouse import people, registry, remains


def check_removals() -> Iterator[Finding]:
    """Checks that removed tenants and users have no remains."""
    for slug in remains.list_unfinished_removals():
        yield Finding(
            "Its removal was begun and not finished.",
            f"`geniai tenant remove {slug}` finishes it; `geniai tenant add {slug}` cancels it.",
            slug,
        )
    slugs = {t["slug"] for t in registry.describe_tenants()}
    for where, found in (
        ("Superset has a role or a row filter", removal.list_tenants()),
        ("Dagster has a partition", read_partitions()),
        ("There are reports", list_report_slugs()),
    ):
        for slug in sorted(found - slugs):
            yield Finding(
                f"{where} for '{slug}', which is not a tenant.",
                f"Run `geniai tenant remove {slug}`.",
            )
    for table, tenant_id, name in remains.find_remaining_rows():
        yield Finding(
            f"The table {table} has rows of the tenant {tenant_id} ({name or 'unknown'}), which was"
            " removed.",
            f"Run `geniai tenant remove {name}`."
            if name
            else f"delete from {table} where tenant_id = {tenant_id};",
        )
    for email in sorted(people.emails() - removal.list_usernames()):
        yield Finding(
            f"The dashboards show {email}, who is not a user.", f"Run `geniai user remove {email}`."
        )
