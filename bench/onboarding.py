"""Measures the time from ``geniai tenant add`` to a new tenant's first dashboard with figures.

The tenant has a thousand conversations and the default limit of requests a minute, on a running
``geniai up``. The benchmark runs the three commands of the README, signs in as the tenant's user
and requests the panel's page and its first figure. The table also has the time that Chatwoot's
limit alone takes.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from _tenant import serve_account
from rich.console import Console
from rich.table import Table

from geniai_pipeline import administration
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.browser.visitor import Visitor

GENIAI = str(Path(sys.executable).with_name("geniai"))
EMAIL, PASSWORD = "dona@example.com", "uma senha de teste"
_GOAL_SECONDS = 60
_PORTS = range(26300, 26400)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--conversations", type=int, default=1000)
    options.add_argument("--tenants", type=int, default=0, help="those that are there already")
    arguments = options.parse_args()
    count = arguments.conversations
    allowed = get_settings().chatwoot_requests_per_minute
    table = Table(
        title=f"A new gym of {count:,} conversations beside {arguments.tenants} others"
        f" (goal: {_GOAL_SECONDS} s)"
    )
    table.add_column("step")
    table.add_column("seconds", justify="right")
    with installation(), serve_account(count) as url:
        _add_others(arguments.tenants, url)
        steps: dict[str, Callable[[], object]] = {
            "geniai tenant add": lambda: _geniai(
                "tenant", "add", "nova", "--name", "Nova", "--chatwoot-url", url,
                "--account-id", "1", "--token-stdin", stdin="token",
            ),
            "geniai sync": lambda: _geniai("sync", "nova"),
            "geniai user add": lambda: _geniai(
                "user", "add", EMAIL, "--tenant", "nova", "--role", "viewer",
                stdin=PASSWORD,
            ),
            "the panel, signed in": lambda: _first_page(count),
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
def installation() -> Iterator[None]:
    """Runs a `geniai up` for the block, which the settings name."""
    free = (str(port) for port in _PORTS if not is_taken(port))
    with tempfile.TemporaryDirectory(prefix="geniai-bench-") as folder:
        Path(folder).chmod(0o755)  # the database's user passes through
        for name in [name for name in os.environ if name.startswith("GENIAI_")]:
            del os.environ[name]
        os.environ["GENIAI_HOME"] = f"{folder}/home"
        os.environ["GENIAI_DAGSTER_PORT"] = next(free)
        os.environ["GENIAI_SUPERSET_PORT"] = next(free)
        get_settings.cache_clear()
        up = subprocess.Popen(
            [GENIAI, "up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert up.stdout is not None
        if not any("Ready." in line for line in up.stdout):
            raise SystemExit("geniai up did not start")
        try:
            yield
        finally:
            up.send_signal(signal.SIGINT)
            up.communicate(timeout=120)


def _add_others(number: int, url: str) -> None:
    """Registers and provisions tenants without data."""
    for other in range(number):
        slug = f"gym-{other:03}"
        registry.add_tenant(slug, slug, TenantConfig(url, 1, "token"))
    if number:
        administration.provision_all()


def _geniai(*command: str, stdin: str = "") -> None:
    done = subprocess.run([GENIAI, *command], input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def _first_page(count: int) -> None:
    """Requests the page and its total of conversations as the tenant's user."""
    visitor = Visitor(EMAIL, PASSWORD)
    visitor.http.get("/superset/dashboard/painel/").raise_for_status()
    datasets = visitor.http.get("/api/v1/dashboard/painel/datasets").json()["result"]
    (daily,) = (dataset["id"] for dataset in datasets if dataset["table_name"] == "daily")
    assert visitor.rows(daily, metrics=["conversas"]) == [{"conversas": count}]


if __name__ == "__main__":
    main()
