-- Page "Painel", tab "Hoje", chart "Atualização": the age of the figures.

-- The last heartbeat of Dagster's daemon; it sends one every half minute.
create function dashboards.scheduler_seen_at() returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
begin atomic
    select seen_at from ops.scheduler;
end;

-- The next scheduled sync; null while the daemon does not run. The hours are those of the schedule
-- in geniai_pipeline/orchestration.
create function dashboards.next_sync() returns timestamptz
language sql stable parallel safe
return case when dashboards.scheduler_seen_at() > ops.now() - interval '5 minutes' then (
    date_trunc('day', ops.now() at time zone 'America/Sao_Paulo')
    + interval '6 hours'
    * (floor(extract(hour from ops.now() at time zone 'America/Sao_Paulo') / 6) + 1)
) at time zone 'America/Sao_Paulo' end;

-- Whether figures are stale: the six-hourly sync is more than an hour late. Pages, the staff's list
-- and the doctor use this.
create function dashboards.is_stale(complete_up_to timestamptz) returns boolean
language sql stable parallel safe
return complete_up_to < ops.now() - interval '7 hours';

-- Whether live brings changes to the pages within seconds.
create function dashboards.is_live(live_up_to timestamptz) returns boolean
language sql stable parallel safe
return coalesce(live_up_to > ops.now() - interval '5 minutes', false);

-- The instant up to which figures are complete, by a run or by live, and how they go on, in the
-- reader's time zone.
create function dashboards.freshness(
    complete_up_to timestamp, has_failed boolean, is_running boolean default false,
    live_up_to timestamp default null, live_failing_since timestamptz default null
) returns text
language sql stable parallel safe
return case
    when coalesce(complete_up_to, live_up_to) is not null then format(
        '<span class="%s">Dados completos até <b>%s</b></span>',
        case when dashboards.is_stale(greatest(complete_up_to, live_up_to)::timestamptz)
            then 'g-late' else '' end,
        to_char(greatest(complete_up_to, live_up_to), 'DD/MM/YYYY HH24:MI')
    )
    when is_running then 'A primeira atualização está em andamento'
    else 'Ainda sem dados: aparecem depois da primeira atualização'
end || ' · ' || case
    when dashboards.is_live(live_up_to::timestamptz) then '<b>ao vivo</b>'
    when has_failed then '<span class="g-late">a última atualização falhou</span>'
    when dashboards.next_sync() is null
        then '<span class="g-late">a atualização automática está parada</span>'
    else format('próxima atualização às <b>%s</b>', to_char(dashboards.next_sync(), 'HH24:MI'))
        || case when live_failing_since < ops.now() - interval '10 minutes'
            then ' e depois a cada seis horas' else '' end
end;

-- Instants without a zone are in the reader's time zone: Superset shows the others in UTC.
create view dashboards.runs with (security_invoker = true) as
select
    r.tenant_id, t.name as tenant_name, r.started_at,
    r.started_at::timestamp as started_local,
    r.complete_up_to::timestamp as complete_up_to_local,
    l.complete_up_to::timestamp as live_up_to_local, l.failing_since as live_failing_since,
    case r.status
        when 'running' then 'Em andamento'
        when 'success' then 'Concluída'
        when 'failed' then 'Falhou'
        else 'Interrompida'
    end as result,
    r.rows_read, r.rows_written, r.rows_rejected, r.error
from ops.etl_control r
left join ops.tenants t using (tenant_id)
left join ops.live_state l using (tenant_id);
grant select on dashboards.runs to bi_tenant, bi_staff;
