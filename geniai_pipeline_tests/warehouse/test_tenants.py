"""Tenant isolation and registry, on the embedded server and on an operator's."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.warehouse.rows import land, landed, show

pytestmark = pytest.mark.usefixtures("database")


def test_the_loader_reads_and_writes_only_its_tenant(make_tenant: MakeTenant) -> None:
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


def test_a_loader_without_a_tenant_reads_nothing(make_tenant: MakeTenant) -> None:
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
def test_a_tenants_login_cannot_become_another_by_sql(
    attempt: str, make_tenant: MakeTenant
) -> None:
    attacker, victim = make_tenant("attacker"), make_tenant("victim")
    show(attacker.tenant_id, 1)
    show(victim.tenant_id, 2)
    with psycopg.connect(role_url(login_name("attacker")), autocommit=True) as connection:
        try:
            connection.execute(attempt.format(other=victim.tenant_id).encode())
        except psycopg.Error as error:
            assert error.sqlstate in ("42501", "22023", "0P000")  # noqa: PT017
        rows = connection.execute(
            "select tenant_id from analytics.conversations_analytics"
        ).fetchall()
    assert rows == [(attacker.tenant_id,)]


@pytest.mark.parametrize("table", ["raw.conversations", "core.conversations", "ops.tenant_configs",
                                   "sec.tenant_logins", "ops.rejected_rows"])  # fmt: skip
@pytest.mark.parametrize("role", ["bi_t_outsider", "bi_none", "bi_staff"])
def test_dashboard_roles_cannot_read_internal_tables(
    table: str, role: str, make_tenant: MakeTenant
) -> None:
    make_tenant("outsider")
    with connect(role_url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"select * from {table}")


def test_the_login_without_rights_reads_nothing_and_staff_read_all(make_tenant: MakeTenant) -> None:
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
    tenant = make_tenant("leaving")
    land(tenant.tenant_id, [(1, Jsonb({}), "h")])
    show(tenant.tenant_id, 1)
    registry.remove_tenant("leaving")
    with connect(admin_url()) as connection:
        for table in ("raw.conversations", "analytics.conversations_analytics", "ops.tenants"):
            rows = connection.execute(
                f"select from {table} where tenant_id = %s", [tenant.tenant_id]
            ).fetchall()
            assert rows == []
        login = connection.execute("select from pg_roles where rolname = 'bi_t_leaving'")
        assert login.fetchone() is None


def test_a_disabled_tenant_cannot_log_in_until_it_is_enabled(make_tenant: MakeTenant) -> None:
    make_tenant("paused")
    registry.set_active("paused", False)
    assert "paused" not in registry.read_active_slugs()
    with pytest.raises(PermanentError), connect(role_url("bi_t_paused")):
        pass
    registry.set_active("paused", True)
    with connect(role_url("bi_t_paused")):
        assert "paused" in registry.read_active_slugs()


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
    tenant = make_tenant("secretive", chatwoot_token="a very secret token")
    assert tenant.chatwoot_token == "a very secret token"
    assert "very secret" not in repr(tenant)
    with connect(admin_url()) as connection:
        stored = connection.execute("select chatwoot_token from ops.tenant_configs").fetchall()
    assert not any("very secret" in token for (token,) in stored)


def test_changing_a_tenant_keeps_settings_that_are_not_given(make_tenant: MakeTenant) -> None:
    make_tenant("steady", timezone="America/Manaus", converted_labels=["aluno"])
    registry.add_tenant("steady", "Renamed", TenantConfig(brand_color="#123456"))
    tenant = registry.load_tenant("steady")
    assert (tenant.name, tenant.timezone.key, tenant.brand_color) == (
        "Renamed",
        "America/Manaus",
        "#123456",
    )
    assert tenant.converted_labels == {"aluno"}
    assert tenant.chatwoot_token == "token of steady"


@pytest.mark.parametrize("slug", ["", "A", "a", "á-gym", "-x", "x y", "x" * 41, "x;drop"])
def test_a_bad_slug_is_refused(slug: str) -> None:
    with pytest.raises(PermanentError, match="is not a valid slug"):
        registry.add_tenant(slug, "X", TenantConfig())
