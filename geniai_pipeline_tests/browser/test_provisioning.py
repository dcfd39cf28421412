"""Provisioning of Superset: tenants, users, roles and row filters; it is idempotent."""

import io
import re
import time
import zipfile
from typing import Any, NamedTuple

import jwt
import pytest

from geniai_pipeline import administration
from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import Superset, connect_superset
from geniai_pipeline.dashboards.provisioning import (
    ADMIN,
    ASSETS,
    VIEWER,
    _bundle,
    find_wrong_filters,
    find_wrong_roles,
    provision_tenant,
    role_ids,
)
from geniai_pipeline.dashboards.provisioning import STAFF as STAFF_ROLE
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.browser.gyms import FORTE, GYMS, LEVE, PASSWORD, STAFF, VAZIA, number
from geniai_pipeline_tests.conftest import MakeTenant


class Row(NamedTuple):
    tenant_id: int
    slug: str


def test_provisioning_again_changes_nothing(superset: Superset) -> None:
    before = _state(superset)

    administration.provision_all()

    assert _state(superset) == before
    assert len(before["/api/v1/dashboard/"]) == 4


def test_each_tenant_has_a_literal_row_filter_on_every_dataset(superset: Superset) -> None:
    filters = {row["name"]: row for row in superset.all("/api/v1/rowlevelsecurity/")}
    datasets = {row["id"] for row in superset.all("/api/v1/dataset/")}

    for gym in GYMS:
        found = filters[f"tenant_{gym.slug}"]
        assert found["clause"] == f"tenant_id = {number(gym)}"
        assert {table["id"] for table in found["tables"]} == datasets
    nobody = filters["sem_cliente"]
    assert (nobody["filter_type"], nobody["clause"]) == ("Base", "1 = 0")
    exempt = {role["name"] for role in nobody["roles"]}
    slugs = {tenant["slug"] for tenant in registry.describe_tenants()}  # with other tests' tenants
    assert slugs >= {gym.slug for gym in GYMS}
    assert exempt == {"Admin", "platform_staff", *(f"tenant_{slug}" for slug in slugs)}


def test_a_role_reads_the_datasets_of_its_dashboards_and_no_others(
    superset: Superset,
) -> None:
    shown: dict[str, set[str]] = {VIEWER: set(), ADMIN: set(), STAFF_ROLE: set()}
    for dashboard in superset.all("/api/v1/dashboard/"):
        datasets = superset.get(f"/api/v1/dashboard/{dashboard['slug']}/datasets")["result"]
        for role in dashboard["roles"]:
            shown[role["name"]].update(dataset["table_name"] for dataset in datasets)

    roles = role_ids(superset)
    for name, wanted in shown.items():
        granted = superset.get(f"/api/v1/security/roles/{roles[name]}/permissions/")["result"]
        datasets = {
            re.sub(r".*\.\[|\].*", "", entry["view_menu_name"])
            for entry in granted
            if entry["permission_name"] == "datasource_access"
        }
        assert datasets == wanted, name


_RETIRED = "35c9b367-ffda-56e2-8f28-ce9ad577a5bc"
"""The number of a chart that former versions brought."""


def test_a_chart_without_a_file_is_removed_and_a_users_own_chart_stays(
    superset: Superset,
) -> None:
    ours = (ASSETS / "charts" / "notas.yaml").read_text(encoding="utf-8")
    old = re.sub(r"^uuid: .*", f"uuid: {_RETIRED}", ours, flags=re.MULTILINE)
    packed = io.BytesIO(_bundle())
    with zipfile.ZipFile(packed, "a") as bundle:
        bundle.writestr("assets/charts/kpi-leads.yaml", old)
    superset.upload("/api/v1/assets/import/", "bundle", "assets.zip", packed.getvalue())
    dataset = superset.all("/api/v1/dataset/")[0]["id"]
    own = superset.post(
        "/api/v1/chart/",
        {
            "slice_name": "Meu", "viz_type": "table", "params": "{}",
            "datasource_id": dataset, "datasource_type": "table",
        },
    )["id"]  # fmt: skip
    try:
        before = {row["uuid"]: row["id"] for row in superset.all("/api/v1/chart/")}
        assert _RETIRED in before

        administration.provision_all()

        after = {row["uuid"]: row["id"] for row in superset.all("/api/v1/chart/")}
        assert before.keys() - after.keys() == {_RETIRED}
        assert own in after.values()
    finally:
        superset.delete(f"/api/v1/chart/{own}")


