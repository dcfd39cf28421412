-- The versions of landed conversations, as pending_conversations.sql compares them.
select conversation_id, (extract(epoch from changed_at) * 1000000)::bigint::text
from raw.conversations
where conversation_id = any(%s) and deleted_at is null
