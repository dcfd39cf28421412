"""Doctor's checks of Postgres: each test removes one protection and restores it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from geniai_pipeline.doctor import Finding
from geniai_pipeline.doctor.database import (
    check_databases,
    check_grants,
    check_own_changes,
    check_policies,
    check_rights,
    check_server,
    check_tenant_logins,
)
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline.warehouse.migrations import migrate
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.findings import find_faults

_TABLE = "analytics.daily_metrics"


@contextmanager
def _broken(sql: str, mend: str) -> Iterator[None]:
    with connect(admin_url()) as connection:
        connection.execute(sql.encode())
    try:
        yield
    finally:
        with connect(admin_url()) as connection:
            connection.execute(mend.encode())


@pytest.mark.parametrize(
    ("check", "sql", "mend", "about"),
    [
        (
            check_policies,
            f"alter table {_TABLE} no force row level security",
            f"alter table {_TABLE} force row level security",
            _TABLE,
        ),
        (
            check_policies,
            f"alter table {_TABLE} disable row level security",
            f"alter table {_TABLE} enable row level security",
            _TABLE,
        ),
        (
            check_policies,
            "create table core.fresh (tenant_id integer)",
            "drop table core.fresh",
            "core.fresh",
        ),
        (
            check_policies,
            "alter view dashboards.leads reset (security_invoker)",
            "alter view dashboards.leads set (security_invoker = true)",
            "dashboards.leads",
        ),
        (
            check_policies,
            "create materialized view analytics.fresh as select 1 as tenant_id",
            "drop materialized view analytics.fresh",
            "analytics.fresh",
        ),
        *(
            (
                check_rights,
                f"alter role {login} {right}",
                f"alter role {login} no{right}",
                login,
            )
            for login in ("etl_writer", "bi_staff", "superset", "dagster", "gatekeeper")
            for right in ("superuser", "bypassrls")
        ),
        (
            check_rights,
            "grant bi_staff to bi_none",
            "revoke bi_staff from bi_none",
            "bi_none",
        ),
        *(
            (
                check_rights,
                f"alter role {login} {right}",
                f"alter role {login} no{right}",
                login,
            )
            for login in ("bi_none", "etl_writer")
            for right in ("replication", "createdb", "createrole")
        ),
        *(
            (check_rights, f"grant {role} to {login}", f"revoke {role} from {login}", login)
            for role, login in (
                ("pg_read_server_files", "bi_none"),
                ("pg_execute_server_program", "gatekeeper"),
                ("pg_read_all_data", "bi_staff"),
                ("pg_monitor", "bi_staff"),
                ("bi_tenant", "bi_none"),
                ("superset", "dagster"),
            )
        ),
        (
            check_rights,
            "grant pg_read_all_data to bi_tenant",
            "revoke pg_read_all_data from bi_tenant",
            "bi_tenant",
        ),
        *(
            (
                check_policies,
                f"create policy wide on {_TABLE} to {role} using (true)",
                f"drop policy wide on {_TABLE}",
                "wide",
            )
            for role in ("bi_tenant", "bi_none", "etl_writer", "public")
        ),
        (
            check_policies,
            f"alter policy own on {_TABLE} using (tenant_id > 0)",
            f"alter policy own on {_TABLE} using (tenant_id = (select sec.reading_tenant()))",
            _TABLE,
        ),
        (
            check_policies,
            f"alter policy own_run on {_TABLE} with check (true)",
            f"alter policy own_run on {_TABLE}"
            " with check (tenant_id = (select sec.loading_tenant()))",
            _TABLE,
        ),
        (
            check_grants,
            "grant select on ops.tenant_configs to bi_staff",
            # a table's revoke takes the grants on its columns, too
            "revoke select on ops.tenant_configs from bi_staff;"
            " grant select (tenant_id, analyzer, monthly_budget_brl, timezone)"
            " on ops.tenant_configs to bi_staff",
            "tenant_configs",
        ),
        *(
            (check_grants, f"grant {right} to {role}", f"revoke {right} from {role}", about)
            for right, role, about in (
                ("select (chatwoot_token) on ops.tenant_configs", "bi_tenant", "tenant_configs"),
                ("select on sec.tenant_logins", "bi_none", "sec.tenant_logins"),
                ("select on raw.messages", "public", "raw.messages"),
                ("select (payload) on raw.messages", "bi_staff", "raw.messages"),
                (
                    "update (lead_score) on analytics.conversations_analytics",
                    "bi_tenant",
                    "conversations_analytics",
                ),
                ("truncate on analytics.daily_metrics", "bi_tenant", "daily_metrics"),
                ("execute on function sec.loading_tenant()", "bi_tenant", "loading_tenant"),
                (
                    "execute on function ops.reserve_requests(text, integer, integer)",
                    "public",
                    "reserve_requests",
                ),
                ("execute on function set_config(text, text, boolean)", "public", "set_config"),
                ("execute on function pg_read_file(text)", "bi_staff", "pg_read_file"),
                (
                    "execute on function query_to_xml(text, boolean, boolean, text)",
                    "bi_tenant",
                    "query_to_xml",
                ),
                ("select on analytics.daily_metrics", "bi_none", "daily_metrics"),
                ("select on dashboards.leads", "public", "dashboards.leads"),
                ("temporary on database {database}", "public", "temporary"),
                ("usage on language plpgsql", "bi_tenant", "plpgsql"),
                ("create on schema dashboards", "bi_staff", "dashboards"),
            )
        ),
        (
            check_databases,
            "grant connect on database template1 to public",
            "revoke connect on database template1 from public",
            "database template1",
        ),
        (
            check_databases,
            "grant connect on database superset to bi_none",
            "revoke connect on database superset from bi_none",
            "database superset",
        ),
        (
            check_tenant_logins,
            "create role bi_t_left_behind login",
            "drop role bi_t_left_behind",
            "bi_t_left_behind",
        ),
    ],
)
def test_the_doctor_finds_each_unsafe_state_of_postgres(
    database: str,
    check: Callable[[], Iterator[Finding]],
    sql: str,
    mend: str,
    about: str,
) -> None:
    with connect(admin_url()) as connection:
        sql, mend = (text.format(database=connection.info.dbname) for text in (sql, mend))
    assert find_faults(check, about) == []
    with _broken(sql, mend):
        assert len(find_faults(check, about)) == 1
    assert find_faults(check, about) == []


def test_a_migrated_database_has_no_findings(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("sadia")
    for check in (check_server, check_policies, check_rights, check_grants, check_own_changes):
        assert list(check()) == []


def test_a_login_without_a_tenant_is_found(
    database: str,
    make_tenant: MakeTenant,
) -> None:
    login = login_name(make_tenant("untied").slug)

    with _broken(
        f"delete from sec.tenant_logins where role_name = '{login}'",
        "insert into sec.tenant_logins"
        f" select '{login}', tenant_id from ops.tenants where slug = 'untied'",
    ):
        assert len(find_faults(check_tenant_logins, login)) == 1
    assert find_faults(check_tenant_logins, login) == []


@pytest.mark.parametrize(
    "change",
    [
        "alter role {login} password 'of-its-own'",
        "alter role {login} password null",
        "alter role {login} set statement_timeout = 0",
        "alter role {login} set role = {login}",
        "alter role {login} reset timezone",
        "alter role {login} in database {database} set search_path = pg_temp",
    ],
)
def test_settings_that_a_login_changes_of_itself_are_found_and_reset(
    database: str, make_tenant: MakeTenant, change: str
) -> None:
    if database == "own_server" and "password" in change:
        pytest.skip("it trusts everybody, whatever their password")
    make_tenant("teimosa", timezone="America/Manaus")
    logins = ("bi_t_teimosa", "bi_a_teimosa", "bi_staff")
    for login in logins:
        assert find_faults(check_own_changes, login) == []
        with connect(role_url(login)) as connection:
            statement = change.format(login=login, database=connection.info.dbname)
            connection.execute(statement.encode())

    for login in logins:
        assert len(find_faults(check_own_changes, login)) == 1, login
    migrate()
    for login in logins:
        assert find_faults(check_own_changes, login) == []
        with connect(role_url(login)) as connection:
            shown = connection.execute(
                "select current_setting('timezone'), current_setting('statement_timeout')"
            ).fetchone()
        zone = "America/Sao_Paulo" if login == "bi_staff" else "America/Manaus"
        assert shown == (zone, "30s")


@pytest.mark.parametrize(
    "grant",
    [
        "select (chatwoot_token) on ops.tenant_configs to bi_tenant",
        "update on analytics.daily_metrics to bi_staff",
        "execute on function set_config(text, text, boolean) to public",
        "usage on language plpgsql to bi_none",
        "create on schema dashboards to public",
    ],
)
def test_the_remedy_of_a_finding_revokes_the_grant(database: str, grant: str) -> None:
    with connect(admin_url()) as connection:
        connection.execute(f"grant {grant}".encode())

    (finding,) = check_grants()
    with connect(admin_url()) as connection:
        connection.execute(finding.mend.encode())

    assert list(check_grants()) == []


def test_migrate_revokes_grants_that_are_not_expected(
    database: str, make_tenant: MakeTenant
) -> None:
    gym = make_tenant("aberta")
    with connect(admin_url()) as connection:
        for statement in (
            "grant execute on function set_config(text, text, boolean) to public",
            "grant execute on function pg_sleep(double precision) to public",
            "grant connect on database template1 to public",
            "grant connect on database postgres to public",
            "alter table ops.tenants alter name set statistics -1",
            "analyze ops.tenants",
        ):
            connection.execute(statement.encode())
    assert len(list(check_grants())) == 2
    assert {"template1", "postgres"} <= {f.what.split()[-1].rstrip(".") for f in check_databases()}

    migrate()

    assert list(check_grants()) == []
    assert not find_faults(check_databases, "template1") + find_faults(check_databases, "postgres")
    with connect(admin_url()) as connection:
        names = connection.execute(
            "select attname from pg_stats where schemaname = 'ops' and tablename = 'tenants'"
        ).fetchall()
    assert ("name",) not in names
    assert gym.name not in str(names)


def test_migrate_keeps_the_login_of_a_disabled_tenant_closed(
    database: str, make_tenant: MakeTenant
) -> None:
    make_tenant("fechada")
    registry.set_active("fechada", False)
    migrate()
    assert find_faults(check_tenant_logins, "bi_t_fechada") == []
    with pytest.raises(PermanentError), connect(role_url("bi_t_fechada")):
        pass
