"""Measures which share of the allowed request rate an extraction reaches at a slow Chatwoot.

The peer is a sequential loop with a new connection per request.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import stamina.instrumentation
from _database import temporary_postgres
from rich.console import Console
from rich.table import Table
from starlette.requests import Request

from chatwoot_demo.gyms import GYMS, Gym
from chatwoot_demo.server import DemoServer
from geniai_pipeline import chatwoot
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter

LATENCY = (0.1, 0.2)
"""Seconds a request takes at least and at most."""
RUNS = ((GYMS[1], 1200), (GYMS[0], 2400))
"""A gym and the requests a minute it is allowed; the second is our default."""
SAMPLE = 100
"""Conversations of the loop: it would take minutes for all of them."""


def main() -> None:
    retries: list[str] = []
    stamina.instrumentation.set_on_retry_hooks([lambda again: retries.append(again.name)])
    table = Table(title=f"Extraction, {LATENCY[0] * 1000:.0f}-{LATENCY[1] * 1000:.0f} ms a request")
    for heading in ("method", "requests", "seconds", "a minute", "of the allowed", "repeated"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    with temporary_postgres(), slow_chatwoot() as server:
        for gym, per_minute in RUNS:
            retries.clear()
            requests, seconds = geniai(server, gym, per_minute)
            rate = requests / seconds * 60
            table.add_row(
                f"GeniAI, {gym.conversations:,} conversations, {per_minute:,} a minute allowed",
                f"{requests:,}",
                f"{seconds:.1f}",
                f"{rate:,.0f}",
                f"{rate / per_minute:.0%}",
                str(len(retries)),
            )
        requests, seconds = read_sequentially(server, RUNS[-1][0])
        rate = requests / seconds * 60
        table.add_row(
            f"one after the other, {SAMPLE} conversations",
            f"{requests:,}",
            f"{seconds:.1f}",
            f"{rate:,.0f}",
            f"{rate / RUNS[-1][1]:.0%}",
            "-",
        )
    Console(width=120).print(table)


def geniai(server: DemoServer, gym: Gym, per_minute: int) -> tuple[int, float]:
    """Runs a first extraction into Postgres; returns requests and seconds."""
    registry.add_tenant(
        gym.slug,
        gym.name,
        TenantConfig(
            chatwoot_url=server.url, chatwoot_account_id=gym.account_id, chatwoot_token=gym.token
        ),
    )
    rate_limiter = HostRateLimiter(server.url, per_minute)
    with (
        chatwoot.Client(
            server.url, gym.account_id, gym.token, tenant=gym.slug, wait=rate_limiter.wait
        ) as client,
        TenantSession(registry.load_tenant(gym.slug).tenant_id) as session,
    ):
        started = time.perf_counter()
        got = extract_conversations(session, "bench", client, full=False, report=lambda line: None)
        seconds = time.perf_counter() - started
    assert got.landed == len(server.world.accounts[gym.account_id].conversations)
    return got.requests, seconds


def read_sequentially(server: DemoServer, gym: Gym) -> tuple[int, float]:
    """Reads the pages, then each conversation's messages; stores nothing."""
    account = f"{server.url}/api/v1/accounts/{gym.account_id}/conversations"
    headers = {"Api-Access-Token": gym.token}
    requests, done, page = 0, 0, 0
    started = time.perf_counter()
    while done < SAMPLE:
        page += 1
        answer = httpx2.get(account, params={"status": "all", "page": page}, headers=headers)
        requests += 1
        for row in answer.json()["data"]["payload"]:
            httpx2.get(f"{account}/{row['id']}/messages", headers=headers)
            requests, done = requests + 1, done + 1
    return requests, time.perf_counter() - started


@contextmanager
def slow_chatwoot() -> Iterator[DemoServer]:
    """Serves the stand-in with its throttle of 3,000 a minute and a delay per response."""

    async def delay_list(request: Request) -> None:
        await asyncio.sleep(random.uniform(*LATENCY))

    with tempfile.TemporaryDirectory() as folder, DemoServer(data=Path(folder)) as server:
        server.faults.append(delay_list)
        yield server


if __name__ == "__main__":
    main()
