-- Page "Plataforma": all tenants, for the platform's staff.

-- Each tenant's spend on OpenAI this month, by its own time zone, in reais; calls in flight count at
-- their worst case. All displays of spend read this view.
create view dashboards.spend with (security_invoker = true) as
select c.tenant_id, coalesce(m.booked_brl, 0) as spent_brl
from ops.tenant_configs c
left join ops.llm_months m
    on m.tenant_id = c.tenant_id
    and m.month = date_trunc('month', ops.now() at time zone c.timezone)::date;
grant select on dashboards.spend to bi_staff;

-- The list of tenants.
create view dashboards.clients with (security_invoker = true) as
select
    t.tenant_id, t.name as tenant_name, t.slug, t.created_at,
    case
        when not t.active then 'Desativado'
        when latest.status is null then 'Nunca sincronizado'
        when latest.status = 'failed' then 'Com erro'
        when fresh.complete_up_to is null then 'Primeira sincronização'
        when dashboards.is_stale(fresh.complete_up_to) then 'Atrasado'
        else 'Em dia'
    end as state,
    t.active,
    case when t.active then
        format('<a href="/geniai/cliente/%s">Abrir painel</a>', t.slug)
    else '' end as open_link,
    fresh.complete_up_to::timestamp as complete_up_to_local,
    coalesce(figures.conversations, 0) as conversations,
    coalesce(figures.leads, 0) as leads,
    coalesce(people.users, 0) as users,
    dashboards.analyzer_name(c.analyzer, null) as analyzer,
    coalesce(s.spent_brl, 0) as spent_brl,
    c.monthly_budget_brl as budget_brl,
    -- an error may contain angle brackets, and this list is rendered as markup
    dashboards.plain(case when latest.status = 'failed' then latest.error end) as last_error
from ops.tenants t
left join ops.tenant_configs c using (tenant_id)
left join dashboards.spend s using (tenant_id)
left join lateral (
    select e.status, e.error from ops.etl_control e
    where e.tenant_id = t.tenant_id order by e.started_at desc limit 1
) latest on true
left join lateral (
    select e.complete_up_to from ops.etl_control e
    where e.tenant_id = t.tenant_id and e.status = 'success' order by e.started_at desc limit 1
) good on true
left join ops.live_state l using (tenant_id)
cross join lateral (
    select greatest(good.complete_up_to, l.complete_up_to) as complete_up_to
) fresh
left join lateral (
    select sum(m.conversations)::bigint as conversations, sum(m.leads)::bigint as leads
    from analytics.daily_metrics m
    where m.tenant_id = t.tenant_id and m.day > ops.now()::date - 30
) figures on true
left join lateral (
    select count(*) as users from ops.users u where u.tenant_id = t.tenant_id and u.active
) people on true;
grant select on dashboards.clients to bi_staff;
