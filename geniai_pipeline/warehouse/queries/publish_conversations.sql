-- One wide row per episode; a row that says the same as the stored one is left alone. Given persons,
-- theirs alone: conversation_ids are then all of their conversations.
--
-- Persons. A telephone or an e-mail that too many contacts share tells nothing of any. A sale, a label
-- that declares one, or, of who had asked as a lead, the day that a list of members tells, enrols its
-- person (docs/glossary.md). What a person is to the gym when an episode begins is told by the lists,
-- then by what marks members in Chatwoot, then by an earlier enrolment or the words of an earlier
-- episode. Who trains here is no lead, unless they ask for somebody else; without a list, their words
-- may tell that they left or come back.
-- A lead counts once: in the person's first episode as a lead after 30 days in which none began. What
-- becomes of it, a visit or an enrolment, is found in all of the person's episodes until the next.
-- An enrolment belongs to the latest lead before it; without one, to the person's first episode; one
-- without a date, to the first lead, on the day it was last written in.
--
-- Who waits is a person, in their latest episode that waits; a person's answer in another of their
-- conversations ends it. Nobody waits who is blocked, who asked not to be written to, or whose
-- conversation a person resolved; a snoozed one waits from the end of its snooze.
--
-- One may write until the window after the last incoming message is over; where the contact spoke
-- last it is counted from when they wrote, should that have come late.
with windows as materialized (
    select i.tenant_id, i.inbox_id, dashboards.reply_window(
        i.payload ->> 'channel_type', i.payload ->> 'medium',
        i.payload #> '{additional_attributes,agent_reply_time_window}', l.is_long
    ) as reply_window
    from raw.inboxes i
    left join core.long_windows l on l.channel_type = i.payload ->> 'channel_type'
),
hashed_persons as materialized (
    select k.person_id, array_agg(distinct each) as hashes
    from core.contacts k
    cross join lateral unnest(k.hashes) as each
    where %(person_ids)s::bigint[] is null or k.person_id = any(%(person_ids)s)
    group by k.person_id
),
episodes as materialized (
    select
        c.*, (c.created_at at time zone %(timezone)s)::date as day,
        coalesce(k.person_id, c.contact_id, -c.conversation_id) as person_id, m.standing,
        a.is_lead, a.score, a.visit_scheduled, a.contact_name as introduced_name, a.role,
        a.is_referral, a.next_actor, a.waiting_since, a.visit_state, a.visit_at, a.visit_agreed_at,
        a.visit_moves, a.visit_confirmed, a.outcome, a.lost_reason, a.opted_out_at, a.analyzer,
        a.analyzer_version, a.fallback_reason, a.lead_probability, a.visit_probability, a.is_certain
    from core.conversations c
    join core.conversation_analysis a using (tenant_id, conversation_id, episode)
    left join core.contacts k using (tenant_id, contact_id)
    left join hashed_persons h on h.person_id = k.person_id
    left join lateral core.member_standing(
        (select sec.loading_tenant()), h.hashes, c.created_at, %(timezone)s
    ) m on h.hashes is not null
    where %(conversation_ids)s::bigint[] is null or c.conversation_id = any(%(conversation_ids)s)
),
declared as materialized (
    select e.person_id, s.sold_on as day
    from episodes e
    join core.sales s on s.tenant_id = e.tenant_id and s.phone = e.contact_phone
    where s.phone not in (select identity from core.shared_identities)
    union
    select e.person_id, s.sold_on
    from episodes e
    join core.sales s on s.tenant_id = e.tenant_id and s.email = e.contact_email
    where s.email not in (select identity from core.shared_identities)
    union
    select person_id, (converted_at at time zone %(timezone)s)::date from episodes where crm_converted
),
first_leads as materialized (
    select e.person_id, min(e.day) as day
    from episodes e
    left join (select person_id, min(day) as day from declared group by person_id) d
        using (person_id)
    where e.is_lead and not e.is_member and e.standing is distinct from 'member'
      and coalesce(e.day <= d.day, true)
    group by e.person_id
),
enrolments as materialized (
    select * from declared
    union
    select a.person_id, came.day
    from first_leads a
    join hashed_persons h using (person_id)
    cross join lateral core.member_enrolments(
        (select sec.loading_tenant()), h.hashes, %(timezone)s
    ) came
    where came.day >= a.day
),
enrolled as materialized (
    select person_id, min(day) as first_day, max(day) as last_day, bool_or(day is null) as is_undated
    from enrolments
    group by person_id
),
told as materialized (
    select
        e.*, bool_or(e.opted_out_at is not null) over (partition by e.person_id) as opted_out,
        coalesce(n.last_day >= e.day or n.is_undated, false) as has_enrolled,
        coalesce(
            n.first_day < e.day or bool_or(e.outcome = 'won') over (
                partition by e.person_id order by e.created_at, e.conversation_id, e.episode
                rows between unbounded preceding and 1 preceding
            ), false
        ) as enrolled_before
    from episodes e
    left join enrolled n using (person_id)
),
standing as materialized (
    select
        t.*,
        t.standing is not null or t.is_member or t.enrolled_before as is_role_known,
        not t.is_referral and case
            when t.standing = 'ex_member' then false
            when t.standing = 'member' or t.is_member
                then t.role in ('prospect', 'unknown', 'returning', 'ex_member')
            else t.role in ('prospect', 'unknown') and t.enrolled_before
        end as is_customer
    from told t
),
leads as materialized (
    select
        s.*, s.is_lead and not s.is_customer as counts,
        s.is_lead and not s.is_customer and coalesce(
            s.created_at - lag(s.created_at) over (
                partition by s.person_id, s.is_lead and not s.is_customer
                order by s.created_at, s.conversation_id, s.episode
            ) > interval '30 days', true
        ) as is_new_lead,
        s.is_latest and s.next_actor = 'gym' and not s.contact_blocked and not s.opted_out
            and (s.status <> 'resolved' or not coalesce(s.resolved_by_person, true))
            and s.waiting_since is not null
            and coalesce(max(s.last_agent_message_at) over (
                partition by s.person_id order by s.conversation_id
                groups between unbounded preceding and unbounded following exclude group
            ) < s.waiting_since, true) as awaits
    from standing s
),
numbered as materialized (
    select
        l.*,
        count(*) filter (where is_new_lead) over (
            partition by person_id order by created_at, conversation_id, episode
        ) as lead_number,
        awaits and row_number() over (
            partition by person_id, awaits order by waiting_since desc, conversation_id
        ) = 1 as awaits_reply
    from leads l
),
credited as materialized (
    select conversation_id, episode, min(day) as enrolled_on
    from (
        select distinct on (n.person_id, n.day)
            e.conversation_id, e.episode,
            coalesce(n.day, (e.last_activity_at at time zone %(timezone)s)::date) as day
        from enrolments n
        join numbered e on e.person_id = n.person_id and coalesce(e.day <= n.day, true)
        order by n.person_id, n.day, e.is_new_lead desc,
            case when e.is_new_lead and n.day is not null then e.created_at end desc, e.created_at
    ) each_one
    group by conversation_id, episode
),
wide as (
    select
        n.tenant_id, n.conversation_id, n.episode, n.person_id,
        coalesce(n.contact_name, n.introduced_name) as contact_name, n.contact_email,
        n.contact_phone, n.inbox_id, n.inbox_name, n.channel, n.status, n.created_at,
        n.last_activity_at, n.message_count, n.contact_message_count, n.agent_message_count,
        n.bot_message_count,
        case
            when n.is_customer then 'member'
            when n.standing = 'ex_member' and n.role = 'prospect' then 'returning'
            else n.role
        end as role,
        n.is_role_known,
        n.counts as is_lead, n.is_new_lead,
        case when n.is_customer then least(n.score, 1) else n.score end as lead_score,
        n.counts and n.visit_scheduled as visit_scheduled,
        case when n.counts then n.visit_state else 'none' end as visit_state,
        case when n.counts then n.visit_at end as visit_at,
        case when n.counts then n.visit_agreed_at end as visit_agreed_at,
        case when n.counts then n.visit_moves else 0 end as visit_moves,
        n.counts and n.visit_confirmed as visit_confirmed,
        n.is_new_lead and bool_or(n.counts and n.visit_agreed_at is not null) over (
            partition by n.person_id, n.lead_number
        ) as lead_agreed_visit,
        n.has_enrolled as crm_converted, p.enrolled_on,
        case when n.counts then n.lost_reason end as lost_reason, n.opted_out,
        n.first_contact_message_at, n.first_bot_reply_at, n.first_human_reply_at,
        n.response_seconds, n.response_business_seconds, n.last_speaker, n.last_spoke_at,
        n.ad_id, n.ad_headline, n.labels, n.assignee_name, n.analyzer, n.analyzer_version,
        n.chatwoot_url, n.fallback_reason, n.awaits_reply,
        case when n.awaits_reply then greatest(n.waiting_since, n.snoozed_until) end
            as waiting_since,
        n.delivery_error,
        least(
            n.last_incoming_at, case when n.last_speaker = 'contact' then n.last_spoke_at end
        ) + w.reply_window as reply_until,
        n.unread_audios,
        n.lead_probability, n.visit_probability, n.is_certain or n.is_role_known as is_certain
    from numbered n
    left join windows w using (tenant_id, inbox_id)
    left join credited p using (conversation_id, episode)
),
hashed as (
    select wide.*, md5(wide::text) as row_hash from wide
)
insert into analytics.conversations_analytics (
    tenant_id, conversation_id, episode, person_id, contact_name, contact_email, contact_phone,
    inbox_id, inbox_name, channel, status, created_at, last_activity_at, message_count,
    contact_message_count, agent_message_count, bot_message_count, role, is_role_known, is_lead,
    is_new_lead, lead_score, visit_scheduled, visit_state, visit_at, visit_agreed_at, visit_moves,
    visit_confirmed, lead_agreed_visit, crm_converted, enrolled_on, lost_reason, opted_out, first_contact_message_at, first_bot_reply_at,
    first_human_reply_at, response_seconds, response_business_seconds, last_speaker,
    last_spoke_at, ad_id, ad_headline, labels, assignee_name, analyzer, analyzer_version,
    chatwoot_url, fallback_reason, awaits_reply, waiting_since, delivery_error, reply_until,
    unread_audios, lead_probability, visit_probability, is_certain, row_hash
)
select * from hashed
where not exists (
    select from analytics.conversations_analytics old
    where old.tenant_id = hashed.tenant_id
      and old.conversation_id = hashed.conversation_id
      and old.episode = hashed.episode
      and old.row_hash = hashed.row_hash
)
on conflict (tenant_id, conversation_id, episode) do update set
    person_id = excluded.person_id,
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
    role = excluded.role,
    is_role_known = excluded.is_role_known,
    is_lead = excluded.is_lead,
    is_new_lead = excluded.is_new_lead,
    lead_score = excluded.lead_score,
    visit_scheduled = excluded.visit_scheduled,
    visit_state = excluded.visit_state,
    visit_at = excluded.visit_at,
    visit_agreed_at = excluded.visit_agreed_at,
    visit_moves = excluded.visit_moves,
    visit_confirmed = excluded.visit_confirmed,
    lead_agreed_visit = excluded.lead_agreed_visit,
    crm_converted = excluded.crm_converted,
    enrolled_on = excluded.enrolled_on,
    lost_reason = excluded.lost_reason,
    opted_out = excluded.opted_out,
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
    waiting_since = excluded.waiting_since,
    delivery_error = excluded.delivery_error,
    reply_until = excluded.reply_until,
    unread_audios = excluded.unread_audios,
    lead_probability = excluded.lead_probability,
    visit_probability = excluded.visit_probability,
    is_certain = excluded.is_certain,
    row_hash = excluded.row_hash,
    loaded_at = now()
