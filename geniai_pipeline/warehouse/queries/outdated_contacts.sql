-- Conversations whose contact stands in them otherwise than in the contact's latest one: Chatwoot tells
-- a changed contact without its conversations.
with latest as (
    select distinct on (c.contact_id)
        c.contact_id, r.payload #> '{meta,sender}' as sender
    from core.conversations c
    join raw.conversations r using (tenant_id, conversation_id)
    where c.contact_id = any(%(contact_ids)s)
    order by c.contact_id, c.conversation_id desc
)
select distinct r.conversation_id
from latest l
join core.conversations c on c.contact_id = l.contact_id
join raw.conversations r using (tenant_id, conversation_id)
where r.deleted_at is null
  and (r.payload #> '{meta,sender,id}') = (l.sender -> 'id')
  and r.payload #> '{meta,sender}' is distinct from l.sender
