-- Drops the words of audios that their message has no longer: Chatwoot deletes the file alone.
delete from core.transcriptions t
where not exists (
    select from raw.messages m
    where m.tenant_id = t.tenant_id and m.conversation_id = t.conversation_id
      and m.message_id = t.message_id
      and m.payload -> 'attachments' @> jsonb_build_array(jsonb_build_object('id', t.attachment_id))
)
