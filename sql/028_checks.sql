-- Checks between runs, what made the tables last, and the hosts that do not answer.

set local role geniai_owner;

alter table ops.etl_control
    drop constraint etl_control_kind_check,
    add constraint etl_control_kind_check check (kind in ('incremental', 'full', 'check')),
    add column code_version text;  -- of the run that last could have written the tables

alter table ops.etl_control alter column code_version set statistics 0;

-- Chatwoots nobody could reach when they were last tried: their tenants' runs are not begun until
-- one of them answers. As with the request budget, a host is many tenants' at once, and the loader
-- has functions and no table.
create table ops.chatwoot_hosts (
    host       text primary key,
    down_since timestamptz not null default now(),
    error      text not null
);

create function ops.hosts_down() returns table (host text, error text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
begin atomic
    select h.host, h.error from ops.chatwoot_hosts h;
end;

create function ops.mark_host_down(which text, why text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    insert into ops.chatwoot_hosts (host, error) values (which, why)
    on conflict (host) do update set error = excluded.error;
end;

create function ops.mark_hosts_up(which text[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    delete from ops.chatwoot_hosts h where h.host = any(which);
end;

revoke all on function ops.hosts_down, ops.mark_host_down, ops.mark_hosts_up from public;
grant execute on function ops.hosts_down, ops.mark_host_down, ops.mark_hosts_up to etl_writer;

create or replace view dashboards.etl_runs with (security_invoker = true) as
select
    r.tenant_id, t.name as tenant_name, r.started_at,
    r.started_at::timestamp as started_local,
    case r.kind when 'full' then 'Completa' when 'check' then 'Verificação' else 'Incremental' end
        as kind,
    case r.status
        when 'running' then 'Em andamento'
        when 'success' then 'Concluída'
        when 'failed' then 'Falhou'
        else 'Interrompida'
    end as result,
    extract(epoch from r.ended_at - r.started_at)::double precision as seconds,
    coalesce(
        dashboards.lasted(extract(epoch from r.ended_at - r.started_at)::double precision), '–'
    ) as duration,
    r.conversations_read, r.rows_written, r.rows_rejected, r.requests,
    dashboards.plain(r.error) as error
from ops.etl_control r
left join ops.tenants t using (tenant_id);

reset role;
