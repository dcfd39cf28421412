-- What the dashboards read.

create schema analytics authorization geniai_owner;

set local role geniai_owner;

create table analytics.conversations_analytics (
    tenant_id                 integer not null references ops.tenants on delete cascade,
    conversation_id           bigint not null,
    contact_name              text,
    contact_email             text,
    contact_phone             text,
    inbox_id                  bigint not null,
    inbox_name                text not null,
    channel                   text not null,
    status                    text not null,
    created_at                timestamptz not null,
    last_activity_at          timestamptz not null,
    message_count             integer not null,
    contact_message_count     integer not null,
    agent_message_count       integer not null,
    bot_message_count         integer not null,
    is_lead                   boolean not null,
    lead_score                smallint not null,
    visit_scheduled           boolean not null,
    crm_converted             boolean not null,
    first_contact_message_at  timestamptz,
    first_bot_reply_at        timestamptz,
    first_human_reply_at      timestamptz,
    response_seconds          bigint,
    response_business_seconds bigint,
    last_speaker              text,
    last_spoke_at             timestamptz,
    ad_id                     text,
    ad_headline               text,
    labels                    text[] not null,
    assignee_name             text,
    analyzer                  text not null,
    analyzer_version          text not null,
    chatwoot_url              text not null,
    row_hash                  text not null,
    loaded_at                 timestamptz not null default now(),
    primary key (tenant_id, conversation_id)
);
-- Index-only scans serve the charts under row-level security, as long as vacuum keeps up.
create index conversations_analytics_charts on analytics.conversations_analytics
    (tenant_id, created_at)
    include (inbox_id, inbox_name, status, is_lead, lead_score, visit_scheduled, crm_converted);
alter table analytics.conversations_analytics set (autovacuum_vacuum_insert_scale_factor = 0.02);

create table analytics.conversation_texts (
    tenant_id         integer not null,
    conversation_id   bigint not null,
    transcript        text not null,
    condition         text,
    goal              text,
    reasoning         text not null,
    suggested_message text not null,
    evidence          text[] not null,
    row_hash          text not null,
    primary key (tenant_id, conversation_id),
    foreign key (tenant_id, conversation_id)
        references analytics.conversations_analytics on delete cascade
);

-- Days are the tenant's own, by its time zone.
create table analytics.daily_metrics (
    tenant_id     integer not null references ops.tenants on delete cascade,
    day           date not null,
    inbox_id      bigint not null,
    inbox_name    text not null,
    status        text not null,
    conversations integer not null,
    leads         integer not null,
    visits        integer not null,
    conversions   integer not null,
    primary key (tenant_id, day, inbox_id, status)
);

-- The funnel's steps as rows, in order.
create view analytics.daily_funnel with (security_invoker = true) as
select m.tenant_id, m.day, m.inbox_id, m.inbox_name, m.status, step.position, step.step, step.reached
from analytics.daily_metrics m
cross join lateral (values
    (1, 'Conversas', m.conversations),
    (2, 'Leads', m.leads),
    (3, 'Visitas agendadas', m.visits),
    (4, 'Matrículas', m.conversions)
) as step (position, step, reached);

do $$
declare
    name text;
begin
    foreach name in array array['conversations_analytics', 'conversation_texts', 'daily_metrics'] loop
        execute format('alter table analytics.%I enable row level security', name);
        execute format('alter table analytics.%I force row level security', name);
        execute format(
            'create policy own_run on analytics.%I to etl_writer
                using (tenant_id = (select sec.loading_tenant()))
                with check (tenant_id = (select sec.loading_tenant()))', name
        );
        execute format(
            'create policy own on analytics.%I for select to bi_tenant
                using (tenant_id = (select sec.reading_tenant()))', name
        );
        execute format('create policy staff on analytics.%I for select to bi_staff using (true)', name);
        execute format('grant select, insert, update, delete on analytics.%I to etl_writer', name);
        execute format('grant select on analytics.%I to bi_tenant, bi_staff', name);
    end loop;
end
$$;

grant usage on schema analytics to etl_writer, bi_tenant, bi_staff;
grant select on analytics.daily_funnel to bi_tenant, bi_staff;

reset role;
