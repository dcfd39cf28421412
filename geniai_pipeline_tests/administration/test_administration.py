"""Acts of administration: the audit log, a tenant's end and return, the secret key changed."""

import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline import administration
from geniai_pipeline.analysis.openai.ledger import Reserve
from geniai_pipeline.doctor.service import check_chatwoots
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.partitions import partitions, remove_partition
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import archive, audit, people, registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url, tenant_transaction
from geniai_pipeline.warehouse.llm import TenantLedger
from geniai_pipeline.warehouse.registry import TenantConfig
from geniai_pipeline.warehouse.tables import tenant_tables
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.ports import free_port

SAMPLE = GYMS[-1]
_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)


def lines(slug: str) -> list[dict[str, Any]]:
    """The audit log of a tenant, oldest first."""
    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select act, actor, outcome, before, after from ops.audit_logs"
            " where tenant = %s order by audit_id",
            [slug],
        ).fetchall()
    names = ("act", "actor", "outcome", "before", "after")
    return [dict(zip(names, row, strict=True)) for row in rows]


# --- the audit log ------------------------------------------------------------------------------


def test_every_change_of_a_tenant_is_noted_with_before_and_after(
    database: str, make_tenant: MakeTenant
) -> None:
    make_tenant("noted", brand_color="#111111")
    make_tenant("noted", brand_color="#222222", monthly_budget_brl=80.0, chatwoot_token="another")
    registry.set_active("noted", False)
    registry.set_active("noted", True)

    added, changed, disabled, enabled = lines("noted")
    assert [added["act"], changed["act"]] == ["tenant.add", "tenant.change"]
    assert added["after"]["brand_color"] == "#111111"
    assert changed["before"].keys() == {"brand_color", "monthly_budget_brl", "chatwoot_token"}
    assert changed["before"]["brand_color"] == "#111111"
    assert changed["after"]["brand_color"] == "#222222"
    assert changed["after"]["monthly_budget_brl"] == "80.00"
    assert (disabled["act"], disabled["after"]) == ("tenant.disable", {"active": False})
    assert (enabled["act"], enabled["after"]) == ("tenant.enable", {"active": True})
    assert {line["actor"] for line in lines("noted")} == {audit.operator()}


