-- The conversations of a selection (tenant_id, conversation_id), the newest first.
select {columns}
from analytics.conversations_analytics
left join analytics.conversation_texts using (tenant_id, conversation_id)
where (tenant_id, conversation_id) in ({selection})
order by created_at desc, conversation_id desc
