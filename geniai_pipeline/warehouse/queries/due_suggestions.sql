-- Suggested messages that ran out, with the state that they are written from.
select
    c.conversation_id, c.episode, c.inbox_name, c.contact_name, c.transcript,
    a.content_hash = c.content_hash as is_current, a.result_hash, a.suggestion_afterwards as afterwards, a.proposal,
    a.role, a.is_referral, a.next_actor, a.waiting_since, a.visit_state, a.visit_at,
    a.visit_agreed_at, a.visit_moves, a.visit_confirmed, a.outcome, a.lost_reason, a.lost_quote,
    a.opted_out_at
from core.conversation_analysis a
join core.conversations c using (tenant_id, conversation_id, episode)
where a.suggestion_holds_until <= %(now)s
order by a.suggestion_holds_until
limit %(limit)s
