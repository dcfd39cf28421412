-- Every table with a tenant_id, in the order in which rows may be inserted.
with recursive tables as (
    select c.oid, n.nspname, c.relname
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
),
depths (oid, depth) as (
    select oid, 0 from tables
    union
    select k.conrelid, d.depth + 1
    from depths d
    join pg_constraint k on k.contype = 'f' and k.confrelid = d.oid and k.conrelid <> d.oid
    where d.depth < 20
)
select t.nspname, t.relname
from tables t
join depths d using (oid)
group by t.nspname, t.relname
order by max(d.depth), t.nspname, t.relname
