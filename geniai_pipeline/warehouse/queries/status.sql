-- Per tenant, what an operator asks first thing.
select
    t.slug, t.name, t.active,
    latest.status as last_run_status, latest.started_at as last_run_at,
    case when latest.status = 'failed' then latest.error end as last_error,
    latest.notice,
    case when t.active then dashboards.next_sync() end as next_run_at,
    checked.ended_at as last_checked_at, good.ended_at as last_success_at, fresh.complete_up_to,
    dashboards.is_stale(fresh.complete_up_to) as is_stale,
    l.lag_seconds::float8 as live_lag_seconds, l.error as live_error,
    coalesce(counts.conversations, 0) as conversations, coalesce(counts.leads, 0) as leads,
    coalesce(s.spent_brl, 0)::float8 as spend_brl,
    c.monthly_budget_brl::float8 as budget_brl
from ops.tenants t
left join ops.tenant_configs c using (tenant_id)
left join dashboards.spend s using (tenant_id)
left join lateral (
    select * from ops.etl_control e where e.tenant_id = t.tenant_id order by started_at desc limit 1
) latest on true
left join lateral (
    select * from ops.etl_control e where e.tenant_id = t.tenant_id and e.status = 'success'
    order by started_at desc limit 1
) good on true
left join ops.live_state l on l.tenant_id = t.tenant_id
cross join lateral (
    select greatest(good.complete_up_to, l.complete_up_to) as complete_up_to
) fresh
left join lateral (
    select * from ops.etl_control e where e.tenant_id = t.tenant_id and e.watermark_to is not null
    order by started_at desc limit 1
) checked on true
left join lateral (
    select sum(conversations)::bigint as conversations, sum(leads)::bigint as leads
    from analytics.daily_metrics m where m.tenant_id = t.tenant_id
) counts on true
order by t.slug
