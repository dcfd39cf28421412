-- Policies that show a dashboard's login, or the loader, other rows than those of its tenant.
with forms (role, form) as (
    values
        ('^(bi_tenant|bi_tenant_admin|bi_none|public|bi_[ta]_.*)$',
         '(tenant_id = ( SELECT sec.reading_tenant() AS reading_tenant))'),
        ('^etl_writer$', '(tenant_id = ( SELECT sec.loading_tenant() AS loading_tenant))')
)
select distinct p.polrelid::regclass::text, p.polname
from pg_policy p
cross join unnest(p.polroles) as given (role)
left join pg_roles r on r.oid = given.role
join forms f on coalesce(r.rolname, 'public') ~ f.role
where (coalesce(pg_get_expr(p.polqual, p.polrelid), f.form) <> f.form
       or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), f.form) <> f.form)
  -- the loader reads the names of all
  and not (p.polrelid = 'ops.tenants'::regclass and r.rolname = 'etl_writer' and p.polcmd = 'r')
order by 1, 2
