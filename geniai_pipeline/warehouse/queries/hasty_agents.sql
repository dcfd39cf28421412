-- Agents one of whose texts came within seconds of the contact's message in several conversations,
-- and hardly ever otherwise: nobody types so.
with sent_messages as (
    select conversation_id,
        payload ->> 'message_type' as kind,
        payload ->> 'content' as content,
        payload #>> '{sender,type}' as sender_type,
        payload #>> '{sender,id}' as sender_id,
        payload #>> '{sender,name}' as sender_name,
        (payload ->> 'created_at')::float8 as at,
        lag(payload ->> 'message_type') over spoken as kind_before,
        lag((payload ->> 'created_at')::float8) over spoken as at_before
    from raw.messages
    where payload ->> 'message_type' in ('0', '1')
      and (payload ->> 'private')::boolean is not true
      and payload #>> '{content_attributes,automation_rule_id}' is null
    window spoken as (
        partition by tenant_id, conversation_id
        order by (payload ->> 'created_at')::float8, message_id
    )
),
texts as (
    select sender_id, max(sender_name) as sender_name,
        count(distinct conversation_id) filter (
            where kind_before = '0' and at - at_before <= %(seconds)s
        ) as at_once,
        count(distinct conversation_id) as sent
    from sent_messages
    where kind = '1' and sender_type = 'user' and sender_id is not null and content <> ''
    group by sender_id, content
)
select sender_id, max(sender_name) as sender_name, max(at_once) as conversations
from texts
where at_once >= %(conversations)s and at_once >= 0.8 * sent
group by sender_id
order by sender_id
