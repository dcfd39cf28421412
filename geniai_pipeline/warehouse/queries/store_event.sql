-- Stores a delivery once, and counts it.
with stored as (
    insert into ops.live_events (tenant_id, kind, conversation_id, contact_id, delivery_id)
    values (
        sec.loading_tenant(), %(kind)s, %(conversation_id)s, %(contact_id)s, %(delivery_id)s
    )
    on conflict (tenant_id, delivery_id) do nothing
    returning event_id
),
counted as (
    insert into ops.live_state (tenant_id, events, last_event_at)
    select sec.loading_tenant(), 1, ops.now() from stored
    on conflict (tenant_id) do update set
        events = live_state.events + 1, last_event_at = excluded.last_event_at
)
select exists (select from stored)
