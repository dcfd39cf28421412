-- Hot leads who wait for an answer, as the dashboard shows them: the best first, and of those the
-- one who is still there to be won.
select
    c.conversation_id, c.contact_name, c.inbox_name, c.channel, c.lead_score as score,
    dashboards.duration(extract(epoch from %(now)s - c.last_spoke_at)) as waiting_time,
    c.chatwoot_url, x.suggested_message,
    c.reply_until > %(now)s as window_open,
    dashboards.time_left(c.channel, c.reply_until, %(now)s) as time_left,
    dashboards.undelivered(c.delivery_error) as undelivered,
    count(*) over () as all_waiting
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
where c.awaits_reply and c.lead_score >= 4
  and c.last_spoke_at > %(now)s - interval '7 days'
order by c.lead_score desc, c.last_spoke_at desc, c.conversation_id
limit 5
