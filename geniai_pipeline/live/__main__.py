"""The service ``live``: polls and takes changes to the pages until it is stopped.

Run as ``python -m geniai_pipeline.live``.
"""

import logging
import signal
import threading

from geniai_pipeline.live.poll import Poll
from geniai_pipeline.live.worker import Worker


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it logs each request
    is_over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_over.set())
    worker = Worker()
    poll = Poll(worker)
    worker.start()
    poll.start()
    is_over.wait()
    poll.stop()
    worker.stop()


if __name__ == "__main__":
    main()
