-- Episodes that nobody has analysed, or that say something else since; whose state or suggestion is
-- of older rules; where the rules only stood in, if the tenant's analyzer can be asked again; and on
-- command, all of another version.
select
    c.conversation_id, c.episode, c.inbox_name, c.contact_name, c.transcript, c.content_hash,
    coalesce(a.analyzer = 'openai' and a.content_hash = c.content_hash, false) as is_answered
from core.conversations c
left join core.conversation_analysis a using (tenant_id, conversation_id, episode)
where (c.conversation_id, c.episode) > (%(after)s, %(after_episode)s)
  and (%(conversation_ids)s::bigint[] is null or c.conversation_id = any(%(conversation_ids)s))
  and (
    a.content_hash is distinct from c.content_hash
    or a.rules_version <> %(rules_version)s
    or (%(again)s and a.fallback_reason <> 'given_up')
    or a.analyzer_version <> %(other_than)s::text
  )
order by c.conversation_id, c.episode
limit %(limit)s
