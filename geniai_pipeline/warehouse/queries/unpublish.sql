-- What Chatwoot no longer has leaves the dashboards; its texts go with it.
delete from analytics.conversations_analytics shown
where not exists (
    select from core.conversations c
    where c.tenant_id = shown.tenant_id and c.conversation_id = shown.conversation_id
)
