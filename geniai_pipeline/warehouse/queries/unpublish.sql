-- Episodes that Chatwoot no longer has leave the dashboards; their texts go with them.
delete from analytics.conversations_analytics shown
where (%(conversation_ids)s::bigint[] is null or shown.conversation_id = any(%(conversation_ids)s))
  and not exists (
    select from core.conversations c
    where c.tenant_id = shown.tenant_id and c.conversation_id = shown.conversation_id
      and c.episode = shown.episode
)
