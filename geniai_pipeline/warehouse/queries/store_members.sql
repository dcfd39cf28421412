-- Compares a list with those before it; answers how many of its people are new. A person goes on
-- being a member where one of their identities was on a list within the last thirty days.
with spells as materialized (
    select m.identity_hash, m.first_seen
    from core.members m
    join (select distinct identity_hash from listed) l using (identity_hash)
    where coalesce(m.left_seen >= ops.now() - interval '30 days', true)
),
known as materialized (
    select l.person, min(s.first_seen) as first_seen
    from listed l join spells s using (identity_hash)
    group by l.person
),
-- a renewal may have a date of its own: who was on a list before it came earlier
offered as materialized (
    select l.identity_hash, min(k.first_seen) as first_seen,
        min(l.since) filter (where coalesce(l.since <= k.first_seen::date, true)) as since
    from listed l left join known k using (person)
    group by l.identity_hash
),
departed as (
    update core.members m set left_seen = ops.now()
    where m.left_seen is null
      and not exists (select from listed l where l.identity_hash = m.identity_hash)
),
renewed as (
    update core.members m set
        last_seen = ops.now(), left_seen = null, since = least(m.since, o.since)
    from spells s join offered o using (identity_hash)
    where m.identity_hash = s.identity_hash and m.first_seen = s.first_seen
),
-- of who comes back, the day on which they first came says nothing
joined as (
    insert into core.members (tenant_id, identity_hash, first_seen, last_seen, since)
    select sec.loading_tenant(), o.identity_hash, coalesce(o.first_seen, ops.now()), ops.now(),
        case when o.since < former.seen_on and o.first_seen is null then null else o.since end
    from offered o
    left join lateral (
        select max(m.last_seen)::date as seen_on
        from core.members m where m.identity_hash = o.identity_hash
    ) former on true
    where not exists (select from spells s where s.identity_hash = o.identity_hash)
    on conflict (tenant_id, identity_hash, first_seen) do update set
        last_seen = excluded.last_seen, left_seen = null
)
select count(distinct person) from listed where person not in (select person from known)
