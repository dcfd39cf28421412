-- The later of what the latest run's watermark and what the latest poll tell, with its age by our clock;
-- no row: no run has set a watermark, so that not everything there is has landed.
select
    case when s.polled_at > run.started_at then s.complete_up_to else run.watermark_to end
        as complete_up_to,
    ops.now() - greatest(s.polled_at, run.started_at) as age,
    coalesce(s.last_event_at > ops.now() - interval '1 day', false) as has_webhook
from (
    select started_at, watermark_to
    from ops.etl_control
    where watermark_to is not null
    order by started_at desc
    limit 1
) run
left join ops.live_state s on true
