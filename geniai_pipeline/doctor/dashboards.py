"""Checks of Superset: its protections and patches, row filters, permissions and users."""

from collections.abc import Iterator

from geniai_pipeline.dashboards import provisioning, users
from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url

_NO_ACCESS_LOGIN = "bi_none"
_PROVISION = "Start `geniai up` again; it puts back what the registry says."


def check_protections() -> Iterator[Finding]:
    """Checks that hooks and patches are in place and that the stored connection has no rights."""
    with connect_superset() as superset:
        answer = superset.get("/geniai/protections")
    for protection in answer["missing"]:
        yield Finding(
            f"Superset runs without a protection: {protection}.",
            "Start it by `geniai up`, with the released superset/superset_config.py.",
        )
    for fault in answer["patches"]:
        yield Finding(
            f"A patch of Superset is not active: {fault}.",
            "Install the Superset that pyproject.toml names, and start `geniai up` again.",
        )
    with connect(role_url("superset", SUPERSET)) as connection:
        stored = connection.execute(
            "select database_name, sqlalchemy_uri, password is not null from dbs"
        ).fetchall()
    for name, uri, has_password in stored:
        if f"//{_NO_ACCESS_LOGIN}@" not in uri or has_password:
            yield Finding(
                f"Superset's database '{name}' is stored with a login that has rights.",
                _PROVISION,
            )


def check_row_filters() -> Iterator[Finding]:
    """Checks the row filters of tenants and of users without a tenant, on every dataset."""
    with connect_superset() as superset:
        wrong = provisioning.find_wrong_filters(superset, registry.describe_tenants())
    slugs = {provisioning.role_name(t["slug"]): t["slug"] for t in registry.describe_tenants()}
    for name in wrong:
        yield Finding(
            f"Superset's row filter {name} is missing or was changed.",
            _PROVISION,
            slugs.get(name),
        )


def check_permissions() -> Iterator[Finding]:
    """Checks the exact permissions of roles and the readers of dashboards."""
    with connect_superset() as superset:
        roles, titles = (
            provisioning.find_wrong_roles(superset),
            provisioning.find_wrong_readers(superset),
        )
    slugs = {provisioning.role_name(t["slug"]): t["slug"] for t in registry.describe_tenants()}
    for name in roles:
        yield Finding(
            f"Superset's role {name} is missing, or its permissions were changed.",
            _PROVISION,
            slugs.get(name),
        )
    for title in titles:
        yield Finding(f"Superset's dashboard '{title}' is open to other roles.", _PROVISION)


def check_roles() -> Iterator[Finding]:
    """Checks that each tenant has a role and each active user a role with its tenant."""
    slugs = {t["slug"] for t in registry.describe_tenants()}
    with connect_superset() as superset:
        roles = provisioning.role_ids(superset)
        accounts = users.list_users(superset)
    found = {
        name.removeprefix(provisioning.TENANT_ROLE)
        for name in roles
        if name.startswith(provisioning.TENANT_ROLE)
    }
    for slug in sorted(slugs - found):
        yield Finding("Superset has no role for it.", _PROVISION, slug)
    for user in accounts:
        if user.active and (user.role is None or (user.role != "superadmin") != bool(user.tenant)):
            yield Finding(
                f"{user.email} has no role with a tenant, and sees nothing.",
                f"`geniai user change {user.email} --role … --tenant …`, or disable it.",
                user.tenant,
            )
