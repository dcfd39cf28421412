"""Sample gyms: shared ones without changes, and own ones for tests to change."""

from collections.abc import Iterator

import httpx2
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import ANCHOR, GYM, SMALL


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """One that nobody changes."""
    with DemoServer(seed=3, anchor=ANCHOR, requests_per_minute=100_000) as server:
        yield server


@pytest.fixture(scope="module")
def api(server: DemoServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, headers={"Api-Access-Token": GYM.token}) as client:
        yield client


@pytest.fixture(scope="module")
def live() -> Iterator[tuple[DemoServer, httpx2.Client]]:
    """One for tests to change, each a conversation of its own."""
    server = DemoServer(seed=3, anchor=ANCHOR)
    headers = {"api_access_token": SMALL.token}
    base = f"{server.url}/api/v1/accounts/{SMALL.account_id}"
    with server, httpx2.Client(base_url=base, headers=headers) as client:
        yield server, client
