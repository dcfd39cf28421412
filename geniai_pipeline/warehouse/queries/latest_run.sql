-- What is known of a tenant's latest run, before its Chatwoot is asked.
select
    run.status,
    run.code_version,
    run.started_at < config.updated_at as is_configured_since,
    exists (
        select from core.conversation_analysis a
        where a.tenant_id = run.tenant_id and a.fallback_reason <> 'given_up'
    ) as has_fallbacks,
    exists (
        select from core.sales s
        where s.tenant_id = run.tenant_id and s.imported_at > run.started_at
    ) as has_new_sales,
    (
        select max(l.listed_at) from core.member_lists l where l.tenant_id = run.tenant_id
    ) is distinct from (
        select p.listed_at from ops.publications p where p.tenant_id = run.tenant_id
    ) as has_other_lists,
    exists (
        select from ops.rejected_rows r
        where r.tenant_id = run.tenant_id and r.source = 'raw.messages' and r.key ~ '^[0-9]+/$'
    ) as has_unread,
    mark.watermark_to, ops.now() - mark.started_at as age, mark.count_gap
from ops.etl_control run
join ops.tenant_configs config using (tenant_id)
left join lateral (
    select * from ops.etl_control e
    where e.tenant_id = run.tenant_id and e.watermark_to is not null
    order by e.started_at desc
    limit 1
) mark on true
where run.kind <> 'check'
order by run.started_at desc
limit 1
