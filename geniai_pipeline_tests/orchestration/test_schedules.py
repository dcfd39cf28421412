"""Schedules and partitions follow the tenant registry."""

from datetime import datetime, timezone
from typing import Any

import dagster as dg
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline.orchestration.schedules import every_six_hours
from geniai_pipeline.orchestration.sensors import tenant_partitions
from geniai_pipeline.warehouse import registry, runs
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("embedded")


def test_the_partitions_follow_the_registry(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    make_tenant("arrives")
    make_tenant("leaves")
    registry.set_active("leaves", False)
    instance.add_dynamic_partitions("tenant", ["leaves"])
    context = dg.build_sensor_context(instance=instance)
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.scheduler")
    tick = tenant_partitions(context)
    assert runs.status()[0]["next_run_at"] is not None  # the daemon lives, and says so
    assert isinstance(tick, dg.SensorResult)
    requests = tick.dynamic_partitions_requests or []
    added = {
        k
        for r in requests
        if isinstance(r, dg.AddDynamicPartitionsRequest)
        for k in r.partition_keys
    }
    gone = {
        k
        for r in requests
        if isinstance(r, dg.DeleteDynamicPartitionsRequest)
        for k in r.partition_keys
    }
    assert "arrives" in added
    assert gone == {"leaves"}


def test_the_schedule_requests_one_run_per_tenant_with_its_own_run_key(
    make_tenant: MakeTenant, chatwoot: DemoServer, instance: dg.DagsterInstance
) -> None:
    for slug in registry.read_active_slugs():
        make_tenant(slug, chatwoot_url=chatwoot.url)
    make_tenant("punctual", chatwoot_url=chatwoot.url)
    instance.add_dynamic_partitions("tenant", registry.read_active_slugs())
    moment = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=moment)
    requests: list[Any] = list(every_six_hours(context))  # type: ignore[arg-type]
    assert [request.partition_key for request in requests] == registry.read_active_slugs()
    assert len({request.run_key for request in requests}) == len(requests)
