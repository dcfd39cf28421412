"""Measures how fast the receiver answers webhooks, thirty events a second.

An incoming message makes three events, so this is ten messages a second. The events are the
stand-in's, signed; each is stored before it is acknowledged. The peer is the same server in a
process of its own with a route that reads the body, and does and stores nothing.

    python bench/receiver.py                            # a minute
    python bench/receiver.py --seconds 300              # the figures we claim
"""

import argparse
import itertools
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import uvicorn
from _database import temporary_postgres
from _live_world import World, build_world, list_recent, make_tenants, point_settings, serve_world
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatwoot_demo.deliveries import build_headers
from chatwoot_demo.records import Webhook
from chatwoot_demo.versions import Version
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url, connect

PER_SECOND, MESSAGES = 30, 100
_PORTS = iter(port for port in range(26600, 26650) if not is_taken(port))


class Recorder:
    """Takes the place of the stand-in's deliveries, and keeps the events."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def send(self, webhooks: Iterable[Webhook], events: Iterable[Any], version: Version) -> None:
        """Keeps the events instead of posting them."""
        self.bodies += [json.dumps(event, ensure_ascii=False).encode() for event in events]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=30)
    seconds = parser.parse_args().seconds
    table = Table(title=f"{PER_SECOND} events a second, milliseconds until the answer")
    for column in ("server", "p50", "p95", "p99", "longest", "acknowledged", "stored"):
        table.add_column(column, justify="left" if column == "server" else "right")
    world = build_world(1, 1)
    with temporary_postgres(), serve_world(world) as url:
        point_settings(_PORTS)
        make_tenants(world, url)
        account = world.installation.accounts[1]
        bodies, webhook = record_events(world), account.webhooks[0]
        version = world.installation.version
        with run_receiver():
            measured = post(webhook, bodies, version, seconds)
            with connect(admin_url()) as connection:
                row = connection.execute("select count(*) from ops.live_events").fetchone()
            add_row(table, "GeniAI's receiver", measured, f"{row[0]:,}" if row else "")
        with run_peer() as address:
            peer = Webhook(1, address, webhook.subscriptions, webhook.secret)
            add_row(table, "Starlette, nothing stored", post(peer, bodies, version, seconds), "")
    Console(width=120).print(table)


def record_events(world: World) -> list[bytes]:
    """Records the events of some messages."""
    deliveries, recorder = world.installation.deliveries, Recorder()
    world.installation.deliveries = recorder  # type: ignore[assignment]
    record = list_recent(world.installation.accounts[1], 1)[0]
    for number in range(MESSAGES):
        world.write_message(record, f"Oi, quanto custa a mensalidade? ({number})")
    world.installation.deliveries = deliveries
    return recorder.bodies


def post(
    webhook: Webhook, bodies: Sequence[bytes], version: Version, seconds: int
) -> list[tuple[float, bool]]:
    """Posts events at random instants.

    Returns:
        The seconds until each answer, and whether it was 2xx.

    """
    rng, began = random.Random(1), time.perf_counter()
    instants = sorted(rng.uniform(0, seconds) for _ in range(PER_SECOND * seconds))

    with httpx2.Client(trust_env=False, timeout=5) as client, ThreadPoolExecutor(20) as pool:

        def send(instant: float, body: bytes) -> tuple[float, bool]:
            time.sleep(max(began + instant - time.perf_counter(), 0))
            headers = build_headers(webhook, body, time.time(), version)
            sent = time.perf_counter()
            answer = client.post(webhook.url, headers=headers, content=body)
            return time.perf_counter() - sent, answer.is_success

        return [*pool.map(send, instants, itertools.cycle(bodies))]


def add_row(table: Table, name: str, measured: list[tuple[float, bool]], stored: str) -> None:
    """Adds a server's figures."""
    times = [1000 * each for each, _ in measured]
    cuts = statistics.quantiles(times, n=100)
    figures = [f"{each:.1f}" for each in (cuts[49], cuts[94], cuts[98], max(times))]
    acknowledged = sum(is_success for _, is_success in measured)
    table.add_row(name, *figures, f"{acknowledged:,} of {len(measured):,}", stored)


@contextmanager
def run_receiver() -> Iterator[None]:
    """Runs the receiver for the block."""
    command = [sys.executable, "-m", "geniai_pipeline.live.receiver"]
    process = subprocess.Popen(command, env=get_settings().child_environment())
    try:
        wait_for(f"{get_settings().public_url}/webhooks/health")
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def run_peer() -> Iterator[str]:
    """Runs a server that reads and does nothing for the block; returns its address."""
    port = next(_PORTS)
    process = multiprocessing.get_context("spawn").Process(target=serve_peer, args=(port,))
    process.start()
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.join()


def serve_peer(port: int) -> None:
    """Serves the peer until the process ends."""

    async def respond(request: Request) -> Response:
        await request.body()
        return Response()

    app = Starlette(routes=[Route("/", respond, methods=["GET", "POST"])])
    uvicorn.run(app, port=port, log_level="critical")


def wait_for(url: str) -> None:
    """Waits until a server answers."""
    for _ in range(300):
        try:
            httpx2.get(url, trust_env=False)
        except httpx2.ConnectError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} does not answer.")


if __name__ == "__main__":
    main()
