-- The numbers that tenants of a slug had before they were removed.
select distinct a.tenant_id
from ops.audit_logs a
where a.act = 'tenant.remove' and a.outcome = 'done' and a.tenant = %s
  and not exists (select from ops.tenants t where t.tenant_id = a.tenant_id)
