-- Raw conversations whose typed rows are missing, or were made from something else than is there now,
-- but for those that were rejected as they still are.
select r.conversation_id, r.payload, r.changed_at,
    coalesce(
        (select jsonb_agg(m.payload order by m.message_id) from raw.messages m
         where m.tenant_id = r.tenant_id and m.conversation_id = r.conversation_id),
        '[]'
    ) as messages,
    coalesce(
        (select jsonb_object_agg(t.attachment_id, t.text) from core.transcriptions t
         where t.tenant_id = r.tenant_id and t.conversation_id = r.conversation_id
           and t.text is not null),
        '{}'
    ) as transcriptions
from raw.conversations r
left join core.conversations c
    on c.tenant_id = r.tenant_id and c.conversation_id = r.conversation_id and c.episode = 1
cross join lateral (
    select (extract(epoch from r.changed_at) * 1000000)::bigint || '-' || %(settings_version)s
) as made_from (version)
where r.deleted_at is null
  and r.conversation_id > %(after)s
  and (%(conversation_ids)s::bigint[] is null or r.conversation_id = any(%(conversation_ids)s))
  and c.source_version is distinct from made_from.version
  and not exists (
      select from ops.rejected_rows x
      where x.tenant_id = r.tenant_id and x.source = 'core.conversations'
        and x.key = r.conversation_id::text and x.version = made_from.version
  )
order by r.conversation_id
limit %(limit)s
