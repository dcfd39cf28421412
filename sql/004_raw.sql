-- What Chatwoot said, secrets never. Read by the loader alone.

create schema raw authorization geniai_owner;

set local role geniai_owner;

create table raw.conversations (
    tenant_id       integer not null references ops.tenants on delete cascade,
    conversation_id bigint not null,  -- Chatwoot's display_id, unique in one account
    payload         jsonb not null,
    content_hash    text not null,
    updated_at      timestamptz,  -- Chatwoot's; null before its version 4.0.2
    fetched_at      timestamptz not null default now(),
    -- when this row or one of its messages last changed here; what the next step compares
    changed_at      timestamptz not null default now(),
    deleted_at      timestamptz,
    primary key (tenant_id, conversation_id)
);

create table raw.messages (
    tenant_id       integer not null references ops.tenants on delete cascade,
    conversation_id bigint not null,
    message_id      bigint not null,
    payload         jsonb not null,
    content_hash    text not null,
    fetched_at      timestamptz not null default now(),
    primary key (tenant_id, conversation_id, message_id)
);

create table raw.inboxes (
    tenant_id    integer not null references ops.tenants on delete cascade,
    inbox_id     bigint not null,
    payload      jsonb not null,
    content_hash text not null,
    fetched_at   timestamptz not null default now(),
    primary key (tenant_id, inbox_id)
);

create table raw.agents (
    tenant_id    integer not null references ops.tenants on delete cascade,
    agent_id     bigint not null,
    payload      jsonb not null,
    content_hash text not null,
    fetched_at   timestamptz not null default now(),
    primary key (tenant_id, agent_id)
);

do $$
declare
    name text;
begin
    foreach name in array array['conversations', 'messages', 'inboxes', 'agents'] loop
        execute format('alter table raw.%I enable row level security', name);
        execute format('alter table raw.%I force row level security', name);
        execute format(
            'create policy own_run on raw.%I to etl_writer
                using (tenant_id = (select sec.loading_tenant()))
                with check (tenant_id = (select sec.loading_tenant()))', name
        );
        execute format('grant select, insert, update, delete on raw.%I to etl_writer', name);
    end loop;
end
$$;

grant usage on schema raw to etl_writer;

reset role;
