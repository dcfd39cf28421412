"""Catalogue of SQL attacks by a tenant's login, each with its expected result.

``{own}`` and ``{other}`` are tenants' numbers, ``{word}`` is in every text of the other's,
``{me}`` and ``{victim}`` are their logins; ``leads`` is what dashboards read.
"""

from dataclasses import dataclass
from enum import Enum


class Yields(Enum):
    """The expected result of an attack."""

    OWN = "rows, their own"
    NOTHING = "an answer without rows of anybody's"
    REFUSAL = "an error that says nothing of others"


@dataclass(frozen=True)
class Attack:
    """Statements of one session, in order."""

    name: str
    sql: tuple[str, ...]
    yields: Yields
    states: tuple[str, ...] = ("42501",)
    """SQLSTATEs of a refusal."""


def _own(name: str, *sql: str) -> Attack:
    return Attack(name, sql, Yields.OWN)


def _nothing(name: str, *sql: str) -> Attack:
    return Attack(name, sql, Yields.NOTHING)


def _refused(name: str, *sql: str, states: tuple[str, ...] = ("42501",)) -> Attack:
    return Attack(name, sql, Yields.REFUSAL, states)


_ALL = "select * from dashboards.leads"
_NO_SUCH = ("42883", "42704", "42P01", "42501")

