-- A tenant's name, colour and logo, for the header of its pages.

create view dashboards.brand with (security_invoker = true) as
select tenant_id, name, brand_color, brand_logo
from ops.tenants
join ops.tenant_configs using (tenant_id);
grant select on dashboards.brand to bi_tenant;
