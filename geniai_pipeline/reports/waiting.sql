-- Hot leads who wait for an answer, as the dashboard shows them: the best first, and of those the
-- one who is still there to be won. The backlog of the tenant's first day is not among them.
select
    c.conversation_id, c.contact_name, c.inbox_name, c.channel, c.lead_score as score,
    dashboards.unread_audios(c.unread_audios) as unread_audios,
    dashboards.duration(extract(epoch from %(now)s - coalesce(c.waiting_since, c.last_spoke_at))) as waiting_time,
    c.chatwoot_url,
    dashboards.suggestion(
        x.suggested_message, x.suggestion_holds_until, x.suggestion_afterwards, %(now)s
    ) as suggested_message,
    c.reply_until > %(now)s as window_open,
    dashboards.time_left(c.channel, c.reply_until, %(now)s) as time_left,
    dashboards.undelivered(c.delivery_error) as undelivered,
    count(*) over () as all_waiting
from analytics.conversations_analytics c
join ops.tenants t using (tenant_id)
left join analytics.conversation_texts x using (tenant_id, conversation_id, episode)
where dashboards.is_waiting(c.awaits_reply, c.waiting_since, %(now)s) and c.lead_score >= 4
  and not dashboards.is_backlog(coalesce(c.waiting_since, c.last_spoke_at), t.created_at)
order by c.lead_score desc, coalesce(c.waiting_since, c.last_spoke_at) desc, c.conversation_id
limit 5
