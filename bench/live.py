"""Measures how long a message in Chatwoot takes to the pages, and what that costs.

A hundred tenants on one Chatwoot, one of them with 50,000 conversations, and a message a second in
all. The worker and the receiver run as ``geniai up`` runs them. A message is on the pages when the
tables that they read have it; an open page asks for who waits every 5 s, so that its user sees it
up to 5 s later. In turns: by webhook; by the poll alone; and by webhooks of which 30% are lost and
the others come twice, late and in any order.

The peers, in the same world: Dagster alone, its schedule every six hours (half of the interval, and
a run); and a change check every 30 s that launches runs in Dagster.

    python bench/live.py                                # some minutes
    python bench/live.py --seconds 600                  # the figures we claim
"""

import argparse
import contextlib
import itertools
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

import psutil
from _database import temporary_postgres
from _tenant import TEXTS
from rich.console import Console
from rich.table import Table

from chatwoot_demo import serializers
from chatwoot_demo.deliveries import DeliveryFaults
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    INCOMING,
    Account,
    DemoContact,
    DemoConversation,
    DemoInbox,
    DemoMessage,
    User,
)
from chatwoot_demo.server import Server, application
from geniai_pipeline import administration
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.chatwoot import Batch, rows
from geniai_pipeline.orchestration import sync
from geniai_pipeline.pipeline import change_checks
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.services.stack import start_dagster
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import landing, registry, runs
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect

TENANTS, LARGE, SMALL = 100, 50_000, 40
CHECK_SECONDS = 30
_PORTS = iter(port for port in range(26500, 26600) if not is_taken(port))
_BATCH = 2_000


@dataclass
class World:
    """The Chatwoot of all tenants, and the messages that are not yet on the pages."""

    installation: Installation = field(default_factory=Installation)
    sent: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)
    """By account and conversation: when its latest message was sent, and how many it has then."""
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(10**8))


def main() -> None:
    """Prints a row for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=120, help="of messages, for each way")
    parser.add_argument("--tenants", type=int, default=TENANTS)
    parser.add_argument("--conversations", type=int, default=LARGE, help="of the largest tenant")
    arguments = parser.parse_args()
    table = Table(title=f"A message a second in {arguments.tenants} tenants")
    for column in (
        "way", "p50", "p95", "p99", "not shown", "CPU, % of a core", "Postgres", "memory, MB",
    ):  # fmt: skip
        table.add_column(column, justify="left" if column == "way" else "right")
    with temporary_postgres(), serve(build_world(arguments)) as (world, url):
        os.environ["GENIAI_PUBLIC_URL"] = f"http://127.0.0.1:{next(_PORTS)}"
        os.environ["GENIAI_LIVE_PORT"] = os.environ["GENIAI_PUBLIC_URL"].rpartition(":")[2]
        os.environ["GENIAI_DAGSTER_PORT"] = str(next(_PORTS))
        os.environ["CHATWOOT_REQUESTS_PER_MINUTE"] = "100000"
        get_settings.cache_clear()
        make_tenants(world, url)
        with run_live() as processes:
            measure(table, world, "live, nothing happens", processes, arguments.seconds // 2, 0)
            measure(table, world, "live, by webhook", processes, arguments.seconds)
            way = f"live, by webhook, all in the tenant of {arguments.conversations:,}"
            measure(table, world, way, processes, arguments.seconds // 2, only_large=True)
            world.installation.deliveries.faults = DeliveryFaults(
                drop=0.3, double=1.0, delay=0.2, shuffle=5.0
            )
            way = "live, 30% lost, the rest twice, late, shuffled"
            measure(table, world, way, processes, arguments.seconds, wait=90)
        for account in world.installation.accounts.values():
            account.webhooks.clear()
        with connect(admin_url()) as connection:
            connection.execute("update ops.live_state set last_event_at = null")
        with run_live() as processes:
            measure(table, world, "live, by the poll alone", processes, arguments.seconds)
        table.add_section()
        with run_dagster() as processes:
            way = f"Dagster, a check every {CHECK_SECONDS} s launches runs"
            measure(table, world, way, processes, arguments.seconds, wait=600)
        hours = [f"{share * 6:.1f} h" for share in (0.5, 0.95, 0.99)]
        table.add_row("Dagster, every six hours (by arithmetic)", *hours, "", "", "", "")
    Console(width=120).print(table)


def build_world(arguments: argparse.Namespace) -> World:
    """Builds the accounts: the first is the large one."""
    world = World()
    for number in range(1, arguments.tenants + 1):
        user = User(
            number, "Ana", f"ana{number}@example.com", "administrator", f"token {number}",
            f"pubsub {number}", number,
        )  # fmt: skip
        account = Account(
            id=number,
            name=f"Academia {number}",
            users=[user],
            bot=None,
            teams=[],
            labels=[],
            inboxes=[DemoInbox(number, number, "WhatsApp", "Channel::Whatsapp")],
            attribute_definitions=[],
        )
        world.installation.add_account(account)
        count = arguments.conversations if number == 1 else SMALL
        for each in range(1, count + 1):
            add_conversation(world, account, each, time.time() - 86_400 - each * 600)
    return world


def add_conversation(
    world: World, account: Account, number: int, created: float
) -> DemoConversation:
    """Adds a conversation with its first message."""
    key = account.id * 10**6 + number
    contact = DemoContact(
        id=key, name=f"Maria {key}", phone_number=f"+5511{key:09d}", email=None,
        created_at=created, source_id=f"5511{key:09d}", inbox=account.inboxes[0],
    )  # fmt: skip
    record = account.conversations[number] = DemoConversation(
        display_id=number, account=account, inbox=account.inboxes[0], contact=contact, kind="",
        uuid=f"{key:032x}", created_at=created, updated_at=created, last_activity_at=created,
    )  # fmt: skip
    record.messages = [build_message(world, record, TEXTS[number % len(TEXTS)], created)]
    return record


def build_message(world: World, record: DemoConversation, text: str, at: float) -> DemoMessage:
    """Builds a contact's message."""
    return DemoMessage(
        id=next(world.numbers), conversation=record, message_type=INCOMING, content=text,
        created_at=at, updated_at=at, sender=record.contact,
    )  # fmt: skip


