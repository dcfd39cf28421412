"""Postgres servers as child processes of the tests."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT

import psycopg

from geniai_pipeline.errors import TransientError
from geniai_pipeline.services import postgres
from geniai_pipeline_tests.support.waiting import wait_until


@contextmanager
def run_server(command: list[str], log: Path, url: Callable[[], str]) -> Iterator[None]:
    """Runs a server for the block, which starts once the server answers at its address."""
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            **postgres.run_as(postgres.server_user()),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: _answers(url), seconds=30)
        yield
    finally:
        server.send_signal(SIGINT)
        server.wait(timeout=30)


def _answers(url: Callable[[], str]) -> bool:
    try:
        psycopg.connect(url()).close()
    except (psycopg.OperationalError, TransientError):
        return False
    return True
