"""Runs of a tenant in this process: real assets, a real database, a Chatwoot stand-in."""

from datetime import datetime, timezone
from typing import Any

import dagster as dg

from chatwoot_demo.gyms import GYMS, Gym
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration import assets
from geniai_pipeline.orchestration.jobs import FULL_SWEEP
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import tenant_transaction

GYM = GYMS[-1]
ANCHOR = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
"""Start of a stand-in whose data must not depend on the day of the test."""
ASK = "Oi, quanto custa a mensalidade? Quero muito fazer uma aula experimental"
ALL = [
    assets.chatwoot_raw,
    assets.audio_transcriptions,
    assets.conversations,
    assets.conversation_analysis,
    assets.conversations_analytics,
    assets.daily_metrics,
]


def connection_settings(url: str, account: Gym = GYM) -> dict[str, Any]:
    """Returns the settings that connect a tenant to an account of the stand-in."""
    return {
        "chatwoot_url": url,
        "chatwoot_account_id": account.account_id,
        "chatwoot_token": account.token,
    }


class SyncedTenant:
    """A tenant connected to the stand-in, and its runs."""

    def __init__(self, tenant: Tenant, server: DemoServer, instance: dg.DagsterInstance) -> None:
        self.tenant, self.server, self.instance = tenant, server, instance
        instance.add_dynamic_partitions("tenant", [tenant.slug])

    def sync(self, *, full: bool = False) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            ALL,
            partition_key=self.tenant.slug,
            instance=self.instance,
            resources=defs.resources,
            run_config=FULL_SWEEP if full else {},
            tags={"geniai/interactive": "true"},
            raise_on_error=False,
        )

    def row(self, result: dg.ExecuteInProcessResult) -> dict[str, Any]:
        return runs.read_progress([result.run_id])[result.run_id]

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with tenant_transaction(self.tenant.tenant_id) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def conversations(self) -> dict[int, DemoConversation]:
        return self.server.world.accounts[GYM.account_id].conversations
