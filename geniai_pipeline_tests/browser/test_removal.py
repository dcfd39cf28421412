"""Removal of users and tenants, whatever refers to them; leftovers are found."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from geniai_pipeline import administration
from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, Superset
from geniai_pipeline.dashboards.provisioning import TENANT_ROLE, role_ids
from geniai_pipeline.doctor.database import check_tenant_logins
from geniai_pipeline.doctor.removals import check_removals
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.orchestration.partitions import add_partitions, read_partitions
from geniai_pipeline.reports.folder import find_reports_folder
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry, remains
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, PASSWORD
from geniai_pipeline_tests.browser.visitor import Visitor

SLUG, EMAIL, OTHER = "efemera", "fulana@efemera.example.com", "beltrana@efemera.example.com"
_REFERENCES = """
select c.conrelid::regclass::text, a.attname
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
where c.contype = 'f' and c.confrelid = 'ab_user'::regclass
order by 1, 2
"""


@pytest.fixture
def gym(superset: Superset) -> Iterator[str]:
    """A tenant with two users; one has stored a filter and changed their name."""
    config = TenantConfig(
        chatwoot_url="https://chat.example.com", chatwoot_account_id=1, chatwoot_token="t"
    )
    registry.add_tenant(SLUG, "Efêmera", config)
    add_partitions([SLUG])
    assert administration.provision_if_running(SLUG)
    for email in (EMAIL, OTHER):
        administration.add_user(email, role="admin", tenant=SLUG, password=PASSWORD)
    visitor = Visitor(EMAIL)
    panel = visitor.http.get("/api/v1/dashboard/painel").json()["result"]["id"]
    answer = visitor.http.post(
        f"/api/v1/dashboard/{panel}/filter_state?tab_id=1", json={"value": "{}"}
    )
    assert answer.status_code == 201, answer.text
    changed = visitor.http.put("/api/v1/me/", json={"first_name": "Fulana"})
    assert changed.status_code == 200, changed.text
    yield SLUG
    if SLUG in {t["slug"] for t in registry.describe_tenants()}:
        administration.remove_tenant(SLUG)


def findings() -> list[str]:
    return [f.what for check in (check_removals, check_tenant_logins) for f in check()]


def number_of(email: str) -> int:
    with connect(admin_url(SUPERSET)) as connection:
        row = connection.execute("select id from ab_user where username = %s", [email]).fetchone()
    return int(row[0]) if row else 0


def refer_everywhere(user: int) -> list[tuple[str, str]]:
    """Inserts a row that refers to the user into each table and column that can."""
    with connect(admin_url(SUPERSET)) as connection:
        references = connection.execute(_REFERENCES).fetchall()
        connection.execute("set session_replication_role = replica")  # no other row need be there
        for table, column in references:
            columns = connection.execute(
                "select column_name, udt_name, coalesce(character_maximum_length, 99)"
                " from information_schema.columns"
                " where table_name = %s and is_nullable = 'NO' and column_default is null"
                " and column_name <> %s",
                [table, column],
            ).fetchall()
            values = {
                name: _filler(kind, f"{column} {table}"[:length]) for name, kind, length in columns
            }
            values[column] = user
            connection.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() * len(values)),
                ),
                list(values.values()),
            )
    return references


def _filler(kind: str, words: str) -> Any:
    made = {
        "json": Jsonb({}), "jsonb": Jsonb({}), "bool": False, "timestamp": "2026-01-01",
        "uuid": str(uuid4()), "bytea": b"",
    }  # fmt: skip
    return made.get(kind, words if kind in ("varchar", "text") else -sum(words.encode()))


@pytest.fixture
def clean(superset: Superset) -> Iterator[None]:
    """Deletes rows of ``refer_everywhere`` that remain after the user's removal."""
    rows = sql.SQL("select t::text from {} t")
    with connect(admin_url(SUPERSET)) as connection:
        before = {
            table: [row for (row,) in connection.execute(rows.format(sql.Identifier(table)))]
            for table in {table for table, _ in connection.execute(_REFERENCES)}
        }
    yield
    with connect(admin_url(SUPERSET)) as connection:
        connection.execute("set session_replication_role = replica")
        for table, known in before.items():
            connection.execute(
                sql.SQL("delete from {} t where t::text <> all(%s)").format(sql.Identifier(table)),
                [known],
            )


def test_a_user_who_stored_a_filter_and_changed_their_name_is_removed(gym: str) -> None:
    session = Visitor(EMAIL)
    assert session.http.get("/api/v1/me/").status_code == 200

    administration.remove_user(EMAIL.upper())

    assert EMAIL not in {user.email for user in administration.list_users()}
    assert session.http.get("/api/v1/me/").status_code == 401
    assert Visitor(EMAIL).http.get("/api/v1/me/").status_code == 401
    assert Visitor(OTHER).http.get("/api/v1/me/").status_code == 200
    with connect(admin_url()) as connection:
        shown = connection.execute("select email from ops.users").fetchall()
        assert (EMAIL,) not in shown
        assert (OTHER,) in shown
        entry = connection.execute(
            "select act, outcome from dashboards.audit where subject = %s order by at desc limit 1",
            [EMAIL],
        ).fetchone()
    assert entry == ("Usuário removido", "Feito")
    assert findings() == []
    with pytest.raises(PermanentError, match="no user"):
        administration.remove_user(EMAIL)


