-- Numbers in a table that are no tenant's, with the slug each last had. One look into the index for
-- each number there is. Those of the platform itself have 0.
with recursive numbers (tenant_id) as (
    (select min(tenant_id) from {table})
    union all
    select (select min(tenant_id) from {table} where tenant_id > n.tenant_id)
    from numbers n
    where n.tenant_id is not null
)
select n.tenant_id, (
    select a.tenant
    from ops.audit_logs a
    where a.tenant_id = n.tenant_id and a.act = 'tenant.remove' and a.outcome = 'done'
    order by a.audit_id desc
    limit 1
)
from numbers n
where n.tenant_id <> 0 and not exists (select from ops.tenants t where t.tenant_id = n.tenant_id)
