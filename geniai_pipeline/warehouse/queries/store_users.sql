with everybody as (
    select coalesce(t.tenant_id, %(platform)s) as tenant_id, p.email, p.role, p.active
    from unnest(%(tenants)s::text[], %(emails)s::text[], %(roles)s::text[], %(actives)s::boolean[])
        as p (tenant, email, role, active)
    left join ops.tenants t on t.slug = p.tenant
),
gone as (
    delete from ops.users u
    where not exists (
        select from everybody e where (e.tenant_id, e.email) = (u.tenant_id, u.email)
    )
    returning u.email, u.last_login_at
)
insert into ops.users as stored (tenant_id, email, role, active, last_login_at)
select e.tenant_id, e.email, e.role, e.active, g.last_login_at
from everybody e
left join gone g using (email)  -- whoever moved to another tenant
on conflict (tenant_id, email) do update
    set role = excluded.role, active = excluded.active
    where (stored.role, stored.active) is distinct from (excluded.role, excluded.active)
