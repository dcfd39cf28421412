"""Embedded Postgres of the product, migrated, in a data folder of the benchmark."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from geniai_pipeline.errors import TransientError
from geniai_pipeline.services import postgres
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url
from geniai_pipeline.warehouse.migrations import migrate

_PORTS = range(26000, 26100)


@contextmanager
def temporary_postgres() -> Iterator[None]:
    """Runs the server in a temporary folder for the block."""
    with tempfile.TemporaryDirectory(prefix="geniai-bench-") as folder:
        Path(folder).chmod(0o755)  # the server's user passes through
        with running_postgres(Path(folder) / "home"):
            yield


@contextmanager
def running_postgres(home: Path, **options: str) -> Iterator[None]:
    """Runs the server of a data folder for the block, and points ``warehouse`` to it.

    Args:
        home: the data folder; existing data stays.
        options: settings of the server beyond the product's own.

    """
    for name in [name for name in os.environ if name.startswith("GENIAI_")]:
        del os.environ[name]
    os.environ["GENIAI_HOME"] = str(home)
    get_settings.cache_clear()
    home = get_settings().home
    postgres.prepare(home)
    port = next(port for port in _PORTS if not is_taken(port))
    server = subprocess.Popen(
        [*postgres.command(home, port), *(f"--{name}={value}" for name, value in options.items())],
        **postgres.run_as(postgres.server_user()),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers()
        migrate()
        yield
    finally:
        server.send_signal(2)
        server.wait(timeout=600)


def _wait_until_it_answers() -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(admin_url("postgres")).close()
        except (psycopg.OperationalError, TransientError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
