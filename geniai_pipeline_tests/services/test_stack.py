"""End-to-end tests of ``geniai up --demo`` and the command line."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg
import psycopg.conninfo
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.settings import ROOT
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.stack import SMALL, Stack
from geniai_pipeline_tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack") / "home")
    running.start()
    yield running
    assert running.stop() == 0, running.text()


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A Chatwoot whose data changes only by the test."""
    anchor = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    with DemoServer(
        port=0, data=tmp_path_factory.mktemp("frozen"), anchor=anchor, pace=0
    ) as server:
        yield server


def test_the_ten_sample_gyms_are_synced_and_their_dashboards_filled(stack: Stack) -> None:
    rows = stack.sql(
        "select t.slug, count(c.*) from ops.tenants t"
        " left join analytics.conversations_analytics c using (tenant_id)"
        " where t.slug = any(%s) group by t.slug",
        [gym.slug for gym in GYMS],
    )
    counted = dict(rows)
    assert len(counted) == 10
    assert all(counted[gym.slug] >= gym.conversations for gym in GYMS)
    assert counted[GYMS[0].slug] >= 1293


def test_every_partition_of_every_asset_is_materialized(stack: Stack) -> None:
    query = "{ assetNodes { assetKey { path } partitionStats { numPartitions numMaterialized } } }"
    answer = httpx2.post(f"{stack.dagster}/graphql", json={"query": query}).json()
    by_their_own_schedules = (["weekly_report"], ["renewal"])
    nodes = [
        node
        for node in answer["data"]["assetNodes"]
        if node["assetKey"]["path"] not in by_their_own_schedules
    ]
    assert len(nodes) == 6
    for node in nodes:
        stats = node["partitionStats"]
        assert stats["numMaterialized"] == stats["numPartitions"] >= 10


def test_the_addresses_and_the_logins_are_printed(stack: Stack) -> None:
    assert stack.environment["GENIAI_PUBLIC_URL"] in stack.text()
    assert stack.dagster in stack.text()
    assert stack.text().count("admin@geniai.local") == 1
    for gym in GYMS:
        assert f"dono@{gym.slug}.example.com" in stack.text()


def test_status_lists_every_tenant(stack: Stack) -> None:
    tenants = {t["slug"]: t for t in stack.json("status")}
    for gym in GYMS:
        found = tenants[gym.slug]
        assert found["last_run_status"] == "success"
        assert found["complete_up_to"]
        assert found["next_run_at"]
        assert found["conversations"] >= gym.conversations
        assert 0 < found["leads"] < found["conversations"]
        assert found["last_error"] is None


def test_live_keeps_every_gym_up_to_date(stack: Stack) -> None:
    def are_live() -> bool:
        gyms = [t for t in stack.json("status") if t["live_error"] is None]
        return len(gyms) == len(GYMS) and all(
            datetime.fromisoformat(gym["complete_up_to"]) > started for gym in gyms
        )

    started = datetime.now(timezone.utc)
    wait_until(are_live, seconds=120, pause=2, describe=stack.text)


@pytest.fixture(scope="module")
def first_sync(stack: Stack, frozen: DemoServer) -> dict[str, Any]:
    """The result of the first sync of a new tenant, ``novo``."""
    added = stack.add_tenant("novo", frozen.url)
    assert added.returncode == 0, added.stderr
    (outcome,) = stack.json("sync", "novo")
    return dict(outcome)


def test_two_commands_fill_a_dashboard_from_any_chatwoot(
    stack: Stack, first_sync: dict[str, Any]
) -> None:
    assert first_sync["status"] == "SUCCESS"
    assert stack.sql(
        "select count(distinct conversation_id) from analytics.conversations_analytics"
        " join ops.tenants using (tenant_id)"
        " where slug = 'novo'"
    ) == [(SMALL.conversations,)]


@pytest.mark.usefixtures("first_sync")
def test_a_second_sync_with_nothing_new_writes_nothing_and_says_so(stack: Stack) -> None:
    tables = ("raw.conversations", "raw.messages", "core.conversations",
              "core.conversation_analysis", "analytics.conversations_analytics",
              "analytics.conversation_texts", "analytics.daily_metrics")  # fmt: skip
    versions = " union all ".join(
        f"select '{table}' as name, max({table}.xmin::text::bigint) from {table}"
        " join ops.tenants using (tenant_id) where slug = 'novo'"
        for table in tables
    )
    versions += " order by name"
    before = stack.sql(versions)
    again = stack.geniai("sync", "novo")
    assert again.returncode == 0
    assert "nothing new" in again.stdout
    assert stack.sql(versions) == before
    (outcome,) = stack.json("sync", "novo")
    assert outcome["written"] == 0
    assert outcome["requests"] <= 4


