-- Who waits for an answer; scores in the rollup; every chart's columns in its index.

set local role geniai_owner;

alter table core.conversations
    -- of the contact's words since the gym's last message; null: the gym spoke last
    add column contact_last_said text check (contact_last_said in ('request', 'closing', 'other'));

alter table analytics.conversations_analytics
    add column awaits_reply boolean not null default false;

-- The list of who waits is read every few minutes, and is short.
create index conversations_analytics_waiting on analytics.conversations_analytics
    (tenant_id, last_spoke_at)
    where awaits_reply;

drop index analytics.conversations_analytics_charts;
create index conversations_analytics_charts on analytics.conversations_analytics
    (tenant_id, created_at)
    include (
        inbox_id, inbox_name, status, is_lead, lead_score, visit_scheduled, crm_converted,
        first_contact_message_at, first_bot_reply_at, first_human_reply_at,
        response_seconds, response_business_seconds, last_activity_at, awaits_reply,
        ad_id, ad_headline
    );

alter table analytics.daily_metrics
    add column lead_score smallint not null default 0,
    drop constraint daily_metrics_pkey,
    add primary key (tenant_id, day, inbox_id, status, lead_score);

reset role;
