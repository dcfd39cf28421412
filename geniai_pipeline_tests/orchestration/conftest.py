"""A Chatwoot stand-in, a Dagster instance in memory, and a tenant that both know."""

from collections.abc import Iterator
from datetime import datetime, timezone

import dagster as dg
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.syncs import GYM, SyncedTenant


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        yield server


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


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
        chatwoot_url=chatwoot.url,
        chatwoot_account_id=GYM.account_id,
        chatwoot_token=GYM.token,
        timezone=GYM.timezone,
        converted_labels=[GYM.converted_label],
    )
    return SyncedTenant(tenant, chatwoot, instance)
