-- Some conversations, and all others of the persons who are these contacts.
with persons as (
    select distinct person_id from core.contacts where contact_id = any(%(contact_ids)s)
),
contacts as (
    select k.contact_id
    from core.contacts k
    where k.person_id in (select person_id from persons)
)
select
    (select coalesce(array_agg(person_id), '{}') from persons),
    array(
        select c.conversation_id
        from core.conversations c
        where c.contact_id in (select contact_id from contacts)
        union
        select unnest(%(conversation_ids)s::bigint[])
    )
