-- What each run did, and what it refused.

set local role geniai_owner;

create table ops.etl_control (
    tenant_id       integer not null references ops.tenants on delete cascade,
    run_id          text not null,  -- Dagster's
    kind            text not null check (kind in ('incremental', 'full')),
    status          text not null default 'running'
        check (status in ('running', 'success', 'failed', 'interrupted')),
    started_at      timestamptz not null default now(),
    ended_at        timestamptz,
    watermark_from  timestamptz,  -- Chatwoot's clock; null: from the beginning
    watermark_to    timestamptz,  -- set with the last landed row, in its transaction
    complete_up_to  timestamptz,  -- set when the dashboards show it
    conversations_read     bigint not null default 0,
    conversations_expected bigint,  -- by Chatwoot's own count; null: not told yet
    rows_read       bigint not null default 0,
    rows_written    bigint not null default 0,
    rows_unchanged  bigint not null default 0,
    rows_rejected   bigint not null default 0,
    requests        bigint not null default 0,
    error           text,
    primary key (tenant_id, run_id)
);
create index etl_control_latest on ops.etl_control (tenant_id, started_at desc);

create table ops.rejected_rows (
    tenant_id   integer not null references ops.tenants on delete cascade,
    source      text not null,  -- the table it was meant for
    key         text not null,
    reason      text not null,
    payload     text not null,  -- as it came, whatever it was
    run_id      text not null,
    rejected_at timestamptz not null default now(),
    primary key (tenant_id, source, key)
);

alter table ops.etl_control enable row level security;
alter table ops.etl_control force row level security;
alter table ops.rejected_rows enable row level security;
alter table ops.rejected_rows force row level security;

create policy own_run on ops.etl_control to etl_writer
    using (tenant_id = (select sec.loading_tenant()))
    with check (tenant_id = (select sec.loading_tenant()));
create policy own on ops.etl_control for select to bi_tenant
    using (tenant_id = (select sec.reading_tenant()));
create policy staff on ops.etl_control for select to bi_staff using (true);
create policy registry on ops.etl_control to platform using (true) with check (true);
create policy own_run on ops.rejected_rows to etl_writer
    using (tenant_id = (select sec.loading_tenant()))
    with check (tenant_id = (select sec.loading_tenant()));
create policy registry on ops.rejected_rows to platform using (true) with check (true);

grant select, insert, update on ops.etl_control to etl_writer;
grant select, insert, update, delete on ops.rejected_rows to etl_writer;
grant select on ops.etl_control to bi_tenant, bi_staff;
grant select, update on ops.etl_control to platform;
grant select on ops.rejected_rows to platform;

-- One request budget per Chatwoot host, shared by every tenant on it and every process: whoever is
-- about to ask reserves the next free instants. A crash loses at most the instants it had reserved.
create table ops.request_budget (
    host      text primary key,
    next_free timestamptz not null
);

create function ops.reserve_requests(on_host text, requests integer, per_minute integer)
returns double precision  -- seconds to wait before the first of them; the others follow evenly
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    insert into ops.request_budget as budget (host, next_free)
    values (on_host, clock_timestamp() + make_interval(secs => requests * 60.0 / per_minute))
    on conflict (host) do update
        set next_free = greatest(budget.next_free, clock_timestamp())
            + make_interval(secs => requests * 60.0 / per_minute)
    returning greatest(0, extract(epoch from
        next_free - make_interval(secs => requests * 60.0 / per_minute) - clock_timestamp()));
end;
revoke all on function ops.reserve_requests from public;
grant execute on function ops.reserve_requests to etl_writer;

reset role;
