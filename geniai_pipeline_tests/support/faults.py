"""Faults between client and stand-in: replaced responses, slow rows, malformed rows."""

import asyncio
import inspect
import json
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatwoot_demo.server import Fault

Edit = Callable[[Request, Any], Any]
"""Takes a request and the JSON that answers it; returns the JSON to send."""

_CONVERSATION_ROWS = re.compile(r"/conversations(/filter|/\d+)?$")


class Faults:
    """An ASGI application around the stand-in, which notes what is requested.

    ``fault`` may answer in the stand-in's place and ``edit`` changes its answers about
    conversations. Of these each row takes ``row_seconds``; what takes longer than ``limit_seconds``
    fails, as behind rack-timeout.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fault: Fault = lambda request: None
        self.edit: Edit | None = None
        self.row_seconds = 0.0
        self.limit_seconds = 15.0
        self.requests: list[str] = []
        self.tokens: list[str | None] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        self.requests.append(f"{request.url.path}?{request.url.query}")
        self.tokens.append(request.headers.get("api-access-token"))
        outcome = self.fault(request)
        response = await outcome if inspect.isawaitable(outcome) else outcome
        if response is None and _CONVERSATION_ROWS.search(request.url.path):
            response = await self._rows_response(request)
        await (response or self.app)(scope, receive, send)

    async def _rows_response(self, request: Request) -> Response | None:
        if not self.edit and not self.row_seconds:
            return None
        started = time.perf_counter()
        response = await _response(self.app, request)
        if response.status_code != 200:
            return response
        body = json.loads(bytes(response.body))
        seconds = self.row_seconds * len(rows_in(body))
        elapsed = time.perf_counter() - started
        await asyncio.sleep(min(seconds, self.limit_seconds) - elapsed)
        if seconds > self.limit_seconds:
            return fails()
        # Not Starlette's own JSON: that refuses lone surrogates and NaN, which odd rows may have.
        edited = json.dumps(self.edit(request, body)) if self.edit else response.body
        return Response(edited, headers={"date": response.headers["date"]})


async def _response(app: ASGIApp, request: Request) -> Response:
    """The application's whole response to the request."""
    response, body = Response(), bytearray()

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code = message["status"]
            response.raw_headers = [*message["headers"]]
        else:
            body.extend(message.get("body", b""))

    await app(request.scope, request.receive, collect)
    response.body = bytes(body)
    return response


def rows_in(body: Any) -> list[Any]:
    """Returns the conversations in a response of the list, the filter or a single conversation."""
    envelope = body.get("data", body)
    rows: list[Any] = envelope.get("payload", [envelope])
    return rows


def replace_fields(fields: dict[int, dict[str, Any]]) -> Edit:
    """Returns an edit of conversations' rows, by id."""

    def edit(_: Request, body: Any) -> Any:
        for row in rows_in(body):
            row |= fields.get(row["id"], {})
        return body

    return edit


def replace_count(change: Callable[[int], Any]) -> Edit:
    """Returns an edit of a list's conversation count."""

    def edit(request: Request, body: Any) -> Any:
        if request.url.path.endswith("/conversations"):
            meta = body["data"]["meta"]
            meta["all_count"] = change(meta["all_count"])
        return body

    return edit


def fails(_: Request | None = None) -> Response:
    """Returns a server error with Chatwoot's message."""
    return JSONResponse({"status": 500, "error": "Internal Server Error"}, 500)


def at_first(
    times: int, fault: Callable[[Request], Response]
) -> Callable[[Request], Response | None]:
    """Applies a fault to the first requests of each address, so many times."""
    counts: Counter[str] = Counter()

    def answer(request: Request) -> Response | None:
        counts[str(request.url)] += 1
        return fault(request) if counts[str(request.url)] <= times else None

    return answer


def gzipped(*pieces: tuple[bytes, int]) -> Response:
    """Returns repeated pieces, compressed as Chatwoot's proxy does."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    packed = bytearray()
    for piece, times in pieces:
        for _ in range(times):
            packed += packer.compress(piece)
    packed += packer.flush()
    return Response(bytes(packed), headers={"content-encoding": "gzip"})
