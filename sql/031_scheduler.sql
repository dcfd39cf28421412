-- Whether updates come by themselves: the page promises the next one only if they do.

set local role geniai_owner;

-- One row. As with the hosts, who writes and who reads have functions and no table.
create table ops.scheduler (
    is_only boolean primary key default true check (is_only),
    seen_at timestamptz not null
);

create function ops.note_scheduler() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    insert into ops.scheduler (seen_at) values (now())
    on conflict (is_only) do update set seen_at = excluded.seen_at;
end;

-- When Dagster's daemon last said that it starts what is due; it does so every half minute.
create function dashboards.scheduler_seen_at() returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
begin atomic
    select seen_at from ops.scheduler;
end;

revoke all on function ops.note_scheduler from public;
grant execute on function ops.note_scheduler to etl_writer;

-- The next scheduled synchronisation, null while nothing would start it; the hours are those of
-- geniai_pipeline/schedule.py.
create or replace function dashboards.next_sync() returns timestamptz
language sql stable parallel safe
return case when dashboards.scheduler_seen_at() > now() - interval '5 minutes' then (
    date_trunc('day', now() at time zone 'America/Sao_Paulo')
    + interval '6 hours'
    * (floor(extract(hour from now() at time zone 'America/Sao_Paulo') / 6) + 1)
) at time zone 'America/Sao_Paulo' end;

drop function dashboards.freshness(timestamp);

-- Up to when the figures are complete, and when they will be again; times are the reader's clock.
create function dashboards.freshness(complete_up_to timestamp, has_failed boolean) returns text
language sql stable parallel safe
return coalesce(
    format(
        '<span class="%s">Dados completos até <b>%s</b></span>',
        case when complete_up_to < now()::timestamp - interval '7 hours' then 'g-late' else '' end,
        to_char(complete_up_to, 'DD/MM/YYYY HH24:MI')
    ),
    'Ainda sem dados: aparecem depois da primeira atualização'
) || ' · ' || case
    when has_failed then '<span class="g-late">a última atualização falhou</span>'
    when dashboards.next_sync() is null
        then '<span class="g-late">a atualização automática está parada</span>'
    else format('próxima atualização às <b>%s</b>', to_char(dashboards.next_sync(), 'HH24:MI'))
end;

-- Rounded to minutes before it is split into hours: 53,999 s are 15 h, not 14 h 60 min.
create or replace function dashboards.duration(seconds numeric) returns text
language sql immutable parallel safe
return case
    when seconds is null then '–'
    when round(seconds) < 60 then round(seconds) || ' s'
    when round(seconds / 60) < 60 then round(seconds / 60) || ' min'
    when round(seconds / 60) < 1440 then
        floor(round(seconds / 60) / 60) || ' h'
        || coalesce(' ' || nullif(mod(round(seconds / 60), 60), 0) || ' min', '')
    when round(seconds / 60) < 2880 then '1 dia'
    else floor(round(seconds / 60) / 1440) || ' dias'
end;

create or replace function dashboards.lasted(seconds double precision) returns text
language sql immutable strict parallel safe
return case
    when round(seconds) < 60 then round(seconds) || ' s'
    when round(seconds) < 3600 then
        floor(round(seconds) / 60) || ' min ' || round(seconds)::integer % 60 || ' s'
    else floor(round(seconds) / 3600) || ' h ' || round(seconds)::integer % 3600 / 60 || ' min'
end;

reset role;
