-- What is known of the tenant's webhook and of live; one row, also without either.
select
    w.tenant_id is not null as is_stored,
    w.webhook_id is not null as is_registered,
    w.error as webhook_error,
    w.registered_at,
    case when s.last_event_at >= w.registered_at then s.last_event_at end as last_event_at,
    s.error as live_error,
    s.failing_since,
    coalesce(s.failing_since < ops.now() - interval '10 minutes', false) as is_failing,
    exists (
        select from core.conversations c where c.last_activity_at > w.registered_at
    ) as has_changes
from (select sec.loading_tenant() as tenant_id) as tenant
left join ops.webhooks w on w.tenant_id = tenant.tenant_id
left join ops.live_state s on s.tenant_id = tenant.tenant_id
