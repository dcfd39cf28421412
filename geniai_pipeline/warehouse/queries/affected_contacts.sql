-- The contacts whose person may change with some conversations: theirs, those who were of the same
-- person when these were last published, and whoever shares a telephone or an e-mail with them, unless
-- too many do; and everybody who is of one person with any of these.
with own as (
    select c.contact_id
    from core.conversations c
    where c.conversation_id = any(%(conversation_ids)s) and c.contact_id is not null
    union
    select k.contact_id
    from analytics.conversations_analytics w
    join core.contacts k on k.tenant_id = w.tenant_id and k.person_id = w.person_id
    where w.conversation_id = any(%(conversation_ids)s)
),
identities as (
    select distinct told.identity
    from core.conversations c
    cross join lateral (values (c.contact_phone), (c.contact_email)) as told (identity)
    where c.contact_id in (select contact_id from own)
      and told.identity is not null
      and told.identity not in (select identity from core.shared_identities)
),
linked as (
    select contact_id from own
    union
    select c.contact_id
    from core.conversations c
    where c.contact_id is not null
      and c.contact_phone in (select identity from identities)
    union
    select c.contact_id
    from core.conversations c
    where c.contact_id is not null
      and c.contact_email in (select identity from identities)
)
select contact_id from linked
union
select other.contact_id
from linked
join core.contacts k on k.contact_id = linked.contact_id
join core.contacts other on other.tenant_id = k.tenant_id and other.person_id = k.person_id
