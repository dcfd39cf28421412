"""How long a new gym waits: from `geniai tenant add` to its first filled dashboard.

A gym of a thousand conversations, with the requests a minute that are allowed by default, on a
running `geniai up`: the three commands of the README, then the gym's user signs in and asks for the
panel's page and its first figure. What Chatwoot's limit alone costs stands beside it.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from _tenant import serving
from rich.console import Console
from rich.table import Table

from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import Settings

GENIAI = str(Path(sys.executable).with_name("geniai"))
EMAIL, PASSWORD = "dona@example.com", "uma senha de teste"
_GOAL_SECONDS = 60
_PORTS = range(26300, 26400)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--conversations", type=int, default=1000)
    count = options.parse_args().conversations
    allowed = Settings().chatwoot_requests_per_minute
    table = Table(title=f"A new gym of {count:,} conversations (goal: {_GOAL_SECONDS} s)")
    table.add_column("step")
    table.add_column("seconds", justify="right")
    with installation() as environment, serving(count) as url:
        steps = {
            "geniai tenant add": lambda: _geniai(
                environment, "tenant", "add", "nova", "--name", "Nova", "--chatwoot-url", url,
                "--account-id", "1", "--token-stdin", stdin="token",
            ),
            "geniai sync": lambda: _geniai(environment, "sync", "nova"),
            "geniai user add": lambda: _geniai(
                environment, "user", "add", EMAIL, "--tenant", "nova", "--role", "viewer",
                stdin=PASSWORD,
            ),
            "the panel, signed in": lambda: _first_page(environment, count),
        }  # fmt: skip
        began = time.perf_counter()
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            table.add_row(name, f"{time.perf_counter() - started:.1f}")
        total = time.perf_counter() - began
    table.add_section()
    table.add_row("all of it", f"{total:.1f}")
    table.add_row(f"{count:,} requests, at {allowed:,} a minute", f"{count * 60 / allowed:.1f}")
    Console(width=80).print(table)


@contextmanager
def installation() -> Iterator[dict[str, str]]:
    """A `geniai up` of its own while the block lasts; gives the environment that speaks to it."""
    free = (str(port) for port in _PORTS if not is_taken(port))
    with tempfile.TemporaryDirectory(prefix="geniai-bench-") as folder:
        Path(folder).chmod(0o755)  # the database's user passes through
        environment = {
            **{name: value for name, value in os.environ.items() if "GENIAI_" not in name},
            "GENIAI_HOME": f"{folder}/home",
            "GENIAI_DAGSTER_PORT": next(free),
            "GENIAI_SUPERSET_PORT": next(free),
        }
        up = subprocess.Popen(
            [GENIAI, "up"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        assert up.stdout is not None
        if not any("Ready." in line for line in up.stdout):
            raise SystemExit("geniai up did not start")
        try:
            yield environment
        finally:
            up.send_signal(signal.SIGINT)
            up.communicate(timeout=120)


def _geniai(environment: dict[str, str], *command: str, stdin: str = "") -> None:
    done = subprocess.run(
        [GENIAI, *command], env=environment, input=stdin, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)


def _first_page(environment: dict[str, str], count: int) -> None:
    """As the gym's user: the page, and a figure that counts every conversation there is."""
    url = f"http://127.0.0.1:{environment['GENIAI_SUPERSET_PORT']}"
    with httpx2.Client(base_url=url, timeout=60, follow_redirects=True) as http:
        token = _between(http.get("/login/").text, 'id="csrf_token"', 'value="')
        http.headers |= {"X-CSRFToken": token, "Referer": url}
        http.post(
            "/login/", data={"username": EMAIL, "password": PASSWORD, "csrf_token": token}
        ).raise_for_status()
        http.get("/superset/dashboard/painel/").raise_for_status()
        datasets = http.get("/api/v1/dashboard/painel/datasets").json()["result"]
        (daily,) = (dataset["id"] for dataset in datasets if dataset["table_name"] == "daily")
        answer = http.post(
            "/api/v1/chart/data",
            json={
                "datasource": {"id": daily, "type": "table"},
                "queries": [{"metrics": ["conversas"], "columns": [], "row_limit": 1}],
            },
        ).raise_for_status()
        assert answer.json()["result"][0]["data"] == [{"conversas": count}], answer.text


def _between(text: str, first: str, then: str) -> str:
    return text.partition(first)[2].partition(then)[2].partition('"')[0]


if __name__ == "__main__":
    main()
