-- The episodes of a selection (tenant_id, conversation_id, episode), the newest first. The analysis
-- begins with a doubt and ends with the visit, the loss and the audios that nobody read, as a lead's
-- page tells them.
select {columns}
from analytics.conversations_analytics
left join analytics.conversation_texts using (tenant_id, conversation_id, episode)
cross join lateral (
    select dashboards.suggestion(
        suggested_message, suggestion_holds_until, suggestion_afterwards, ops.now()
    ) as suggestion,
    concat_ws(e'\n', case when not is_certain then 'A conferir' end, nullif(reasoning, ''),
        'Visita: ' || dashboards.visit_story(
            visit_state, visit_at, visit_moves, visit_confirmed, ops.now()
        ),
        'Perdido: ' || dashboards.loss_story(lost_reason, lost_quote),
        dashboards.unread_audios(unread_audios)
    ) as analysis
) words
where (tenant_id, conversation_id, episode) in ({selection})
order by created_at desc, conversation_id desc, episode desc
