-- Roles of ours that no policy would hold, or that are members of more than they should be, and why.
with ours as (
    select r.*, case
        when r.rolname like 'bi\_t\_%%' then '{bi_tenant}'::name[]
        when r.rolname like 'bi\_a\_%%' then '{bi_tenant,bi_tenant_admin}'
        else '{}'
    end as groups
    from pg_roles r
    where r.rolname = any(%(own)s) or r.rolname like 'bi\_%%'
       or r.rolname in ('geniai_owner', 'platform')
)
select o.rolname, concat_ws(', ',
    case when o.rolsuper then 'is a superuser' end,
    case when o.rolbypassrls then 'bypasses row-level security' end,
    case when o.rolcreaterole then 'may make roles' end,
    case when o.rolcreatedb then 'may make databases' end,
    case when o.rolreplication then 'may copy the whole server' end,
    (select 'is a member of ' || string_agg(m.roleid::regrole::text, ', ')
     from pg_auth_members m join pg_roles g on g.oid = m.roleid
     where m.member = o.oid and (m.admin_option or not g.rolname = any(o.groups)))
)
from ours o
where o.rolsuper or o.rolbypassrls or o.rolcreaterole or o.rolcreatedb or o.rolreplication
   or exists (
       select from pg_auth_members m join pg_roles g on g.oid = m.roleid
       where m.member = o.oid and (m.admin_option or not g.rolname = any(o.groups))
   )
order by o.rolname
