"""Dagster's webserver behind middleware against CSRF and DNS rebinding.

The webserver has no login and no such protection: it answers any Host and executes a mutation sent
by GET. A page of another site could launch, delete or terminate runs from an operator's browser, or
read everything after DNS rebinding.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.settings import get_settings

HOST = "127.0.0.1"
_LOOPBACK = ("127.0.0.1", "localhost")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """ASGI middleware that passes navigation and requests of the webserver's own pages.

    It refuses other hosts (DNS rebinding), requests and websockets of another origin (CSRF), and
    changes that are not a POST of JSON, which no form of another site can send. It forbids framing.

    Args:
        app: the application behind it.
        public_url: the address at which a proxy serves it, if any.

    """

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        public = urlsplit(public_url or "")
        self._public_origin = f"{public.scheme}://{public.netloc}" if public.netloc else None
        self._hosts = {*_LOOPBACK, *([public.hostname] if public.hostname else [])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a refused request with the reason; passes the others on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if reason := self._find_refusal(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": reason})
            else:
                await PlainTextResponse(f"{reason}\n", 403)(scope, receive, send)
            return

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Frame-Options"] = "DENY"
                headers.append("Content-Security-Policy", "frame-ancestors 'none'")
            await send(message)

        await self._app(scope, receive, send_unframed)

    def _find_refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        with suppress(ValueError):
            if urlsplit(f"//{host}").hostname in self._hosts:
                return self._check_origin(headers, host) or _check_change(scope, headers)
        return "This host name is not one of Dagster's: see GENIAI_DAGSTER_PUBLIC_URL."

    def _check_origin(self, headers: Headers, host: str) -> str | None:
        origin = headers.get("origin")
        own = (f"http://{host}", f"https://{host}", self._public_origin)
        return None if origin is None or origin in own else "The request is of another origin."


def _check_change(scope: Scope, headers: Headers) -> str | None:
    if scope["type"] == "websocket":
        return None
    if scope["method"] in _SAFE_METHODS:
        if scope["path"].endswith("/graphql") and scope["query_string"]:
            return "GraphQL needs POST."
        return None
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if scope["method"] != "POST" or media_type != "application/json":
        return "A change needs a POST of JSON."
    return None


def build_webserver(workspace: WorkspaceProcessContext, public_url: str | None) -> Guard:
    """Builds Dagster's webserver for a loaded workspace, behind the guard."""
    app: Any = create_app_from_workspace_process_context(workspace, lifespan=_lifespan)
    return Guard(app, public_url)


@asynccontextmanager
async def _lifespan(app: ASGIApp) -> AsyncIterator[None]:
    # uvicorn cancels it when a signal ends the server
    with suppress(asyncio.CancelledError):
        yield


def serve(
    workspace: Annotated[Path, typer.Option(help="The file with the code server's address.")],
    port: Annotated[int, typer.Option(help="The port on the loopback address.")],
) -> None:
    """Serve Dagster's pages until a signal ends it."""
    logging.getLogger("dagster-webserver").setLevel(logging.WARNING)
    with (
        open_instance() as dagster,
        WorkspaceProcessContext(
            dagster,
            workspace_load_target=WorkspaceFileTarget([str(workspace)]),
            version=__version__,
        ) as context,
    ):
        app = build_webserver(context, get_settings().dagster_public_url)
        uvicorn.run(app, host=HOST, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(serve)
