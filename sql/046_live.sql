-- Live: Chatwoot's webhooks, the events that they told, and how far each tenant's pages are.

set local role geniai_owner;

-- A tenant's webhook in its Chatwoot. The path's token and Chatwoot's secret are encrypted.
create table ops.webhooks (
    tenant_id     integer primary key references ops.tenants on delete cascade,
    token         text not null,
    secret        text,  -- that Chatwoot signs by; null: its version signs nothing
    webhook_id    bigint,  -- Chatwoot's; null: not registered by us
    error         text,  -- why it could not be registered
    registered_at timestamptz not null default ops.now()
);
select sec.protect('ops.webhooks', '{"etl_writer": "select, insert, update, delete",
                                     "platform": "select, update"}');

-- Hints that something changed: what changed is read from the API. A delivery is taken once.
create table ops.live_events (
    tenant_id       integer not null references ops.tenants on delete cascade,
    event_id        bigint generated always as identity,
    kind            text not null,
    conversation_id bigint,
    contact_id      bigint,
    delivery_id     text,  -- null: the version gives none
    received_at     timestamptz not null default clock_timestamp(),
    done_at         timestamptz,
    primary key (tenant_id, event_id),
    unique (tenant_id, delivery_id)
);
create index live_events_pending on ops.live_events (tenant_id, event_id) where done_at is null;
select sec.protect('ops.live_events', '{"etl_writer": "select, insert, update, delete",
                                        "platform": "select"}');

create table ops.live_state (
    tenant_id        integer primary key references ops.tenants on delete cascade,
    complete_up_to   timestamptz,  -- by Chatwoot's clock: what changed before is on the pages
    published_at     timestamptz,  -- when live last changed the pages
    waiting_at       timestamptz,  -- when live last changed who waits
    lag_seconds      real,  -- of the latest change: from its event or poll to the pages
    changes          bigint not null default 0,  -- conversations that live published
    events           bigint not null default 0,  -- deliveries that were accepted
    last_event_at    timestamptz,  -- null: no delivery ever came
    polled_at        timestamptz,  -- by our clock
    found_by_poll    bigint not null default 0,  -- changes that no event told before
    found_by_poll_at timestamptz,
    found_by_run     bigint not null default 0,  -- changes that a run had to find
    found_by_run_at  timestamptz,
    error            text,  -- why the latest attempt failed
    failing_since    timestamptz,
    reported_at      timestamptz  -- when Dagster was last told
);
select sec.protect('ops.live_state', '{"etl_writer": "select, insert, update", "platform": "select",
                                       "bi_tenant": "select", "bi_staff": "select"}');

-- Whether Messenger and Instagram leave seven days for a reply, as an installation's conversations
-- tell: found with each publication of all rows, read by that of a few.
create table core.long_windows (
    tenant_id    integer not null references ops.tenants on delete cascade,
    channel_type text not null,
    is_long      boolean not null,
    primary key (tenant_id, channel_type)
);
select sec.protect('core.long_windows', '{"etl_writer": "select, insert, update, delete"}');

-- A person's conversations, found without reading the tenant's.
create index conversations_of_contact on core.conversations (tenant_id, contact_id);
create index conversations_of_phone on core.conversations (tenant_id, contact_phone)
    where contact_phone is not null;
create index conversations_of_email on core.conversations (tenant_id, contact_email)
    where contact_email is not null;
create index contacts_of_person on core.contacts (tenant_id, person_id);
create index conversations_analytics_enrolments on analytics.conversations_analytics
    (tenant_id, enrolled_on) include (inbox_id, inbox_name, status, lead_score)
    where enrolled_on is not null;

reset role;