def test_no_secret_is_noted(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("discreet", chatwoot_token="a-very-secret-token")
    make_tenant("discreet", chatwoot_token="an-even-more-secret-one")

    with connect(admin_url()) as connection:
        (stored,) = connection.execute(
            "select chatwoot_token from ops.tenant_configs join ops.tenants using (tenant_id)"
            " where slug = 'discreet'"
        ).fetchone() or ("",)
    said = json.dumps(lines("discreet"))
    assert "secret" not in said
    assert stored not in said
    assert "fingerprint" in said


def test_what_changes_nothing_is_not_noted(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("repeated")
    make_tenant("repeated")
    registry.set_active("repeated", True)

    assert [line["act"] for line in lines("repeated")] == ["tenant.add"]


def test_an_act_that_fails_leaves_its_intention_and_its_end(database: str) -> None:
    whose = audit.Whose(0, "intended")
    with pytest.raises(ValueError, match="no"), audit.intent("user.add", whose, subject="a@b.c"):
        raise ValueError("no")
    with audit.intent("user.add", whose, subject="a@b.c") as after:
        after["role"] = "viewer"

    assert [line["outcome"] for line in lines("intended")] == [
        "intended", "failed", "intended", "done",
    ]  # fmt: skip
    with connect(role_url("bi_staff")) as connection:
        shown = connection.execute(
            "select outcome from dashboards.audit where tenant_name = 'intended' order by at"
        ).fetchall()
    assert [outcome for (outcome,) in shown] == ["Falhou", "Feito"]


@pytest.mark.parametrize(
    "statement",
    [
        "update ops.audit_logs set actor = 'nobody'",
        "delete from ops.audit_logs",
        "truncate ops.audit_logs",
    ],
)
@pytest.mark.parametrize(
    "login", ["admin", "owner", "platform", "gatekeeper", "bi_staff", "etl_writer", "tenant"]
)
def test_the_audit_log_is_only_ever_added_to(
    database: str, make_tenant: MakeTenant, login: str, statement: str
) -> None:
    make_tenant("kept")
    urls = {"gatekeeper", "bi_staff", "etl_writer"}
    url = role_url(login) if login in urls else admin_url()
    with connect(role_url(admin_login_name("kept")) if login == "tenant" else url) as connection:
        if login in ("owner", "platform"):
            role = "geniai_owner" if login == "owner" else "platform"
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        with pytest.raises(
            (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)
        ):
            connection.execute(statement.encode())
        connection.rollback()


def test_a_tenants_administrator_reads_his_own_books_and_a_reader_none(
    database: str, make_tenant: MakeTenant
) -> None:
    one, two = make_tenant("books-one"), make_tenant("books-two")
    for tenant in (one, two):
        with connect(admin_url()) as connection:
            connection.execute(
                "insert into ops.users (tenant_id, email, active) values (%s, %s, true)",
                [tenant.tenant_id, f"dona@{tenant.slug}.example.com"],
            )
    for table in ("ops.audit_logs", "ops.users", "dashboards.audit", "dashboards.people"):
        query = f"select distinct tenant_id from {table}".encode()
        with connect(role_url(admin_login_name(one.slug))) as connection:
            assert connection.execute(query).fetchall() == [(one.tenant_id,)], table
        with (
            connect(role_url(login_name(one.slug))) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(query)
        with connect(role_url("bi_staff")) as connection:
            seen = {number for (number,) in connection.execute(query).fetchall()}
        assert {one.tenant_id, two.tenant_id} <= seen


def test_the_gatekeeper_adds_to_the_books_and_reads_nothing(database: str) -> None:
    with connect(role_url("gatekeeper")) as connection:
        connection.execute(
            "insert into ops.audit_logs (tenant_id, actor, origin, act)"
            " values (0, 'a', '127.0.0.1', 'session.start')"
        )
    for table in ("ops.audit_logs", "ops.tenant_configs", "raw.conversations", "sec.tenant_logins"):
        with (
            connect(role_url("gatekeeper")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"select * from {table}".encode())


def test_whoever_moves_to_another_tenant_keeps_when_he_was_last_in(
    database: str, make_tenant: MakeTenant
) -> None:
    from geniai_pipeline.dashboards.users import User

    make_tenant("from-here"), make_tenant("to-there")
    person = User("ana@example.com", "viewer", "from-here", True, None)
    people.store([person])
    with connect(role_url("gatekeeper")) as connection:
        connection.execute(
            "update ops.users set last_login_at = now() where email = %s", [person.email]
        )
    people.store([User("ana@example.com", "admin", "to-there", True, None)])

    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select slug, role, last_login_at is not null from ops.users join ops.tenants"
            " using (tenant_id)"
        ).fetchall()
    assert rows == [("to-there", "admin", True)]


# --- a tenant's end and return ------------------------------------------------------------------


def fill(tenant_id: int) -> None:
    """Rows in tables with and without a foreign key to the registry."""
    with tenant_transaction(tenant_id) as connection:
        connection.execute(
            "insert into raw.conversations (tenant_id, conversation_id, payload, content_hash)"
            " values (%s, 1, %s, 'h')",
            [tenant_id, Jsonb({"words": 'a "b", c\nd \\n é'})],
        )
        connection.execute(
            "insert into ops.etl_control (tenant_id, run_id, kind) values (%s, 'r', 'full')",
            [tenant_id],
        )
        connection.execute(
            "insert into ops.rejected_rows (tenant_id, source, key, reason, payload, run_id)"
            " values (%s, 's', 'k', 'r', 'p', 'r')",
            [tenant_id],
        )
    with connect(admin_url()) as connection:
        columns = connection.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'raw' and table_name = 'messages'"
            " and is_nullable = 'NO' and column_default is null"
        ).fetchall()
        values: dict[str, Any] = {"tenant_id": tenant_id}
        for name, kind in columns:
            made: Any = Jsonb({}) if kind == "jsonb" else "x" if kind == "text" else 1
            values.setdefault(name, "now()" if kind.startswith("timestamp") else made)
        connection.execute(
            sql.SQL("insert into raw.messages ({}) values ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )
    TenantLedger(tenant_id).work([Reserve(1, "asked", "gpt-6-luna", Decimal("0.01"))])


def everything(tenant_id: int) -> dict[str, list[str]]:
    """Every row of a tenant, as text, by its table."""
    with connect(admin_url()) as connection:
        return {
            str(table): sorted(
                row
                for (row,) in connection.execute(
                    sql.SQL("select t::text from {} t where tenant_id = %s").format(
                        table.identifier
                    ),
                    [tenant_id],
                ).fetchall()
            )
            for table in tenant_tables(connection)
        }


def test_a_removed_tenant_leaves_no_row_anywhere_and_comes_back_whole(
    database: str, make_tenant: MakeTenant
) -> None:
    gym, other = (make_tenant(slug, monthly_budget_brl=1) for slug in ("gone", "stays"))
    fill(gym.tenant_id)
    fill(other.tenant_id)
    before, others = everything(gym.tenant_id), everything(other.tenant_id)
    assert before["raw.messages"], "the table without a foreign key must have a row"
    assert before["ops.llm_calls"], "and the one that numbers its rows itself"

    backup = archive.write_archive("gone", gym.tenant_id)
    registry.remove_tenant("gone", str(backup))

    assert not any(everything(gym.tenant_id).values())
    assert everything(other.tenant_id) == others
    assert lines("gone")[-1]["act"] == "tenant.remove"
    assert lines("gone")[-1]["after"] == {"backup": str(backup)}
    assert backup.stat().st_mode & 0o777 == 0o600
    assert archive.read_archive(backup) == "gone"
    assert everything(gym.tenant_id) == before
    assert registry.load_tenant("gone").chatwoot_token == gym.chatwoot_token
    with connect(role_url(login_name("gone"))) as connection:
        assert connection.execute("select count(*) from ops.tenants").fetchone() == (1,)
    with pytest.raises(PermanentError, match="The tenant is there"):
        archive.read_archive(backup)


def _forge(backup: Path, change: Callable[[dict[str, Any], dict[str, str]], None]) -> None:
    """Changes the manifest and the tables of an archive."""
    with zipfile.ZipFile(backup) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    manifest = json.loads(texts.pop("manifest.json"))
    change(manifest, texts)
    with zipfile.ZipFile(backup, "w") as packed:
        for name, text in {**texts, "manifest.json": json.dumps(manifest)}.items():
            packed.writestr(name, text)


def _of_another(manifest: dict[str, Any], texts: dict[str, str], table: str) -> None:
    """One more row of the table, that of a tenant with the next number."""
    row = texts[f"{table}.csv"].splitlines()[1]
    key = f"{manifest['tenant_id'] + 1},77"
    texts[f"{table}.csv"] += re.sub(r"^\d+,[^,]*", key, row) + "\n"


def _of_no_one(manifest: dict[str, Any], texts: dict[str, str], table: str) -> None:
    row = texts[f"{table}.csv"].splitlines()[1]
    texts[f"{table}.csv"] += row.removeprefix(str(manifest["tenant_id"])) + "\n"


def _without_numbers(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    texts["ops.rejected_rows.csv"] = "source,key,reason,payload,run_id\ns,k2,r,p,r\n"


def _renumbered(manifest: dict[str, Any], texts: dict[str, str], by: int) -> None:
    old, new = str(manifest["tenant_id"]), str(manifest["tenant_id"] + by)
    manifest["tenant_id"] += by
    for name, text in texts.items():
        texts[name] = re.sub(rf"^{old},", f"{new},", text, flags=re.MULTILINE)


def _to_the_end(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    calls = texts["ops.llm_calls.csv"]
    texts["ops.llm_calls.csv"] = re.sub(r"^(\d+),\d+,", rf"\1,{2**63 - 1},", calls, flags=re.M)


def _into_another(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    """All rows another's, who is there; the login of this slug would be tied to him."""
    _renumbered(manifest, texts, by=1)
    for name in list(texts):
        if name not in ("raw.messages.csv", "ops.rejected_rows.csv"):
            texts[name] = texts[name].splitlines()[0] + "\n"


def _as_the_platform(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    _renumbered(manifest, texts, by=-manifest["tenant_id"])


def _another_table(manifest: dict[str, Any], texts: dict[str, str], table: str, row: str) -> None:
    manifest["tables"].append(table.split("."))
    texts[f"{table}.csv"] = row.format(manifest["tenant_id"]) + "\n"


_FOREIGN = "has a row that is not this tenant's"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        *(
            pytest.param(partial(change, table=table), f"{table} {_FOREIGN}", id=f"{table} {name}")
            for table in ("raw.messages", "ops.rejected_rows", "ops.tenants", "ops.llm_calls")
            for name, change in (("of another", _of_another), ("of no one", _of_no_one))
        ),
        pytest.param(_without_numbers, 'column "tenant_id"', id="rows without a number"),
        pytest.param(_into_another, "is another's", id="into another"),
        pytest.param(partial(_renumbered, by=2), "is another's", id="one's who is gone"),
        pytest.param(partial(_renumbered, by=2 * 10**9), "no table of ours", id="the last number"),
        pytest.param(_to_the_end, "no table of ours", id="the last call"),
        pytest.param(_as_the_platform, "number 0 is another's", id="the platform's number"),
        pytest.param(lambda m, _: m.update(tenant="vizinha"), "is there", id="another's name"),
        pytest.param(lambda m, _: m.update(tenant="nova"), "is another's", id="a new name"),
        pytest.param(lambda m, _: m.update(tenant="A;"), "cannot name", id="no name"),
        pytest.param(lambda m, _: m.update(tenant_id="x"), "invalid literal", id="no number"),
        pytest.param(lambda m, _: m["tables"].append("x"), "unpack", id="no table"),
        pytest.param(
            lambda m, _: m["tables"].remove(["ops", "tenants"]),
            "violates foreign key",
            id="without the tenant",
        ),
        pytest.param(
            partial(_another_table, table="public.schema_migrations", row="name,sha256\n{},x"),
            "no tenant has rows in public.schema_migrations",
            id="a table without tenants",
        ),
        pytest.param(
            partial(
                _another_table,
                table="ops.audit_logs",
                row="tenant_id,tenant,actor,origin,act,subject\n{},volta,a,o,tenant.add,s",
            ),
            "no tenant has rows in ops.audit_logs",
            id="the audit log",
        ),
        pytest.param(
            lambda _, t: t.update({"raw.messages.csv": "tenant_id,unheard_of\n1,1\n"}),
            'column "unheard_of"',
            id="an unknown column",
        ),
        pytest.param(
            lambda _, t: t.update({"raw.messages.csv": ""}), "does not exist", id="no heading"
        ),
    ],
)
def test_a_forged_archive_changes_nothing(
    archive_of_removed: Path, tmp_path: Path, change: Callable[..., None], says: str
) -> None:
    forged = Path(shutil.copy(archive_of_removed, tmp_path))
    _forge(forged, change)
    before = _all_rows()

    with pytest.raises(PermanentError) as refused:
        archive.read_archive(forged)

    assert says in refused.value.what
    assert _all_rows() == before


@pytest.fixture(scope="module")
def archive_of_removed(embedded: None, make_tenant: MakeTenant) -> Iterator[Path]:
    """A tenant that was removed, before one who is there and another who was removed."""
    volta, vizinha, _ = (
        make_tenant(slug, monthly_budget_brl=1).tenant_id for slug in ("volta", "vizinha", "antiga")
    )
    for tenant_id in (volta, vizinha):
        fill(tenant_id)
    backup = archive.write_archive("volta", volta)
    for slug in ("volta", "antiga"):
        registry.remove_tenant(slug)
    yield backup
    registry.remove_tenant("vizinha")


def _all_rows() -> dict[str, list[Any]]:
    with connect(admin_url()) as connection:
        tables = [
            *(table.identifier for table in tenant_tables(connection)),
            sql.Identifier("ops", "audit_logs"),
            sql.Identifier("public", "schema_migrations"),
            sql.Identifier("pg_catalog", "pg_roles"),
        ]
        return {
            table.as_string(connection): connection.execute(
                sql.SQL("select t::text from {} t order by 1").format(table)
            ).fetchall()
            for table in tables
        }


def test_a_number_that_came_back_is_given_to_no_other(
    database: str, make_tenant: MakeTenant
) -> None:
    gym = make_tenant("elsewhere")
    backup = archive.write_archive("elsewhere", gym.tenant_id)
    registry.remove_tenant("elsewhere")
    with connect(admin_url()) as connection:  # as on a new server
        connection.execute(
            f"alter table ops.tenants alter tenant_id restart with {gym.tenant_id}".encode()
        )

    archive.read_archive(backup)

    assert make_tenant("afterwards").tenant_id > gym.tenant_id


def test_a_table_that_nobody_thought_of_is_emptied_too(
    embedded: None, make_tenant: MakeTenant
) -> None:
    gym = make_tenant("thorough")
    with connect(admin_url()) as connection:
        connection.execute("create table ops.forgotten (tenant_id integer, words text)")
        connection.execute("insert into ops.forgotten values (%s, 'left')", [gym.tenant_id])
    try:
        registry.remove_tenant("thorough")
        with connect(admin_url()) as connection:
            assert connection.execute("select * from ops.forgotten").fetchall() == []
    finally:
        with connect(admin_url()) as connection:
            connection.execute("drop table ops.forgotten")


@pytest.mark.parametrize("content", [b"no zip", None])
def test_a_file_that_is_no_backup_is_refused(
    embedded: None, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "x.zip"
    if content is None:
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("other.txt", "")
    else:
        file.write_bytes(content)
    with pytest.raises(PermanentError, match="is no tenant's backup"):
        archive.read_archive(file)


def test_a_disabled_tenants_running_query_is_ended(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("cut-off")
    ended: list[BaseException] = []

    def work(login: str) -> None:
        try:
            with psycopg.connect(role_url(login)) as connection:
                connection.execute("select count(*) from generate_series(1, 10000000000)")
        except psycopg.Error as error:
            ended.append(error)

    at_work = [
        threading.Thread(target=work, args=[name("cut-off")])
        for name in (login_name, admin_login_name)
    ]
    for thread in at_work:
        thread.start()
    with connect(admin_url()) as connection:
        connection.autocommit = True
        while connection.execute(
            "select count(*) from pg_stat_activity where usename like 'bi\\__\\_cut-off'"
            " and query like '%generate_series%'"
        ).fetchone() != (2,):
            pass
    registry.set_active("cut-off", False)
    for thread in at_work:
        thread.join()

    assert [type(error) for error in ended] == [psycopg.errors.AdminShutdown] * 2
    for name in (login_name, admin_login_name):
        with (
            pytest.raises(PermanentError, match="not permitted to log in"),
            connect(role_url(name("cut-off"))),
        ):
            pass


# --- interrupted --------------------------------------------------------------------------------

_STEPS = {
    "in the registry's transaction": "geniai_pipeline.warehouse.registry.make_logins",
    "before the partition": "geniai_pipeline.administration.tenants.add_partitions",
    "before Superset": "geniai_pipeline.administration.tenants.provision_if_running",
}
_KILLED = """
import os, sys
from unittest import mock
from geniai_pipeline import administration
from geniai_pipeline.warehouse.registry import TenantConfig
with mock.patch(sys.argv[1], lambda *a, **k: os.kill(os.getpid(), 9)):
    administration.add_tenant("killed", "Killed", TenantConfig(
        chatwoot_url=sys.argv[2], chatwoot_account_id=int(sys.argv[3]), chatwoot_token=sys.argv[4]))
"""


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.mark.parametrize("step", _STEPS.values(), ids=_STEPS)
def test_adding_a_tenant_may_be_killed_anywhere_and_is_done_again(
    embedded: None, chatwoot: DemoServer, step: str
) -> None:
    killed = subprocess.run(
        [
            sys.executable, "-c", _KILLED,
            step, chatwoot.url, str(SAMPLE.account_id), SAMPLE.token,
        ],
        env=get_settings().child_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    there = {t["slug"] for t in registry.describe_tenants()}
    assert ("killed" in there) == (step != _STEPS["in the registry's transaction"])
    try:
        config = TenantConfig(
            chatwoot_url=chatwoot.url,
            chatwoot_account_id=SAMPLE.account_id,
            chatwoot_token=SAMPLE.token,
        )
        administration.add_tenant("killed", "Killed", config)
        assert registry.load_tenant("killed").active
        with open_instance() as dagster:
            assert dagster.has_dynamic_partition("tenant", "killed")
        with connect(role_url(admin_login_name("killed"))) as connection:
            assert connection.execute("select slug from ops.tenants").fetchall() == [("killed",)]
    finally:
        registry.remove_tenant("killed")
        remove_partition("killed")


# --- the labels of a conversion -----------------------------------------------------------------


def test_what_the_account_does_not_have_is_said_by_add_and_by_the_doctor(
    embedded: None, chatwoot: DemoServer
) -> None:
    there = SAMPLE.converted_label.replace("-", " ").title()
    config = TenantConfig(
        chatwoot_url=chatwoot.url,
        chatwoot_account_id=SAMPLE.account_id,
        chatwoot_token=SAMPLE.token,
        converted_labels=[there, "Matrículado"],
        bot_agents=["Robô da Ana"],
    )

    def said() -> list[str]:
        return [finding.what for finding in check_chatwoots() if finding.tenant == "labelled"]

    try:
        warnings = (
            "Its Chatwoot has no label 'Matrículado': nobody counts as a member by it.",
            "Its Chatwoot has no agent 'Robô da Ana': no message counts as a bot's by it.",
        )
        assert administration.add_tenant("labelled", "Labelled", config).warnings == warnings
        assert said() == [*warnings]

        again = TenantConfig(converted_labels=["nenhum", there])
        assert len(administration.add_tenant("labelled", None, again).warnings) == 2

        agents = chatwoot.world.accounts[SAMPLE.account_id].users
        mended = TenantConfig(
            converted_labels=[there], bot_agents=[agents[0].name.upper(), str(agents[1].id)]
        )
        assert administration.add_tenant("labelled", None, mended).warnings == ()
        assert registry.load_tenant("labelled").bot_agents == {*(mended.bot_agents or ())}
        assert said() == []
    finally:
        registry.remove_tenant("labelled")
        remove_partition("labelled")


_IMPORTED = """
import sys
from geniai_pipeline.cli import main
try:
    main()
finally:
    print("imported", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("act", ["add", "disable", "remove"])
def test_the_command_line_imports_nothing_heavy_for_a_tenant(
    embedded: None, chatwoot: DemoServer, make_tenant: MakeTenant, act: str
) -> None:
    partitions()  # Dagster's tables are there, as in any installation that was started once
    make_tenant("light")
    arguments = {
        "add": ["--chatwoot-url", chatwoot.url, "--account-id", str(SAMPLE.account_id),
                "--token-stdin"],
        "remove": ["--yes"],
    }.get(act, [])  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-c", _IMPORTED, "tenant", act, "light", *arguments],
            input=SAMPLE.token, env=get_settings().child_environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        if act != "remove":
            registry.remove_tenant("light")
            remove_partition("light")
    assert done.returncode == 0, done.stderr
    imported = done.stderr.rpartition("imported")[2].split()
    heavy = {"dagster", "dagster_graphql", "superset", "openai", "pandas", "flask", "sqlalchemy"}
    assert "psycopg" in imported
    assert heavy.isdisjoint(imported), heavy & set(imported)


# --- the secret key -----------------------------------------------------------------------------


@pytest.fixture
def changed_key(embedded: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another secret key is set; at the end the server is given back the one it had."""
    was = get_settings().local_key_path.read_text()

    def use(new: str, old: str | None) -> None:
        monkeypatch.setenv("GENIAI_SECRET_KEY", new)
        if old:
            monkeypatch.setenv("GENIAI_SECRET_KEY_OLD", old)
        else:
            monkeypatch.delenv("GENIAI_SECRET_KEY_OLD", raising=False)
        get_settings.cache_clear()

    use("n" * 20 + "another-key", None)
    yield
    use(was, "n" * 20 + "another-key")
    administration.rotate_key()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_the_secret_key_is_changed_for_another(
    embedded: None, make_tenant: MakeTenant, request: pytest.FixtureRequest
) -> None:
    make_tenant("rotated", chatwoot_token="kept through it")
    old = [role_url(login) for login in ("etl_writer", "superset", "bi_t_rotated", "gatekeeper")]
    request.getfixturevalue("changed_key")
    with pytest.raises(PermanentError, match="refused the login"), connect(role_url("etl_writer")):
        pass

    assert administration.rotate_key() >= 1
    administration.rotate_key()

    assert registry.load_tenant("rotated").chatwoot_token == "kept through it"
    with connect(admin_url()) as connection:
        (stored,) = connection.execute(
            "select chatwoot_token from ops.tenant_configs join ops.tenants using (tenant_id)"
            " where slug = 'rotated'"
        ).fetchone() or ("",)
    newest = get_settings().cipher()._fernets[0]
    assert newest.decrypt(stored.encode()) == b"kept through it", "by the new key alone"
    for url in old:
        with pytest.raises(PermanentError, match="refused the login"), connect(url):
            pass
    for login in ("bi_t_rotated", "bi_a_rotated", "gatekeeper", "bi_none"):
        with connect(role_url(login)):
            pass
    with connect(admin_url()) as connection:
        acts = connection.execute("select act from ops.audit_logs where act = 'key.rotate'")
        assert len(acts.fetchall()) >= 1


# --- who may be added ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "email",
    [
        "аna@example.com",  # the first letter is Cyrillic
        "ana@exаmple.com", "αna@example.com", "ａna@example.com", "an\u200ba@example.com",
        "İna@example.com", "a\u0301na@example.com",
    ],
)  # fmt: skip
def test_an_address_that_passes_for_another_is_refused(email: str) -> None:
    with pytest.raises(PermanentError, match="mixes alphabets or has hidden signs"):
        administration.add_user(email, role="superadmin", tenant=None, password=None)


@pytest.mark.parametrize(
    "email", ["josé.ção@example.com.br", "ana_1+x@ex-ample.com", "анна@пример.рф"]
)
def test_an_address_of_one_alphabet_is_an_address(
    email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIAI_SUPERSET_PORT", str(free_port()))  # other tests' may be running
    get_settings.cache_clear()
    try:
        with pytest.raises(TransientError, match="Superset does not answer"):  # it comes so far
            administration.add_user(email, role="superadmin", tenant=None, password=None)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


def test_a_password_that_is_easy_to_guess_is_refused() -> None:
    email = "ana@example.com"
    with pytest.raises(PermanentError, match="too easy to guess"):
        administration.add_user(email, role="superadmin", tenant=None, password="curta")
    with pytest.raises(PermanentError, match="too easy to guess"):
        administration.set_password(email, email)
