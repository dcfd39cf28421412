"""Idempotent provisioning of Superset: assets, roles, permissions and row filters."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.settings import ROOT

# Permission roles. None starts with TENANT_ROLE, so no slug can collide with them.
VIEWER, ADMIN, STAFF, SUPERSET_ADMIN = (
    "dashboard_viewer", "dashboard_admin", "platform_staff", "Admin",
)  # fmt: skip
TENANT_ROLE = "tenant_"
ASSETS = ROOT / "superset" / "assets"
_UUID = re.compile(r"^uuid: (\S+)", re.MULTILINE)
_NOBODY_FILTER = "sem_cliente"
_ROLES, _FILTERS = "/api/v1/security/roles/", "/api/v1/rowlevelsecurity/"
_DATASET = re.compile(r"\[[^]]*\]\.\[([^]]*)\]\(id:\d+\)")
"""Superset's name of a dataset in a permission: ``[geniai].[daily](id:1)``."""

# Each is needed: without it, a user's action fails (browser/test_permissions.py).
_READER = {
    "Api": ["can_time_range"],
    "Chart": ["can_read"],
    "CurrentUserRestApi": ["can_read", "can_write"],  # their own name and password
    "Dashboard": ["can_read"],
    "DashboardFilterStateRestApi": ["can_read", "can_write"],
    "Superset": ["can_dashboard", "can_log"],
    "user": ["can_read"],
}
_EXPORTER = {"Superset": ["can_csv"]}
# A page logs after its session has ended, too. A refusal would set a new session cookie, which
# overwrites the cookie of a quick sign-in.
_PUBLIC = {"Superset": ["can_log"]}

_ADMINS_DATASETS = {"people", "audit", "etl_runs"}
_STAFFS_DATASETS = {"clients"}
"""All roles read the other datasets."""

_DASHBOARD_READERS = {
    "painel": (VIEWER, ADMIN, STAFF),
    "lead": (VIEWER, ADMIN, STAFF),
    "administracao": (ADMIN, STAFF),
    "plataforma": (STAFF,),
}


class TenantRow(Protocol):
    """The fields of a tenant that provisioning needs."""

    @property
    def tenant_id(self) -> int:
        """Its key in every table."""

    @property
    def slug(self) -> str:
        """Its short name in logins and roles."""


@dataclass(frozen=True)
class _Filter:
    """A row filter, comparable with a stored one."""

    name: str
    kind: str
    clause: str
    roles: frozenset[int]
    tables: frozenset[int]

    def body(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "filter_type": self.kind,
            "clause": self.clause,
            "roles": sorted(self.roles),
            "tables": sorted(self.tables),
        }


def provision(superset: Superset, tenants: Iterable[TenantRow]) -> None:
    """Synchronizes Superset with the repository and the registry. Writes only differences.

    Raises:
        GeniaiError: Superset does not answer, or refuses a request.

    """
    superset.upload("/api/v1/assets/import/", "bundle", "assets.zip", _bundle())
    _remove_retired(superset)
    roles = _provision_roles(superset)
    slugs = {tenant.slug: tenant.tenant_id for tenant in tenants}
    for slug in slugs:
        if role_name(slug) not in roles:
            roles[role_name(slug)] = _make_role(superset, role_name(slug))
    _provision_filters(superset, slugs, roles)
    _provision_readers(superset, roles)


def provision_tenant(superset: Superset, tenant: TenantRow) -> bool:
    """Creates one tenant's role and row filter; the number of requests is constant.

    Returns:
        Whether it is done; False: ``provision`` has not run yet.

    """
    nobody = _find(superset, _FILTERS, _NOBODY_FILTER)
    if nobody is None:
        return False
    name = role_name(tenant.slug)
    known = _find(superset, _ROLES, name)
    role = known["id"] if known else _make_role(superset, name)
    tables = frozenset(table["id"] for table in nobody["tables"])
    exempt = frozenset(own["id"] for own in nobody["roles"]) | {role}
    _provision_filter(superset, nobody, _Filter(_NOBODY_FILTER, "Base", "1 = 0", exempt, tables))
    own = _build_tenant_filter(tenant.slug, tenant.tenant_id, role, tables)
    _provision_filter(superset, _find(superset, _FILTERS, name), own)
    return True


