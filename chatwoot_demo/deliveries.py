"""Posts events to webhooks: in the background, once each, signed as the version does."""

import asyncio
import hashlib
import hmac
import ipaddress
import json
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent import futures
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx2

from chatwoot_demo.records import Webhook
from chatwoot_demo.versions import Version

_TIMEOUT_SECONDS = 5
_AT_ONCE = 10
"""How many are posted at the same time: Sidekiq's threads."""
_IDLE_SECONDS = 2
"""For how long a connection is kept: less than a receiver does, or posts would be lost."""


@dataclass
class DeliveryFaults:
    """What goes wrong with deliveries: shares from 0 to 1, times in seconds.

    ``drop`` and ``double`` are shares; the second post has an id of its own. Each post waits for
    ``delay``, and for a random time up to ``shuffle`` more, so that later ones overtake it.
    ``refuse_private``: post to public addresses alone, as 4.14.2 does and 4.2.0 does not. The same
    ``seed`` draws the same for the same deliveries.
    """

    drop: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    shuffle: float = 0.0
    refuse_private: bool = False
    seed: int = 1
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Starts the random generator."""
        self._random = Random(self.seed)  # noqa: S311  (faults of a test, not a secret)

    def draw_waits(self) -> list[float]:
        """Draws how long each post of a delivery waits, in seconds; none if it is dropped."""
        draw = self._random.random
        if draw() < self.drop:
            return []
        posts = 2 if draw() < self.double else 1
        return [self.delay + self.shuffle * draw() for _ in range(posts)]


class Deliveries:
    """The posts of one installation, with ``faults`` for tests to replace.

    ``clock`` returns the installation's time in epoch seconds.
    ``outcomes`` counts the posts by what became of them: ``received``, ``refused`` (the receiver
    answered an error), ``lost`` (it did not answer in time, or there is none), ``private`` (its
    address is, and ``refuse_private``), ``dropped``.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.faults = DeliveryFaults()
        self.outcomes: Counter[str] = Counter()
        self._clock = clock
        self._tasks: set[futures.Future[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def send(
        self,
        webhooks: Iterable[Webhook],
        events: Iterable[dict[str, Any]],
        version: Version,
    ) -> None:
        """Posts events to the webhooks that subscribe to them, without waiting.

        The caller holds the installation's lock.
        """
        for event in events:
            receivers = [each for each in webhooks if event["event"] in each.subscriptions]
            if not receivers:
                continue
            # Serialized here, because the records that it refers to change.
            body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
            for webhook in receivers:
                waits = self.faults.draw_waits()
                self.outcomes["dropped"] += not waits
                for wait in waits:
                    self._start(self._post(webhook, body, version, wait))

    def wait(self, seconds: float = 30) -> None:
        """Waits until everything sent so far is out.

        Raises:
            TimeoutError: it is not, after so many seconds.

        """
        if futures.wait([*self._tasks], seconds).not_done:
            raise TimeoutError(f"Deliveries are not out after {seconds} s.")

    def close(self) -> None:
        """Ends the background thread; what is not out is lost."""
        if self._loop is None:
            return
        for task in [*self._tasks]:
            task.cancel()
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None

    def _start(self, post: Coroutine[Any, Any, None]) -> None:
        """Starts a post in the background thread, which begins with the first one."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._slots = asyncio.Semaphore(_AT_ONCE)
            self._client = httpx2.AsyncClient(
                timeout=None,
                limits=httpx2.Limits(max_connections=_AT_ONCE, keepalive_expiry=_IDLE_SECONDS),
                trust_env=False,
            )
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="chatwoot-deliveries", daemon=True
            )
            self._thread.start()
        task = asyncio.run_coroutine_threadsafe(post, self._loop)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, webhook: Webhook, body: bytes, version: Version, wait: float) -> None:
        is_public_only = self.faults.refuse_private and version.has_feature(
            "webhooks to public addresses alone"
        )
        await asyncio.sleep(wait)
        async with self._slots:
            if is_public_only and not await _is_public(webhook.url):
                self.outcomes["private"] += 1
                return
            headers = build_headers(webhook, body, self._clock(), version)
            try:
                answer = await asyncio.wait_for(
                    self._client.post(webhook.url, headers=headers, content=body), _TIMEOUT_SECONDS
                )
            except (httpx2.HTTPError, httpx2.InvalidURL, asyncio.TimeoutError):
                self.outcomes["lost"] += 1
                return
            self.outcomes["received" if answer.is_success else "refused"] += 1


def build_headers(webhook: Webhook, body: bytes, now: float, version: Version) -> dict[str, str]:
    """Builds the headers of a post; ``now`` in epoch seconds is what a new version signs."""
    headers = {"Content-Type": "application/json", "User-Agent": "Ruby"}
    if version.has_feature("webhook names and secrets"):
        timestamp = str(int(now))
        signed = f"{timestamp}.".encode() + body
        digest = hmac.new(webhook.secret.encode(), signed, hashlib.sha256).hexdigest()
        headers |= {
            "X-Chatwoot-Delivery": str(uuid.uuid4()),
            "X-Chatwoot-Timestamp": timestamp,
            "X-Chatwoot-Signature": f"sha256={digest}",
        }
    return headers


async def _is_public(url: str) -> bool:
    """Whether the host has a public address."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(urlsplit(url).hostname, None)
    except socket.gaierror:
        return False
    return any(ipaddress.ip_address(each[4][0]).is_global for each in found)
