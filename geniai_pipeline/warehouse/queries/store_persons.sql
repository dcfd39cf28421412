with found as materialized (
    select
        (contact ->> 0)::bigint as contact_id, (contact ->> 1)::bigint as person_id,
        array(select jsonb_array_elements_text(contact -> 2)) as hashes
    from jsonb_array_elements(%s) as contact
),
gone as (
    delete from core.contacts k
    where not exists (select from found f where f.contact_id = k.contact_id)
)
insert into core.contacts as stored (tenant_id, contact_id, person_id, hashes)
select sec.loading_tenant(), contact_id, person_id, hashes
from found f
where not exists (
    select from core.contacts k
    where k.tenant_id = sec.loading_tenant()
      and (k.contact_id, k.person_id, k.hashes) = (f.contact_id, f.person_id, f.hashes)
)
on conflict (tenant_id, contact_id) do update set
    person_id = excluded.person_id, hashes = excluded.hashes
