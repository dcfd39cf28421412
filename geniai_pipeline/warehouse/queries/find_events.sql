-- Of some conversations those that events told of lately: by themselves, or by their contact.
select distinct asked.conversation_id
from unnest(%(conversation_ids)s::bigint[]) as asked (conversation_id)
left join core.conversations c on c.conversation_id = asked.conversation_id
join ops.live_events e
    on e.conversation_id = asked.conversation_id or e.contact_id = c.contact_id
where e.received_at > clock_timestamp() - make_interval(secs => %(within)s)
