-- Conversations that nobody has analysed, or that say something else since.
select c.conversation_id, c.inbox_name, c.contact_name, c.transcript, c.content_hash
from core.conversations c
left join core.conversation_analysis a using (tenant_id, conversation_id)
where c.conversation_id > %(after)s
  and a.content_hash is distinct from c.content_hash
order by c.conversation_id
limit %(limit)s
