"""One request budget per Chatwoot host, shared by all tenants on it and all processes."""

import threading
import time
from collections import deque
from urllib.parse import urlsplit

from geniai_pipeline.warehouse.runs import reserve_requests

_AT_ONCE = 10


class RequestTurns:
    """Hands out this process's share of a host's requests, one instant each, to any thread."""

    def __init__(self, chatwoot_url: str, per_minute: int) -> None:
        self._host = urlsplit(chatwoot_url).netloc
        self._per_minute = per_minute
        self._turns: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Returns when the next request may be sent."""
        with self._lock:
            if not self._turns:
                delay = reserve_requests(self._host, _AT_ONCE, self._per_minute)
                first = time.monotonic() + delay
                self._turns.extend(first + i * 60 / self._per_minute for i in range(_AT_ONCE))
            turn = self._turns.popleft()
        time.sleep(max(0.0, turn - time.monotonic()))
