-- One wide row each; a row that says the same as the stored one is left alone.
-- A sale counts if it was made on the day the conversation began or later: a member who asks
-- something is no conversion.
-- Whose visit is agreed, or who is enrolled, waits for an answer only to a question of theirs; who
-- is blocked waits for none.
-- Messenger's and Instagram's window is the installation's own: the latest conversation that was
-- read when one of 24 hours would have been over, and one of seven days not, tells by its can_reply.
-- Messages bear the time of Chatwoot's clock, which may be hours from ours.
-- One may write until the window after the last incoming message is over; where the contact spoke
-- last it is counted from when they wrote, should that have come late.
with clock as materialized (
    select coalesce((
        select watermark_to - started_at from ops.etl_control
        where watermark_to is not null order by started_at desc limit 1
    ), interval '0') as ahead
),
long_windows as materialized (
    select distinct on (i.payload ->> 'channel_type')
        i.payload ->> 'channel_type' as channel_type,
        r.payload -> 'can_reply' = 'true' as is_long
    from raw.inboxes i
    join core.conversations c on c.tenant_id = i.tenant_id and c.inbox_id = i.inbox_id
    join raw.conversations r
        on r.tenant_id = c.tenant_id and r.conversation_id = c.conversation_id
    cross join clock
    where i.payload ->> 'channel_type' in ('Channel::FacebookPage', 'Channel::Instagram')
      and r.payload -> 'can_reply' in ('true', 'false')
      and r.fetched_at + clock.ahead - c.last_incoming_at
          between interval '25 hours' and interval '167 hours'
    order by i.payload ->> 'channel_type', r.fetched_at desc
),
windows as materialized (
    select i.tenant_id, i.inbox_id, dashboards.reply_window(
        i.payload ->> 'channel_type', i.payload ->> 'medium',
        i.payload #> '{additional_attributes,agent_reply_time_window}', l.is_long
    ) as reply_window
    from raw.inboxes i
    left join long_windows l on l.channel_type = i.payload ->> 'channel_type'
),
wide as (
    select
        c.tenant_id, c.conversation_id,
        coalesce(c.contact_name, a.contact_name) as contact_name, c.contact_email, c.contact_phone,
        c.inbox_id, c.inbox_name, c.channel, c.status, c.created_at, c.last_activity_at,
        c.message_count, c.contact_message_count, c.agent_message_count, c.bot_message_count,
        a.is_lead, a.score as lead_score, a.visit_scheduled,
        sold.crm_converted,
        c.first_contact_message_at, c.first_bot_reply_at, c.first_human_reply_at,
        c.response_seconds, c.response_business_seconds, c.last_speaker, c.last_spoke_at,
        c.ad_id, c.ad_headline, c.labels, c.assignee_name, a.analyzer, a.analyzer_version,
        c.chatwoot_url, a.fallback_reason,
        c.status in ('open', 'pending') and not c.contact_blocked and coalesce(
            c.contact_last_said = 'request'
            or c.contact_last_said = 'other' and not a.visit_scheduled and not sold.crm_converted,
            false
        ) as awaits_reply,
        c.delivery_error,
        least(
            c.last_incoming_at, case when c.last_speaker = 'contact' then c.last_spoke_at end
        ) + w.reply_window as reply_until
    from core.conversations c
    join core.conversation_analysis a using (tenant_id, conversation_id)
    left join windows w using (tenant_id, inbox_id)
    cross join lateral (
        select c.crm_converted or exists (
            select from core.sales s
            where s.tenant_id = c.tenant_id and s.phone = c.contact_phone
              and coalesce(s.sold_on >= (c.created_at at time zone %(timezone)s)::date, true)
        ) or exists (
            select from core.sales s
            where s.tenant_id = c.tenant_id and s.email = c.contact_email
              and coalesce(s.sold_on >= (c.created_at at time zone %(timezone)s)::date, true)
        ) as crm_converted
    ) sold
),
hashed as (
    select wide.*, md5(wide::text) as row_hash from wide
)
insert into analytics.conversations_analytics (
    tenant_id, conversation_id, contact_name, contact_email, contact_phone,
    inbox_id, inbox_name, channel, status, created_at, last_activity_at,
    message_count, contact_message_count, agent_message_count, bot_message_count,
    is_lead, lead_score, visit_scheduled, crm_converted,
    first_contact_message_at, first_bot_reply_at, first_human_reply_at,
    response_seconds, response_business_seconds, last_speaker, last_spoke_at,
    ad_id, ad_headline, labels, assignee_name, analyzer, analyzer_version,
    chatwoot_url, fallback_reason, awaits_reply, delivery_error, reply_until, row_hash
)
select * from hashed
where not exists (
    select from analytics.conversations_analytics old
    where old.tenant_id = hashed.tenant_id
      and old.conversation_id = hashed.conversation_id
      and old.row_hash = hashed.row_hash
)
on conflict (tenant_id, conversation_id) do update set
    contact_name = excluded.contact_name,
    contact_email = excluded.contact_email,
    contact_phone = excluded.contact_phone,
    inbox_id = excluded.inbox_id,
    inbox_name = excluded.inbox_name,
    channel = excluded.channel,
    status = excluded.status,
    created_at = excluded.created_at,
    last_activity_at = excluded.last_activity_at,
    message_count = excluded.message_count,
    contact_message_count = excluded.contact_message_count,
    agent_message_count = excluded.agent_message_count,
    bot_message_count = excluded.bot_message_count,
    is_lead = excluded.is_lead,
    lead_score = excluded.lead_score,
    visit_scheduled = excluded.visit_scheduled,
    crm_converted = excluded.crm_converted,
    first_contact_message_at = excluded.first_contact_message_at,
    first_bot_reply_at = excluded.first_bot_reply_at,
    first_human_reply_at = excluded.first_human_reply_at,
    response_seconds = excluded.response_seconds,
    response_business_seconds = excluded.response_business_seconds,
    last_speaker = excluded.last_speaker,
    last_spoke_at = excluded.last_spoke_at,
    ad_id = excluded.ad_id,
    ad_headline = excluded.ad_headline,
    labels = excluded.labels,
    assignee_name = excluded.assignee_name,
    analyzer = excluded.analyzer,
    analyzer_version = excluded.analyzer_version,
    chatwoot_url = excluded.chatwoot_url,
    fallback_reason = excluded.fallback_reason,
    awaits_reply = excluded.awaits_reply,
    delivery_error = excluded.delivery_error,
    reply_until = excluded.reply_until,
    row_hash = excluded.row_hash,
    loaded_at = now()
