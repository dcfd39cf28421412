"""Test harness: runs and servers as processes to kill, and assertions on what they leave."""

import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg

from chatwoot_demo.gyms import Gym
from chatwoot_demo.world import World
from geniai_pipeline.errors import TransientError
from geniai_pipeline.services import postgres
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse.connections import admin_url, tenant_transaction

_PORTS = iter(range(26200, 26900))

MADE = {
    "core.conversations": "conversation_id, episode",
    "core.conversation_analysis": "conversation_id, episode",
    "analytics.conversations_analytics": "conversation_id, episode",
    "analytics.conversation_texts": "conversation_id, episode",
    "analytics.daily_metrics": "day, inbox_id, status, lead_score",
}
"""Every table behind the landing, and its key."""
_ASIDE = ["tenant_id", "source_version", "row_hash", "analyzed_at", "loaded_at"]
"""Columns that tell of a tenant or a moment."""


def free_port() -> int:
    """Returns a free port; none twice."""
    return next(port for port in _PORTS if not is_taken(port))


class Sync:
    """A run of a tenant as a child process."""

    def __init__(self, slug: str, kind: str = "incremental") -> None:
        self.run_id = uuid.uuid4().hex
        environment = get_settings().child_environment(CHATWOOT_REQUESTS_PER_MINUTE="1000000")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "geniai_pipeline_tests.faults.sync", slug, self.run_id, kind],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "begun\n"
        self.started = time.monotonic()

    def kill_after(self, seconds: float) -> bool:
        """Kills the process with -9 after a delay, unless it ends before; tells whether it did."""
        try:
            self.process.wait(timeout=max(0.0, self.started + seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.communicate()
        return self.process.returncode == -signal.SIGKILL

    def end(self) -> str:
        """Waits for the end; returns the one-line error, or "" after a success."""
        _, output = self.process.communicate(timeout=240)
        if self.process.returncode == 0:
            return ""
        lines = output.strip().splitlines()
        assert len(lines) == 1, output
        assert lines[0].startswith(("transient: ", "permanent: ")), output
        return lines[0]


def sync_with_retries(slug: str, kind: str = "incremental") -> None:
    """Repeats a run until it succeeds, as Dagster's retry policy does for transient errors."""
    for _ in range(5):
        failure = Sync(slug, kind).end()
        if not failure:
            return
        assert failure.startswith("transient: "), failure
    raise AssertionError(failure)


class Postgres:
    """The embedded server of the settings' data folder."""

    def __init__(self) -> None:
        self._home = get_settings().home
        self._port = free_port()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        postgres.prepare(self._home)
        with (self._home / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                postgres.command(self._home, self._port),
                **postgres.run_as(postgres.server_user()),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(admin_url("postgres")).close()
            except (psycopg.OperationalError, TransientError):
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        """Kills the postmaster and all its processes with -9."""
        server = psutil.Process(self._process.pid)
        everyone = [server, *server.children(recursive=True)]
        for process in everyone:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
        psutil.wait_procs(everyone, timeout=10)

    def stop(self) -> None:
        """Shuts the server down."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)


class Chatwoot:
    """A Chatwoot stand-in as a child process; ``world`` is its data."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        program = [sys.executable, "-m", "geniai_pipeline_tests.faults.standin"]
        self._process = subprocess.Popen(
            [*program, str(self._folder), str(self._port)],
            env=get_settings().child_environment(),
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx2.get(f"{self.url}/health")
                return
            except httpx2.HTTPError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        """Kills the process with -9."""
        self._process.kill()
        self._process.wait()


def assert_landed(world: World, gym: Gym, tenant: Tenant) -> None:
    """The landed rows equal Chatwoot's, row by row: none lost, none doubled."""
    truth = world.accounts[gym.account_id].conversations
    with tenant_transaction(tenant.tenant_id) as connection:
        conversations = connection.execute(
            "select conversation_id, payload from raw.conversations where deleted_at is null"
        ).fetchall()
        messages = connection.execute(
            "select m.conversation_id, m.message_id, m.payload ->> 'content'"
            " from raw.messages m join raw.conversations c using (tenant_id, conversation_id)"
            " where c.deleted_at is null"
        ).fetchall()
        rejected = connection.execute("select source, key, reason from ops.rejected_rows")
        assert rejected.fetchall() == []
    with world.lock:
        assert _difference(
            [_as_landed(number, payload) for number, payload in conversations],
            [
                (
                    number,
                    true.status,
                    true.inbox.id,
                    int(true.created_at),
                    int(true.last_activity_at),
                    true.contact.name,
                    repr(sorted(true.labels)),
                    repr(true.custom_attributes),
                )
                for number, true in truth.items()
            ],
        ) == ([], [])
        assert _difference(
            messages,
            [(n, each.id, each.content) for n, true in truth.items() for each in true.messages],
        ) == ([], [])


def _as_landed(number: int, payload: dict[str, Any]) -> tuple[Any, ...]:
    return (
        number,
        payload["status"],
        payload["inbox_id"],
        payload["created_at"],
        payload["last_activity_at"],
        payload["meta"]["sender"]["name"],
        repr(sorted(payload["labels"])),
        repr(payload["custom_attributes"]),
    )


def _difference(found: list[Any], true: list[Any]) -> tuple[list[Any], list[Any]]:
    """Returns the surplus and the missing rows, with multiplicity."""
    have, want = Counter(found), Counter(true)
    return list((have - want).elements()), list((want - have).elements())


def assert_same_tables(tenant: Tenant, control: Tenant, *, by_live: bool = False) -> None:
    """Every derived table holds the same rows for both tenants.

    Args:
        tenant: the tenant.
        control: the one that it is compared with.
        by_live: whether live published the tenant's latest rows: which reply window Messenger and
            Instagram leave is found by runs alone.

    """
    aside = [*_ASIDE, "reply_until"] if by_live else _ASIDE
    for table, key in MADE.items():
        rows = []
        for each in (tenant, control):
            with tenant_transaction(each.tenant_id) as connection:
                rows.append(
                    connection.execute(
                        f"select to_jsonb(t) - %s::text[] from {table} t order by {key}", [aside]
                    ).fetchall()
                )
        assert rows[0], table
        assert rows[0] == rows[1], table


def assert_runs_recorded(tenant: Tenant, *, killed: set[str]) -> None:
    """``ops.etl_control`` is true.

    No run counts as running. The last run succeeded and tells up to when dashboards are complete.
    """
    with tenant_transaction(tenant.tenant_id) as connection:
        found = connection.execute(
            "select run_id, status, ended_at, complete_up_to, watermark_to, error"
            " from ops.etl_control order by started_at"
        ).fetchall()
    statuses = {run_id: status for run_id, status, *_ in found}
    assert "running" not in statuses.values()
    assert {statuses[run_id] for run_id in killed & statuses.keys()} <= {"interrupted", "success"}
    for _, status, ended_at, complete_up_to, watermark_to, error in found:
        assert ended_at is not None
        assert (error is None) == (status != "failed")
        if status == "success":
            assert complete_up_to is not None
            assert complete_up_to >= watermark_to
    assert found[-1][1] == "success"


def assert_synced_once(
    world: World, gym: Gym, tenant: Tenant, control: Tenant, *, killed: set[str]
) -> None:
    """The tenant equals the Chatwoot and the control tenant, and no row was written twice."""
    assert_landed(world, gym, tenant)
    assert_same_tables(tenant, control)
    assert_runs_recorded(tenant, killed=killed)
    assert _rows_written(tenant) == _rows_landed(tenant)


def _rows_written(tenant: Tenant) -> int:
    """The rows that all runs together report."""
    return _number(tenant, "select sum(rows_written) from ops.etl_control")


def _rows_landed(tenant: Tenant) -> int:
    """The rows in all tables of the schema ``raw``."""
    tables = ("conversations", "messages", "inboxes", "agents")
    return sum(_number(tenant, f"select count(*) from raw.{table}") for table in tables)


def _number(tenant: Tenant, statement: str) -> int:
    with tenant_transaction(tenant.tenant_id) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return int(row[0])
