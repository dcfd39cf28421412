-- Stores the telephones and e-mails of more contacts than can be one person. Given contacts, what is
-- shared among them is added; what is no longer shared is found among all alone.
with shared as materialized (
    select identity
    from (
        select contact_id, contact_phone as identity
        from core.conversations
        where contact_phone is not null and contact_id is not null
          and (%(contact_ids)s::bigint[] is null or contact_id = any(%(contact_ids)s))
        union
        select contact_id, contact_email
        from core.conversations
        where contact_email is not null and contact_id is not null
          and (%(contact_ids)s::bigint[] is null or contact_id = any(%(contact_ids)s))
    ) told
    group by identity
    having count(*) > %(most)s
),
ended as (
    delete from core.shared_identities
    where %(contact_ids)s::bigint[] is null
      and identity not in (select identity from shared)
)
insert into core.shared_identities (tenant_id, identity)
select sec.loading_tenant(), identity from shared
on conflict do nothing
