-- The episodes of a selection (tenant_id, conversation_id, episode), the newest first.
select {columns}
from analytics.conversations_analytics
left join analytics.conversation_texts using (tenant_id, conversation_id, episode)
cross join lateral (
    select dashboards.suggestion(
        suggested_message, suggestion_holds_until, suggestion_afterwards, ops.now()
    ) as suggestion
) held
where (tenant_id, conversation_id, episode) in ({selection})
order by created_at desc, conversation_id desc, episode desc
