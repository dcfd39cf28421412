-- The same sample each time: what was asked about it once is not paid for again.
select conversation_id, episode, inbox_name, contact_name, transcript
from core.conversations
where contact_message_count > 0
order by md5(conversation_id::text), conversation_id, episode
limit %(size)s
