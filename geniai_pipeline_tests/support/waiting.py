"""Waiting for another process, no longer than a test may take."""

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
    """Call a condition until its answer is truthy, and return that answer.

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
