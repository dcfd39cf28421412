"""HTTP server: routes, tokens, error bodies, the throttle, and faults on demand."""

import asyncio
import contextlib
import inspect
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timezone
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatwoot_demo import api, auth, lists
from chatwoot_demo.installation import Installation
from chatwoot_demo.versions import NEWEST
from chatwoot_demo.world import World

Fault = Callable[[Request], Response | Awaitable[Response | None] | None]
"""Consulted before a request is served: None lets it pass, a response is sent instead.

An async one may sleep first. ``Response(b'{"data"', headers={"content-length": "900"})`` breaks
off in the middle of its body.
"""


SILENCE = b"OggS" + bytes(6_000)
"""The file of every voice message: the beginning of an Ogg file, and nothing to be heard."""


class Middleware:
    """ASGI middleware before the routes: faults, then rack-attack's throttles.

    Windows are whole minutes of the epoch. Unlike a real Chatwoot this one throttles the loopback
    address too, or no test would reach the throttle.
    """

    def __init__(
        self, app: ASGIApp, installation: Installation, faults: list[Fault], per_minute: int
    ) -> None:
        self._app = app
        self._installation = installation
        self._faults = faults
        self._per_minute = per_minute
        self._minute = 0
        self._counts: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["path"] = scope["path"].rstrip("/") or "/"
        request = Request(scope, receive)
        response = await self._fault(request) or self._throttle(request)
        await (response or self._app)(scope, receive, self._add_date(send))

    async def _fault(self, request: Request) -> Response | None:
        for fault in list(self._faults):
            outcome = fault(request)
            response = await outcome if inspect.isawaitable(outcome) else outcome
            if response is not None:
                return response
        return None

    def _throttle(self, request: Request) -> Response | None:
        path = request.url.path
        if path == "/health":
            return None
        minute = int(time.time() // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        client = request.client.host if request.client else ""
        limits = [(client, self._per_minute)]
        if path.endswith("/conversations/meta"):
            limits.append((f"{auth.api_token(request)} {path}", 30))
        for key, _ in limits:
            self._counts[key] += 1
        if any(self._counts[key] > limit for key, limit in limits):
            return PlainTextResponse("Retry later\n", 429)
        return None

    def _add_date(self, send: Send) -> Send:
        """Add a Date header with the installation's time, which need not be the machine's."""

        async def send_dated(message: Any) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self._installation.now(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        return send_dated


def application(
    installation: Installation,
    *,
    pace: float = 0,
    faults: list[Fault] | None = None,
    requests_per_minute: int = 3000,
) -> ASGIApp:
    """The server as an ASGI application; a world ticks every ``pace`` seconds, never if 0."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ticking = None
        if pace and isinstance(installation, World):
            ticking = asyncio.create_task(_ticks(installation, pace))
        yield
        if ticking:
            ticking.cancel()
        await asyncio.to_thread(installation.deliveries.close)

    async def respond_404(request: Request, error: Exception) -> Response:
        return auth.json_response({"status": 404, "error": "Not Found"}, 404)

    async def export_list(request: Request) -> Response:
        account = installation.accounts.get(request.path_params["account"])
        write = _LISTS.get(request.path_params["name"])
        if account is None or write is None:
            raise HTTPException(404)
        return PlainTextResponse(write(account, installation.now()), media_type="text/csv")

    async def redirect_file(request: Request) -> Response:
        return RedirectResponse(request.url.path.replace("/blobs/redirect/", "/disk/"), 302)

    async def send_file(request: Request) -> Response:
        return Response(SILENCE, media_type="audio/ogg")

    async def fail(request: Request, error: Exception) -> Response:
        return auth.json_response({"status": 500, "error": "Internal Server Error"}, 500)

    routes = [
        Route(path, auth.endpoint(installation, handler, opens=opens), methods=[method])
        for opens, table in ((True, api.OPEN_ROUTES), (False, api.ROUTES))
        for method, path, handler in table
    ]
    for place, serve_file in (("blobs/redirect", redirect_file), ("disk", send_file)):
        routes.append(Route(f"/rails/active_storage/{place}/{{digest}}/{{name}}", serve_file))
    # no part of Chatwoot: what the gym's own system exports
    routes.append(Route("/lists/{account:int}/{name}.csv", export_list))
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            404: respond_404,
            405: respond_404,
            HTTPException: respond_404,
            Exception: fail,
        },
    )
    app.router.redirect_slashes = False
    return Middleware(app, installation, faults if faults is not None else [], requests_per_minute)


_LISTS = {"members": lists.members_csv, "sales": lists.sales_csv}


async def _ticks(world: World, pace: float) -> None:
    while True:
        await asyncio.sleep(pace)
        world.tick()


ServerT = TypeVar("ServerT", bound="Server")


class Server:
    """An application served by this process on the loopback address: a context manager with its
    ``url``. ``port`` 0 takes a free one."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", date_header=False, access_log=False)
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="chatwoot-demo", daemon=True
        )

    def __enter__(self: ServerT) -> ServerT:
        """Start, and return once it answers."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and wait until it has."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()


class DemoServer(Server):
    """The sample gyms, served by this process: ``url``, ``world``, ``faults``.

    ``data`` is the folder of its event log, none if None; ``seed``, ``anchor``, ``version`` as in
    ``World``; ``pace`` 0 freezes it, so that only the test changes anything.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        data: Path | None = None,
        seed: int | None = None,
        anchor: datetime | None = None,
        version: str = NEWEST,
        pace: float = 0,
        requests_per_minute: int = 3000,
    ) -> None:
        if anchor is not None and anchor.tzinfo is None:
            anchor = anchor.replace(tzinfo=timezone.utc)
        self.faults: list[Fault] = []
        self.world = World(
            data, seed=seed, anchor=anchor.timestamp() if anchor else None, version=version
        )
        app = application(
            self.world, pace=pace, faults=self.faults, requests_per_minute=requests_per_minute
        )
        super().__init__(app, port)


def serve(world: World, *, host: str, port: int, pace: float) -> None:
    """Serve the world in the foreground until interrupted."""
    app = application(world, pace=pace)
    uvicorn.run(app, host=host, port=port, log_level="warning", date_header=False, access_log=False)
