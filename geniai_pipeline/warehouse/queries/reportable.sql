select t.tenant_id, t.slug, s.complete_up_to, s.changes, s.lag_seconds::float8
from ops.live_state s
join ops.tenants t using (tenant_id)
where t.active and s.published_at > coalesce(s.reported_at, '-infinity')
  and coalesce(s.reported_at, '-infinity') < ops.now() - make_interval(mins => %(minutes)s)
order by t.slug
