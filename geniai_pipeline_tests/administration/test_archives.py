"""Archives: removal and restoration of a tenant; forged archives are rejected."""

import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from geniai_pipeline.analysis.openai.ledger import Reserve
from geniai_pipeline.conversations.members import Member, MembersList
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import archive, registry
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    role_url,
    tenant_transaction,
)
from geniai_pipeline.warehouse.llm import TenantLedger
from geniai_pipeline.warehouse.members import store_list
from geniai_pipeline.warehouse.tables import tenant_tables
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.audit import read_lines
from geniai_pipeline_tests.support.members import load_key


def fill_tables(tenant_id: int) -> None:
    """Inserts rows into tables with and without a foreign key to the registry."""
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
    with TenantSession(tenant_id) as session:
        TenantLedger(session).work([Reserve(1, "asked", "gpt-6-luna", Decimal("0.01"))])
        listed = MembersList([Member(("+5511987654321",), (), None)], 0, [], Counter())
        store_list(session, listed, is_confirmed=False)


def read_tenant_rows(tenant_id: int) -> dict[str, list[str]]:
    """Reads every row of a tenant as text, by table."""
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
    fill_tables(gym.tenant_id)
    fill_tables(other.tenant_id)
    before, others = read_tenant_rows(gym.tenant_id), read_tenant_rows(other.tenant_id)
    assert before["raw.messages"], "the table without a foreign key must have a row"
    assert before["ops.llm_calls"], "and the one that numbers its rows itself"
    assert before["core.members"]
    with TenantSession(gym.tenant_id) as session:
        hash_key = load_key(session)

    backup = archive.write_archive("gone", gym.tenant_id)
    registry.remove_tenant("gone", str(backup))

    assert not any(read_tenant_rows(gym.tenant_id).values())
    assert read_tenant_rows(other.tenant_id) == others
    assert read_lines("gone")[-1]["act"] == "tenant.remove"
    assert read_lines("gone")[-1]["after"] == {"backup": str(backup)}
    assert backup.stat().st_mode & 0o777 == 0o600
    assert archive.read_archive(backup) == "gone"
    assert read_tenant_rows(gym.tenant_id) == before
    assert registry.load_tenant("gone").chatwoot_token == gym.chatwoot_token
    with TenantSession(gym.tenant_id) as session:
        assert load_key(session) == hash_key
    with connect(role_url(login_name("gone"))) as connection:
        assert connection.execute("select count(*) from ops.tenants").fetchone() == (1,)
    with pytest.raises(PermanentError, match="The tenant exists"):
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


def _add_foreign_row(manifest: dict[str, Any], texts: dict[str, str], table: str) -> None:
    """Adds a row of the tenant with the next id."""
    row = texts[f"{table}.csv"].splitlines()[1]
    key = f"{manifest['tenant_id'] + 1},77"
    texts[f"{table}.csv"] += re.sub(r"^\d+,[^,]*", key, row) + "\n"


def _add_ownerless_row(manifest: dict[str, Any], texts: dict[str, str], table: str) -> None:
    row = texts[f"{table}.csv"].splitlines()[1]
    texts[f"{table}.csv"] += row.removeprefix(str(manifest["tenant_id"])) + "\n"


