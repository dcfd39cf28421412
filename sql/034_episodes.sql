-- The unit is an episode: what a person wants of the gym once. A thread of Chatwoot that lives for a
-- year holds many. Rows of today are the first episode of their thread until the next sync cuts it.

set local role geniai_owner;

alter table ops.tenant_configs
    -- a contact who writes again after so long begins an episode
    add column episode_silence_days integer not null default 14
        check (episode_silence_days between 1 and 365);

alter table core.llm_answers
    drop constraint llm_answers_tenant_id_conversation_id_fkey,
    drop constraint llm_answers_pkey;

alter table core.conversation_analysis
    drop constraint conversation_analysis_tenant_id_conversation_id_fkey,
    drop constraint conversation_analysis_pkey;

alter table core.conversations
    drop constraint conversations_pkey,
    add column episode smallint not null default 1 check (episode > 0),
    add primary key (tenant_id, conversation_id, episode),
    -- of the thread's episodes the last: the others are over
    add column is_latest boolean not null default true,
    -- whether a person resolved it, the last time it was resolved; null: Chatwoot does not say
    add column resolved_by_person boolean,
    add column snoozed_until timestamptz,
    -- of a conversion that Chatwoot bears: when its label was set; null: it has no date
    add column converted_at timestamptz,
    add column last_agent_message_at timestamptz,
    add column is_member boolean not null default false,  -- as the tenant marks one in Chatwoot
    drop column contact_last_said;

alter table core.conversation_analysis
    add column episode smallint not null default 1,
    add primary key (tenant_id, conversation_id, episode),
    add foreign key (tenant_id, conversation_id, episode)
        references core.conversations on delete cascade,
    -- the suggested message holds until then, and another, that names no time, afterwards
    add column suggestion_holds_until timestamptz,
    add column suggestion_afterwards text not null default '',
    -- the state of the episode (docs/labelling.md), and the version of the rules of both
    add column rules_version text not null default '',
    add column role text not null default 'unknown',
    add column is_referral boolean not null default false,  -- asks for somebody who is to start
    add column next_actor text not null default 'nobody'
        check (next_actor in ('gym', 'contact', 'nobody')),
    add column waiting_since timestamptz,
    add column visit_state text not null default 'none'
        check (visit_state in ('none', 'proposed', 'agreed', 'cancelled', 'done', 'missed')),
    add column visit_at timestamptz,
    add column visit_agreed_at timestamptz,  -- when the first agreement was written
    add column visit_moves smallint not null default 0,
    add column outcome text not null default 'open'
        check (outcome in ('open', 'won', 'lost', 'not_applicable')),
    add column visit_confirmed boolean not null default false,
    add column lost_reason text,
    add column lost_quote text,  -- the contact's words that prove it
    add column opted_out_at timestamptz;  -- when they asked not to be written to again

-- The answers that were paid for, as many of a thread as it has episodes. They go with their thread,
-- which always has a first episode.
alter table core.llm_answers
    add column first_episode smallint not null default 1 check (first_episode = 1),
    add primary key (tenant_id, conversation_id, content_hash),
    add foreign key (tenant_id, conversation_id, first_episode)
        references core.conversations on delete cascade;

create or replace function ops.settle_llm_call(
    call bigint, became text, how text, brl numeric, usd numeric,
    tokens_in integer, tokens_cached integer, tokens_out integer, request text, kept text
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    owner integer := sec.loading_tenant();
    done  ops.llm_calls;
begin
    update ops.llm_calls set
        state = became, outcome = how, cost_brl = coalesce(brl, reserved_brl), cost_usd = usd,
        input_tokens = tokens_in, cached_tokens = tokens_cached, output_tokens = tokens_out,
        request_id = request, settled_at = clock_timestamp()
    where tenant_id = owner and call_id = call and state = 'reserved'
    returning * into done;
    if not found then
        return;
    end if;
    update ops.llm_months set booked_brl = booked_brl - done.reserved_brl + done.cost_brl
    where tenant_id = owner and month = done.month;
    insert into core.llm_answers (tenant_id, conversation_id, content_hash, answer)
    select owner, done.conversation_id, done.content_hash, kept
    where kept is not null and exists (
        select from core.conversations c
        where c.tenant_id = owner and c.conversation_id = done.conversation_id
    )
    on conflict (tenant_id, conversation_id, content_hash) do update set
        answer = excluded.answer, answered_at = excluded.answered_at;
    delete from core.llm_answers old
    where old.tenant_id = owner and old.conversation_id = done.conversation_id
      and old.content_hash in (
        select a.content_hash from core.llm_answers a
        where a.tenant_id = owner and a.conversation_id = done.conversation_id
        order by a.answered_at desc
        offset (
            select count(*) from core.conversations c
            where c.tenant_id = owner and c.conversation_id = done.conversation_id
        )
    );
end
$$;

-- Contacts of one tenant that share a telephone or an e-mail are one person: the least of their ids.
create table core.contacts (
    tenant_id  integer not null references ops.tenants on delete cascade,
    contact_id bigint not null,
    person_id  bigint not null,
    -- of the telephones and e-mails, as in core.members; none without a list of members
    hashes     text[] not null,
    primary key (tenant_id, contact_id)
);
select sec.protect('core.contacts', '{"etl_writer": "select, insert, update, delete"}');

alter table analytics.conversation_texts
    drop constraint conversation_texts_tenant_id_conversation_id_fkey,
    drop constraint conversation_texts_pkey;

alter table analytics.conversations_analytics
    drop constraint conversations_analytics_pkey,
    add column episode smallint not null default 1,
    add primary key (tenant_id, conversation_id, episode),
    add column person_id bigint,
    -- whether a lead is counted here: the person's first episode as a lead in thirty days
    add column is_new_lead boolean,  -- null: published by an older version; is_lead tells
    add column role text not null default 'unknown',
    add column is_role_known boolean not null default false,  -- by a list, a mark or an enrolment
    add column waiting_since timestamptz,  -- of who awaits a reply
    add column visit_state text not null default 'none',
    add column visit_at timestamptz,
    add column visit_agreed_at timestamptz,
    add column lost_reason text,
    add column opted_out boolean not null default false,  -- in any of the person's episodes
    -- of a new lead, until the person's next one
    add column lead_agreed_visit boolean not null default false,
    add column enrolled_on date;

alter table analytics.conversation_texts
    add column episode smallint not null default 1,
    add column suggestion_holds_until timestamptz,
    add column suggestion_afterwards text not null default '',
    add primary key (tenant_id, conversation_id, episode),
    add foreign key (tenant_id, conversation_id, episode)
        references analytics.conversations_analytics on delete cascade;

drop index analytics.conversations_analytics_waiting;
create index conversations_analytics_waiting on analytics.conversations_analytics
    (tenant_id, person_id) where awaits_reply;

drop index analytics.conversations_analytics_charts;
create index conversations_analytics_charts on analytics.conversations_analytics
    (tenant_id, created_at)
    include (
        inbox_id, inbox_name, status, is_lead, is_new_lead, lead_score, visit_scheduled,
        visit_state, visit_at, crm_converted, enrolled_on,
        first_contact_message_at, first_bot_reply_at, first_human_reply_at,
        response_seconds, response_business_seconds, last_activity_at, awaits_reply, waiting_since,
        lost_reason, ad_id, ad_headline
    );

-- Of the leads of a day: those who agreed on a visit, and who enrolled so far, with one and in all.
alter table analytics.daily_metrics
    add column lead_visits integer not null default 0,
    add column lead_visit_conversions integer not null default 0,
    add column lead_conversions integer not null default 0;

reset role;