def role_name(slug: str) -> str:
    """Returns the Superset role of a tenant's users; ``geniai_superset/tenancy.py`` reads it."""
    return f"{TENANT_ROLE}{slug}"


def role_ids(superset: Superset) -> dict[str, int]:
    """Reads every role's id by its name."""
    return {role["name"]: role["id"] for role in superset.all(_ROLES)}


def _bundle() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(ASSETS.rglob("*.yaml")):
            bundle.write(path, f"assets/{path.relative_to(ASSETS)}")
    return packed.getvalue()


def _remove_retired(superset: Superset) -> None:
    """Deletes assets of an earlier version that no file contains; users' own assets stay."""
    released = set((ASSETS / "released.txt").read_text(encoding="utf-8").split())
    retired = released - {
        uuid
        for path in ASSETS.rglob("*.yaml")
        for uuid in _UUID.findall(path.read_text(encoding="utf-8"))
    }
    for kind in ("dashboard", "chart", "dataset"):  # each before the kind it refers to
        for row in superset.all(f"/api/v1/{kind}/"):
            path = f"/api/v1/{kind}/{row['id']}"
            if row["uuid"] in retired and not (kind == "dataset" and _is_used(superset, path)):
                superset.delete(path)


def _is_used(superset: Superset, dataset_path: str) -> bool:
    """Whether a chart reads the dataset; such a chart is a user's own."""
    return bool(superset.get(f"{dataset_path}/related_objects")["charts"]["count"])


def _provision_roles(superset: Superset) -> dict[str, int]:
    """Creates the permission roles and sets their permissions; tenant roles select the rows."""
    stored = _read_roles(superset)
    roles = role_ids(superset)
    for name, permissions in _find_permissions(superset, roles).items():
        if name not in roles:
            roles[name] = _make_role(superset, name)
        if stored.get(name, set()) != permissions:
            path = f"/api/v1/security/roles/{roles[name]}/permissions"
            superset.post(path, {"permission_view_menu_ids": sorted(permissions)})
    return roles


def find_wrong_roles(superset: Superset) -> list[str]:
    """Lists the roles that are missing or whose permissions differ from ``provision``."""
    stored = _read_roles(superset)
    wanted = _find_permissions(superset, stored)
    return [name for name, permissions in wanted.items() if stored.get(name) != permissions]


def _find_permissions(superset: Superset, roles: Iterable[str]) -> dict[str, set[int]]:
    """Builds each role's permission ids; a tenant's role has none."""
    known = {
        (entry["view_menu"]["name"], entry["permission"]["name"]): entry["id"]
        for entry in superset.all("/api/v1/security/permissions-resources/")
    }
    datasets = {
        match[1]: number
        for (view, act), number in known.items()
        if act == "datasource_access" and (match := _DATASET.fullmatch(view))
    }
    reader = _numbers(known, _READER)
    exporter = reader | _numbers(known, _EXPORTER)
    own = {number for name, number in datasets.items() if name not in _STAFFS_DATASETS}
    shared = own - {datasets[name] for name in _ADMINS_DATASETS}
    tenants: dict[str, set[int]] = {n: set() for n in roles if n.startswith(TENANT_ROLE)}
    return tenants | {
        VIEWER: reader | shared,
        ADMIN: exporter | own,
        STAFF: exporter | set(datasets.values()),
        "Public": _numbers(known, _PUBLIC),
    }


def _read_roles(superset: Superset) -> dict[str, set[int]]:
    return {
        role["name"]: set(role["permission_ids"])
        for role in superset.all("/api/v1/security/roles/search/")
    }


def _numbers(known: dict[tuple[str, str], int], wanted: dict[str, list[str]]) -> set[int]:
    return {known[view, act] for view, acts in wanted.items() for act in acts}


