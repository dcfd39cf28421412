-- As of when a login sees its rows. What live publishes counts in steps of five minutes, or each
-- message of one contact would empty the caches of all charts.
select
    extract(epoch from run.ended_at) as run_ended_at,
    extract(epoch from renewal.renewed_at) as renewed_at,
    extract(epoch from live.shown_at) as shown_at,
    extract(epoch from live.waiting_at) as waiting_at,
    extract(epoch from
        ops.now() - greatest(run.ended_at, renewal.renewed_at, live.waiting_at)
    )::float8 as seconds_since_change,
    extract(epoch from ops.now())::float8 as now
from (select max(ended_at) as ended_at from ops.etl_control) run
cross join (select max(renewed_at) as renewed_at from ops.publications) renewal
cross join (
    select
        max(waiting_at) as waiting_at,
        case when max(published_at) is not null then least(
            date_bin('5 minutes', max(published_at) + interval '299.999999 s', 'epoch'),
            date_bin('5 minutes', ops.now(), 'epoch')
        ) end as shown_at
    from ops.live_state
) live
