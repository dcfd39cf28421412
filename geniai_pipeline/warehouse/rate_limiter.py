"""The rate limiter of a Chatwoot host, shared by all tenants on it and all processes."""

import threading
import time
from collections import deque
from urllib.parse import urlsplit

from geniai_pipeline.gcra import emission_interval
from geniai_pipeline.warehouse.runs import reserve_requests

_AT_FIRST = 10
"""A run that finds nothing new needs three; what is reserved and not used is lost to the others."""


class HostRateLimiter:
    """Grants this process's requests to a host, one instant each, to any thread.

    Whoever goes on asking reserves more at once, up to those of a second.
    """

    def __init__(self, chatwoot_url: str, per_minute: int) -> None:
        self._host = urlsplit(chatwoot_url).netloc
        self._per_minute = per_minute
        self._at_once = _AT_FIRST
        self._instants: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Returns when the next request may be sent."""
        with self._lock:
            if not self._instants:
                delay = reserve_requests(self._host, self._at_once, self._per_minute)
                first = time.monotonic() + delay
                interval = emission_interval(self._per_minute)
                self._instants.extend(first + i * interval for i in range(self._at_once))
                self._at_once = max(_AT_FIRST, min(2 * self._at_once, self._per_minute // 60))
            instant = self._instants.popleft()
        time.sleep(max(0.0, instant - time.monotonic()))
