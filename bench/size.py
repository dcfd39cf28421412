"""Measures the peak memory of a full sync, of a small tenant and of one ten times as large.

Each sync runs from Chatwoot to the rollup. The figures are those of a process that does nothing
else, and of its Postgres.
"""

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from _database import temporary_postgres
from _tenant import ACCOUNT, MESSAGES, TOKEN, serve_account
from rich.console import Console
from rich.table import Table

from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import embedded_data, tenant_transaction

HERE = Path(__file__).parent
Step = tuple[str, float, float, float]
"""Its name, its seconds, the run's most memory so far and the database's in it, in MB."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("conversations", nargs="*", type=int, default=[10_000, 100_000])
    table = Table(title=f"A full sync, {MESSAGES} messages to a conversation: MB at most")
    for heading in ("conversations", "step", "seconds", "the run", "a Postgres process"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    with temporary_postgres():
        for count in options.parse_args().conversations:
            for name, seconds, run, database in measure(count):
                figures = (f"{seconds:,.0f}", f"{run:,.0f}", f"{database:,.0f}")
                table.add_row(f"{count:,}", name, *figures)
            table.add_section()
    Console(width=90).print(table)


def measure(count: int) -> list[Step]:
    """Runs the steps of a tenant's first sync."""
    steps = []
    with serve_account(count) as url, database_memory() as memory:
        slug = f"size-{count}"
        registry.add_tenant(
            slug,
            slug,
            TenantConfig(chatwoot_url=url, chatwoot_account_id=ACCOUNT, chatwoot_token=TOKEN),
        )
        run = subprocess.Popen(
            [sys.executable, HERE / "_sync.py", slug],
            env=get_settings().child_environment(CHATWOOT_REQUESTS_PER_MINUTE="1000000"),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert run.stdout is not None
        for line in run.stdout:
            name, seconds, peak = line.split("\t")
            steps.append((name, float(seconds), float(peak), max(memory, default=0.0)))
            memory.clear()
            print(f"{count:,}: {name}, {float(seconds):.0f} s, {float(peak):.0f} MB", flush=True)
        assert run.wait() == 0
    with tenant_transaction(registry.load_tenant(slug).tenant_id) as connection:
        counts = connection.execute(
            "select (select count(*) from raw.messages),"
            " (select sum(conversations) from analytics.daily_metrics)"
        ).fetchone()
    assert counts == (count * MESSAGES, count)
    return steps


@contextmanager
def database_memory() -> Iterator[list[float]]:
    """Samples the private memory of the largest Postgres process twice a second, in MB."""
    pid = int((embedded_data(get_settings().home) / "postmaster.pid").read_text().split()[0])
    peaks: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            sizes = [0.0]
            for process in psutil.Process(pid).children():
                with suppress(OSError, StopIteration):
                    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                    own = next(line for line in lines if line.startswith("RssAnon"))
                    sizes.append(int(own.split()[1]) / 1024)
            peaks.append(max(sizes))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    main()
