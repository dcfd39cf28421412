-- The list shows a lead who waits where the person is counted: found by the person.

set local role geniai_owner;

create index conversations_analytics_leads on analytics.conversations_analytics
    (tenant_id, person_id, created_at) where is_lead;

reset role;
