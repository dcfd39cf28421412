"""Checks of an installation; each check examines one subject and yields findings with remedies.

A new check is a function in ``CHECKS``. A check that cannot run, because its subject is down,
becomes a finding itself.
"""

from collections.abc import Callable, Iterator

from geniai_pipeline.doctor import analysis, dashboards, database, live, removals, service
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.errors import GeniaiError

__all__ = ["CHECKS", "Finding", "examine"]

CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "secrets": service.check_secrets,
    "files": service.check_files,
    "disk": service.check_disk,
    "database": database.check_server,
    "policies": database.check_policies,
    "rights": database.check_rights,
    "grants": database.check_grants,
    "logins": database.check_tenant_logins,
    "own changes": database.check_own_changes,
    "databases": database.check_databases,
    "chatwoot": service.check_chatwoots,
    "bots": service.check_bots,
    "openai": analysis.check_openai,
    "freshness": service.check_freshness,
    "live": live.check_live,
    "dagster": service.check_dagster,
    "superset": dashboards.check_protections,
    "row filters": dashboards.check_row_filters,
    "permissions": dashboards.check_permissions,
    "roles": dashboards.check_roles,
    "removals": removals.check_removals,
}


def examine() -> list[tuple[str, Finding]]:
    """Runs every check; a healthy installation has no findings.

    Returns:
        The check's name with each finding, in the order of the checks.

    """
    found: list[tuple[str, Finding]] = []
    for name, check in CHECKS.items():
        try:
            found += [(name, finding) for finding in check()]
        except GeniaiError as error:
            found.append((name, Finding(error.what, error.mend, error.tenant)))
    return found
