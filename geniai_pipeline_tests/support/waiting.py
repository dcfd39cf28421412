"""Polling of a condition with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def wait_until(
    condition: Callable[[], Answer],
    seconds: float = 20,
    pause: float = 0.1,
    describe: Callable[[], object] = lambda: "",
) -> Answer:
    """Calls a condition until its result is truthy, and returns that result.

    Args:
        condition: what is called.
        seconds: after how many the test fails.
        pause: seconds between two calls.
        describe: what the failure shows.

    """
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, describe()
        time.sleep(pause)
    return answer
