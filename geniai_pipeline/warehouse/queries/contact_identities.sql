select distinct contact_id, contact_phone, contact_email
from core.conversations
where contact_id is not null
