-- The administrators' dashboards in words: what was changed by its Portuguese name, and nothing
-- where there is nothing.

set local role geniai_owner;

create function dashboards.setting(name text) returns text
language sql immutable strict parallel safe
return case name
    when 'name' then 'nome'
    when 'active' then 'ativo'
    when 'role' then 'perfil'
    when 'tenant' then 'cliente'
    when 'analyzer' then 'análise'
    when 'monthly_budget_brl' then 'orçamento (R$)'
    when 'timezone' then 'fuso'
    when 'business_hours' then 'horário'
    when 'brand_color' then 'cor'
    when 'brand_logo' then 'logotipo'
    when 'chatwoot_url' then 'endereço do Chatwoot'
    when 'chatwoot_account_id' then 'conta no Chatwoot'
    when 'chatwoot_token' then 'token do Chatwoot'
    when 'converted_labels' then 'etiquetas de matrícula'
    when 'converted_attributes' then 'atributos de matrícula'
    when 'backup' then 'cópia'
    when 'error' then 'erro'
    else name
end;

create function dashboards.said(value text) returns text
language sql immutable parallel safe
return case
    when value is null or value in ('', '[]', '{}') then '–'
    when value = 'true' then 'sim'
    when value = 'false' then 'não'
    else value
end;

create or replace function dashboards.change(before jsonb, after jsonb) returns text
language sql immutable strict parallel safe
return coalesce((
    select string_agg(
        dashboards.setting(key) || ': '
            || case when before ? key then dashboards.said(before ->> key) || ' → ' else '' end
            || dashboards.said(after ->> key),
        '; ' order by key)
    from jsonb_object_keys(before || after) as changed (key)
    where before ? key or dashboards.said(after ->> key) <> '–' and key <> 'business_hours'
), '');

create or replace view dashboards.etl_runs with (security_invoker = true) as
select
    r.tenant_id, t.name as tenant_name, r.started_at,
    r.started_at::timestamp as started_local,
    case r.kind when 'full' then 'Completa' else 'Incremental' end as kind,
    case r.status
        when 'running' then 'Em andamento'
        when 'success' then 'Concluída'
        when 'failed' then 'Falhou'
        else 'Interrompida'
    end as result,
    extract(epoch from r.ended_at - r.started_at)::double precision as seconds,
    coalesce(
        dashboards.lasted(extract(epoch from r.ended_at - r.started_at)::double precision), '–'
    ) as duration,
    r.conversations_read, r.rows_written, r.rows_rejected, r.requests,
    dashboards.plain(r.error) as error
from ops.etl_control r
left join ops.tenants t using (tenant_id);

create or replace view dashboards.people with (security_invoker = true) as
select
    u.tenant_id, coalesce(t.name, 'GeniAI') as tenant_name,
    dashboards.plain(u.email) as email,
    case u.role
        when 'viewer' then 'Leitura'
        when 'admin' then 'Administração'
        when 'superadmin' then 'Equipe GeniAI'
        else 'Nenhum'
    end as profile,
    case when u.active then 'Ativo' else 'Desativado' end as state,
    u.active, u.last_login_at,
    u.last_login_at::timestamp as last_login_local,
    coalesce('há ' || dashboards.ago(u.last_login_at), 'nunca') as seen
from ops.users u
left join ops.tenants t using (tenant_id);

create or replace view dashboards.clients with (security_invoker = true) as
select
    t.tenant_id, t.name as tenant_name, t.slug, t.created_at,
    case
        when not t.active then 'Desativado'
        when latest.status is null then 'Nunca sincronizado'
        when latest.status = 'failed' then 'Com erro'
        when good.complete_up_to is null then 'Primeira sincronização'
        when good.complete_up_to < now() - interval '12 hours' then 'Atrasado'
        else 'Em dia'
    end as state,
    t.active,
    case when t.active then
        format('<a href="/geniai/cliente/%s">Abrir painel</a>', t.slug)
    else '' end as open_link,
    good.complete_up_to::timestamp as complete_up_to_local,
    coalesce(figures.conversations, 0) as conversations,
    coalesce(figures.leads, 0) as leads,
    coalesce(people.users, 0) as users,
    case c.analyzer when 'openai' then 'OpenAI' else 'Regras' end as analyzer,
    coalesce(s.spent_brl, 0) as spent_brl,
    c.monthly_budget_brl as budget_brl,
    -- what went wrong in a run is a sentence with angles in it now and then, and this list has links
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
left join lateral (
    select sum(m.conversations)::bigint as conversations, sum(m.leads)::bigint as leads
    from analytics.daily_metrics m
    where m.tenant_id = t.tenant_id and m.day > current_date - 30
) figures on true
left join lateral (
    select count(*) as users from ops.users u where u.tenant_id = t.tenant_id and u.active
) people on true;

reset role;