def test_an_additional_tenant_costs_no_request_and_no_dashboard_import(
    superset: Superset, make_tenant: MakeTenant
) -> None:
    def requests_of(slug: str) -> list[str]:
        make_tenant(slug)
        number = registry.describe_tenants(slug)[0]["tenant_id"]
        made: list[str] = []
        with connect_superset() as session:
            session._http.event_hooks = {"request": [lambda request: made.append(request.url.path)]}
            assert provision_tenant(session, Row(number, slug))
        return made

    slugs = [f"mais-{i}" for i in range(6)]
    try:
        first, *_, last = [requests_of(slug) for slug in slugs]
        again = requests_of(slugs[0])
        assert len(first) == len(last) <= 8
        assert len(again) == 3, "nothing is written where nothing has changed"
        assert not any("import" in path for path in first)
        assert find_wrong_filters(superset, registry.describe_tenants()) == []
        assert find_wrong_roles(superset) == []
    finally:
        for slug in slugs:
            administration.remove_tenant(slug)
    assert find_wrong_filters(superset, registry.describe_tenants()) == []


def test_a_disabled_user_is_listed_as_such_and_a_new_password_enables_them(
    superset: Superset,
) -> None:
    users.disable_user(superset, VAZIA.viewer)
    assert _person(superset, VAZIA.viewer).active is False

    users.set_password(superset, VAZIA.viewer, PASSWORD)
    assert _person(superset, VAZIA.viewer).active is True


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ({"email": "a@b.c", "role": "viewer", "tenant": None}, "needs a tenant"),
        ({"email": "a@b.c", "role": "superadmin", "tenant": "forte"}, "belongs to no tenant"),
        ({"email": "a@b.c", "role": "owner", "tenant": "forte"}, "no role 'owner'"),
        ({"email": "a@b.c", "role": "viewer", "tenant": "nenhuma"}, "no role tenant_nenhuma"),
        ({"email": FORTE.viewer, "role": "viewer", "tenant": "forte"}, "already exists"),
    ],
)
def test_an_invalid_user_is_refused_with_the_reason(
    superset: Superset, who: dict[str, Any], message: str
) -> None:
    with pytest.raises(PermanentError, match=message):
        users.add_user(superset, who.pop("email"), password=PASSWORD, **who)


def test_users_are_listed_by_tenant_without_the_service_account(superset: Superset) -> None:
    people = {user.email: user for user in users.list_users(superset)}

    assert (people[STAFF].role, people[STAFF].tenant) == ("superadmin", None)
    assert people[LEVE.viewer].tenant == "leve"
    assert "geniai" not in people


def test_disabling_an_unknown_user_is_refused(superset: Superset) -> None:
    with pytest.raises(PermanentError, match="no user"):
        users.disable_user(superset, "ninguem@lugar.nenhum")


def test_a_wrong_password_of_the_service_account_is_a_permanent_error(superset: Superset) -> None:
    with pytest.raises(PermanentError, match="refuses the service account"):
        Superset(superset.base_url, "geniai", "wrong")


def test_a_session_whose_token_has_expired_signs_in_again() -> None:
    with connect_superset() as session:
        headers = session._http.headers
        token = jwt.decode(headers["Authorization"].split()[1], options={"verify_signature": False})
        expired = jwt.encode(token | {"exp": token["iat"] + 1}, get_settings().derive("superset"))
        time.sleep(1)
        headers["Authorization"] = f"Bearer {expired}"

        assert session.all("/api/v1/dashboard/")
        assert headers["Authorization"] != f"Bearer {expired}"


def _person(superset: Superset, email: str) -> users.User:
    return next(user for user in users.list_users(superset) if user.email == email)


def _state(superset: Superset) -> dict[str, list[Any]]:
    """Returns what Superset stores, without the instants of change."""
    lists = {
        "/api/v1/dashboard/": ("id", "slug", "dashboard_title", "roles"),
        "/api/v1/chart/": ("id", "slice_name", "viz_type"),
        "/api/v1/dataset/": ("id", "table_name"),
        "/api/v1/database/": ("id", "database_name"),
        "/api/v1/rowlevelsecurity/": ("id", "name", "clause", "tables", "roles"),
        "/api/v1/security/roles/": ("id", "name"),
        "/api/v1/security/users/": ("id", "username", "roles"),
    }
    return {
        path: sorted(str([row[name] for name in names]) for row in superset.all(path))
        for path, names in lists.items()
    }
