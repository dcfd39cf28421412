"""Measures how long a message in Chatwoot takes to a browser's tab, and what that costs.

A hundred tenants on one Chatwoot, one of them with 50,000 conversations, and a message a second in
all. The worker and the receiver run as ``geniai up`` runs them, and so does Superset, on whose
first page a user of the large tenant and one of a small tenant look in Chromium. Four of ten
messages are theirs: a new lead, which the tab is to show, and later an agent's answer, which ends
the wait. Each message is measured in the tables that the pages read, and these also in the tab.

In turns: nothing; by webhook; all messages in the large tenant; webhooks of which 30% are lost and
the others come twice, late and in any order; and the poll alone. After the lost webhooks messages
of all tenants are edited, deleted and marked as failed, and menus answered, which only events tell;
then Dagster's schedule of every six hours is evaluated once, and what landed is compared with the
Chatwoot, row by row.

The peers, in the same world: Dagster alone, its schedule every six hours (half of the interval, and
a run); and a sensor every 30 s that launches runs in Dagster.

    python bench/live.py                                       # some minutes
    python bench/live.py --seconds 600                         # the figures we claim
    python bench/live.py --ways webhook faults poll            # these turns alone
"""

import argparse
import contextlib
import math
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psutil
from _database import temporary_postgres
from _live_tabs import Tab, open_tabs
from _live_truth import list_differences, run_tick, wait_for_events
from _live_world import (
    LARGE,
    SMALL,
    World,
    build_world,
    make_slug,
    make_tenants,
    point_settings,
    serve_world,
)
from _superset import running_superset
from _tenant import TEXTS
from rich.console import Console
from rich.table import Table

from chatwoot_demo.deliveries import DeliveryFaults
from geniai_pipeline.orchestration import sync
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url, connect

TENANTS, CONVERSATIONS = 100, 50_000
SENSOR_SECONDS = 30
WAYS = ("nothing", "webhook", "large", "faults", "poll", "dagster")
_PORTS = iter(port for port in range(26500, 26600) if not is_taken(port))
_SHARES = (0.5, 0.95, 0.99)

Processes = dict[str, list[psutil.Process]]


@dataclass
class Bench:
    """What all turns have in common."""

    world: World
    tabs: list[Tab]
    beside: Processes
    """What runs beside: Postgres and Superset."""
    delays: Table
    costs: Table
    differences: list[str] = field(default_factory=list)
    """What was found of what events alone tell, as lines."""


