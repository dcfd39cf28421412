"""`migrate`: what it applies, when, and what it refuses, on each kind of server."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import ROOT
from geniai_pipeline.warehouse import migrations
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.migrations import migrate

pytestmark = pytest.mark.usefixtures("database")

_RIGHTS = """
select c.relname, c.relowner::regrole::text, c.reloptions, array(select unnest(c.relacl)::text order by 1)
from pg_class c where c.relnamespace = 'dashboards'::regnamespace and c.relkind = 'v' order by 1
"""  # noqa: E501
_TOP = "create view dashboards.top with (security_invoker = true) as table dashboards.base;"
_HAS_REPLY_WINDOW = """
select exists (
    select from pg_attribute
    where attrelid = to_regclass('analytics.conversations_analytics') and attname = 'reply_until'
)
"""


@pytest.fixture
def views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of ``sql/views`` that `migrate` reads; teardown restores the views."""
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_FOLDER", tmp_path / "sql")
        yield tmp_path / "sql" / "views"
    migrate()


def _select(statement: str) -> list[tuple[object, ...]]:
    with connect(admin_url()) as connection:
        return connection.execute(statement.encode()).fetchall()


def _migrate_at_once(times: int) -> list[list[str]]:
    applied: list[list[str]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate())) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return applied


def test_migrations_are_applied_once() -> None:
    assert migrate() == []


def test_several_migrations_at_once_take_turns() -> None:
    assert _migrate_at_once(4) == [[], [], [], []]


def test_an_applied_migration_that_was_changed_is_refused() -> None:
    (first, *_) = migrations.list_files()
    with connect(admin_url()) as connection:
        (digest,) = connection.execute(
            "select sha256 from schema_migrations where name = %s", [first.name]
        ).fetchone() or ("",)
        connection.execute("update schema_migrations set sha256 = 'x' where sha256 = %s", [digest])
    try:
        with pytest.raises(PermanentError, match=f"{first.name} was changed after"):
            migrate()
    finally:
        with connect(admin_url()) as connection:
            connection.execute(
                "update schema_migrations set sha256 = %s where sha256 = 'x'", [digest]
            )


def test_changed_views_are_recreated_with_their_dependents(views: Path) -> None:
    rights = _select(_RIGHTS)
    extra = views / "99_extra.sql"
    extra.write_text(
        "create function dashboards.twice(n integer) returns integer"
        " language sql immutable return 2 * n;\n"
        "create view dashboards.base with (security_invoker = true, security_barrier = true) as"
        " select dashboards.twice(1) as one, 2 as two;\n" + _TOP
    )
    assert migrate() == ["views"]
    assert _select("select * from dashboards.top") == [(2, 2)]

    extra.write_text(
        "create function dashboards.twice(words text) returns text"
        " language sql immutable return words || words;\n"
        "create view dashboards.base with (security_invoker = true) as"
        " select dashboards.twice('a') as other;\n"
        + _TOP
        + "grant select on dashboards.top to bi_tenant;"
    )
    assert migrate() == ["views"]
    assert _select("select other from dashboards.top") == [("aa",)]

    extra.unlink()
    assert migrate() == ["views"]
    assert migrate() == []
    assert _select(_RIGHTS) == rights


def test_one_of_several_migrations_at_once_creates_the_views(views: Path) -> None:
    (views / "99_extra.sql").write_text("-- nothing\n")

    assert sorted(_migrate_at_once(4)) == [[], [], [], ["views"]]


def test_a_view_file_that_fails_leaves_every_view_as_it_was(views: Path) -> None:
    rights = _select(_RIGHTS)
    (views / "99_extra.sql").write_text("create view dashboards.extra as select missing;")

    with pytest.raises(psycopg.errors.UndefinedColumn):
        migrate()

    assert _select(_RIGHTS) == rights


def test_a_foreign_object_that_depends_on_a_view_is_not_dropped(views: Path) -> None:
    (views / "99_extra.sql").write_text("-- changed\n")
    _execute("create view public.operators_own as select conversation_id from dashboards.leads")
    try:
        with pytest.raises(PermanentError, match="operators_own"):
            migrate()
        assert _select("select to_regclass('public.operators_own') is not null") == [(True,)]
    finally:
        _execute("drop view public.operators_own")


def test_a_database_of_a_newer_version_keeps_its_views(views: Path) -> None:
    (views / "99_extra.sql").write_text("-- changed\n")
    _execute("insert into schema_migrations values ('999_later.sql', 'x')")
    try:
        assert migrate() == []
        with connect(admin_url()) as connection:
            assert migrations.list_pending(connection) == []
    finally:
        _execute("delete from schema_migrations where name = '999_later.sql'")
    with connect(admin_url()) as connection:
        assert migrations.list_pending(connection) == ["views"]


def test_an_older_database_shows_its_old_deadlines_until_its_next_run() -> None:
    name = "before_deadlines"
    with connect(admin_url("postgres")) as server:
        server.autocommit = True
        server.execute(f"create database {name}".encode())
    spoke = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    with closing(psycopg.connect(admin_url(name), autocommit=True)) as connection:
        has_rows = False
        for path in migrations.list_files():
            with connection.transaction():
                connection.execute(path.read_bytes())
                has_window = connection.execute(_HAS_REPLY_WINDOW).fetchone() == (True,)
                if has_window and not has_rows:  # the file is applied again, to rows of before
                    raise psycopg.Rollback
            if has_window and not has_rows:
                _insert_who_waits(connection, spoke)
                has_rows = True
                with connection.transaction():
                    connection.execute(path.read_bytes())
        until = connection.execute(
            "select channel, reply_until from analytics.conversations_analytics"
        ).fetchall()
        forced = connection.execute(
            "select relforcerowsecurity from pg_class"
            " where oid = 'analytics.conversations_analytics'::regclass"
        ).fetchone()
    with connect(admin_url("postgres")) as server:
        server.autocommit = True
        server.execute(f"drop database {name}".encode())

    a_day = spoke + timedelta(days=1)
    assert dict(until) == {"WhatsApp": a_day, "Instagram": a_day, "API": None}
    assert forced == (True,)


def _execute(statement: str) -> None:
    with connect(admin_url()) as connection:
        connection.execute(statement.encode())


def _insert_who_waits(connection: psycopg.Connection[tuple[object, ...]], spoke: datetime) -> None:
    connection.execute("insert into ops.tenants (slug, name) values ('gym', 'Gym')")
    for number, channel in enumerate(("WhatsApp", "Instagram", "API")):
        connection.execute(
            "insert into analytics.conversations_analytics (tenant_id, conversation_id, inbox_id,"
            " inbox_name, channel, status, created_at, last_activity_at, message_count,"
            " contact_message_count, agent_message_count, bot_message_count, is_lead, lead_score,"
            " visit_scheduled, crm_converted, labels, analyzer, analyzer_version, chatwoot_url,"
            " row_hash, awaits_reply, last_spoke_at) values (1, %s, 1, '', %s, 'open', now(),"
            " now(), 1, 1, 0, 0, true, 5, false, false, '{}', '', '', '', '', true, %s)",
            [number, channel, spoke],
        )
