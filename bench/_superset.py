"""The product's Superset, started as ``geniai up`` starts it, and the browser that looks at it."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.services.stack import begin_superset, superset_service
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings

_PORTS = range(20000, 24000)


@contextmanager
def running_superset() -> Iterator[psutil.Process]:
    """Runs Superset for the block at a free port; yields its process."""
    port = next(port for port in _PORTS if not is_taken(port))
    os.environ["GENIAI_SUPERSET_PORT"] = str(port)
    get_settings.cache_clear()
    settings = get_settings()
    supervisor = Supervisor(settings.home, print)
    try:
        begin_superset(settings, supervisor)
        while not supervisor.has_ended("superset"):
            time.sleep(0.5)
        others = {each.pid for each in psutil.Process().children()}
        supervisor.start(superset_service(settings))
        supervisor.wait_ready("superset")
        yield next(each for each in psutil.Process().children() if each.pid not in others)
    finally:
        supervisor.stop()


def find_chromium() -> str | None:
    """Finds the system's Chromium; None: Playwright is to use its own."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