def main() -> None:
    """Prints a row for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="of messages, for each way")
    parser.add_argument("--tenants", type=int, default=TENANTS)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS, help="of the largest")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    arguments = parser.parse_args()
    busy = os.getloadavg()[0]
    world = build_world(arguments.tenants, arguments.conversations)
    with temporary_postgres(), serve_world(world) as url:
        postgres = [each for each in psutil.Process().children() if "postgres" in each.name()]
        point_settings(_PORTS)
        make_tenants(world, url)
        watched = [world.installation.accounts[number] for number in (LARGE, SMALL)]
        with running_superset() as superset, open_tabs(watched) as tabs:
            beside = {"Postgres": postgres, "Superset": [superset]}
            bench = Bench(world, tabs, beside, *build_tables(arguments.tenants))
            measure_ways(bench, set(arguments.ways), arguments.seconds)
    for table in (bench.delays, bench.costs):
        Console(width=170).print(table)
    print(f"The machine's load average was {busy:.1f} before, {os.getloadavg()[0]:.1f} after.")
    print(*bench.differences, sep="\n")


def build_tables(tenants: int) -> tuple[Table, Table]:
    """Builds the tables of delays and of costs, without rows."""
    delays = Table(title=f"A message a second in {tenants} tenants: p50, p95, p99 in seconds")
    costs = Table(title="CPU in % of a core, and memory")
    names = ("in the tables", "shown in a tab", "answered, gone from a tab", "not shown")
    for table, columns in (
        (delays, names),
        (costs, ("worker, or Dagster", "receiver", "Postgres", "Superset")),
    ):
        table.add_column("way")
        for column in columns:
            table.add_column(column, justify="right")
    return delays, costs


def measure_ways(bench: Bench, ways: set[str], seconds: int) -> None:
    """Measures the chosen ways in turns."""
    with run_live() as processes:
        if "nothing" in ways:
            measure(bench, "live, nothing happens", processes, seconds // 2, per_second=0)
        if "webhook" in ways:
            measure(bench, "live, by webhook", processes, seconds)
        if "large" in ways:
            way = "live, by webhook, all in the large tenant"
            measure(bench, way, processes, seconds // 2, only_large=True)
        if "faults" in ways:
            bench.world.installation.deliveries.faults = DeliveryFaults(
                drop=0.3, double=1.0, delay=0.2, shuffle=5.0
            )
            way = "live, 30% lost, the rest twice, late, shuffled"
            measure(bench, way, processes, seconds, wait=90)
            measure_truth(bench)
    for account in bench.world.installation.accounts.values():
        account.webhooks.clear()
    with connect(admin_url()) as connection:
        connection.execute("update ops.live_state set last_event_at = null")
    if "poll" in ways:
        with run_live() as processes:
            measure(bench, "live, by the poll alone", processes, seconds)
    if "dagster" in ways:
        for table in (bench.delays, bench.costs):
            table.add_section()
        with run_dagster(bench.world) as processes:
            way = f"Dagster, a sensor every {SENSOR_SECONDS} s launches runs"
            measure(bench, way, processes, seconds, wait=600)
        hours = " / ".join(f"{share * 6:.1f}" for share in _SHARES)
        bench.delays.add_row("Dagster, every six hours (by arithmetic)", f"{hours} h", "", "", "")


@contextlib.contextmanager
def run_live() -> Iterator[Processes]:
    """Runs the worker and the receiver for the block."""
    environment = get_settings().child_environment()
    started = {
        name: subprocess.Popen([sys.executable, "-m", f"geniai_pipeline.{module}"], env=environment)
        for name, module in (("worker", "live"), ("receiver", "live.receiver"))
    }
    time.sleep(10)  # imports, and the first question to each tenant
    try:
        yield {name: [psutil.Process(each.pid)] for name, each in started.items()}
    finally:
        for each in started.values():
            each.terminate()
        for each in started.values():
            each.wait()


@contextlib.contextmanager
def run_dagster(world: World) -> Iterator[Processes]:
    """Runs Dagster for the block, and a sensor that launches runs.

    The sensor is told which tenants have a new message: it costs less than one that asks.
    """
    settings = get_settings()
    others = {each.pid for each in psutil.Process().children()}
    supervisor = Supervisor(settings.home, lambda line: None)
    start_dagster(settings, supervisor)
    supervisor.wait_ready("dagster-webserver")
    is_over = threading.Event()

    def launch() -> None:
        since = time.monotonic()
        while not is_over.wait(SENSOR_SECONDS):
            until = time.monotonic()
            with world.lock:
                ids = {key[0] for key, sent in world.sent.items() if since <= sent < until}
            since = until
            if ids:
                accounts = world.installation.accounts
                sync.launch([make_slug(accounts[each]) for each in sorted(ids)], full=False)

    thread = threading.Thread(target=launch, daemon=True)
    thread.start()
    try:
        own = [each for each in psutil.Process().children() if each.pid not in others]
        yield {"worker": own, "receiver": []}
    finally:
        is_over.set()
        thread.join()
        supervisor.stop()


def measure(
    bench: Bench,
    way: str,
    processes: Processes,
    seconds: int,
    *,
    per_second: float = 1.0,
    wait: int = 60,
    only_large: bool = False,
) -> None:
    """Sends messages for a time, and adds a row with how long they took."""
    world, tabs, rng = bench.world, bench.tabs, random.Random(seconds)
    with world.lock:
        world.seconds.clear()
        world.sent.clear()
    for tab in tabs:
        tab.begin()
    is_over = threading.Event()
    watcher = threading.Thread(target=watch, args=(world, is_over))
    watcher.start()
    every = processes | bench.beside
    before, started = {name: read_cpu(each) for name, each in every.items()}, time.monotonic()
    next_at = started + draw_pause(rng, per_second)
    while time.monotonic() < started + seconds:
        if time.monotonic() >= next_at:
            send_message(bench, rng, only_large=only_large)
            next_at += draw_pause(rng, per_second)
        read_tabs(tabs)
        time.sleep(0.05)
    lasted = time.monotonic() - started
    costs = [
        f"{(read_cpu(each) - before[name]) / lasted:.1%} {read_memory(each) / 2**20:,.0f} MB"
        if each
        else ""
        for name, each in every.items()
    ]
    deadline = time.monotonic() + wait
    while (world.sent or any(tab.is_behind for tab in tabs)) and time.monotonic() < deadline:
        read_tabs(tabs)
        time.sleep(0.2)
    is_over.set()
    watcher.join()
    delays = (
        format_delays(world.seconds),
        format_delays([each for tab in tabs for each in tab.seconds_shown]),
        format_delays([each for tab in tabs for each in tab.seconds_gone]),
        f"{len(world.sent)}, {sum(len(tab.unseen) + len(tab.answered) for tab in tabs)} in a tab",
    )
    bench.delays.add_row(way, *delays)
    bench.costs.add_row(way, *costs)
    print(way, *delays, *costs, sep=" | ", flush=True)


def draw_pause(rng: random.Random, per_second: float) -> float:
    """Draws the seconds to the next message: no rhythm, which tabs and polls would keep step with.

    Returns:
        Infinity where there are no messages.

    """
    return rng.expovariate(per_second) if per_second else math.inf


def send_message(bench: Bench, rng: random.Random, *, only_large: bool) -> None:
    """Lets somebody write; of ten messages four are leads of the tabs and answers to them.

    Elsewhere a contact writes, every third time somebody new. Nobody else waits in the tabs'
    tenants, whose list would be too long to show a new lead: there the gym writes.
    """
    accounts = bench.world.installation.accounts
    tab = bench.tabs[0] if only_large else rng.choice(bench.tabs)
    kind = rng.random()
    if kind < 0.2:
        tab.send_lead(bench.world)
    elif kind < 0.45 and tab.waiting:
        tab.answer_lead(bench.world)
    elif only_large:
        record = rng.choice([*accounts[LARGE].conversations.values()])
        bench.world.write_message(record, rng.choice(TEXTS), by="agent")
    else:
        others = [each for number, each in accounts.items() if number not in (LARGE, SMALL)]
        account = rng.choice(others)
        if rng.random() < 0.3:
            bench.world.start_conversation(account, rng.choice(TEXTS))
        else:
            record = rng.choice([*account.conversations.values()])
            bench.world.write_message(record, rng.choice(TEXTS))


def read_tabs(tabs: list[Tab]) -> None:
    """Takes over what the tabs noted."""
    for tab in tabs:
        tab.read()


def measure_truth(bench: Bench) -> None:
    """Changes what events alone tell, and compares what landed before and after one tick."""
    rng, accounts = random.Random(1), bench.world.installation.accounts
    for account in accounts.values():
        bench.world.change_silently(account, rng)
    wait_for_events(bench.world, 120)
    before = list_differences(bench.world)
    with ThreadPoolExecutor(1) as pool:  # this thread's event loop is the browser's driver's
        runs, seconds = pool.submit(run_tick).result()
    after = list_differences(bench.world)
    bench.differences += [
        f"4 changes in each of {len(accounts)} tenants that events alone tell, 30% of them lost:",
        f"before the tick {len(before)} rows differ; after it, {runs} runs in {seconds:.0f} s: "
        + (f"{len(after)} rows differ" if after else "equal"),
        *after[:20],
    ]
    print(*bench.differences, sep="\n", flush=True)


def format_delays(seconds: list[float]) -> str:
    """Formats the percentiles of some delays, and their number."""
    if not seconds:
        return ""
    ordered = sorted(seconds)
    places = [min(len(ordered) - 1, int(share * len(ordered))) for share in _SHARES]
    return f"{' / '.join(f'{ordered[place]:.1f}' for place in places)} of {len(ordered)}"


def watch(world: World, is_over: threading.Event) -> None:
    """Notes for each message when the pages' tables have it."""
    with connect(admin_url()) as connection:
        connection.autocommit = True
        tenants = dict(
            connection.execute(
                "select chatwoot_account_id, tenant_id from ops.tenant_configs"
            ).fetchall()
        )
        while not is_over.wait(0.1):
            with world.lock:
                waiting = dict(world.sent)
            if not waiting:
                continue
            pairs = {(tenants[account], number) for account, number, _ in waiting}
            counts = connection.execute(
                "select tenant_id, conversation_id, sum(message_count)"
                " from analytics.conversations_analytics join unnest(%s::int[], %s::bigint[])"
                " as asked (tenant_id, conversation_id) using (tenant_id, conversation_id)"
                " group by 1, 2",
                [[tenant for tenant, _ in pairs], [number for _, number in pairs]],
            ).fetchall()
            shown = {(tenant, number): count for tenant, number, count in counts}
            now = time.monotonic()
            with world.lock:
                for (account, number, count), at in waiting.items():
                    if shown.get((tenants[account], number), 0) >= count:
                        del world.sent[account, number, count]
                        world.seconds.append(now - at)


def read_cpu(processes: list[psutil.Process]) -> float:
    """Adds up the CPU seconds of processes and of those that they started."""
    total = 0.0
    for process in processes:
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def read_memory(processes: list[psutil.Process]) -> int:
    """Adds up the memory of processes and of those that they started, in bytes.

    Where the system tells it, pages that several of them share count once.
    """
    total = 0
    for process in processes:
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                found = each.memory_full_info()
                total += getattr(found, "pss", found.rss)
    return total


if __name__ == "__main__":
    main()
