-- The whole rollup of one tenant, compared with what is stored: written is what differs.
with fresh as materialized (
    select
        tenant_id,
        (created_at at time zone %(timezone)s)::date as day,
        inbox_id, max(inbox_name) as inbox_name, status, lead_score,
        count(*) as conversations,
        count(*) filter (where is_lead) as leads,
        count(*) filter (where visit_scheduled) as visits,
        count(*) filter (where crm_converted) as conversions
    from analytics.conversations_analytics
    group by tenant_id, day, inbox_id, status, lead_score
),
emptied as (
    delete from analytics.daily_metrics stored
    where not exists (
        select from fresh
        where fresh.tenant_id = stored.tenant_id and fresh.day = stored.day
          and fresh.inbox_id = stored.inbox_id and fresh.status = stored.status
          and fresh.lead_score = stored.lead_score
    )
    returning 1
),
written as (
    insert into analytics.daily_metrics (
        tenant_id, day, inbox_id, inbox_name, status, lead_score,
        conversations, leads, visits, conversions
    )
    select * from fresh
    where not exists (
        select from analytics.daily_metrics stored
        where stored.tenant_id = fresh.tenant_id and stored.day = fresh.day
          and stored.inbox_id = fresh.inbox_id and stored.status = fresh.status
          and stored.lead_score = fresh.lead_score
          and (stored.inbox_name, stored.conversations, stored.leads, stored.visits,
               stored.conversions)
            = (fresh.inbox_name, fresh.conversations, fresh.leads, fresh.visits, fresh.conversions)
    )
    on conflict (tenant_id, day, inbox_id, status, lead_score) do update set
        inbox_name = excluded.inbox_name,
        conversations = excluded.conversations,
        leads = excluded.leads,
        visits = excluded.visits,
        conversions = excluded.conversions
    returning 1
)
select (select count(*) from written) + (select count(*) from emptied) as changed,
    (select count(*) from fresh) as rows
