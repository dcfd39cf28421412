-- Logins of ours that no policy would hold, and why.
with ours as (
    select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole
    from pg_roles r
    where r.rolname = any(%(own)s) or r.rolname like 'bi\_t\_%%' or r.rolname like 'bi\_a\_%%'
)
select o.rolname, case
    when o.rolsuper then 'is a superuser'
    when o.rolbypassrls then 'bypasses row-level security'
    when o.rolcreaterole then 'may make roles'
    else 'is a member of ' || (
        select string_agg(g.rolname, ', ') from pg_roles g
        where pg_has_role(o.oid, g.oid, 'member') and g.oid <> o.oid
          and (g.rolsuper or g.rolbypassrls
               or g.rolname in ('geniai_owner', 'platform', 'bi_staff', 'etl_writer', 'gatekeeper'))
    )
end
from ours o
where o.rolsuper or o.rolbypassrls or o.rolcreaterole or exists (
    select from pg_roles g
    where pg_has_role(o.oid, g.oid, 'member') and g.oid <> o.oid
      and (g.rolsuper or g.rolbypassrls
           or g.rolname in ('geniai_owner', 'platform', 'bi_staff', 'etl_writer', 'gatekeeper'))
)
order by o.rolname
