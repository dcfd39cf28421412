-- The typed conversation and what the analyzer said of it. Read by the loader alone.

create schema core authorization geniai_owner;

set local role geniai_owner;

create table core.conversations (
    tenant_id                 integer not null references ops.tenants on delete cascade,
    conversation_id           bigint not null,
    -- which raw row, tenant settings and code this was made from; differs: make it again
    source_version            text not null,
    inbox_id                  bigint not null,
    inbox_name                text not null,
    channel                   text not null,
    status                    text not null check (status in ('open', 'resolved', 'pending', 'snoozed')),
    contact_id                bigint,
    contact_name              text,
    contact_email             text,
    contact_phone             text,  -- E.164
    assignee_name             text,
    labels                    text[] not null,
    created_at                timestamptz not null,
    last_activity_at          timestamptz not null,
    message_count             integer not null,  -- said to or by the contact: no notes, no activity
    contact_message_count     integer not null,
    agent_message_count       integer not null,
    bot_message_count         integer not null,
    first_contact_message_at  timestamptz,
    first_bot_reply_at        timestamptz,
    first_human_reply_at      timestamptz,
    response_seconds          bigint,  -- first contact message to first human reply, wall clock
    response_business_seconds bigint,  -- the same within the tenant's business hours
    last_speaker              text check (last_speaker in ('contact', 'agent', 'bot')),
    last_spoke_at             timestamptz,
    ad_id                     text,
    ad_headline               text,
    crm_converted             boolean not null,
    chatwoot_url              text not null,
    transcript                jsonb not null,  -- [{"from", "text", "minutes_after_start", "note"?}]
    content_hash              text not null,  -- of what an analyzer reads
    primary key (tenant_id, conversation_id)
);

create table core.conversation_analysis (
    tenant_id         integer not null references ops.tenants on delete cascade,
    conversation_id   bigint not null,
    content_hash      text not null,
    analyzer          text not null,
    analyzer_version  text not null,
    is_lead           boolean not null,
    score             smallint not null check (score between 0 and 5),
    visit_scheduled   boolean not null,
    contact_name      text,
    condition         text,
    goal              text,
    reasoning         text not null,
    suggested_message text not null,
    evidence          text[] not null,
    analyzed_at       timestamptz not null default now(),
    primary key (tenant_id, conversation_id),
    foreign key (tenant_id, conversation_id) references core.conversations on delete cascade
);

do $$
declare
    name text;
begin
    foreach name in array array['conversations', 'conversation_analysis'] loop
        execute format('alter table core.%I enable row level security', name);
        execute format('alter table core.%I force row level security', name);
        execute format(
            'create policy own_run on core.%I to etl_writer
                using (tenant_id = (select sec.loading_tenant()))
                with check (tenant_id = (select sec.loading_tenant()))', name
        );
        execute format('grant select, insert, update, delete on core.%I to etl_writer', name);
    end loop;
end
$$;

grant usage on schema core to etl_writer;

reset role;
