"""A client of the stand-in, with one account that each test fills."""

from collections.abc import Iterator

import pytest
import stamina
from starlette.types import ASGIApp, Receive, Scope, Send

from chatwoot_demo.server import Server
from geniai_pipeline.chatwoot import Client
from geniai_pipeline_tests.support.chatwoot import ACCOUNT, TOKEN, Chatwoot


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Retries as in production, without the pauses between them."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


class Host:
    """One server for all tests, with another Chatwoot behind it each time."""

    url = ""
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert self.app is not None
            await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    host = Host()
    with Server(host) as server:
        host.url = server.url
        yield host


@pytest.fixture
def chatwoot() -> Chatwoot:
    return Chatwoot()


@pytest.fixture
def client(host: Host, chatwoot: Chatwoot) -> Iterator[Client]:
    host.app = chatwoot
    with Client(host.url, ACCOUNT, TOKEN, tenant="azul") as client:
        yield client


@pytest.fixture
def slow_client(host: Host, chatwoot: Chatwoot) -> Iterator[Client]:
    """As the client, at a server whose 15 seconds are less: 600 rows take them."""
    host.app = chatwoot
    chatwoot.row_seconds, chatwoot.limit_seconds = 0.0005, 0.3
    with Client(host.url, ACCOUNT, TOKEN, tenant="azul", slow_seconds=0.2) as client:
        yield client
