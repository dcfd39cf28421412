-- The landed inboxes. Behind one of the kind API stands a bridge to WhatsApp if any of its contacts
-- bears one of WhatsApp's addresses (contacts.py), in whichever of its fields.
select i.inbox_id,
    case when i.payload ->> 'channel_type' = 'Channel::Api' and exists (
        select from raw.conversations r
        where r.tenant_id = i.tenant_id and r.payload ->> 'inbox_id' = i.inbox_id::text
          and r.payload #>> '{meta,sender}'
              ~ '@(s\.whatsapp\.net|c\.us|lid|g\.us|newsletter|broadcast)"'
    )
    then i.payload || '{"is_bridge": true}' else i.payload end as payload
from raw.inboxes i
