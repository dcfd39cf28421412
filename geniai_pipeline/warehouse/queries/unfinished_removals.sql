-- Tenants that are there although the last thing done to them was to begin their removal.
select t.slug
from ops.tenants t
cross join lateral (
    select a.act, a.outcome
    from ops.audit_logs a
    where a.tenant_id = t.tenant_id and a.act like 'tenant.%'
    order by a.audit_id desc
    limit 1
) latest
where latest.act = 'tenant.remove' and latest.outcome <> 'done'
order by t.slug
