delete from core.conversations c
using unnest(%s::bigint[], %s::smallint[]) as kept (conversation_id, latest)
where c.conversation_id = kept.conversation_id and c.episode > kept.latest
