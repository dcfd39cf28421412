"""Audit log: every act is recorded, rows are append-only, each role reads its own."""

import json

import psycopg
import pytest
from psycopg import sql

from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import audit, registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.audit import read_lines

_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)


def test_every_change_of_a_tenant_is_noted_with_before_and_after(
    database: str, make_tenant: MakeTenant
) -> None:
    make_tenant("noted", brand_color="#111111")
    make_tenant("noted", brand_color="#222222", monthly_budget_brl=80.0, chatwoot_token="another")
    registry.set_active("noted", False)
    registry.set_active("noted", True)

    added, changed, disabled, enabled = read_lines("noted")
    assert [added["act"], changed["act"]] == ["tenant.add", "tenant.change"]
    assert added["after"]["brand_color"] == "#111111"
    assert changed["before"].keys() == {"brand_color", "monthly_budget_brl", "chatwoot_token"}
    assert changed["before"]["brand_color"] == "#111111"
    assert changed["after"]["brand_color"] == "#222222"
    assert changed["after"]["monthly_budget_brl"] == "80.00"
    assert (disabled["act"], disabled["after"]) == ("tenant.disable", {"active": False})
    assert (enabled["act"], enabled["after"]) == ("tenant.enable", {"active": True})
    assert {line["actor"] for line in read_lines("noted")} == {audit.find_operator()}


def test_no_secret_is_noted(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("discreet", chatwoot_token="a-very-secret-token")
    make_tenant("discreet", chatwoot_token="an-even-more-secret-one")

    with connect(admin_url()) as connection:
        (stored,) = connection.execute(
            "select chatwoot_token from ops.tenant_configs join ops.tenants using (tenant_id)"
            " where slug = 'discreet'"
        ).fetchone() or ("",)
    text = json.dumps(read_lines("discreet"))
    assert "secret" not in text
    assert stored not in text
    assert "fingerprint" in text


def test_a_command_without_a_change_is_not_noted(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("repeated")
    make_tenant("repeated")
    registry.set_active("repeated", True)

    assert [line["act"] for line in read_lines("repeated")] == ["tenant.add"]


def test_a_failed_act_is_noted_with_its_intent_and_its_outcome(database: str) -> None:
    audit_tenant = audit.AuditTenant(0, "intended")
    with (
        pytest.raises(ValueError, match="no"),
        audit.record_intent("user.add", audit_tenant, subject="a@b.c"),
    ):
        raise ValueError("no")
    with audit.record_intent("user.add", audit_tenant, subject="a@b.c") as after:
        after["role"] = "viewer"

    assert [line["outcome"] for line in read_lines("intended")] == [
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
        with pytest.raises(_REFUSED):
            connection.execute(statement.encode())
        connection.rollback()


def test_a_tenants_administrator_reads_its_audit_log_and_a_viewer_does_not(
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


def test_the_gatekeeper_adds_to_the_audit_log_and_reads_nothing(database: str) -> None:
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