ATTACKS = (
    # --- settings, roles, sessions
    _own("setting", "set app.current_tenant_id = '{other}'", _ALL),
    _own("local setting", "begin", "set local app.current_tenant_id = '{other}'", _ALL),
    _refused("setting within", "select set_config('app.current_tenant_id', '{other}', false), l.* from dashboards.leads l"),
    _refused("setting first", "with x as materialized (select set_config('app.current_tenant_id', '{other}', false))"
             " select l.* from x, lateral (select * from dashboards.leads) l"),
    *(_refused(f"set role {role}", f"set role {role}", _ALL)
      for role in ("{victim}", "bi_staff", "etl_writer", "platform", "geniai_owner", "pg_read_all_data",
                   "pg_monitor", "superset", "dagster")),
    _own("set role to the group", "set role bi_tenant", _ALL),
    _own("reset role", "reset role", "reset session authorization", "reset all", _ALL),
    _refused("session authorization", "set session authorization {victim}", _ALL),
    _refused("session authorization, setting", "set session_authorization = '{victim}'", _ALL),
    _refused("row_security off", "set row_security = off", _ALL),
    _refused("replica", "set session_replication_role = replica", _ALL),
    _refused("alter database", "alter database isolation set app.current_tenant_id = '{other}'"),
    _refused("bypass", 'alter role "{me}" bypassrls'),
    _refused("grant a role", 'grant "{victim}" to "{me}"'),
    _refused("grant the group with the right to grant", 'grant bi_tenant to "{me}" with admin option'),
    _refused("another's password", "alter role \"{victim}\" password 'x'"),
    _refused("another's setting", "alter role \"{victim}\" set search_path = 'x'"),
    _refused("create a role", "create role own login in role bi_staff"),
    _refused("the own role to another", 'grant "{me}" to "{victim}"'),
    _own("what they own dropped", 'drop owned by "{me}"', _ALL),
    _refused("what the group was granted dropped", "drop owned by bi_tenant"),
    _refused("default rights of the owner's", "alter default privileges for role geniai_owner grant select on tables to public"),
    _own("what the group owns made theirs", 'reassign owned by bi_tenant to "{me}"', _ALL),
    _refused("group dropped", "drop role bi_tenant", states=("42501", "2BP01")),
    _refused("group renamed", "alter role bi_tenant rename to own"),
    _refused("group's setting", "alter role bi_tenant set search_path = 'x'"),
    _refused("everybody's setting", "alter role all set search_path = 'x'"),
    _refused("own limit", 'alter role "{me}" connection limit 1000'),
    _refused("own name", 'alter role "{me}" rename to own', states=("0A000",)),
    _refused("comment on another", "comment on role \"{victim}\" is 'own'"),
    _refused("what another owns dropped", 'drop owned by "{victim}"'),
    _refused("what another owns made theirs", 'reassign owned by "{victim}" to "{me}"'),
    _refused("own setting for all sessions", "alter role \"{me}\" set app.current_tenant_id = '{other}'"),
    _refused("the server's setting", "alter system set row_security = off"),
    _own("policies called by workers", "set parallel_setup_cost = 0", "set parallel_tuple_cost = 0",
         "set min_parallel_table_scan_size = 0", "set max_parallel_workers_per_gather = 4", _ALL),
    # --- things of their own
    _refused("temporary table", "create temp table own as select * from dashboards.leads"),
    _refused("function", "create function pg_temp.own() returns int language sql return 1"),
    _refused("public function", "create function public.own() returns int language sql return 1"),
    _refused("view", "create view public.own as select * from dashboards.leads"),
    _refused("schema", "create schema own"),
    _refused("operator", "create operator public.<<< (leftarg = text, rightarg = text, function = texteq)"),
    _refused("type", "create type public.own as (a int)"),
    *(_refused(f"create {what.split()[0]} {what.split()[1]}", f"create {what}", states=states)
      for what, states in (
          ("cast (text as integer) with inout as implicit", ("42501",)),
          ("aggregate public.own (integer) (sfunc = int4pl, stype = integer)", ("42501",)),
          ("collation public.own from \"C\"", ("42501",)),
          ("text search configuration public.own (copy = simple)", ("42501",)),
          ("language own handler plpgsql_call_handler", ("42501",)),
          ("access method own type table handler heap_tableam_handler", ("42501",)),
          ("statistics analytics.own on inbox_name, channel from analytics.conversations_analytics", ("42501",)),
          ("database own", ("42501",)),
          ("tablespace own location '/tmp'", ("42501",)),
          ("subscription own connection 'dbname=x' publication x", ("42501",)),
          ("user mapping for current_user server own", _NO_SUCH))),
    _refused("database renamed", "alter database isolation rename to own"),
    _nothing("database granted", "grant connect on database isolation to public"),  # a warning
    _refused("row locked", "select 1 from analytics.conversations_analytics for share"),
    _refused("everything indexed anew", "reindex (concurrently) database isolation"),
    _refused("prepared for later", "begin", "select count(*) from dashboards.leads", "prepare transaction 'own'",
             states=("55000",)),
    _refused("anonymous block", "do $$ begin raise notice '%', (select count(*) from analytics.conversations_analytics); end $$"),
    _refused("publication", "create publication own for all tables"),
    _refused("event trigger", "create event trigger own on ddl_command_end execute function suppress_redundant_updates_trigger()",
             states=("42501", "42P17")),
    _refused("extension dblink", "create extension dblink", states=("42501", "0A000", "58P01", "3F000")),
    _refused("extension file_fdw", "create extension file_fdw", states=("42501", "0A000", "58P01", "3F000")),
    _refused("extension postgres_fdw", "create extension postgres_fdw", states=("42501", "0A000", "58P01", "3F000")),
    _refused("dblink", "select dblink('', 'select 1')", states=_NO_SUCH),
    _refused("foreign server", "create server own foreign data wrapper file_fdw", states=_NO_SUCH),
    _refused("load", "load 'auto_explain'", states=("42501", "58P01")),
    # --- functions that run a text as SQL
    _refused("ts_stat", "select * from ts_stat('select array_to_tsvector(array[contact_name]) from analytics.conversations_analytics')"),
    _refused("ts_rewrite", "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')"),
    *(_refused(call.partition("(")[0], f"select {call}")
      for call in ("query_to_xml('select * from analytics.conversations_analytics', true, true, '')",
                   "table_to_xml('analytics.conversations_analytics', true, true, '')",
                   "schema_to_xml('analytics', true, true, '')",
                   "database_to_xml(true, true, '')")),
    _refused("cursor_to_xml", "begin", "declare c cursor for select * from analytics.conversations_analytics",
             "select cursor_to_xml('c', 10, true, true, '')"),
    # --- files, large objects, programs
    *(_refused(call.partition("(")[0], f"select {call}")
      for call in ("pg_read_file('PG_VERSION')", "pg_read_binary_file('PG_VERSION')", "pg_ls_dir('.')",
                   "pg_stat_file('PG_VERSION')", "pg_ls_logdir()", "pg_ls_waldir()", "pg_current_logfile()",
                   "lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')", "lo_get(1)", "lo_put(1, 0, 'x')",
                   "lo_open(1, 131072)", "lo_import('/etc/passwd')", "lo_export(1, '/tmp/x')", "lo_unlink(1)")),
    _refused("large objects", "select * from pg_largeobject"),
    _refused("copy to a program", "copy (select 1) to program 'id'"),
    _refused("copy from a program", "copy analytics.daily_metrics from program 'id'"),
    _refused("copy to a file", "copy (select 1) to '/tmp/geniai-isolation'"),
    _refused("copy in", "copy analytics.daily_metrics from stdin"),
    _own("copy out", "copy (select * from dashboards.leads) to stdout"),
    _own("copy a table out", "copy analytics.conversations_analytics to stdout"),
    # --- statistics, estimates, plans
    _nothing("pg_stats", "select * from pg_stats where schemaname in ('analytics', 'ops', 'core', 'raw', 'sec')"
             " and (most_common_vals is not null or histogram_bounds is not null)"
             " and attname not in ('tenant_id', 'day', 'created_at')"),
    _nothing("pg_stats of all", "select * from pg_stats where schemaname in ('analytics', 'ops', 'core', 'raw', 'sec')"),
    _nothing("pg_stats_ext", "select * from pg_stats_ext"),
    _refused("pg_statistic", "select * from pg_statistic"),
    _refused("pg_statistic_ext_data", "select * from pg_statistic_ext_data"),
    _nothing("explain", "explain (analyze, verbose) select * from analytics.conversations_analytics where contact_name = 'x'"),
    _own("prepared under another role", "prepare p as select * from dashboards.leads", "set role bi_tenant", "execute p",
         "reset role", "execute p"),
    _own("plan made generic", "set plan_cache_mode = force_generic_plan", "prepare p(int) as select * from dashboards.leads"
         " where tenant_id = $1", "execute p({other})", "execute p({own})"),
    _own("cursor that outlives", "begin", "declare c cursor with hold for select * from dashboards.leads", "commit",
         "set role bi_tenant", "fetch all c", "close c"),
    _nothing("prepared statements", "select * from pg_prepared_statements where statement !~ 'pg_prepared'"),
    _nothing("cursors", "select * from pg_cursors where statement !~ 'pg_cursors'"),
    _nothing("prepared transactions", "select * from pg_prepared_xacts"),
    # --- predicates that talk
    _own("cast", "select * from analytics.conversations_analytics where contact_name::text <> '' and contact_name !~ '^[0-9]'"),
    _refused("cast that fails", "select contact_name::int from analytics.conversations_analytics", states=("22P02",)),
    _own("division by another's", "select * from analytics.conversations_analytics"
         " where 1 / (case when contact_name = '{word}' then 0 else 1 end) = 1"),
    _nothing("division, numbered", "select 1 / (lead_score - 1) from analytics.conversations_analytics where tenant_id = {other}"),
    _own("or true", "select * from analytics.conversations_analytics where tenant_id = {other} or true"),
    _nothing("another's", "select * from analytics.conversations_analytics where tenant_id = {other}"),
    _nothing("another's word", "select * from analytics.conversation_texts where reasoning like 'qzs%'"),
    _own("join with itself", "select a.* from analytics.conversations_analytics a full join analytics.conversations_analytics b"
         " on a.conversation_id = b.conversation_id"),
    _own("union of all", "select contact_name from analytics.conversations_analytics union all select reasoning"
         " from analytics.conversation_texts union all select name from ops.tenants"),
    _own("whole rows as text", "select c::text, row_to_json(c) from analytics.conversations_analytics c"),
    _own("by physical place", "select * from analytics.conversations_analytics where ctid = any(array(select"
         " format('(%s,%s)', p, i)::tid from generate_series(0, 2) p, generate_series(1, 20) i))"),
    _own("sample", "select * from analytics.conversations_analytics tablesample bernoulli (100)"),
    _own("system columns", "select xmin, ctid, tableoid, * from analytics.conversations_analytics"),
    # --- the registry and the catalogue
    _refused("who is who", "select * from sec.tenant_logins"),
    _refused("tokens", "select chatwoot_token from ops.tenant_configs"),
    _refused("the look-up of another", "select sec.loading_tenant()"),
    _nothing("the look-up", "select sec.reading_tenant() = {own}"),
    _refused("others' requests", "select ops.reserve_requests('x', 1, 1)"),
    _refused("migrations", "select * from public.schema_migrations"),
    _refused("passwords", "select * from pg_authid"),
    _refused("pg_shadow", "select * from pg_shadow"),
    _refused("pg_user_mapping", "select * from pg_user_mapping"),
    _refused("pg_hba", "select * from pg_hba_file_rules"),
    _refused("pg_file_settings", "select * from pg_file_settings"),
    _refused("data directory", "show data_directory"),
    _nothing("others' queries", "select query, application_name, client_addr from pg_stat_activity"
             " where usename is distinct from current_user and query !~ '^.insufficient privilege'"),
    _nothing("view definitions", "select definition from pg_views where schemaname = 'dashboards' and definition ~ '{word}'"),
    _nothing("comments", "select * from pg_description d join pg_class c on c.oid = d.objoid where description ~ '{word}'"),
    # --- signals to others
    _refused("advisory lock", "select pg_advisory_lock(7042311)"),
    _refused("advisory try", "select pg_try_advisory_lock(7042311)"),
    _refused("notify by function", "select pg_notify('x', 'y')"),
    _refused("sleep", "select pg_sleep(0)"),
    _refused("snapshot", "select pg_export_snapshot()"),
    _refused("end another's session", "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{victim}'"),
    _refused("wal message", "select pg_logical_emit_message(false, 'x', 'y')"),
    _refused("checkpoint", "checkpoint"),
    _refused("reload", "select pg_reload_conf()"),
    _refused("truncate", "truncate analytics.daily_metrics"),
)  # fmt: skip
