-- Contacts' audios of the last days without words, the newest first, but for those given up.
select m.conversation_id, m.message_id, (file ->> 'id')::bigint as attachment_id
from raw.messages m
cross join lateral jsonb_array_elements(m.payload -> 'attachments') as file
cross join lateral (
    select to_timestamp((m.payload ->> 'created_at')::double precision) as at
) sent
left join core.transcriptions t
    on t.tenant_id = m.tenant_id and t.conversation_id = m.conversation_id
    and t.message_id = m.message_id and t.attachment_id::text = file ->> 'id'
where m.payload -> 'attachments' @> '[{"file_type": "audio"}]'
  and m.payload -> 'message_type' = '0'
  and m.payload -> 'private' is distinct from 'true'
  and file ->> 'file_type' = 'audio'
  and file ->> 'id' ~ '^[0-9]{1,18}$'
  and trim(coalesce(file ->> 'transcribed_text', '')) = ''
  and sent.at > ops.now() - make_interval(days => %(days)s)
  and not coalesce(t.is_final, false)
order by sent.at desc, m.message_id desc
limit %(limit)s
