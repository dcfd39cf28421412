"""The receiver of webhooks as a child process, which knows no administrator's login."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
from psycopg.conninfo import conninfo_to_dict

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import role_url
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.waiting import wait_until


class ReceiverProcess:
    """A receiver that listens on ``port``."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = free_port()
        self.process = self._start()

    @property
    def url(self) -> str:
        """Its local address."""
        return f"http://127.0.0.1:{self.port}"

    def restart(self) -> None:
        """Starts another process on the port."""
        self.process = self._start()

    def kill(self) -> None:
        """Kills the process at once."""
        self.process.kill()
        self.process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        server = conninfo_to_dict(role_url("etl_writer"))
        nobody = f"postgresql://{quote('nobody')}:wrong@127.0.0.1:{server['port']}/geniai"
        own = {"GENIAI_LIVE_PORT": str(self.port), "GENIAI_DATABASE_URL": nobody}
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "geniai_pipeline.live.receiver"],
                env={**os.environ, **get_settings().child_environment(), **own},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        wait_until(self._answers, describe=self.log.read_text)
        return process

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/webhooks/health", trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False


@contextmanager
def run_receiver(log: Path) -> Iterator[ReceiverProcess]:
    """Runs a receiver for the block."""
    receiver = ReceiverProcess(log)
    try:
        yield receiver
    finally:
        receiver.kill()