def send_message(world: World, rng: random.Random, large_share: float) -> None:
    """Lets somebody write, in the large tenant or in any; every third time somebody new."""
    accounts = world.installation.accounts
    account = accounts[1 if rng.random() < large_share else rng.randint(1, len(accounts))]
    with world.installation.lock:
        now = time.time()
        if rng.random() < 0.3:
            record = add_conversation(world, account, len(account.conversations) + 1, now)
            record.messages.clear()
        else:
            record = account.conversations[rng.randint(1, len(account.conversations))]
        with world.installation.watch(record):
            record.messages.append(build_message(world, record, rng.choice(TEXTS), now))
            record.updated_at = record.last_activity_at = now
        with world.lock:
            world.sent[account.id, record.display_id] = (time.monotonic(), len(record.messages))


@contextlib.contextmanager
def serve(world: World) -> Iterator[tuple[World, str]]:
    """Serves the world for the block."""
    with Server(application(world.installation, requests_per_minute=10**9)) as server:
        yield world, server.url


def make_tenants(world: World, url: str) -> None:
    """Registers the tenants with their webhooks; their rows are made without the network."""
    for account in world.installation.accounts.values():
        slug = f"gym-{account.id:03d}"
        administration.add_tenant(
            slug,
            account.name,
            TenantConfig(
                chatwoot_url=url,
                chatwoot_account_id=account.id,
                chatwoot_token=account.users[0].token,
            ),
        )
        tenant = registry.load_tenant(slug)
        run_id = uuid.uuid4().hex
        with TenantSession(tenant.tenant_id) as session:
            runs.start_run(session, run_id, "full")
            records = [*account.conversations.values()]
            for start in range(0, len(records), _BATCH):
                landing.land(session, run_id, build_batch(account, records[start : start + _BATCH]))
            landing.commit_watermark(
                session,
                run_id,
                datetime.fromtimestamp(world.installation.now(), timezone.utc),
                present=None,
                expected=len(records),
            )
            transform_conversations(tenant, session, run_id, report=lambda line: None)
            analyze_conversations(session, run_id, RulesAnalyzer(), report=lambda line: None)
            publish_conversations(tenant, session)
            roll_up(tenant, session, run_id)
    with connect(admin_url()) as connection:
        connection.execute("analyze")


def build_batch(account: Account, records: list[DemoConversation]) -> Batch:
    """Builds the rows that an extraction would read."""
    now = time.time()
    conversations = [rows.build_conversation(serializers.conversation(r, now)) for r in records]
    messages = [
        rows.build_message(record.display_id, serializers.message(message))
        for record in records
        for message in record.messages
    ]
    inboxes = [
        rows.build_inbox({"id": each.id, "name": each.name, "channel_type": each.channel_type})
        for each in account.inboxes
    ]
    return Batch(conversations, messages, inboxes)  # type: ignore[arg-type]


