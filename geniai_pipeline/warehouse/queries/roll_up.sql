-- The rollup of some of a tenant's days, or of all, compared with what is stored: written is what
-- differs.
-- Conversations and leads are of the day they began; visits, of the day they were first agreed;
-- conversions, of the day of the enrolment. What became of a day's leads is of the leads' own day.
with happened as (
    select c.tenant_id, (c.created_at at time zone %(timezone)s)::date as day, c.inbox_id,
        c.inbox_name, c.status, c.lead_score, 1 as conversations, c.is_new_lead::integer as leads,
        0 as visits, 0 as conversions, c.lead_agreed_visit::integer as lead_visits,
        (c.lead_agreed_visit and c.enrolled_on is not null)::integer as lead_visit_conversions,
        (c.is_new_lead and c.enrolled_on is not null)::integer as lead_conversions
    from analytics.conversations_analytics c
    where c.created_at >= %(since)s::date::timestamp at time zone %(timezone)s
      and c.created_at < %(until)s::date::timestamp at time zone %(timezone)s
    union all
    select c.tenant_id, (c.visit_agreed_at at time zone %(timezone)s)::date, c.inbox_id,
        c.inbox_name, c.status, c.lead_score, 0, 0, 1, 0, 0, 0, 0
    from analytics.conversations_analytics c
    where c.visit_agreed_at >= %(since)s::date::timestamp at time zone %(timezone)s
      and c.visit_agreed_at < %(until)s::date::timestamp at time zone %(timezone)s
    union all
    select c.tenant_id, c.enrolled_on, c.inbox_id, c.inbox_name, c.status, c.lead_score,
        0, 0, 0, 1, 0, 0, 0
    from analytics.conversations_analytics c
    where c.enrolled_on >= %(since)s::date and c.enrolled_on < %(until)s::date
),
fresh as materialized (
    select
        tenant_id, day, inbox_id, max(inbox_name) as inbox_name, status, lead_score,
        sum(conversations) as conversations, sum(leads) as leads, sum(visits) as visits,
        sum(conversions) as conversions, sum(lead_visits) as lead_visits,
        sum(lead_visit_conversions) as lead_visit_conversions,
        sum(lead_conversions) as lead_conversions
    from happened
    where day >= %(since)s::date and day < %(until)s::date  -- where an hour comes twice
    group by tenant_id, day, inbox_id, status, lead_score
),
emptied as (
    delete from analytics.daily_metrics stored
    where stored.day >= %(since)s::date and stored.day < %(until)s::date and not exists (
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
        conversations, leads, visits, conversions, lead_visits, lead_visit_conversions,
        lead_conversions
    )
    select * from fresh
    where not exists (
        select from analytics.daily_metrics stored
        where stored.tenant_id = fresh.tenant_id and stored.day = fresh.day
          and stored.inbox_id = fresh.inbox_id and stored.status = fresh.status
          and stored.lead_score = fresh.lead_score
          and (stored.inbox_name, stored.conversations, stored.leads, stored.visits,
               stored.conversions, stored.lead_visits, stored.lead_visit_conversions,
               stored.lead_conversions)
            = (fresh.inbox_name, fresh.conversations, fresh.leads, fresh.visits,
               fresh.conversions, fresh.lead_visits, fresh.lead_visit_conversions,
               fresh.lead_conversions)
    )
    on conflict (tenant_id, day, inbox_id, status, lead_score) do update set
        inbox_name = excluded.inbox_name,
        conversations = excluded.conversations,
        leads = excluded.leads,
        visits = excluded.visits,
        conversions = excluded.conversions,
        lead_visits = excluded.lead_visits,
        lead_visit_conversions = excluded.lead_visit_conversions,
        lead_conversions = excluded.lead_conversions
    returning 1
)
select (select count(*) from written) + (select count(*) from emptied) as changed,
    (select count(*) from fresh) as rows
