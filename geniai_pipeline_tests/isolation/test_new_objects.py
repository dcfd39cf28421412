"""New objects without tenant protection are found, though no test names them."""

import psycopg
import pytest

from geniai_pipeline_tests.isolation.canaries import Connection, insert_canaries
from geniai_pipeline_tests.isolation.catalogue import broken_rules, unexpected_grants
from geniai_pipeline_tests.isolation.commands import leaks, relations
from geniai_pipeline_tests.isolation.identities import SuiteDatabase

_TABLE = """
set local role geniai_owner;
create table analytics.fresh (
    tenant_id integer not null references ops.tenants,
    words      text not null,
    primary key (tenant_id, words)
);
alter table analytics.fresh alter words set statistics 0;
grant select on analytics.fresh to bi_tenant, bi_staff;
"""
_FORCED = """
alter table analytics.fresh enable row level security, force row level security;
create policy own on analytics.fresh for select to bi_tenant
    using (tenant_id = (select sec.reading_tenant()));
create policy staff on analytics.fresh for select to bi_staff using (true);
"""
_PROTECTED = """
set local role geniai_owner;
create table {0} (tenant_id integer not null references ops.tenants, words text not null,
    primary key (tenant_id, words));
alter table {0} alter words set statistics 0;
select sec.protect('{0}', '{1}');
"""
_FOR_DASHBOARDS = _PROTECTED.format(
    "analytics.fresh",
    '{"etl_writer": "select, insert, update, delete", "bi_tenant": "select", "bi_staff": "select"}',
)
_FOR_THE_PLATFORM = _PROTECTED.format(
    "ops.fresh", '{"etl_writer": "select, insert", "platform": "select, insert, update, delete"}'
)
_VIEW = """
create view dashboards.fresh {} as select * from analytics.fresh;
grant select on dashboards.fresh to bi_tenant, bi_staff;
"""
_INVOKER = _VIEW.format("with (security_invoker = true)")
_COPY = """
create materialized view dashboards.fresh as select * from ops.tenants;
grant select on dashboards.fresh to bi_tenant, bi_staff;
"""
_PARTITION = """
set local role geniai_owner;
create table analytics.parted (tenant_id integer not null, words text not null)
    partition by list (tenant_id);
alter table analytics.parted alter words set statistics 0;
create table analytics.part partition of analytics.parted default;
alter table analytics.part alter words set statistics 0;
grant select on analytics.parted, analytics.part to bi_tenant, bi_staff;
""" + _FORCED.replace("fresh", "parted")  # fmt: skip


def _make(admin: Connection, sql: str) -> None:
    admin.execute(sql.encode())
    admin.execute("reset role")
    for name in ("analytics.fresh", "analytics.parted", "ops.fresh"):
        if admin.execute("select to_regclass(%s)::text", [name]).fetchone() != (None,):
            insert_canaries(admin, name)


@pytest.mark.parametrize(
    "sql",
    [_TABLE + _FORCED, _TABLE + _FORCED + _INVOKER, _FOR_DASHBOARDS, _FOR_THE_PLATFORM],
    ids=["table", "view", "protected for dashboards", "protected for the platform"],
)
def test_a_protected_new_object_passes(
    admin: Connection, suite_database: SuiteDatabase, sql: str
) -> None:
    _make(admin, sql)

    assert broken_rules(admin) == []
    assert unexpected_grants(admin) == []
    found = leaks([r for r in relations(admin) if "fresh" in r.name], suite_database.become)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("sql", "rule", "leak"),
    [
        (_TABLE, "row-level security is not forced", "a tenant, analytics.fresh: select"),
        (
            _TABLE + _FORCED + "alter table analytics.fresh no force row level security",
            "row-level security is not forced",
            None,  # until something runs as the owner
        ),
        (
            _TABLE
            + _FORCED
            + "create policy all_of_it on analytics.fresh to bi_tenant using (true)",
            "a policy of another form",
            "a tenant, analytics.fresh: select",
        ),
        (
            _TABLE + _FORCED + _VIEW.format(""),
            "a view with the rights of its owner",
            "a tenant, dashboards.fresh: select",
        ),
        (_COPY, "no policy reaches it", None),  # the owner sees nothing to copy
        (_PARTITION, "row-level security is not forced", "a tenant, analytics.part: select"),
    ],
    ids=["no policy", "not forced", "wide policy", "owner's view", "copy", "partition"],
)
def test_an_unprotected_new_object_is_found(
    admin: Connection, suite_database: SuiteDatabase, sql: str, rule: str, leak: str | None
) -> None:
    _make(admin, sql)

    assert any(line.startswith(rule) for line in broken_rules(admin))
    fresh = [r for r in relations(admin) if r.name.endswith((".fresh", ".parted", ".part"))]
    found = leaks(fresh, suite_database.become)
    assert leak is None or any(line.startswith(leak) for line in found), found


@pytest.mark.parametrize(
    "privileges",
    ['{"bi_tenant": "select, insert"}', '{"bi_none": "select"}', '{"public": "select"}'],
)
def test_a_privilege_that_no_table_grants_is_refused(admin: Connection, privileges: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="may not have"):
        admin.execute(_PROTECTED.format("ops.fresh", privileges).encode())
