"""Measures what Dagster costs: idle, in a sync without changes, and in a tick over many tenants.

It runs Postgres, the code server, the webserver and the daemon as ``geniai up`` does; every tenant
is a small account without changes. The peer runs the same five steps without Dagster, in a process
of their own. CPU time is the sum over all these processes and Postgres, including ended ones.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
from _database import running_postgres
from rich.console import Console
from rich.table import Table

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.orchestration import sync
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import DAGSTER, admin_url, connect

GYM = GYMS[-1]
_PORTS = range(26400, 26500)
_SETTLE_SECONDS = 20
"""What the daemon does for a while after a run is not part of being at rest."""
_TICK = """mutation($selector: ScheduleSelector!, $at: Float!) {
    scheduleDryRun(selectorData: $selector, timestamp: $at) {
    ... on DryRunInstigationTick { evaluationResult { runRequests { runKey } error { message } } }
    ... on PythonError { message } } }"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tenants", type=int, default=10)
    options.add_argument("--rest", type=int, default=60, help="seconds to watch it at rest")
    arguments = options.parse_args()
    table = Table(title=f"What Dagster costs ({arguments.tenants} tenants)")
    for column in ("what", "seconds", "CPU seconds", "sessions", "transactions", "events"):
        table.add_column(column, justify="left" if column == "what" else "right")

    def measure(what: str) -> "_Measurement":
        return _Measurement(table, what)

    with _installation() as server:
        slugs = [f"gym-{number:03}" for number in range(arguments.tenants)]
        for slug in slugs:
            registry.add_tenant(slug, slug, _config(server.url))
        with measure("first syncs of all"):
            _sync(slugs)
        time.sleep(_SETTLE_SECONDS)
        with measure(f"{arguments.rest} s at rest"):
            time.sleep(arguments.rest)
        with measure("a sync with nothing to do"):
            _sync(slugs[:1])
        with measure("the same without Dagster"):
            _sync_alone(slugs[0])
        with measure("a tick, nothing new anywhere"):
            launched = _tick()
        table.caption = f"The tick launches {launched} runs."
    Console(width=100).print(table)


@contextmanager
def _installation() -> Iterator[DemoServer]:
    """Runs Postgres, Dagster and a Chatwoot for the block."""
    with tempfile.TemporaryDirectory(prefix="geniai-bench-") as folder:
        Path(folder).chmod(0o755)  # the database's user passes through
        home = Path(folder) / "home"
        with running_postgres(home), DemoServer(pace=0, requests_per_minute=10**6) as server:
            os.environ["GENIAI_DAGSTER_PORT"] = str(next(p for p in _PORTS if not is_taken(p)))
            os.environ["CHATWOOT_REQUESTS_PER_MINUTE"] = "1000000"
            get_settings.cache_clear()
            supervisor = Supervisor(home, print)
            try:
                start_dagster(get_settings(), supervisor)
                supervisor.wait_ready("dagster-webserver")
                yield server
            finally:
                supervisor.stop()


class _Measurement:
    """A row of the table: the difference between start and end of the block."""

    def __init__(self, table: Table, what: str) -> None:
        self._table, self._what = table, what

    def __enter__(self) -> None:
        self._before = _figures()

    def __exit__(self, *_: object) -> None:
        seconds, cpu, *counts = (
            after - before for after, before in zip(_figures(), self._before, strict=True)
        )
        self._table.add_row(
            self._what, f"{seconds:.1f}", f"{cpu:.2f}", *(f"{count:,.0f}" for count in counts)
        )


def _figures() -> tuple[float, ...]:
    """Reads the time and the CPU seconds, sessions, transactions and events so far."""
    with connect(admin_url(DAGSTER)) as connection:
        (sessions, transactions) = connection.execute(
            "select sum(sessions), sum(xact_commit + xact_rollback) from pg_stat_database"
        ).fetchone() or (0, 0)
        (events,) = connection.execute("select count(*) from event_logs").fetchone() or (0,)
    return time.monotonic(), _read_cpu(), float(sessions), float(transactions), float(events)


def _read_cpu() -> float:
    """Sums the CPU seconds of all child processes, ended ones included, without this one."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = ended.ru_utime + ended.ru_stime
    for process in psutil.Process().children(recursive=True):
        try:
            spent += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return spent


def _config(url: str) -> TenantConfig:
    return TenantConfig(
        chatwoot_url=url, chatwoot_account_id=GYM.account_id, chatwoot_token=GYM.token
    )


def _sync(slugs: list[str]) -> None:
    outcomes = sync.launch(slugs, full=False)
    sync.follow(outcomes, Console(quiet=True))
    for outcome in outcomes:
        if not outcome.ok:
            raise SystemExit(f"{outcome.tenant}: {outcome.error}")


def _sync_alone(slug: str) -> None:
    module = "geniai_pipeline_tests.faults.sync"
    environment = get_settings().child_environment()
    subprocess.run(
        [sys.executable, "-m", module, slug, f"alone-{slug}"],
        check=True, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _tick() -> int:
    """Evaluates the six-hourly schedule as the daemon does.

    Returns:
        How many runs it would launch.

    """
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "geniai",
        "scheduleName": "every_six_hours",
    }
    answer = httpx2.post(
        f"{get_settings().dagster_url}/graphql",
        json={"query": _TICK, "variables": {"selector": selector, "at": time.time()}},
        timeout=120,
    ).json()
    result = answer["data"]["scheduleDryRun"].get("evaluationResult")
    if result is None or result["error"]:
        raise SystemExit(f"The tick failed: {answer}")
    return len(result["runRequests"])


if __name__ == "__main__":
    main()
