"""The tenant boundary and the bulk load, on the embedded server and on an operator's own."""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from geniai_pipeline.chatwoot.extraction import Batch
from geniai_pipeline.chatwoot.rows import Conversation, Message
from geniai_pipeline.errors import PermanentError, Rejected
from geniai_pipeline.settings import ROOT
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import landing, registry, runs
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url, tenant_transaction
from geniai_pipeline.warehouse.load import keep_refused, upsert
from geniai_pipeline.warehouse.migrations import migrate
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("database")

COLUMNS = ("conversation_id", "payload", "content_hash")


def land(tenant_id: int, rows: Sequence[tuple[object, ...]]) -> tuple[int, int, int]:
    with tenant_transaction(tenant_id) as connection:
        loaded = upsert(
            connection,
            "raw.conversations",
            COLUMNS,
            rows,
            key=("conversation_id",),
            hash_column="content_hash",
            also_set="changed_at = now()",
        )
        keep_refused(connection, "a-run", loaded.refused)
    return len(loaded.written), loaded.unchanged, len(loaded.refused)


def landed(tenant_id: int) -> dict[int, str]:
    with tenant_transaction(tenant_id) as connection:
        return dict(
            connection.execute(
                "select conversation_id, content_hash from raw.conversations"
            ).fetchall()
        )


def show(tenant_id: int, conversation_id: int) -> None:
    """Puts one conversation on the tenant's dashboards."""
    with tenant_transaction(tenant_id) as connection:
        connection.execute(
            "insert into analytics.conversations_analytics (tenant_id, conversation_id, inbox_id,"
            " inbox_name, channel, status, created_at, last_activity_at, message_count,"
            " contact_message_count, agent_message_count, bot_message_count, is_lead, lead_score,"
            " visit_scheduled, crm_converted, labels, analyzer, analyzer_version, chatwoot_url,"
            " row_hash) values (%s, %s, 1, 'WhatsApp', 'WhatsApp', 'open', now(), now(), 1, 1, 0,"
            " 0, true, 3, false, false, '{}', 'rules', '1', '', '') on conflict do nothing",
            [tenant_id, conversation_id],
        )


def test_migrations_are_applied_once() -> None:
    assert migrate() == []


def test_several_migrations_at_once_take_turns() -> None:
    failures: list[BaseException] = []

    def attempt() -> None:
        try:
            migrate()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_applied_migration_that_was_changed_is_refused() -> None:
    with connect(admin_url()) as connection:
        connection.execute("update schema_migrations set sha256 = 'x' where name like '001%'")
    try:
        with pytest.raises(PermanentError, match=r"001_roles\.sql was changed after"):
            migrate()
    finally:
        with connect(admin_url()) as connection:
            connection.execute("delete from schema_migrations where sha256 = 'x'")
            import hashlib

            digest = hashlib.sha256((ROOT / "sql" / "001_roles.sql").read_bytes()).hexdigest()
            connection.execute(
                "insert into schema_migrations values ('001_roles.sql', %s)", [digest]
            )


def test_an_upsert_writes_what_differs_and_leaves_the_rest(make_tenant: MakeTenant) -> None:
    gym = make_tenant("upsert")
    rows = [(i, Jsonb({"id": i}), f"h{i}") for i in range(10)]
    assert land(gym.tenant_id, rows) == (10, 0, 0)
    assert land(gym.tenant_id, rows) == (0, 10, 0)
    assert land(gym.tenant_id, [*rows[:9], (9, Jsonb({}), "other")]) == (1, 9, 0)
    assert landed(gym.tenant_id)[9] == "other"


def test_an_upsert_reads_no_more_of_the_table_than_its_own_rows(make_tenant: MakeTenant) -> None:
    gym = make_tenant("large")
    land(gym.tenant_id, [(i, Jsonb({}), "h") for i in range(3000)])
    with tenant_transaction(gym.tenant_id) as connection:
        upsert(
            connection,
            "raw.conversations",
            COLUMNS,
            [(i, Jsonb({}), "h" if i % 2 else "new") for i in range(2990, 3010)],
            key=("conversation_id",),
            hash_column="content_hash",
        )
        ((touched,),) = connection.execute(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables"
            " where relid = 'raw.conversations'::regclass"
        ).fetchall()
    assert touched <= 100


def test_two_loads_of_the_same_new_rows_at_once_take_turns(make_tenant: MakeTenant) -> None:
    gym = make_tenant("at-once")
    rows = [(i, Jsonb({"id": i}), f"h{i}") for i in range(10)]
    how: dict[str, Any] = {"key": ("conversation_id",), "hash_column": "content_hash"}
    begun, found = threading.Event(), []

    def second() -> None:
        with tenant_transaction(gym.tenant_id) as connection:
            begun.set()
            found.append(upsert(connection, "raw.conversations", COLUMNS, rows, **how))

    other = threading.Thread(target=second)
    with tenant_transaction(gym.tenant_id) as connection:
        first = upsert(connection, "raw.conversations", COLUMNS, rows, **how)
        other.start()
        assert begun.wait(30)
        other.join(0.2)
        assert other.is_alive(), "it waits until this transaction is over"
    other.join()
    assert (len(first.written), first.refused) == (10, [])
    assert (found[0].written, found[0].unchanged, found[0].refused) == ([], 10, [])


