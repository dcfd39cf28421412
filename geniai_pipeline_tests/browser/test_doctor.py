"""Doctor's checks of Superset: each test removes one protection and restores it."""

import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import role_name
from geniai_pipeline.doctor import dashboards
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE


@pytest.mark.parametrize("change", [{"clause": "1 = 1"}, {"tables": 1}, {"roles": []}])
def test_a_changed_row_filter_is_found(superset: Superset, change: dict[str, object]) -> None:
    stored = superset.all("/api/v1/rowlevelsecurity/")
    own = next(row for row in stored if row["name"] == role_name(FORTE.slug))
    whole = {
        "name": own["name"],
        "filter_type": own["filter_type"],
        "clause": own["clause"],
        "roles": [role["id"] for role in own["roles"]],
        "tables": [table["id"] for table in own["tables"]],
    }
    if "tables" in change:
        change = {"tables": whole["tables"][:1]}
    path = f"/api/v1/rowlevelsecurity/{own['id']}"

    assert list(dashboards.check_row_filters()) == []
    superset.put(path, whole | change)
    try:
        assert [finding.tenant for finding in dashboards.check_row_filters()] == [FORTE.slug]
    finally:
        superset.put(path, whole)
    assert list(dashboards.check_row_filters()) == []


def test_a_connection_with_rights_in_superset_is_found(superset: Superset) -> None:
    assert list(dashboards.check_protections()) == []
    with connect(admin_url(SUPERSET)) as connection:
        (stored,) = connection.execute("select sqlalchemy_uri from dbs").fetchone() or ("",)
        connection.execute(
            "update dbs set sqlalchemy_uri = replace(sqlalchemy_uri, '//bi_none@', '//postgres@')"
        )
    try:
        assert len(list(dashboards.check_protections())) == 1
    finally:
        with connect(admin_url(SUPERSET)) as connection:
            connection.execute("update dbs set sqlalchemy_uri = %s", [stored])
