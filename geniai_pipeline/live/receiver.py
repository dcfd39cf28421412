"""Receives Chatwoot's webhooks: ``POST /webhooks/{slug}/{token}``.

    python -m geniai_pipeline.live.receiver

Chatwoot sends a delivery once and waits for five seconds. It is answered with 200 when its event is
committed, so that nothing that was answered is lost. Of a delivery only its kind, ids and number
are kept; its address holds a secret, so no request is logged.
"""

import asyncio
import hmac
import logging
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.live.deliveries import RefusedError, check_signature, read_event
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import live
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.webhooks import Sender, load_senders

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
HEALTH = {"service": "geniai live"}
"""The answer of ``/webhooks/health``."""
MOST_BYTES = 2**20
"""A larger delivery is refused. The recorded ones have up to 10 kB."""
RELOAD_SECONDS = 30.0
"""Lifetime of what deliveries are checked by."""
_RETRY_SECONDS = 1.0
_THREADS = 4
"""Deliveries at once in the database, each with a connection of its own."""
_ANSWER_SECONDS = 5.0
"""Chatwoot waits no longer."""
_MOST_REQUESTS = 100
"""At once; more are answered with 503. It bounds the memory that bodies take."""
_DELIVERY_ID_LENGTH = 64
_NOBODY = Sender(tenant_id=0, slug="", account_id=0, token="-" * 43, secret=None)
"""Whom an unknown slug is compared with, so that it takes as long as a wrong token."""


class Receiver:
    """The senders' tokens and the threads that store their events."""

    def __init__(self) -> None:
        self._senders: dict[str, Sender] | None = None
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="receiver")
        self._local = threading.local()

    async def receive(self, request: Request) -> Response:
        """Answers one delivery."""
        try:
            sender = self._find_sender(request)
            body = await asyncio.wait_for(_read_body(request), _ANSWER_SECONDS)
            loop = asyncio.get_running_loop()
            stored = loop.run_in_executor(self._threads, self._take, sender, request, body)
            await asyncio.wait_for(stored, _ANSWER_SECONDS)
        except RefusedError as error:
            # the connection is closed on what it did not read
            return Response(status_code=error.status, headers={"connection": "close"})
        except (TimeoutError, asyncio.TimeoutError, ClientDisconnect):
            return Response(status_code=503, headers={"connection": "close"})
        return Response()

    async def load_senders(self) -> float:
        """Reads by what deliveries are checked; on failure, what was read stays.

        Returns:
            After how many seconds it is to be read again.

        """
        try:
            self._senders = await asyncio.to_thread(load_senders)
        except (GeniaiError, psycopg.Error) as error:
            _log.warning("The webhooks' tokens cannot be read: %s", _describe(error))
            return _RETRY_SECONDS
        return RELOAD_SECONDS

    async def keep_senders(self, wait: float) -> None:
        """Reads them again after so many seconds, and so on."""
        while True:
            await asyncio.sleep(wait)
            wait = await self.load_senders()

    def close(self) -> None:
        """Ends the threads after what they are storing."""
        self._threads.shutdown()

    def _find_sender(self, request: Request) -> Sender:
        if self._senders is None:
            raise RefusedError(503, "the webhooks' tokens were never read")
        sender = self._senders.get(request.path_params["slug"], _NOBODY)
        given = request.path_params["token"].encode()
        if not hmac.compare_digest(given, sender.token.encode()) or sender is _NOBODY:
            raise RefusedError(404, "nobody's address")
        return sender

    def _take(self, sender: Sender, request: Request, body: bytes) -> None:
        """Checks a delivery and stores its event."""
        try:
            if sender.secret is not None:
                check_signature(sender.secret, request.headers, body, time.time())
            delivery_id = _read_delivery_id(request, is_needed=sender.secret is not None)
            event = read_event(body, sender.account_id)
        except RefusedError as error:
            _log.warning("%s: a delivery is refused: %s.", sender.slug, error)
            raise
        if event is None:
            return
        session = self._open_session(sender.tenant_id)
        try:
            live.store_event(
                session,
                kind=event.kind,
                conversation_id=event.conversation_id,
                contact_id=event.contact_id,
                delivery_id=delivery_id,
            )
        except psycopg.IntegrityError:  # the tenant was removed meanwhile
            raise RefusedError(404, "nobody's address") from None
        except (GeniaiError, psycopg.Error) as error:
            _log.warning("%s: an event is not stored: %s", sender.slug, _describe(error))
            raise RefusedError(503, "the event is not stored") from None

    def _open_session(self, tenant_id: int) -> TenantSession:
        """Returns this thread's session, for the tenant's rows."""
        session: TenantSession | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = TenantSession(tenant_id)
        session.tenant_id = tenant_id
        return session


def build_application() -> Starlette:
    """Builds the application of one process."""
    receiver = Receiver()

    @asynccontextmanager
    async def run(application: Starlette) -> AsyncIterator[None]:
        wait = await receiver.load_senders()
        reading = asyncio.create_task(receiver.keep_senders(wait))
        try:
            yield
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            receiver.close()

    application = Starlette(
        routes=[
            Route("/webhooks/health", _answer_health, methods=["GET"]),
            Route("/webhooks/{slug}/{token}", receiver.receive, methods=["POST"]),
        ],
        lifespan=run,
    )
    application.router.redirect_slashes = False  # an answer would repeat the token
    return application


def main() -> None:
    """Serves until a signal ends it."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    uvicorn.run(
        build_application(),
        host=HOST,
        port=get_settings().live_port,
        access_log=False,  # an address holds a tenant's token
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_REQUESTS,
        timeout_graceful_shutdown=5,
    )


async def _answer_health(request: Request) -> Response:
    return JSONResponse(HEALTH)


async def _read_body(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        raise RefusedError(413, "it is too large")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:  # sent in chunks, it names no length
            raise RefusedError(413, "it is too large")
    return bytes(body)


def _read_delivery_id(request: Request, *, is_needed: bool) -> str | None:
    """Reads the number of a delivery, by which it is taken once."""
    number = request.headers.get("x-chatwoot-delivery", "")
    if (is_needed and not number) or len(number) > _DELIVERY_ID_LENGTH:
        raise RefusedError(400, "it has no number of a delivery")
    return number or None


def _describe(error: Exception) -> str:
    """Describes an error without the values that a database's message repeats."""
    return str(error) if isinstance(error, GeniaiError) else type(error).__name__


if __name__ == "__main__":
    main()