def test_of_duplicates_in_one_batch_the_last_wins(make_tenant: MakeTenant) -> None:
    gym = make_tenant("duplicates")
    land(gym.tenant_id, [(1, Jsonb({}), "old"), (2, Jsonb({}), "b"), (1, Jsonb({}), "new")])
    assert landed(gym.tenant_id) == {1: "new", 2: "b"}


def test_a_row_that_postgres_refuses_does_not_cost_the_others(make_tenant: MakeTenant) -> None:
    gym = make_tenant("refused")
    bad = (4, Jsonb({"text": "\x00"}), "nul")
    worse = (7, Jsonb({}), None)
    rows = [(i, Jsonb({}), "h") for i in range(10) if i not in (4, 7)]
    written, _, refused = land(gym.tenant_id, [*rows, bad, worse])
    assert (written, refused) == (8, 2)
    with tenant_transaction(gym.tenant_id) as connection:
        kept = connection.execute("select key, reason from ops.rejected_rows order by key")
        reasons = dict(kept.fetchall())
    assert set(reasons) == {"4", "7"}
    assert "null value" in reasons["7"]


def test_the_loader_sees_and_writes_its_own_tenant_alone(make_tenant: MakeTenant) -> None:
    one, two = make_tenant("loader-one"), make_tenant("loader-two")
    land(one.tenant_id, [(1, Jsonb({}), "one")])
    land(two.tenant_id, [(1, Jsonb({}), "two")])
    assert landed(one.tenant_id) == {1: "one"}
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        tenant_transaction(one.tenant_id) as connection,
    ):
        connection.execute(
            "insert into raw.conversations (tenant_id, conversation_id, payload, content_hash)"
            " values (%s, 2, '{}', '')",
            [two.tenant_id],
        )
    with tenant_transaction(one.tenant_id) as connection:
        assert connection.execute("update raw.conversations set content_hash = 'x'").rowcount == 1
    assert landed(two.tenant_id) == {1: "two"}


def test_a_loader_that_names_no_tenant_sees_nothing(make_tenant: MakeTenant) -> None:
    land(make_tenant("unnamed").tenant_id, [(1, Jsonb({}), "h")])
    with connect(role_url("etl_writer")) as connection:
        assert connection.execute("select from raw.conversations").fetchall() == []


def test_a_tenants_login_reads_its_own_rows_and_no_others(make_tenant: MakeTenant) -> None:
    one, two = make_tenant("reader-one"), make_tenant("reader-two")
    show(one.tenant_id, 1)
    show(two.tenant_id, 2)
    query = "select tenant_id, conversation_id from analytics.conversations_analytics"
    with connect(role_url(login_name("reader-one"))) as connection:
        assert connection.execute(query).fetchall() == [(one.tenant_id, 1)]
        assert connection.execute("select slug from ops.tenants").fetchall() == [("reader-one",)]


@pytest.mark.parametrize(
    "attempt",
    [
        "set app.current_tenant_id = '{other}'",
        "set role bi_t_victim",
        "set role bi_staff",
        "set role etl_writer",
        "set session authorization bi_t_victim",
        "select set_config('role', 'bi_t_victim', false)",
        "select set_config('app.current_tenant_id', '{other}', false)",
    ],
)
def test_a_tenant_with_sql_in_hand_cannot_become_another(
    attempt: str, make_tenant: MakeTenant
) -> None:
    thief, victim = make_tenant("thief"), make_tenant("victim")
    show(thief.tenant_id, 1)
    show(victim.tenant_id, 2)
    with psycopg.connect(role_url(login_name("thief")), autocommit=True) as connection:
        try:
            connection.execute(attempt.format(other=victim.tenant_id).encode())
        except psycopg.Error as error:
            assert error.sqlstate in ("42501", "22023", "0P000")  # noqa: PT017
        rows = connection.execute(
            "select tenant_id from analytics.conversations_analytics"
        ).fetchall()
    assert rows == [(thief.tenant_id,)]


@pytest.mark.parametrize("table", ["raw.conversations", "core.conversations", "ops.tenant_configs",
                                   "sec.tenant_logins", "ops.rejected_rows"])  # fmt: skip
