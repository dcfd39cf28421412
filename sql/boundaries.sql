-- What keeps tenants apart beside policies. It is applied at every start, not once: a new version of
-- Postgres brings functions, a new migration tables, and another server grants of its own.
-- A superuser alone may do the most of it.

-- Postgres' own functions that run a text as SQL, change settings, hold locks that our migrations
-- wait for, sleep, or write anything: from everyone at once.
do $$
declare
    door regprocedure;
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        raise warning 'not a superuser: functions of Postgres stay open to tenants';
        return;
    end if;
    for door in
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace
          and (proname ~ '^(query|cursor|table|schema|database)_to_xml'
               or proname ~ '^pg_(try_)?advisory_|^pg_sleep|^pg_logical_emit_message$'
               or proname ~ '^lo_(create|creat|from_bytea|open|put|get|unlink|truncate|truncate64)$'
               or proname in ('ts_stat', 'ts_rewrite', 'set_config', 'lowrite', 'pg_notify',
                              'pg_export_snapshot', 'pg_read_file_old'))
          and has_function_privilege('public', oid, 'execute')
    loop
        execute format('revoke execute on function %s from public', door);
    end loop;
    -- the loader says which tenant's run it is, and takes turns with other runs of it
    grant execute on function pg_catalog.set_config(text, text, boolean) to etl_writer;
    grant execute on function pg_catalog.pg_advisory_xact_lock(integer, integer) to etl_writer;
end
$$;

-- The planner's estimates show what values are common in a table, of all tenants. No chart needs
-- statistics of words; those that were gathered before they were forbidden would stay.
do $$
declare
    words record;
begin
    for words in
        select a.attrelid::regclass as relation, a.attname as name
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
          and a.attstattarget is distinct from 0
          and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
          and (has_column_privilege('bi_tenant', c.oid, a.attnum, 'select')
               or has_column_privilege('bi_tenant_admin', c.oid, a.attnum, 'select'))
          and c.relnamespace in ('analytics'::regnamespace, 'ops'::regnamespace)
          and a.attname not in ('status', 'kind', 'channel', 'last_speaker', 'analyzer',
                                'analyzer_version', 'run_id', 'row_hash')
    loop
        execute format('alter table %s alter %I set statistics 0', words.relation, words.name);
    end loop;
    if (select rolsuper from pg_roles where rolname = current_user) then
        delete from pg_statistic s using pg_attribute a, pg_class c
        where a.attrelid = s.starelid and a.attnum = s.staattnum and a.attstattarget = 0
          and c.oid = a.attrelid
          and c.relnamespace in ('analytics'::regnamespace, 'ops'::regnamespace);
    end if;
end
$$;

-- Nobody's databases but the administrator's: each login of ours has one of its own.
do $$
declare
    name text;
begin
    for name in
        select datname from pg_database
        where datname in ('postgres', 'template1') and datname <> current_database()
          and pg_has_role(datdba, 'member')
          and has_database_privilege('public', oid, 'connect')
    loop
        execute format('revoke connect, temporary on database %I from public', name);
    end loop;
end
$$;
