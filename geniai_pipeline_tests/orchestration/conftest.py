"""Fixtures: a Chatwoot stand-in, a Dagster instance in memory, tenants of both."""

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.syncs import (
    ANCHOR,
    GYM,
    SyncedTenant,
    connection_settings,
)

MakeGym = Callable[[str, DemoServer], SyncedTenant]


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer(anchor=ANCHOR) as server:
        yield server


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def make_gym(make_tenant: MakeTenant, instance: dg.DagsterInstance) -> MakeGym:
    """Registers the sample gym of a stand-in that the test itself starts."""

    def make(slug: str, server: DemoServer) -> SyncedTenant:
        tenant = make_tenant(slug, **connection_settings(server.url))
        return SyncedTenant(tenant, server, instance)

    return make


@pytest.fixture
def gym(
    request: pytest.FixtureRequest,
    make_tenant: MakeTenant,
    chatwoot: DemoServer,
    instance: dg.DagsterInstance,
) -> SyncedTenant:
    slug = "g" + "".join(c for c in request.node.name.lower() if c.isalnum())[-30:]
    tenant = make_tenant(
        slug,
        **connection_settings(chatwoot.url),
        timezone=GYM.timezone,
        converted_labels=[GYM.converted_label],
    )
    return SyncedTenant(tenant, chatwoot, instance)
