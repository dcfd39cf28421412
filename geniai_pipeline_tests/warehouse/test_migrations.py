"""Migrations: databases of older versions get the schema of a new one."""

import gzip
import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.services import stack
from geniai_pipeline.services.postgres import BINARIES
from geniai_pipeline.services.supervisor import Supervisor
from geniai_pipeline.settings import ROOT, get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import migrations, registry
from geniai_pipeline.warehouse.connections import DATA, admin_url, connect, role_url
from geniai_pipeline.warehouse.migrations import migrate

_DUMPS = sorted((Path(__file__).parent / "databases").glob("*.sql.gz"))
"""Each by the commit whose `migrate()` made it; see the folder's README."""
_TENANT = "veterana"
_HEADING = re.compile(r"^--\n-- (Name: .*)\n--\n", re.MULTILINE)
_EDITED = {"007_dashboards.sql", "012_analysis_fallback.sql", "016_administration.sql",
           "022_inlined.sql"}  # fmt: skip

Schema = dict[str, list[str]]


def _released() -> list[tuple[str, str]]:
    """Returns the released checksums and names, oldest first per name."""
    lines = (ROOT / "sql" / "released.sha256").read_text(encoding="utf-8").splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines]


def test_no_released_migration_was_edited() -> None:
    latest = {name: digest for digest, name in _released()}
    for path in (ROOT / "sql").glob("[0-9]*.sql"):
        assert path.name in latest, f"{path.name} is not listed: run `make release`"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert latest.pop(path.name) == digest, f"{path.name} is released: write a new file"
    assert latest == {}, "a released migration was removed"


def test_every_older_edition_has_an_amendment_and_no_more_files_are_edited() -> None:
    names = [name for _, name in _released()]
    edited = {name for name in names if names.count(name) > 1}
    assert edited == _EDITED
    assert {path.name for path in (ROOT / "sql" / "amendments").iterdir()} == _EDITED


def test_every_older_edition_is_in_a_dump() -> None:
    latest = {name: digest for digest, name in _released()}
    dumps = "".join(gzip.decompress(path.read_bytes()).decode() for path in _DUMPS)
    for digest, name in _released():
        assert digest == latest[name] or digest in dumps, name


def test_every_asset_is_listed_as_released() -> None:
    """A later version removes listed assets that it no longer has from Superset."""
    released = (ASSETS / "released.txt").read_text(encoding="utf-8").split()
    for path in ASSETS.rglob("*.yaml"):
        named = re.findall(r"^uuid: (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= set(released), f"{path.name} is not listed: run `make release`"


@pytest.fixture(scope="module")
def new_schema(blank_server: None) -> Schema:
    """The schema of a new database."""
    migrate()
    registry.add_tenant(_TENANT, "Academia Veterana", _config())
    schema = _dump_schema()
    _wipe()
    return schema


@pytest.fixture
def old_database(request: pytest.FixtureRequest, new_schema: Schema) -> Iterator[None]:
    """A server with an older version's dump."""
    with psycopg.connect(admin_url("postgres"), autocommit=True) as connection:
        migrations._create_database(connection, DATA)
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(gzip.decompress(request.param.read_bytes()))
    yield
    _wipe()


@pytest.mark.parametrize(
    "old_database", _DUMPS, ids=lambda path: path.name.partition(".")[0], indirect=True
)
def test_an_older_database_ends_with_the_schema_of_a_new_one_and_all_its_rows(
    old_database: None, new_schema: Schema
) -> None:
    before = _count_rows()
    assert migrate()

    after = _count_rows()
    assert not [table for table, rows in before.items() if after[table] < rows]
    schema = _dump_schema()
    differing = [
        f"{name}\n  old: {schema.get(name)}\n  new: {new_schema.get(name)}"
        for name in sorted(schema.keys() | new_schema.keys())
        if schema.get(name) != new_schema.get(name)
    ]
    assert not differing, "\n".join(differing)
    assert migrate() == []
    with connect(role_url(login_name(_TENANT))) as connection:
        assert connection.execute("select slug from ops.tenants").fetchall() == [(_TENANT,)]


def test_a_database_of_a_newer_version_is_reported_and_works(
    new_schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate()
    with connect(admin_url()) as connection:
        connection.execute("insert into schema_migrations values ('999_later.sql', 'x')")
    monkeypatch.setenv("GENIAI_DATABASE_URL", admin_url())
    get_settings.cache_clear()
    lines: list[str] = []
    try:
        stack._start_database(
            get_settings(), Supervisor(get_settings().home, lines.append), lines.append
        )

        assert lines[0] == "Database up to date"
        assert len(lines) == 2
        assert "newer version: it has 999_later.sql" in lines[1]
        assert registry.read_active_slugs() == []
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        _wipe()


def _config() -> TenantConfig:
    return TenantConfig(
        chatwoot_url="https://chat.example.com", chatwoot_account_id=1, chatwoot_token="x"
    )


def _count_rows() -> dict[str, int]:
    """Counts the rows of each table but the list of migrations."""
    with psycopg.connect(admin_url()) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname in ('analytics', 'core', 'ops', 'raw', 'sec')"
        ).fetchall()
        return {
            f"{schema}.{name}": connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(schema, name))
            ).fetchall()[0][0]
            for schema, name in tables
        }


def _dump_schema() -> Schema:
    """Dumps the schema by object, with owners, grants, roles and settings; columns are sorted."""
    arguments = ["--schema-only", "--create", "--dbname", admin_url()]
    blocks = _HEADING.split(_run("pg_dump", *arguments))
    schema = {
        heading: sorted(map(_in_any_order, filter(None, text.splitlines())))
        for heading, text in zip(blocks[1::2], blocks[2::2], strict=True)
    }
    roles = _run("pg_dumpall", "--globals-only", "--no-role-passwords", "--dbname", admin_url())
    with connect(admin_url()) as connection:
        editions = connection.execute("select name, sha256 from schema_migrations order by name")
        grants = connection.execute("select datname, datacl::text from pg_database order by 1")
        return schema | {
            "roles": [line for line in roles.splitlines() if not line.startswith("\\")],
            "editions": [f"{name} {digest}" for name, digest in editions.fetchall()],
            "databases": [f"{name} {rights}" for name, rights in grants.fetchall()],
        }


def _in_any_order(line: str) -> str:
    """Sorts a policy's roles, whose oids differ between servers."""
    line = line.rstrip(",")
    return " ".join(sorted(re.findall(r"[^ ,]+", line))) if "CREATE POLICY" in line else line


def _run(program: str, *arguments: str) -> str:
    command = [str(BINARIES / program), *arguments]
    return re.sub(
        r"^\\(un)?restrict .*\n", "",
        subprocess.run(command, check=True, capture_output=True, text=True).stdout,
        flags=re.MULTILINE,
    )  # fmt: skip


def _wipe() -> None:
    """Removes the product's databases and roles from a server."""
    with psycopg.connect(admin_url("postgres"), autocommit=True) as connection:
        for (name,) in connection.execute(
            "select datname from pg_database where datname !~ '^(postgres|template[01])$'"
        ).fetchall():
            connection.execute(sql.SQL("drop database {} (force)").format(sql.Identifier(name)))
        for (name,) in connection.execute(
            "select rolname from pg_roles where rolname !~ '^pg_' and rolname <> current_user"
        ).fetchall():
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
