-- Replaces suggested messages, where the analysis is still the one that they were written from; what the analysis says else stays as it is. The hash becomes another,
-- so that the pages take the message, and the next analysis is written whatever it says.
update core.conversation_analysis a set
    suggested_message = new.message,
    suggestion_holds_until = new.holds_until,
    suggestion_afterwards = new.afterwards,
    result_hash = md5(concat_ws('|', a.result_hash, new.message, new.holds_until, new.afterwards))
from unnest(
    %(conversation_ids)s::bigint[], %(episodes)s::smallint[], %(messages)s::text[],
    %(holds_until)s::timestamptz[], %(afterwards)s::text[], %(result_hashes)s::text[]
) as new (conversation_id, episode, message, holds_until, afterwards, result_hash)
where a.tenant_id = (select sec.loading_tenant())
  and a.conversation_id = new.conversation_id and a.episode = new.episode
  and a.result_hash = new.result_hash
