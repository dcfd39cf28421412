-- Stores what became of an audio, unless its message went meanwhile.
insert into core.transcriptions as old (
    tenant_id, conversation_id, message_id, attachment_id, text, reason, is_final, model
)
select
    m.tenant_id, m.conversation_id, m.message_id, %(attachment_id)s, %(text)s, %(reason)s,
    %(is_final)s, %(model)s
from raw.messages m
where m.conversation_id = %(conversation_id)s and m.message_id = %(message_id)s
on conflict (tenant_id, conversation_id, message_id, attachment_id) do update set
    text = excluded.text,
    reason = excluded.reason,
    attempts = old.attempts + 1,
    is_final = excluded.is_final or old.attempts + 1 >= %(most_attempts)s,
    model = excluded.model,
    tried_at = clock_timestamp()
