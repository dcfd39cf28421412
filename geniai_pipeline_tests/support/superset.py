"""A Superset server as a child process of the tests."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT

import httpx2

from geniai_pipeline.dashboards.server import serve_command, superset_environment
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.support.waiting import wait_until


@contextmanager
def serve_superset(**more: str) -> Iterator[None]:
    """Serves Superset at the settings' address for the block, with additional environment."""
    settings = get_settings()
    environment = settings.child_environment(**superset_environment(settings) | more)
    with (settings.home / "superset.log").open("ab") as log:
        server = subprocess.Popen(
            serve_command(settings.superset_port), env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_healthy(settings.superset_url, server)
            yield
        finally:
            server.send_signal(SIGINT)  # SIGTERM would wait for open connections
            server.wait(timeout=90)  # a worker that hangs is given thirty


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    def is_healthy() -> bool:
        assert server.poll() is None, describe()
        try:
            return httpx2.get(f"{url}/health", timeout=5).is_success
        except httpx2.TransportError:
            return False

    def describe() -> str:
        return f"Superset does not answer; see {get_settings().home / 'superset.log'}"

    wait_until(is_healthy, seconds=120, describe=describe)
