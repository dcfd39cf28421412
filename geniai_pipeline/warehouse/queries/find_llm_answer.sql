-- The answer this very question was paid for.
select answer from core.llm_answers
where conversation_id = %(conversation_id)s and content_hash = %(content_hash)s