@pytest.mark.usefixtures("first_sync")
def test_changes_in_chatwoot_reach_the_dashboards(stack: Stack, frozen: DemoServer) -> None:
    query = (
        "select sum(message_count) from analytics.conversations_analytics"
        " join ops.tenants using (tenant_id) where slug = 'novo' and conversation_id = %s"
    )
    conversation = next(
        c
        for c in frozen.world.accounts[SMALL.account_id].conversations.values()
        if c.status == "open"
    )
    ((before,),) = stack.sql(query, conversation.display_id)
    frozen.world.add_message(conversation, "Bom dia, ainda tem vaga na turma das 7h?")
    (outcome,) = stack.json("sync", "novo")
    assert outcome["written"] in (0, 2), "live may come first"
    assert stack.sql(query, conversation.display_id) == [(before + 1,)]


@pytest.mark.parametrize(
    ("url", "account", "token", "says"),
    [
        ("http://127.0.0.1:24999", SMALL.account_id, SMALL.token, "cannot be reached"),
        (None, SMALL.account_id, "wrong-token", "token"),
        (None, 999, SMALL.token, "account"),
        (None, GYMS[0].account_id, SMALL.token, "account"),
    ],
)
def test_the_error_of_a_refused_chatwoot_names_the_tenant_in_one_line(
    url: str | None, account: int, token: str, says: str, stack: Stack, frozen: DemoServer
) -> None:
    done = stack.add_tenant("errado", url or frozen.url, account=account, token=token)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: errado: ")
    assert says in lines[0]
    assert token not in done.stderr
    assert stack.geniai("tenant", "show", "errado").returncode == 1


def test_the_error_of_an_unknown_tenant_is_one_line_with_the_remedy(stack: Stack) -> None:
    for command in (["sync", "ninguem"], ["tenant", "show", "ninguem"]):
        done = stack.geniai(*command)
        assert done.returncode == 1
        assert done.stderr.strip().splitlines() == [
            "error: ninguem: There is no tenant 'ninguem'. `geniai tenant list` lists the"
            " tenants; `geniai tenant add` creates one."
        ]


def test_a_tenant_that_fails_does_not_hold_up_the_others(
    stack: Stack, tmp_path: Path, frozen: DemoServer
) -> None:
    with DemoServer(port=0, data=tmp_path, pace=0) as gone:
        stack.add_tenant("caido", gone.url)
    stack.add_tenant("firme", frozen.url)
    done = stack.geniai("sync", "caido", "firme")
    assert done.returncode == 1
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert error.startswith("error: caido: ")
    assert "cannot be reached" in error
    shown = stack.geniai("status", "--json")
    assert shown.returncode == 1  # so that cron and monitors see it
    statuses = {t["slug"]: t["last_run_status"] for t in json.loads(shown.stdout)}
    assert (statuses["caido"], statuses["firme"]) == ("failed", "success")
    assert stack.geniai("tenant", "disable", "caido").returncode == 0
    assert stack.geniai("status").returncode == 0


def test_each_service_that_dies_is_restarted_and_reported(stack: Stack) -> None:
    assert stack.process is not None
    daemon = next(
        child
        for child in psutil.Process(stack.process.pid).children()
        if "dagster-daemon" in " ".join(child.cmdline())
    )
    daemon.kill()
    wait_until(lambda: "dagster-daemon died" in stack.text(), seconds=30)
    assert stack.geniai("sync", GYMS[-1].slug).returncode == 0


def test_the_first_sync_after_a_restart_of_postgres_works(stack: Stack) -> None:
    assert stack.process is not None
    server = next(
        child
        for child in psutil.Process(stack.process.pid).children()
        if Path(child.cmdline()[0]).name == "postgres"
    )
    server.send_signal(signal.SIGINT)  # its fast shutdown: every session is ended
    wait_until(
        lambda: not stack.geniai("tenant", "list").returncode and not server.is_running(),
        seconds=60,
    )
    done = stack.geniai("sync", GYMS[-1].slug)
    assert done.returncode == 0, done.stderr


def test_a_second_start_on_the_same_data_folder_is_refused(stack: Stack) -> None:
    done = stack.geniai("up")
    assert done.returncode == 1
    assert "already running" in done.stderr


