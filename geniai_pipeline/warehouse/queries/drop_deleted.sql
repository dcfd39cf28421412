delete from core.conversations c
using raw.conversations r
where r.tenant_id = c.tenant_id and r.conversation_id = c.conversation_id
  and r.deleted_at is not null
  and (%(conversation_ids)s::bigint[] is null or r.conversation_id = any(%(conversation_ids)s))
