-- What the pages show of some episodes, for comparison: a row's hash, the days that count it, and
-- whether its person waits for an answer.
select
    w.conversation_id, w.episode, w.row_hash, t.row_hash, w.awaits_reply,
    array_remove(array[
        (w.created_at at time zone %(timezone)s)::date,
        (w.visit_agreed_at at time zone %(timezone)s)::date,
        w.enrolled_on
    ], null)
from analytics.conversations_analytics w
left join analytics.conversation_texts t using (tenant_id, conversation_id, episode)
where w.conversation_id = any(%(conversation_ids)s)