def _make_role(superset: Superset, name: str) -> int:
    number: int = superset.post(_ROLES, {"name": name})["id"]
    return number


def _provision_filters(superset: Superset, tenants: dict[str, int], roles: dict[str, int]) -> None:
    stored = {row["name"]: row for row in superset.all(_FILTERS)}
    for rule in _build_filters(superset, tenants, roles):
        _provision_filter(superset, stored.get(rule.name), rule)


def _provision_filter(superset: Superset, stored: dict[str, Any] | None, rule: _Filter) -> None:
    if stored is None:
        superset.post(_FILTERS, rule.body())
    elif _parse_filter(stored) != rule:
        superset.put(f"{_FILTERS}{stored['id']}", rule.body())


def find_wrong_filters(superset: Superset, tenants: Iterable[dict[str, Any]]) -> list[str]:
    """Lists the row filters that are missing or differ from ``provision``."""
    stored = {row["name"]: row for row in superset.all(_FILTERS)}
    roles = role_ids(superset)
    slugs = {t["slug"]: t["tenant_id"] for t in tenants if role_name(t["slug"]) in roles}
    return [
        rule.name
        for rule in _build_filters(superset, slugs, roles)
        if rule.name not in stored or _parse_filter(stored[rule.name]) != rule
    ]


def _build_filters(
    superset: Superset, tenants: dict[str, int], roles: dict[str, int]
) -> list[_Filter]:
    """Builds one literal clause per tenant, and a filter without rows for all other users.

    Postgres' policies select a login's rows; row filters are the second barrier, in Superset.
    """
    tables = frozenset(row["id"] for row in superset.all("/api/v1/dataset/"))
    staff = frozenset({roles[SUPERSET_ADMIN], roles[STAFF]})
    everyone = frozenset(number for name, number in roles.items() if name.startswith(TENANT_ROLE))
    nobody = _Filter(_NOBODY_FILTER, "Base", "1 = 0", everyone | staff, tables)
    return [nobody] + [
        _build_tenant_filter(slug, tenant_id, roles[role_name(slug)], tables)
        for slug, tenant_id in tenants.items()
    ]


def _build_tenant_filter(slug: str, tenant_id: int, role: int, tables: frozenset[int]) -> _Filter:
    clause = f"tenant_id = {tenant_id:d}"
    return _Filter(role_name(slug), "Regular", clause, frozenset({role}), tables)


def _find(superset: Superset, path: str, name: str) -> dict[str, Any] | None:
    """Reads the row of a list by its name."""
    found = superset.get(f"{path}?q=(filters:!((col:name,opr:eq,value:{name})))")["result"]
    return found[0] if found else None


def _parse_filter(row: dict[str, Any]) -> _Filter:
    return _Filter(
        row["name"],
        row["filter_type"],
        row["clause"],
        frozenset(role["id"] for role in row["roles"]),
        frozenset(table["id"] for table in row["tables"]),
    )


def _provision_readers(superset: Superset, roles: dict[str, int]) -> None:
    for dashboard, wanted in _find_wrong_readers(superset, roles):
        superset.put(f"/api/v1/dashboard/{dashboard['id']}", {"roles": sorted(wanted)})


def find_wrong_readers(superset: Superset) -> list[str]:
    """Lists the titles of dashboards whose reader roles differ from ``provision``."""
    wrong = _find_wrong_readers(superset, role_ids(superset))
    return [dashboard["dashboard_title"] for dashboard, _ in wrong]


def _find_wrong_readers(
    superset: Superset, roles: dict[str, int]
) -> Iterator[tuple[dict[str, Any], set[int]]]:
    """Yields each of these dashboards with the ids of its intended reader roles."""
    for dashboard in superset.all("/api/v1/dashboard/"):
        names = _DASHBOARD_READERS.get(dashboard["slug"], ())
        wanted = {roles[name] for name in names}
        if {role["id"] for role in dashboard["roles"]} != wanted:
            yield dashboard, wanted