@contextlib.contextmanager
def run_live() -> Iterator[list[psutil.Process]]:
    """Runs the worker and the receiver for the block."""
    environment = get_settings().child_environment()
    started = [
        subprocess.Popen([sys.executable, "-m", f"geniai_pipeline.{name}"], env=environment)
        for name in ("live", "live.receiver")
    ]
    time.sleep(10)  # imports, and the first question to each tenant
    try:
        yield [psutil.Process(each.pid) for each in started]
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait()


@contextlib.contextmanager
def run_dagster() -> Iterator[list[psutil.Process]]:
    """Runs Dagster for the block, and the check that launches runs."""
    settings = get_settings()
    supervisor = Supervisor(settings.home, lambda line: None)
    start_dagster(settings, supervisor)
    supervisor.wait_ready("dagster-webserver")
    is_over = threading.Event()

    def launch() -> None:
        while not is_over.wait(CHECK_SECONDS):
            checks = change_checks.check(registry.read_active_slugs())
            due = [each.slug for each in checks if each.verdict is change_checks.Verdict.DUE]
            if due:
                sync.launch(due, full=False)

    thread = threading.Thread(target=launch, daemon=True)
    thread.start()
    try:
        yield psutil.Process().children()
    finally:
        is_over.set()
        thread.join()
        supervisor.stop()


def measure(
    table: Table,
    world: World,
    way: str,
    processes: list[psutil.Process],
    seconds: int,
    per_second: float = 1.0,
    *,
    wait: int = 60,
    only_large: bool = False,
) -> None:
    """Sends messages for a time, and adds a row with how long they took."""
    rng = random.Random(seconds)
    world.seconds.clear()
    world.sent.clear()
    is_over = threading.Event()
    watcher = threading.Thread(target=watch, args=(world, is_over))
    watcher.start()
    postgres = [each for each in psutil.Process().children() if "postgres" in each.name()]
    before, started = (read_cpu(processes), read_cpu(postgres)), time.monotonic()
    sent = 0
    while (now := time.monotonic() - started) < seconds:
        if sent < now * per_second:
            send_message(world, rng, 1.0 if only_large else 0.2)
            sent += 1
        time.sleep(0.05)
    after, lasted = (read_cpu(processes), read_cpu(postgres)), time.monotonic() - started
    memory = sum(read_memory(each) for each in processes) / 2**20
    deadline = time.monotonic() + wait
    while world.sent and time.monotonic() < deadline:
        time.sleep(0.2)
    is_over.set()
    watcher.join()
    shown = sorted(world.seconds)
    places = [min(len(shown) - 1, int(share * len(shown))) for share in (0.5, 0.95, 0.99)]
    table.add_row(
        way,
        *(f"{shown[place]:.1f} s" if shown else "" for place in places),
        f"{len(world.sent)} of {sent}",
        *(f"{(now - then) / lasted:.0%}" for then, now in zip(before, after, strict=True)),
        f"{memory:,.0f}",
    )
    print(way, f"mean {statistics.fmean(shown):.2f} s" if shown else "", flush=True)


def watch(world: World, is_over: threading.Event) -> None:
    """Notes for each message when the pages' tables have it."""
    with connect(admin_url()) as connection:
        connection.autocommit = True
        accounts = dict(
            connection.execute(
                "select chatwoot_account_id, tenant_id from ops.tenant_configs"
            ).fetchall()
        )
        while not is_over.wait(0.1):
            with world.lock:
                waiting = dict(world.sent)
            if not waiting:
                continue
            keys = [*waiting]
            counts = connection.execute(
                "select tenant_id, conversation_id, sum(message_count)"
                " from analytics.conversations_analytics join unnest(%s::int[], %s::bigint[])"
                " as asked (tenant_id, conversation_id) using (tenant_id, conversation_id)"
                " group by 1, 2",
                [[accounts[account] for account, _ in keys], [number for _, number in keys]],
            ).fetchall()
            shown = {(tenant, number): count for tenant, number, count in counts}
            now = time.monotonic()
            with world.lock:
                for (account, number), (at, count) in waiting.items():
                    if shown.get((accounts[account], number), 0) >= count:
                        if world.sent.get((account, number)) == (at, count):
                            del world.sent[account, number]
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


def read_memory(process: psutil.Process) -> int:
    """Reads the memory of a process and of those that it started, in bytes."""
    family = [process, *process.children(recursive=True)]
    return sum(each.memory_info().rss for each in family if each.is_running())


if __name__ == "__main__":
    main()
