-- Page "Painel", tab "Leads", the list, and its spreadsheet.

-- One row per conversation of the list and its spreadsheet. Instants without a zone are in the
-- tenant's time zone: Superset shows the others in UTC. is_waiting: whether the contact awaits a
-- reply, whatever the score. urgency: of waiting leads alone, for as long as "Hoje" lists them.
create view dashboards.leads with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name,
    c.conversation_id,
    dashboards.chatwoot_link(c.chatwoot_url, c.conversation_id::text) as conversation_link,
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
    case when c.is_lead then 'Leads' else 'Outras conversas' end as listed_as,
    c.lead_score,
    dashboards.yes_no(c.visit_scheduled) as visit,
    dashboards.yes_no(c.crm_converted) as conversion,
    dashboards.plain(x.reasoning) as reasoning,
    dashboards.plain(x.suggested_message) as suggested_message,
    c.awaits_reply as is_waiting,
    c.last_spoke_at,
    dashboards.duration(extract(epoch from ops.now() - c.last_spoke_at)) as waiting,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    dashboards.lead_link(c.conversation_id, dashboards.plain(c.contact_name)) as lead_link,
    dashboards.search_text(c.contact_name, c.contact_phone) as search_text,
    case when c.is_lead and c.awaits_reply and c.last_spoke_at > ops.now() - interval '7 days' then
        dashboards.urgency(c.last_spoke_at, c.reply_until, ops.now())
    end as urgency,
    case when c.awaits_reply
        then dashboards.time_left(c.channel, c.reply_until, ops.now()) else '' end as time_left
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id);
grant select on dashboards.leads to bi_tenant, bi_staff;
