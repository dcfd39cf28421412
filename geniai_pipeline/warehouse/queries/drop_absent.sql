-- Of conversations that Chatwoot no longer has, a row stays, for the later steps to see that they
-- are gone; what it held, what was said, and what was rejected of it goes. A list of those that are
-- there does not make one absent that was read since the list was begun (fetched_at).
with absent as (
    update raw.conversations
    set deleted_at = coalesce(deleted_at, now()),
        changed_at = case when deleted_at is null then now() else changed_at end,
        payload = '{}', content_hash = 'deleted', fetched_at = ops.now()
    where content_hash <> 'deleted' and (
        conversation_id <> all(%(present)s::bigint[])
            and fetched_at < ops.now() - make_interval(secs => %(age)s)
        or conversation_id = any(%(absent)s::bigint[])
    )
    returning conversation_id, deleted_at
),
dropped_messages as (
    delete from raw.messages m using absent a where m.conversation_id = a.conversation_id
),
dropped_rejections as (
    delete from ops.rejected_rows
    where source in ('raw.conversations', 'raw.messages', 'core.conversations')
      and key not like '?%%'
      and (
        split_part(key, '/', 1) <> all(%(present)s::bigint[]::text[])
            and rejected_at < now() - make_interval(secs => %(age)s)
        or split_part(key, '/', 1) = any(%(absent)s::bigint[]::text[])
      )
)
select count(*) filter (where deleted_at = now()) from absent
