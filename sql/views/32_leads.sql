-- Page "Painel", tab "Leads", the list, and its spreadsheet.

-- One row per episode of the list and its spreadsheet. Instants without a zone are in the tenant's
-- time zone: Superset shows the others in UTC. A lead is listed where it is counted, and waits there
-- where a later episode of the person as a lead does: links, reasoning and message are then of that
-- episode; each person waits in one (publish_conversations.sql). is_waiting: whatever the score.
-- urgency: of waiting leads alone, but for the backlog.
create view dashboards.leads with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name,
    c.conversation_id, c.episode,
    dashboards.chatwoot_link(
        coalesce(w.chatwoot_url, c.chatwoot_url), coalesce(w.wait_conversation_id, c.conversation_id)::text
    ) as conversation_link,
    dashboards.plain(c.contact_name) as contact_name,
    dashboards.plain(c.contact_email) as contact_email,
    dashboards.phone(c.contact_phone) as contact_phone,
    dashboards.phone_link(c.contact_phone) as phone_link,
    c.inbox_name,
    dashboards.situation(c.status) as situation,
    c.created_at,
    c.created_at::timestamp as created_local,
    c.last_activity_at::timestamp as last_activity_local,
    c.message_count,
    dashboards.yes_no(c.is_lead) as lead,
    case when dashboards.is_counted(c.is_lead, c.is_new_lead) then 'Leads' else 'Outras conversas' end as listed_as,
    c.lead_score,
    dashboards.yes_no(c.visit_scheduled) as visit,
    dashboards.yes_no(c.crm_converted) as conversion,
    dashboards.plain(x.reasoning) as reasoning,
    dashboards.plain(dashboards.suggestion(
        x.suggested_message, x.suggestion_holds_until, x.suggestion_afterwards, ops.now()
    )) as suggested_message,
    w.since is not null as is_waiting,
    coalesce(w.since, c.last_spoke_at) as last_spoke_at,
    dashboards.duration(extract(epoch from ops.now() - coalesce(w.since, c.last_spoke_at))) as waiting,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    concat_ws(' ', dashboards.lead_link(
        coalesce(w.wait_conversation_id, c.conversation_id), dashboards.plain(c.contact_name)
    ), '<small>' || dashboards.unread_audios(c.unread_audios) || '</small>') as lead_link,
    dashboards.search_text(c.contact_name, c.contact_phone) as search_text,
    case when w.is_lead and not dashboards.is_backlog(w.since, t.created_at) then
        dashboards.urgency(w.since, w.reply_until, ops.now())
    end as urgency,
    case when c.opted_out then 'não quer mensagens' when w.since is not null
        then dashboards.window_span(w.channel, w.reply_until, false) else '' end as time_left
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
left join (
    select
        a.tenant_id, listed.conversation_id, listed.episode, a.is_lead, a.channel, a.reply_until,
        a.chatwoot_url, a.conversation_id as wait_conversation_id, a.episode as wait_episode,
        coalesce(a.waiting_since, a.last_spoke_at) as since
    from analytics.conversations_analytics a
    cross join lateral (
        select a.conversation_id, a.episode
        union (
            select l.conversation_id, l.episode
            from analytics.conversations_analytics l
            where a.is_lead and l.is_lead and l.tenant_id = a.tenant_id
              and l.person_id = a.person_id
              and dashboards.is_counted(l.is_lead, l.is_new_lead)
            order by l.created_at desc
            limit 1
        )
    ) listed
    where dashboards.is_waiting(a.awaits_reply, a.waiting_since, ops.now())
) w on w.tenant_id = c.tenant_id and w.conversation_id = c.conversation_id and w.episode = c.episode
-- Not coalesce: Postgres takes it for leaky, and uses no index for it under row-level security.
left join analytics.conversation_texts x on x.tenant_id = c.tenant_id
    and x.conversation_id = case
        when w.wait_conversation_id is null then c.conversation_id else w.wait_conversation_id
    end
    and x.episode = case when w.wait_episode is null then c.episode else w.wait_episode end;
grant select on dashboards.leads to bi_tenant, bi_staff;
