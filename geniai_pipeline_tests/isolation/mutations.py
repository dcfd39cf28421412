"""Mutation table of the database's protections, and the SQL that disables each.

Policies, tables and views come from the catalogue, so that a new one is covered too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from geniai_pipeline_tests.isolation.canaries import ONE, OTHER, Connection

_POLICIES = """
select p.polname, p.polrelid::regclass::text,
    pg_get_expr(p.polqual, p.polrelid) <> 'true', pg_get_expr(p.polwithcheck, p.polrelid) <> 'true'
from pg_policy p order by 2, 1
"""
_OBJECTS = """
select c.oid::regclass::text, c.relkind::text from pg_class c
where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
  and c.relkind in ('r', 'v') and exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
order by 2, 1
"""
_DOORS = (
    "pg_catalog.ts_stat(text)",
    "pg_catalog.query_to_xml(text, boolean, boolean, text)",
    "pg_catalog.set_config(text, text, boolean)",
    "pg_catalog.pg_advisory_lock(bigint)",
    "pg_catalog.pg_sleep(double precision)",
    "pg_catalog.pg_notify(text, text)",
    "pg_catalog.lo_from_bytea(oid, bytea)",
    "pg_catalog.pg_read_file(text)",
    "sec.loading_tenant()",
)
"""Functions that are shut to tenants."""


@dataclass(frozen=True)
class Mutation:
    """One disabled protection."""

    kind: str
    name: str
    sql: str
    undo: str | None = None
    """None: it is never committed. Else attacks from outside are tried too."""
    on: str | None = None
    """The relation whose rows it opens or hides."""


def mutations(admin: Connection) -> Iterator[Mutation]:
    """Yields all mutations."""
    for policy, table, reads, checks in admin.execute(_POLICIES).fetchall():
        name = f"{table} {policy}"
        yield Mutation("policy dropped", name, f'drop policy "{policy}" on {table}', on=table)
        if reads:
            sql = f'alter policy "{policy}" on {table} using (true)'
            yield Mutation("policy reads all", name, sql, on=table)
        if checks:
            sql = f'alter policy "{policy}" on {table} with check (true)'
            yield Mutation("policy writes all", name, sql, on=table)
    for relation, kind in admin.execute(_OBJECTS).fetchall():
        if kind == "v":
            sql = f"alter view {relation} set (security_invoker = false)"
            yield Mutation("view of its owner's", relation, sql, on=relation)
            continue
        sql = f"alter table {relation} disable row level security"
        yield Mutation("no row-level security", relation, sql, on=relation)
        for name, sql in {
            "not forced": f"alter table {relation} no force row level security",
            "tenants may truncate": f"grant truncate on {relation} to bi_tenant",
            "nobody may read": f"grant select on {relation} to bi_none",
        }.items():
            yield Mutation(name, relation, sql)
    for door in _DOORS:
        yield Mutation(
            "function opened", door,
            f"grant execute on function {door} to bi_tenant",
            f"revoke execute on function {door} from bi_tenant",
        )  # fmt: skip
    me, victim = ONE.login, OTHER.login
    for kind, sql, undo in (
        ("past all policies", f'alter role "{me}" bypassrls', f'alter role "{me}" nobypassrls'),
        ("member of the staff", f'grant bi_staff to "{me}"', f'revoke bi_staff from "{me}"'),
        ("member of another", f'grant "{victim}" to "{me}"', f'revoke "{victim}" from "{me}"'),
        (
            "temporary tables",
            "grant temporary on database isolation to public",
            "revoke temporary on database isolation from public",
        ),
        (
            "another database",
            "grant connect on database postgres to public",
            "revoke connect on database postgres from public",
        ),
        (
            "registry writable",
            "grant insert (slug) on ops.tenants to etl_writer",
            "revoke insert (slug) on ops.tenants from etl_writer",
        ),
        (
            "gatekeeper subscribes",
            "grant update (email) on ops.report_recipients to gatekeeper",
            "revoke update (email) on ops.report_recipients from gatekeeper",
        ),
        (
            "blocks of code",
            "grant usage on language plpgsql to public",
            "revoke usage on language plpgsql from public",
        ),
        (
            "tokens readable",
            "grant select (chatwoot_token) on ops.tenant_configs to bi_tenant",
            "revoke select (chatwoot_token) on ops.tenant_configs from bi_tenant",
        ),
        (
            "logins readable",
            "grant select on sec.tenant_logins to bi_tenant",
            "revoke select on sec.tenant_logins from bi_tenant",
        ),
        (
            "a login that is another's",
            f"update sec.tenant_logins set tenant_id = {OTHER.tenant_id} where role_name = '{me}'",
            f"update sec.tenant_logins set tenant_id = {ONE.tenant_id} where role_name = '{me}'",
        ),
    ):
        yield Mutation(kind, me, sql, undo)
    statistics = "alter table analytics.conversations_analytics alter contact_name set statistics"
    yield Mutation("statistics of names", "conversations_analytics", f"{statistics} -1")
    yield Mutation(
        "statistics that are left", "conversations_analytics",
        f"{statistics} -1; analyze analytics.conversations_analytics; {statistics} 0",
    )  # fmt: skip
    yield Mutation(
        "policy by a setting", "analytics.conversations_analytics own",
        "alter policy own on analytics.conversations_analytics"
        " using (tenant_id = nullif(current_setting('app.current_tenant_id', true), '')::integer)",
        "alter policy own on analytics.conversations_analytics"
        " using (tenant_id = (select sec.reading_tenant()))",
    )  # fmt: skip
    yield Mutation(
        "any search_path", "sec.reading_tenant()",
        "alter function sec.reading_tenant() reset search_path",
    )  # fmt: skip
    yield Mutation(
        "the books may be changed", "ops.audit_logs", "drop trigger append_only on ops.audit_logs"
    )
    # with these grants the attacks leave objects behind, so they come last
    yield Mutation(
        "objects in public", me,
        "grant usage, create on schema public to public",
        f'drop owned by "{me}" cascade; revoke usage, create on schema public from public',
    )  # fmt: skip
    yield Mutation(
        "member of the owner", me,
        f'grant geniai_owner to "{me}"',
        f'revoke geniai_owner from "{me}"',
    )  # fmt: skip
