"""A running ``geniai up --demo`` with its own data folder."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from chatwoot_demo.gyms import GYMS
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.support.commands import GENIAI
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.waiting import wait_until

READY_SECONDS = 420
SMALL = GYMS[-1]
"""The gym that tests register again, at a Chatwoot of their own."""


class Stack:
    """A running ``geniai up --demo`` with a data folder of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            **get_settings().child_environment(),
            "GENIAI_HOME": str(home),
            "GENIAI_DAGSTER_PORT": str(free_port()),
            "GENIAI_SUPERSET_PORT": str(free_port()),
            "GENIAI_DEMO_PORT": str(free_port()),
            # as in production: cookies are for https, the command line speaks to the loopback
            "GENIAI_PUBLIC_URL": "https://painel.example.com",
        }
        self.dagster = "http://127.0.0.1:" + self.environment["GENIAI_DAGSTER_PORT"]
        self.superset = "http://127.0.0.1:" + self.environment["GENIAI_SUPERSET_PORT"]
        self.output = home.parent / "up.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [GENIAI, "up", "--demo"], env=self.environment, stdout=output, stderr=output
            )
        wait_until(self._is_ready, seconds=READY_SECONDS, pause=0.5, describe=self.text)

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.text()
        return "Ready." in self.text()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=90)

    def text(self) -> str:
        return self.output.read_text()

    def geniai(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [GENIAI, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def json(self, *arguments: str, stdin: str = "") -> Any:
        done = self.geniai(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.geniai("db-url").stdout.strip()) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def add_tenant(
        self, slug: str, url: str, *, account: int = SMALL.account_id, token: str = SMALL.token
    ) -> subprocess.CompletedProcess[str]:
        return self.geniai(
            "tenant", "add", slug, "--name", slug.title(), "--chatwoot-url", url,
            "--account-id", str(account), "--token-stdin", stdin=token,
        )  # fmt: skip
