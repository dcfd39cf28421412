"""A rate limiter that learns the provider's limits from its response headers.

Every request is reserved by number and by tokens, at a `RateLimiter`. For tenants' runs that is one
row of Postgres: three runs on one key share its limits, in any number of processes
(`warehouse.llm`). Calls follow evenly; idle time is made up for, up to `BURST_SECONDS`.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple, Protocol

from geniai_pipeline.gcra import apply_gcra, emission_interval

SHARE = 0.98
"""Of the limit that we use: the provider's clock and count differ a little from ours."""
BURST_SECONDS = 5
_AHEAD_SECONDS = 0.5
"""How far ahead calls are reserved: one look into Postgres takes less; more would starve others."""
_LOW_SHARE = 0.03
_HOLD_SECONDS = 2.0
_MINUTE_LIMIT_SECONDS = 120
"""A limit that needs longer than so many seconds to refill is one of the day."""


@dataclass(frozen=True)
class Limits:
    """What a key may do in a minute; None: no limit is known."""

    requests: int | None
    tokens: int | None


USUAL = Limits(500, 200_000)
"""OpenAI's lowest paid tier: for a provider that names no limits."""


class Reservation(NamedTuple):
    """When the first of some requests may go, in seconds from now, and how the others follow."""

    request_wait: float
    token_wait: float
    limits: Limits


class RateLimiter(Protocol):
    """Grants the instants of calls; may block, so it is called from a thread."""

    def reserve(self, requests: int, tokens: int) -> Reservation | None:
        """Reserves the next free instants; None: no limits are known yet."""

    def learn(self, limits: Limits) -> None:
        """Keeps what the provider says its limits are."""

    def hold(self, seconds: float) -> None:
        """Holds all calls for so long."""


class LocalRateLimiter:
    """Grants the instants of this process's calls alone."""

    def __init__(self) -> None:
        self._limits: Limits | None = None
        self._free = [float("-inf"), float("-inf")]
        self._lock = Lock()

    def reserve(self, requests: int, tokens: int) -> Reservation | None:
        """Reserves the next free instants of this process."""
        with self._lock:
            if self._limits is None:
                return None
            now, waits = time.monotonic(), []
            limits = (self._limits.requests, self._limits.tokens)
            for i, (units, limit) in enumerate(zip((requests, tokens), limits, strict=True)):
                wait, self._free[i] = apply_gcra(
                    self._free[i], units, limit and limit * SHARE, BURST_SECONDS, now
                )
                waits.append(wait)
            return Reservation(waits[0], waits[1], self._limits)

    def learn(self, limits: Limits) -> None:
        """Keeps the limits."""
        self._limits = limits

    def hold(self, seconds: float) -> None:
        """Moves both clocks on."""
        with self._lock:
            self._free = [max(free, time.monotonic() + seconds) for free in self._free]