@pytest.mark.parametrize("role", ["bi_t_outsider", "bi_none", "bi_staff"])
def test_what_is_not_for_dashboards_cannot_be_read_by_them(
    table: str, role: str, make_tenant: MakeTenant
) -> None:
    make_tenant("outsider")
    with connect(role_url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"select * from {table}")


def test_nobody_sees_nothing_and_staff_see_all(make_tenant: MakeTenant) -> None:
    one, two = make_tenant("staff-one"), make_tenant("staff-two")
    show(one.tenant_id, 1)
    show(two.tenant_id, 2)
    query = "select distinct tenant_id from analytics.conversations_analytics"
    with connect(role_url("bi_staff")) as connection:
        seen = {t for (t,) in connection.execute(query).fetchall()}
    assert {one.tenant_id, two.tenant_id} <= seen
    with (
        connect(role_url("bi_none")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(query)


def test_every_table_with_a_tenant_has_forced_row_level_security() -> None:
    with connect(admin_url()) as connection:
        open_tables = connection.execute(
            "select c.oid::regclass::text from pg_class c join pg_attribute a"
            " on a.attrelid = c.oid and a.attname = 'tenant_id'"
            " where c.relkind in ('r', 'p', 'm')"
            " and not (c.relrowsecurity and c.relforcerowsecurity)"
        ).fetchall()
        loose_views = connection.execute(
            "select c.oid::regclass::text from pg_class c join pg_namespace n"
            " on n.oid = c.relnamespace where c.relkind = 'v'"
            " and n.nspname not in ('pg_catalog', 'information_schema')"
            " and not coalesce('security_invoker=true' = any(c.reloptions), false)"
        ).fetchall()
    assert open_tables == []
    assert loose_views == []


def test_a_tenant_that_is_removed_leaves_no_row_and_no_login(make_tenant: MakeTenant) -> None:
    gym = make_tenant("leaving")
    land(gym.tenant_id, [(1, Jsonb({}), "h")])
    show(gym.tenant_id, 1)
    registry.remove_tenant("leaving")
    with connect(admin_url()) as connection:
        for table in ("raw.conversations", "analytics.conversations_analytics", "ops.tenants"):
            rows = connection.execute(
                f"select from {table} where tenant_id = %s", [gym.tenant_id]
            ).fetchall()
            assert rows == []
        login = connection.execute("select from pg_roles where rolname = 'bi_t_leaving'")
        assert login.fetchone() is None


def test_a_disabled_tenant_cannot_log_in_and_comes_back(make_tenant: MakeTenant) -> None:
    make_tenant("paused")
    registry.set_active("paused", False)
    assert "paused" not in registry.active_slugs()
    with pytest.raises(PermanentError), connect(role_url("bi_t_paused")):
        pass
    registry.set_active("paused", True)
    with connect(role_url("bi_t_paused")):
        assert "paused" in registry.active_slugs()


def test_signing_in_takes_one_iteration_of_a_password_that_cannot_be_guessed(
    make_tenant: MakeTenant,
) -> None:
    make_tenant("rapida")
    with connect(admin_url()) as connection:
        stored = connection.execute(
            "select rolname, rolpassword from pg_authid where rolname = any(%s)",
            [["etl_writer", login_name("rapida")]],
        ).fetchall()
        newer = connection.info.server_version >= 160_000

    assert len(stored) == 2
    for role, verifier in stored:
        assert verifier.startswith("SCRAM-SHA-256$1:" if newer else "SCRAM-SHA-256$4096:"), role


def test_a_token_is_stored_encrypted(make_tenant: MakeTenant) -> None:
    gym = make_tenant("secretive", chatwoot_token="a very secret token")
    assert gym.chatwoot_token == "a very secret token"
    assert "very secret" not in repr(gym)
    with connect(admin_url()) as connection:
        stored = connection.execute("select chatwoot_token from ops.tenant_configs").fetchall()
    assert not any("very secret" in token for (token,) in stored)


def test_what_is_not_given_stays_as_it_is_when_a_tenant_is_changed(make_tenant: MakeTenant) -> None:
    make_tenant("steady", timezone="America/Manaus", converted_labels=["aluno"])
    registry.add_tenant("steady", "Renamed", registry.TenantConfig(brand_color="#123456"))
    gym = registry.load_tenant("steady")
    assert (gym.name, gym.timezone.key, gym.brand_color) == ("Renamed", "America/Manaus", "#123456")
    assert gym.converted_labels == {"aluno"}
    assert gym.chatwoot_token == "token of steady"


@pytest.mark.parametrize("slug", ["", "A", "a", "á-gym", "-x", "x y", "x" * 41, "x;drop"])
def test_a_bad_slug_is_refused(slug: str) -> None:
    with pytest.raises(PermanentError, match="cannot name a tenant"):
        registry.add_tenant(slug, "X", registry.TenantConfig())


def test_a_run_that_never_ended_is_marked_when_the_next_begins(make_tenant: MakeTenant) -> None:
    gym = make_tenant("crashed")
    assert runs.start_run(gym.tenant_id, "run-1", "full") is None
    runs.start_run(gym.tenant_id, "run-2", "incremental")
    assert runs.progress_of(["run-1"])["run-1"]["status"] == "interrupted"


def test_the_watermark_is_the_latest_that_was_committed(make_tenant: MakeTenant) -> None:
    from geniai_pipeline.warehouse.landing import commit_watermark

    gym = make_tenant("marked")
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    runs.start_run(gym.tenant_id, "run-1", "full")
    commit_watermark(gym.tenant_id, "run-1", moment, present=None)
    runs.fail_run(gym.tenant_id, "run-1", "a later step failed")
    mark = runs.start_run(gym.tenant_id, "run-2", "incremental")
    assert mark is not None
    assert mark.until == moment
    assert timedelta(0) < mark.age < timedelta(minutes=1)


def test_a_tenant_that_was_removed_takes_its_messages_along_and_its_run_can_land_no_more(
    make_tenant: MakeTenant,
) -> None:
    gym, stays = make_tenant("leaving"), make_tenant("staying")
    batch = Batch(
        conversations=[Conversation(1, {}, "{}", "hash", None)],
        messages=[Message(1, 1, {}, "{}", "hash")],
    )
    for tenant in (gym, stays):
        runs.start_run(tenant.tenant_id, f"run of {tenant.slug}", "full")
        landing.land(tenant.tenant_id, f"run of {tenant.slug}", batch)
    registry.remove_tenant("leaving")
    with connect(admin_url()) as connection:
        assert connection.execute(
            "select array_agg(tenant_id) from raw.messages where tenant_id = any(%s)",
            [[gym.tenant_id, stays.tenant_id]],
        ).fetchone() == ([stays.tenant_id],)
    with pytest.raises(PermanentError, match="was removed while its run went on"):
        landing.land(gym.tenant_id, "run of leaving", batch)


def test_what_could_not_be_read_is_forgotten_when_it_comes(make_tenant: MakeTenant) -> None:
    gym = make_tenant("recovers")
    runs.start_run(gym.tenant_id, "run of recovers", "full")
    unread = Conversation(1, {}, "{}", "", None)
    refused = [Rejected("raw.messages", "1/", "sick", ""), Rejected("raw.messages", "1/7", "", "")]
    landing.land(gym.tenant_id, "run of recovers", Batch(conversations=[unread], rejected=refused))
    still = Rejected("raw.messages", "1/8", "no created_at", "{}")
    read = replace(unread, content_hash="hash")
    landing.land(
        gym.tenant_id,
        "run of recovers",
        Batch([read], [Message(1, 7, {}, "{}", "hash")], rejected=[still]),
    )
    with tenant_transaction(gym.tenant_id) as connection:
        kept = connection.execute("select key from ops.rejected_rows").fetchall()
    assert kept == [("1/8",)]


def test_requests_of_one_host_are_spread_over_all_who_ask() -> None:
    first = runs.reserve_requests("spread.test", 10, 600)
    second = runs.reserve_requests("spread.test", 10, 600)
    other = runs.reserve_requests("other.test", 10, 600)
    assert first == other == 0
    assert 0.5 < second <= 1.0


def test_a_database_of_before_shows_the_same_deadlines_until_its_next_run() -> None:
    name = "before_deadlines"
    with connect(admin_url("postgres")) as server:
        server.autocommit = True
        server.execute(f"create database {name}")
    spoke = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    with closing(psycopg.connect(admin_url(name), autocommit=True)) as connection:
        for path in sorted((ROOT / "sql").glob("[0-9]*.sql")):
            if path.name.startswith("024"):
                connection.execute("insert into ops.tenants (slug, name) values ('gym', 'Gym')")
                for number, channel in enumerate(("WhatsApp", "Instagram", "API")):
                    connection.execute(
                        "insert into analytics.conversations_analytics (tenant_id,"
                        " conversation_id, inbox_id, inbox_name, channel, status, created_at,"
                        " last_activity_at, message_count, contact_message_count,"
                        " agent_message_count, bot_message_count, is_lead, lead_score,"
                        " visit_scheduled, crm_converted, labels, analyzer, analyzer_version,"
                        " chatwoot_url, row_hash, awaits_reply, last_spoke_at) values (1, %s, 1,"
                        " '', %s, 'open', now(), now(), 1, 1, 0, 0, true, 5, false, false, '{}',"
                        " '', '', '', '', true, %s)",
                        [number, channel, spoke],
                    )
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
        server.execute(f"drop database {name}")

    a_day = spoke + timedelta(days=1)
    assert dict(until) == {"WhatsApp": a_day, "Instagram": a_day, "API": None}
    assert forced == (True,)
