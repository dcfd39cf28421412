-- Page "Painel", tab "Hoje": "Esperando agora" and "Leads quentes esperando resposta"; tab "Conversas
-- paradas".

-- Who awaits a reply, each person once: with a score of 4 or 5, however long they wait; and, whatever
-- their score, the backlog of the tenant's first day. The shortest remaining reply window comes first;
-- a channel without one counts as having a day.
create view dashboards.waiting with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.conversation_id, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    c.lead_score, waited.since as last_spoke_at, waited.since::timestamp as last_spoke_local,
    waited.minutes, dashboards.is_backlog(waited.since, t.created_at) as is_backlog,
    dashboards.role_name(c.role) as role,
    dashboards.urgency(waited.since, c.reply_until, ops.now()) as urgency,
    coalesce(left_over.minutes >= 0, true) as window_open,
    format('<span class="g-score g-%1$s">%1$s</span>', c.lead_score) as score,
    concat_ws(' ', dashboards.lead_link(c.conversation_id, dashboards.plain(c.contact_name)),
        dashboards.doubt(c.is_certain),
        '<small>' || dashboards.unread_audios(c.unread_audios) || '</small>'
    ) as lead_link,
    dashboards.phone_link(c.contact_phone) as phone_link,
    concat_ws(' ', dashboards.wait_span(waited.since),
        '<span class="g-undelivered">' || dashboards.undelivered(c.delivery_error) || '</span>'
    ) as waiting,
    dashboards.window_span(c.channel, c.reply_until, true) as window_left,
    dashboards.plain(dashboards.suggestion(
        x.suggested_message, x.suggestion_holds_until, x.suggestion_afterwards, ops.now()
    )) as suggested_message,
    dashboards.chatwoot_link(c.chatwoot_url, 'Responder') as reply_link
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id, episode)
left join ops.tenants t using (tenant_id)
cross join lateral (
    select coalesce(c.waiting_since, c.last_spoke_at) as since
) began
cross join lateral (
    select began.since, floor(extract(epoch from ops.now() - began.since) / 60) as minutes
) waited
cross join lateral (
    select floor(extract(epoch from c.reply_until - ops.now()) / 60) as minutes
) left_over
where dashboards.is_waiting(c.awaits_reply, c.waiting_since, ops.now())
    and (c.lead_score >= 4 or dashboards.is_backlog(waited.since, t.created_at));
grant select on dashboards.waiting to bi_tenant, bi_staff;
