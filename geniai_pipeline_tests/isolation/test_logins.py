"""Logins: the databases they may connect to, and their rights outside tables."""

from contextlib import closing, suppress

import psycopg
import pytest

from geniai_pipeline.warehouse.connections import DAGSTER, DATA, SUPERSET
from geniai_pipeline_tests.isolation.canaries import ONE, OTHER, Connection
from geniai_pipeline_tests.isolation.catalogue import broken_rules, unexpected_grants
from geniai_pipeline_tests.isolation.identities import IDENTITIES, SuiteDatabase, can_log_in

_INSERT = "insert into ops.report_recipients (tenant_id, email, subscribed) values"


def test_a_login_connects_to_its_own_database_only(
    suite_database: SuiteDatabase, admin: Connection
) -> None:
    databases = admin.execute("select datname from pg_database where datallowconn").fetchall()
    logins = {who.login for who in IDENTITIES if can_log_in(admin, who.login)}
    own = {login: {DATA, admin.info.dbname} for login in logins}  # both are the platform's here
    own |= {DAGSTER: {DAGSTER}, SUPERSET: {SUPERSET}}

    reached = {
        login: {name for (name,) in databases if _connects(suite_database.url(login, name))}
        for login in own
    }

    assert {DAGSTER, SUPERSET, "postgres", "template1"} <= {name for (name,) in databases}
    too_far = {login: names - own[login] for login, names in reached.items()}
    assert not any(too_far.values()), too_far


def _connects(url: str) -> bool:
    try:
        with closing(psycopg.connect(url)):
            return True
    except psycopg.OperationalError as error:
        if "permission denied for database" not in str(error):
            raise
        return False


@pytest.mark.parametrize("login", sorted({who.login for who in IDENTITIES}))
def test_a_login_cannot_take_rights_or_policies_away(
    suite_database: SuiteDatabase, admin: Connection, login: str
) -> None:
    if not can_log_in(admin, login):
        pytest.skip("nobody logs in as it")
    with closing(psycopg.connect(suite_database.url(login), autocommit=True)) as connection:
        for role in ("current_user", "bi_tenant", "bi_tenant_admin"):
            with suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"drop owned by {role}".encode())

    assert broken_rules(admin) == []
    assert unexpected_grants(admin) == []


@pytest.mark.parametrize(
    "statement",
    [
        f"{_INSERT} ({{other}}, 'a@b.c', true)",
        f"{_INSERT} ({{other}}, '{{word}}', true) on conflict (tenant_id, email)"
        " do update set subscribed = true",
        "update ops.report_recipients set subscribed = true",
        "update ops.report_recipients set subscribed = subscribed",
        "update ops.report_recipients set tenant_id = {own}",
        "update ops.report_recipients set email = 'a@b.c'",
        "select subscribed from ops.report_recipients",
        "delete from ops.report_recipients",
        "update ops.users set active = true",
        "update ops.users set role = 'admin'",
        "insert into ops.users (tenant_id, email, active) values ({own}, 'a@b.c', true)",
        "select * from ops.audit_logs",
        "select * from ops.tenant_configs",
        "select * from ops.report_deliveries",
    ],
)  # fmt: skip
def test_the_gatekeeper_may_not_do_more_than_unsubscribe(
    suite_database: SuiteDatabase, statement: str
) -> None:
    with closing(psycopg.connect(suite_database.url("gatekeeper"))) as connection:
        filled = statement.format(own=ONE.tenant_id, other=OTHER.tenant_id, word=OTHER.word)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(filled.encode())
