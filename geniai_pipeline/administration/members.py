"""Import and removal of a tenant's lists of members."""

from pathlib import Path

from geniai_pipeline.conversations.members import MembersList, read_members
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.warehouse import audit, members, registry
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession


def import_members(
    slug: str, path: Path, *, is_confirmed: bool
) -> tuple[MembersList, members.ListChange]:
    """Imports a list of those who train at the gym now; the file is read and not stored.

    Args:
        slug: the tenant's.
        path: the file's.
        is_confirmed: whether the list may have lost more than a third of its members.

    Raises:
        PermanentError: there is no such tenant, the file cannot be used, or the list has lost so
            many without being confirmed; nothing is stored.

    """
    tenant = registry.load_tenant(slug)
    try:
        listed = read_members(path, read_clock().astimezone(tenant.timezone).date())
        with audit.record_intent(
            "members.import", AuditTenant(tenant.tenant_id, slug), subject=path.name
        ) as after:
            with TenantSession(tenant.tenant_id) as session:
                change = members.store_list(session, listed, is_confirmed=is_confirmed)
            after.update(change._asdict(), rejected=len(listed.rejected))
    except GeniaiError as error:
        error.tenant = slug
        raise
    return listed, change


def remove_member_lists(slug: str) -> int:
    """Deletes all that is stored of a tenant's lists of members.

    Returns:
        How many lists there were.

    Raises:
        PermanentError: there is no such tenant.

    """
    tenant = registry.load_tenant(slug)
    with (
        audit.record_intent(
            "members.remove", AuditTenant(tenant.tenant_id, slug), subject=slug
        ) as after,
        TenantSession(tenant.tenant_id) as session,
    ):
        after["lists"] = lists = members.remove_lists(session)
    return lists