@pytest.mark.parametrize("email", [SERVICE_ACCOUNT, "ninguem@lugar.nenhum"])
def test_removing_an_unknown_user_is_refused(superset: Superset, email: str) -> None:
    with pytest.raises(PermanentError, match="no user"):
        administration.remove_user(email)
    assert number_of(SERVICE_ACCOUNT)


def test_a_user_is_removed_whichever_rows_refer_to_them(gym: str, clean: None) -> None:
    number = number_of(EMAIL)
    references = refer_everywhere(number)
    assert len(references) > 30
    charts = count("slices")

    administration.remove_user(EMAIL)

    with connect(admin_url(SUPERSET)) as connection:
        left = [
            (table, column)
            for table, column in references
            if connection.execute(
                sql.SQL("select from {} where {} = %s").format(
                    sql.Identifier(table), sql.Identifier(column)
                ),
                [number],
            ).fetchone()
        ]
    assert left == []
    assert not number_of(EMAIL)
    assert count("slices") == charts, "what they saved last is not theirs"


def count(table: str) -> int:
    with connect(admin_url(SUPERSET)) as connection:
        row = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        ).fetchone()
    return int(row[0]) if row else 0


def test_a_tenant_whose_users_stored_filters_is_removed_with_them(
    gym: str, superset: Superset, dataset: Callable[[str], int]
) -> None:
    before = superset.all("/api/v1/rowlevelsecurity/")
    tenant_id = registry.describe_tenants(gym)[0]["tenant_id"]
    home = get_settings().home
    find_reports_folder(gym).mkdir(parents=True)
    (find_reports_folder(gym) / "2026-11-23.html").touch()
    Visitor(EMAIL).rows(dataset("leads"), columns=["contact_name"])
    answers = home / "superset" / "cache" / "data"
    assert list(answers.iterdir()) != []

    assert administration.remove_tenant(gym)

    assert list(answers.iterdir()) == []
    assert not find_reports_folder(gym).exists()

    assert f"{TENANT_ROLE}{gym}" not in role_ids(superset)
    assert not {EMAIL, OTHER} & {user.email for user in users.list_users(superset)}
    filters = superset.all("/api/v1/rowlevelsecurity/")
    assert {row["name"] for row in before} - {row["name"] for row in filters} == {
        f"{TENANT_ROLE}{gym}"
    }
    assert gym not in read_partitions()
    assert FORTE.viewer in {user.email for user in users.list_users(superset)}
    assert findings() == []
    with connect(admin_url()) as connection:
        entries = connection.execute(
            "select outcome from dashboards.audit"
            " where tenant_id = %s and act = 'Cliente removido'",
            [tenant_id],
        ).fetchall()
    assert entries == [("Feito",)]
    with pytest.raises(PermanentError, match="no tenant"):
        administration.remove_tenant(gym)


_KILLED = """
import os, sys
from unittest import mock
from geniai_pipeline import administration
with mock.patch(sys.argv[1], lambda *a, **k: os.kill(os.getpid(), 9)):
    administration.remove_tenant("efemera")
"""


@pytest.mark.parametrize(
    "step",
    [
        "geniai_pipeline.warehouse.archive.write_archive",
        "geniai_pipeline.dashboards.removal.remove_tenant",
        "geniai_pipeline.warehouse.registry.remove_tenant",
        "geniai_pipeline.warehouse.registry.drop_logins",
    ],
)
def test_a_removal_that_was_killed_is_found_and_finished(gym: str, step: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, step],
        env=get_settings().child_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    assert any("was begun and not finished" in what for what in findings())

    administration.remove_tenant(gym)

    assert findings() == []


def test_adding_a_tenant_again_cancels_its_unfinished_removal(gym: str) -> None:
    tenant_id = registry.describe_tenants(gym)[0]["tenant_id"]
    registry.set_active(gym, False)
    remains.begin_removal(tenant_id, gym)
    assert findings() != []

    administration.add_tenant(gym, None, TenantConfig())

    assert findings() == []


def test_leftovers_of_a_removed_tenant_are_found_and_removed(gym: str, superset: Superset) -> None:
    tenant_id = registry.describe_tenants(gym)[0]["tenant_id"]
    administration.remove_tenant(gym)
    superset.post("/api/v1/security/roles/", {"name": f"{TENANT_ROLE}{gym}"})
    add_partitions([gym])
    find_reports_folder(gym).mkdir(parents=True)
    with connect(admin_url()) as connection:
        connection.execute("create role bi_t_efemera login")
        connection.execute("create table ops.unforeseen (tenant_id integer)")
        connection.execute("insert into ops.unforeseen values (%s)", [tenant_id])
    try:
        assert len(findings()) == 5
        assert all(gym in what for what in findings())

        assert administration.remove_tenant(gym) is None

        assert findings() == []
    finally:
        with connect(admin_url()) as connection:
            connection.execute("drop table ops.unforeseen")


def test_a_user_whom_superset_lacks_is_found_and_removed(superset: Superset) -> None:
    with connect(admin_url()) as connection:
        connection.execute(
            "insert into ops.users (tenant_id, email, active)"
            " values (0, 'sombra@example.com', true)"
        )
    assert any("sombra@example.com" in what for what in findings())

    administration.remove_user("sombra@example.com")

    assert findings() == []
