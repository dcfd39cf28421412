-- Stores the persons that were found anew; contacts without a conversation leave.
with gone as (
    delete from core.contacts k
    where (%(contact_ids)s::bigint[] is null or k.contact_id = any(%(contact_ids)s))
      and not exists (select from core.conversations c where c.contact_id = k.contact_id)
)
insert into core.contacts (tenant_id, contact_id, person_id, hashes, identities_hash)
select
    sec.loading_tenant(), (contact ->> 0)::bigint, (contact ->> 1)::bigint,
    array(select jsonb_array_elements_text(contact -> 2)), contact ->> 3
from jsonb_array_elements(%(persons)s) as contact
on conflict (tenant_id, contact_id) do update set
    person_id = excluded.person_id, hashes = excluded.hashes,
    identities_hash = excluded.identities_hash