def test_a_user_is_added_with_a_password_from_stdin_or_a_generated_one(stack: Stack) -> None:
    made = stack.json(
        "user", "add", "ana@example.com", "--tenant", GYMS[2].slug, "--role", "viewer"
    )
    assert len(made["password"]) >= 12
    given = stack.json(
        "user", "add", "bia@example.com", "--tenant", GYMS[2].slug, "--role", "admin",
        stdin="uma senha boa\n",
    )  # fmt: skip
    assert "password" not in given
    users = {user["email"]: user for user in stack.json("user", "list")}
    assert users["ana@example.com"]["tenant"] == GYMS[2].slug
    assert users["bia@example.com"]["role"] == "admin"


def test_a_tenant_that_is_removed_is_gone_everywhere(stack: Stack, frozen: DemoServer) -> None:
    stack.add_tenant("efemero", frozen.url)
    stack.geniai("sync", "efemero")
    stack.geniai("user", "add", "x@example.com", "--tenant", "efemero", "--role", "viewer")
    assert stack.geniai("tenant", "remove", "efemero", "--yes").returncode == 0
    assert stack.geniai("tenant", "show", "efemero").returncode == 1
    assert "x@example.com" not in {user["email"] for user in stack.json("user", "list")}


def test_no_secret_of_chatwoot_is_in_any_table_log_or_file(
    stack: Stack, frozen: DemoServer, tmp_path: Path
) -> None:
    """Searches every row of the three databases and every byte of the data folder.

    The folder holds the databases' files and Dagster's. The sample Chatwoot's own are left out.
    """
    secrets = find_secrets(frozen)
    known = f"WhatsApp {GYMS[0].name}"
    assert len(secrets) > 100
    with psycopg.connect(stack.geniai("db-url").stdout.strip(), autocommit=True) as connection:
        connection.execute("checkpoint")
        server = connection.info.get_parameters()
        password = connection.info.password
    found: set[str] = set()
    rows = 0
    for database in ("geniai", "dagster", "superset"):
        parameters = {**server, "dbname": database, "password": password}
        for row in read_rows(psycopg.conninfo.make_conninfo("", **parameters)):
            rows += 1
            found.update(word for word in (*secrets, known) if word in row)
    assert rows > 10_000
    assert found == {known}, "what is known to have landed is found, and no secret"

    words = tmp_path / "words"
    home = Path(stack.environment["GENIAI_HOME"])
    assert len(list(home.rglob("*.log"))) >= 5
    for wanted, hits in (("\n".join(secrets), False), (known, True)):
        words.write_text(wanted)
        places = [str(home), str(stack.output)]
        search = ["grep", "-rlaF", "-f", str(words), "--exclude-dir=demo", *places]
        done = subprocess.run(search, capture_output=True, text=True, check=False)
        assert bool(done.stdout) == hits, done.stdout
        assert not done.stderr


def find_secrets(chatwoot: DemoServer) -> set[str]:
    """Returns what the sample Chatwoot shows to administrators alone: tokens, passwords, keys."""
    found: set[str] = set()
    for account in chatwoot.world.accounts.values():
        for user in account.users:
            found |= {user.token, user.pubsub_token, user.pubsub_token[::-1]}
        for inbox in account.inboxes:
            texts = repr([inbox.secrets, inbox.settings])
            found.update(re.findall(r"\b[0-9a-f]{24}\b", texts))
    return found


def read_rows(url: str) -> Iterator[str]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select c.oid::regclass::text from pg_class c where c.relkind = 'r'"
            " and c.relnamespace::regnamespace::text !~ '^pg_|^information_schema'"
        ).fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(f"select t::text from {table} t".encode()):
                yield row


def test_dagster_runs_from_the_checkout_as_it_is(stack: Stack) -> None:
    """``dagster.yaml`` and ``workspace.yaml`` are all that ``dagster dev`` needs."""
    environment = {**stack.environment, "DAGSTER_HOME": str(ROOT)}
    program = str(Path(sys.executable).parent / "dagster")
    port = free_port()
    process = subprocess.Popen(
        [program, "dev", "-p", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    query = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"

    def is_loaded() -> bool:
        try:
            answer = httpx2.post(f"http://127.0.0.1:{port}/graphql", json={"query": query})
            return bool(answer.json()["data"]["repositoriesOrError"].get("nodes"))
        except (httpx2.HTTPError, ValueError):
            return False

    try:
        wait_until(is_loaded, seconds=90, pause=1)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
