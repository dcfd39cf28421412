-- The contacts whose person is to be found anew, with their telephones and e-mails: those whose
-- telephones, e-mails or key changed or who are gone, and everybody of the persons that they belonged
-- to or now share a telephone or an e-mail with. Given contacts, among these alone
-- (affected_contacts.sql). A telephone or an e-mail that too many share counts as none: as it begins
-- to, or ends, all who have it have changed.
with identities as materialized (
    select distinct contact_id,
        case when contact_phone not in (select identity from core.shared_identities)
            then contact_phone end as contact_phone,
        case when contact_email not in (select identity from core.shared_identities)
            then contact_email end as contact_email
    from core.conversations
    where contact_id is not null
      and (%(contact_ids)s::bigint[] is null or contact_id = any(%(contact_ids)s))
),
known as materialized (
    select *
    from core.contacts
    where %(contact_ids)s::bigint[] is null or contact_id = any(%(contact_ids)s)
),
current as materialized (
    select contact_id, md5(%(key_id)s || string_agg(
        concat(contact_phone, ' ', contact_email), e'\n' order by contact_phone, contact_email
    )) as identities_hash
    from identities
    group by contact_id
),
changed as materialized (
    select contact_id, k.person_id
    from current c
    full join known k using (contact_id)
    where c.identities_hash is distinct from k.identities_hash
),
theirs as materialized (
    select i.* from identities i where i.contact_id in (select contact_id from changed)
),
persons as materialized (
    select person_id from changed
    union
    select k.person_id
    from identities i
    join known k using (contact_id)
    where i.contact_phone in (select contact_phone from theirs)
       or i.contact_email in (select contact_email from theirs)
)
select i.contact_id, i.contact_phone, i.contact_email, c.identities_hash
from identities i
join current c using (contact_id)
left join known k using (contact_id)
where i.contact_id in (select contact_id from changed)
   or k.person_id in (select person_id from persons)
