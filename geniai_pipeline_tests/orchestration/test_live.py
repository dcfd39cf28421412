"""What live changed, as Dagster is told of it."""

from collections.abc import Iterator

import dagster as dg
import pytest

from geniai_pipeline.orchestration.assets import LIVE_STEPS
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.jobs import clean_up
from geniai_pipeline.orchestration.sensors import live_changes
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import live, registry
from geniai_pipeline.warehouse.connections import (
    DAGSTER,
    TenantSession,
    connect,
    role_url,
    tenant_transaction,
)
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Iterator[Tenant]:
    made = make_tenant("reported")
    with TenantSession(made.tenant_id) as session:
        live.open_state(session)
    yield made
    registry.remove_tenant("reported")


def publish(tenant: Tenant) -> None:
    with TenantSession(tenant.tenant_id) as session:
        live.store_change(session, conversations=3, shown=True, lag_seconds=0.4)


def read_reports() -> list[dg.AssetMaterialization]:
    with dg.DagsterInstance.ephemeral() as instance:
        result = live_changes(dg.build_sensor_context(instance=instance))
    events = result.asset_events if isinstance(result, dg.SensorResult) else []
    return [each for each in events if isinstance(each, dg.AssetMaterialization)]


def test_a_change_is_reported_once_in_a_quarter_of_an_hour(tenant: Tenant) -> None:
    assert read_reports() == []
    publish(tenant)
    reports = read_reports()
    assert [each.asset_key.to_user_string() for each in reports] == list(LIVE_STEPS)
    assert {each.partition for each in reports} == {tenant.slug}
    assert reports[0].metadata["conversations_so_far"].value == 3
    publish(tenant)
    assert read_reports() == [], "a message is no event"
    with tenant_transaction(tenant.tenant_id) as connection:
        connection.execute("update ops.live_state set reported_at = now() - interval '16 minutes'")
    assert len(read_reports()) == len(LIVE_STEPS)
    assert read_reports() == []


def test_reports_are_deleted_after_a_week() -> None:
    with open_instance() as dagster:
        for slug in ("old", "new"):
            dagster.report_runless_asset_event(
                dg.AssetMaterialization("daily_metrics", partition=slug)
            )
        with connect(role_url("dagster", DAGSTER)) as connection:
            connection.execute(
                "update event_logs set timestamp = timestamp - interval '8 days'"
                " where run_id = '' and partition = 'old'"
            )
        assert clean_up.execute_in_process(instance=dagster).success
    with connect(role_url("dagster", DAGSTER)) as connection:
        found = connection.execute(
            "select distinct partition from event_logs where partition in ('old', 'new')"
        ).fetchall()
    assert found == [("new",)]
