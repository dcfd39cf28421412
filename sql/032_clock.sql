-- One clock for every process, and one way to protect a new table.

set local role geniai_owner;

-- The time by which everything is shown or decided: "2 h ago", stale data, the reply window, the
-- month of a budget. So is a stored time that is compared with it. A time that only records, marks
-- the version of a row, or spaces requests is the machine's: now() or clock_timestamp().
--
-- The offset of all processes is the text of this function. In production there is none: the planner
-- replaces the function by now(), and plans are as if it were not there. From Python, the offset is
-- `select ops.now() - now()`.
create function ops.now() returns timestamptz
language sql stable parallel safe
return pg_catalog.now();

-- Moves that clock, for tests and demonstrations; zero ends it. It needs the right to replace the
-- function above, which administrators of the platform have; execute on this one is not enough.
create function ops.set_clock(ahead interval) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create or replace function ops.now() returns timestamptz'
        ' language sql stable parallel safe return pg_catalog.now()%s',
        case when ahead <> interval '0' then format(' + %L::interval', ahead) end
    );
end
$$;
revoke all on function ops.set_clock from public;

alter table ops.tenants alter created_at set default ops.now();
alter table ops.tenant_configs alter updated_at set default ops.now();
alter table ops.etl_control alter started_at set default ops.now();
alter table core.sales alter imported_at set default ops.now();
alter table raw.conversations alter fetched_at set default ops.now();

create or replace function ops.note_scheduler() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    insert into ops.scheduler (seen_at) values (ops.now())
    on conflict (is_only) do update set seen_at = excluded.seen_at;
end;

-- Row-level security, policies and grants of a new table with a tenant_id, for each role named:
--     select sec.protect('ops.live_state', '{"etl_writer": "select, insert, update",
--                                            "bi_tenant": "select", "bi_staff": "select"}');
-- Whose rows a role reaches follows from the role, as in geniai_pipeline_tests/isolation/expected.py.
create function sec.protect(protected regclass, privileges jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    given record;
begin
    execute format('alter table %s enable row level security', protected);
    execute format('alter table %s force row level security', protected);
    for given in
        select name, list, forms.policy, forms.rows, list = 'select' as is_read_only
        from jsonb_each_text(privileges) as wanted (name, list)
        left join (values
            ('etl_writer', 'own_run', 'tenant_id = (select sec.loading_tenant())'),
            ('bi_tenant', 'own', 'tenant_id = (select sec.reading_tenant())'),
            ('bi_tenant_admin', 'own', 'tenant_id = (select sec.reading_tenant())'),
            ('bi_staff', 'staff', 'true'),
            ('platform', 'registry', 'true'),
            ('gatekeeper', 'gate', 'true')
        ) as forms (role, policy, rows) on forms.role = name
    loop
        if given.policy is null or given.name like 'bi\_%' and not given.is_read_only then
            raise exception '% may not have % on %', given.name, given.list, protected;
        end if;
        execute format(
            'create policy %I on %s for %s to %I using (%s)%s',
            given.policy, protected, case when given.is_read_only then 'select' else 'all' end,
            given.name, given.rows,
            case when not given.is_read_only then format(' with check (%s)', given.rows) end
        );
        execute format('grant %s on %s to %I', given.list, protected, given.name);
    end loop;
end
$$;
revoke all on function sec.protect from public;

reset role;