class RequestQueue:
    """The calls that wait for the rate limiter, first in, first out. Lives in one event loop."""

    def __init__(self, rate_limiter: RateLimiter) -> None:
        self._rate_limiter = rate_limiter
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._response = asyncio.Event()
        self._limits: Limits | None = None
        self._held_until = 0.0
        self._dispatcher: asyncio.Task[None] | None = None
        self._released = False

    async def wait(self, tokens: int) -> None:
        """Waits until a request of so many tokens may be sent."""
        if self._released:
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((tokens, granted))
        if self._dispatcher is None or self._dispatcher.done():
            self._dispatcher = asyncio.create_task(self._dispatch())
        await asyncio.wait({granted, self._dispatcher}, return_when=asyncio.FIRST_COMPLETED)
        if not granted.done():
            self._dispatcher.result()  # raises what ended it
        await granted

    def release_all(self) -> None:
        """Ends every wait: nothing will be sent any more."""
        self._released = True
        self._response.set()
        for _, granted in self._waiting:
            if not granted.done():
                granted.set_result(None)
        self._waiting.clear()

    async def observe(self, headers: Mapping[str, str] | None, sent_at: float) -> None:
        """Learns from the headers of a response; None: the request sent then got none."""
        if headers is not None:
            limits = read_limits(headers) or self._limits or USUAL
            if limits != self._limits:
                self._limits = limits
                await asyncio.to_thread(self._rate_limiter.learn, limits)
            if sent_at > self._held_until and _is_nearly_used_up(headers):
                await self.hold(_HOLD_SECONDS)  # somebody else uses the key, or it counts otherwise
        self._response.set()

    def cancel(self) -> None:
        """Notes that a granted request is not sent: no response will follow it."""
        self._response.set()

    async def hold(self, seconds: float) -> None:
        """Holds all calls for so long: the provider asked for it."""
        self._held_until = time.monotonic() + seconds
        await asyncio.to_thread(self._rate_limiter.hold, seconds)

    async def _dispatch(self) -> None:
        known = Limits(60, 1)  # one at a time until the limits are known
        while self._waiting:
            batch = self._next_batch(known)
            reservation = await asyncio.to_thread(
                self._rate_limiter.reserve, len(batch), sum(tokens for tokens, _ in batch)
            )
            if reservation is None:
                await self._probe(batch)
                continue
            known, now = reservation.limits, time.monotonic()
            request_at, token_at = now + reservation.request_wait, now + reservation.token_wait
            for tokens, waiting in batch:
                rest = max(request_at, token_at) - time.monotonic()
                if rest > 0:
                    await asyncio.sleep(rest)
                if not waiting.done():
                    waiting.set_result(None)
                request_at += emission_interval(known.requests and known.requests * SHARE)
                token_at += tokens * emission_interval(known.tokens and known.tokens * SHARE)

    def _next_batch(self, limits: Limits) -> list[tuple[int, asyncio.Future[None]]]:
        requests = (limits.requests or 100_000) * _AHEAD_SECONDS / 60
        tokens = (limits.tokens or 100_000_000) * _AHEAD_SECONDS / 60
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < requests:
            if sum(t for t, _ in batch) + self._waiting[0][0] > tokens:
                break
            batch.append(self._waiting.popleft())
        return batch

    async def _probe(self, batch: list[tuple[int, asyncio.Future[None]]]) -> None:
        """Lets one request go and waits for its response, which has the limits."""
        self._response.clear()
        (_, first), *others = batch
        self._waiting.extendleft(reversed(others))
        if not first.done():
            first.set_result(None)
            await self._response.wait()


def read_limits(headers: Mapping[str, str]) -> Limits | None:
    """Reads the limits from the provider's headers; None: it names none.

    A request limit that refills over more than two minutes is one of the day: it says nothing of
    the minute.
    """
    requests, tokens = (_limit(headers, kind) for kind in ("requests", "tokens"))
    if requests is None and tokens is None:
        return None
    if (
        requests is not None
        and _seconds_to_refill(headers, "requests", requests) > _MINUTE_LIMIT_SECONDS
    ):
        requests = USUAL.requests
    return Limits(requests, tokens)


def parse_duration(text: str | None) -> float:
    """Parses a duration of a header, in seconds: `6m0s`, `100ms`, `1.2s`, `1h2m`; 0 for none."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h|d)", text or "")
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
    return sum(float(number) * units[unit] for number, unit in parts)


def _limit(headers: Mapping[str, str], kind: str) -> int | None:
    value = headers.get(f"x-ratelimit-limit-{kind}", "")
    return int(value) if value.isdigit() and int(value) > 0 else None


def _seconds_to_refill(headers: Mapping[str, str], kind: str, limit: int) -> float:
    used = limit - int(headers.get(f"x-ratelimit-remaining-{kind}", limit))
    reset = parse_duration(headers.get(f"x-ratelimit-reset-{kind}"))
    return reset * limit / used if used > 0 else 0


def _is_nearly_used_up(headers: Mapping[str, str]) -> bool:
    for kind in ("requests", "tokens"):
        limit, left = _limit(headers, kind), headers.get(f"x-ratelimit-remaining-{kind}", "")
        if limit and left.isdigit() and int(left) < limit * _LOW_SHARE:
            return True
    return False
