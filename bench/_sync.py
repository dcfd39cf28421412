"""Runs one full sync of a tenant and prints the time and peak memory after each step.

A line has the step, its seconds and the process's peak memory so far, in MB. The sync has a process
of its own, so that the peak is the sync's alone.
"""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import geniai_pipeline.definitions  # noqa: F401  a run has Dagster in its memory too
from geniai_pipeline import chatwoot
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter


def main(slug: str) -> None:
    tenant = registry.load_tenant(slug)
    session = TenantSession(tenant.tenant_id)
    rate_limiter = HostRateLimiter(tenant.chatwoot_url, get_settings().chatwoot_requests_per_minute)

    def report(line: str) -> None:
        return

    def extract() -> object:
        with chatwoot.Client(
            tenant.chatwoot_url, 1, tenant.chatwoot_token, tenant=slug, wait=rate_limiter.wait
        ) as client:
            return extract_conversations(session, slug, client, full=True, report=report)

    steps: dict[str, Callable[[], Any]] = {
        "begin": lambda: None,
        "extract": extract,
        "type": lambda: transform_conversations(tenant, session, slug, report=report),
        "analyse": lambda: analyze_conversations(session, slug, RulesAnalyzer(), report=report),
        "publish": lambda: publish_conversations(tenant, session),
        "roll up": lambda: roll_up(tenant, session, slug),
    }
    for name, step in steps.items():
        started = time.perf_counter()
        step()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(name, time.perf_counter() - started, peak, sep="\t", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