def _remove_numbers(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    texts["ops.rejected_rows.csv"] = "source,key,reason,payload,run_id\ns,k2,r,p,r\n"


def _renumber(manifest: dict[str, Any], texts: dict[str, str], by: int) -> None:
    old, new = str(manifest["tenant_id"]), str(manifest["tenant_id"] + by)
    manifest["tenant_id"] += by
    for name, text in texts.items():
        texts[name] = re.sub(rf"^{old},", f"{new},", text, flags=re.MULTILINE)


def _exhaust_numbers(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    calls = texts["ops.llm_calls.csv"]
    texts["ops.llm_calls.csv"] = re.sub(r"^(\d+),\d+,", rf"\1,{2**63 - 1},", calls, flags=re.M)


def _move_rows(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    """Gives all rows to an existing tenant whose login this slug would have."""
    _renumber(manifest, texts, by=1)
    for name in list(texts):
        if name not in ("raw.messages.csv", "ops.rejected_rows.csv"):
            texts[name] = texts[name].splitlines()[0] + "\n"


def _pass_for_platform(manifest: dict[str, Any], texts: dict[str, str]) -> None:
    _renumber(manifest, texts, by=-manifest["tenant_id"])


def _add_table(manifest: dict[str, Any], texts: dict[str, str], table: str, row: str) -> None:
    manifest["tables"].append(table.split("."))
    texts[f"{table}.csv"] = row.format(manifest["tenant_id"]) + "\n"


_FOREIGN = "has a row that is not this tenant's"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        *(
            pytest.param(partial(change, table=table), f"{table} {_FOREIGN}", id=f"{table} {name}")
            for table in ("raw.messages", "ops.rejected_rows", "ops.tenants", "ops.llm_calls")
            for name, change in (
                ("of another", _add_foreign_row),
                ("of no one", _add_ownerless_row),
            )
        ),
        pytest.param(_remove_numbers, 'column "tenant_id"', id="rows without a number"),
        pytest.param(_move_rows, "another tenant has or had the number", id="into another"),
        pytest.param(
            partial(_renumber, by=2), "another tenant has or had the number", id="one's who is gone"
        ),
        pytest.param(
            partial(_renumber, by=2 * 10**9), "far above all numbers in use", id="the last number"
        ),
        pytest.param(_exhaust_numbers, "far above all numbers in use", id="the last call"),
        pytest.param(
            _pass_for_platform, "another tenant has or had the number 0", id="the platform's number"
        ),
        pytest.param(
            lambda m, _: m.update(tenant="vizinha"), "The tenant exists", id="another's name"
        ),
        pytest.param(
            lambda m, _: m.update(tenant="nova"),
            "another tenant has or had the number",
            id="a new name",
        ),
        pytest.param(lambda m, _: m.update(tenant="A;"), "is not a valid slug", id="no name"),
        pytest.param(lambda m, _: m.update(tenant_id="x"), "invalid literal", id="no number"),
        pytest.param(lambda m, _: m["tables"].append("x"), "unpack", id="no table"),
        pytest.param(
            lambda m, _: m["tables"].remove(["ops", "tenants"]),
            "violates foreign key",
            id="without the tenant",
        ),
        pytest.param(
            partial(_add_table, table="public.schema_migrations", row="name,sha256\n{},x"),
            "no tenant has rows in public.schema_migrations",
            id="a table without tenants",
        ),
        pytest.param(
            partial(
                _add_table,
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
    removed_archive: Path, tmp_path: Path, change: Callable[..., None], says: str
) -> None:
    forged = Path(shutil.copy(removed_archive, tmp_path))
    _forge(forged, change)
    before = _read_all_rows()

    with pytest.raises(PermanentError) as refused:
        archive.read_archive(forged)

    assert says in refused.value.what
    assert _read_all_rows() == before


@pytest.fixture(scope="module")
def removed_archive(embedded: None, make_tenant: MakeTenant) -> Iterator[Path]:
    """The archive of a removed tenant; one neighbour still exists, another is removed too."""
    volta, vizinha, _ = (
        make_tenant(slug, monthly_budget_brl=1).tenant_id for slug in ("volta", "vizinha", "antiga")
    )
    for tenant_id in (volta, vizinha):
        fill_tables(tenant_id)
    backup = archive.write_archive("volta", volta)
    for slug in ("volta", "antiga"):
        registry.remove_tenant(slug)
    yield backup
    registry.remove_tenant("vizinha")


def _read_all_rows() -> dict[str, list[Any]]:
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


def test_a_restored_tenant_id_is_not_assigned_again(database: str, make_tenant: MakeTenant) -> None:
    gym = make_tenant("elsewhere")
    backup = archive.write_archive("elsewhere", gym.tenant_id)
    registry.remove_tenant("elsewhere")
    with connect(admin_url()) as connection:  # as on a new server
        connection.execute(
            f"alter table ops.tenants alter tenant_id restart with {gym.tenant_id}".encode()
        )

    archive.read_archive(backup)

    assert make_tenant("afterwards").tenant_id > gym.tenant_id


def test_a_removal_empties_a_table_that_no_code_names(
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
    with pytest.raises(PermanentError, match="is not a tenant's backup"):
        archive.read_archive(file)
