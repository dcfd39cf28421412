-- What the administrators' dashboards read.

set local role geniai_owner;

-- The staff sees what a client has chosen, never its token.
create policy staff on ops.tenant_configs for select to bi_staff using (true);
grant select (tenant_id, analyzer, monthly_budget_brl, timezone) on ops.tenant_configs to bi_staff;
create policy staff on ops.llm_months for select to bi_staff using (true);
grant select on ops.llm_months to bi_staff;
grant select (created_at) on ops.tenants to bi_staff;

-- What OpenAI has cost each tenant this month, by its own clock, in reais; calls in flight at their
-- worst case. Everything that shows spend reads this.
create view dashboards.spend with (security_invoker = true) as
select c.tenant_id, coalesce(m.booked_brl, 0) as spent_brl
from ops.tenant_configs c
left join ops.llm_months m
    on m.tenant_id = c.tenant_id
    and m.month = date_trunc('month', now() at time zone c.timezone)::date;

create function dashboards.lasted(seconds double precision) returns text
language sql immutable strict parallel safe
return case
    when seconds < 60 then round(seconds) || ' s'
    when seconds < 3600 then floor(seconds / 60) || ' min ' || floor(seconds::integer % 60) || ' s'
    else floor(seconds / 3600) || ' h ' || floor((seconds::integer % 3600) / 60) || ' min'
end;

create view dashboards.clients with (security_invoker = true) as
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

create view dashboards.etl_runs with (security_invoker = true) as
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

create view dashboards.people with (security_invoker = true) as
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

create function dashboards.setting(name text) returns text
language sql immutable strict parallel safe
return case name
    when 'name' then 'nome'
    when 'active' then 'ativo'
    when 'role' then 'perfil'
    when 'tenant' then 'cliente'
    when 'analyzer' then 'análise'
    when 'monthly_budget_brl' then 'orçamento (R$)'
    when 'external_analysis' then 'análise externa'
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

-- "name: before → after" of everything an act changed; of what is new, what there is of it.
create function dashboards.change(before jsonb, after jsonb) returns text
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

create function dashboards.act(act text) returns text
language sql immutable strict parallel safe
return case act
    when 'tenant.add' then 'Cliente criado'
    when 'tenant.change' then 'Cliente alterado'
    when 'tenant.disable' then 'Cliente desativado'
    when 'tenant.enable' then 'Cliente reativado'
    when 'tenant.remove' then 'Cliente removido'
    when 'tenant.restore' then 'Cliente restaurado'
    when 'user.add' then 'Usuário criado'
    when 'user.change' then 'Usuário alterado'
    when 'user.disable' then 'Usuário desativado'
    when 'user.password' then 'Senha trocada'
    when 'session.start' then 'Entrada'
    when 'session.refuse' then 'Entrada recusada'
    when 'session.end' then 'Saída'
    when 'data.export' then 'Exportação'
    when 'client.view' then 'Painel aberto pela equipe'
    when 'key.rotate' then 'Chave trocada'
    else act
end;

create view dashboards.audit with (security_invoker = true) as
select
    a.tenant_id, coalesce(t.name, a.tenant, 'GeniAI') as tenant_name,
    a.at, a.at::timestamp as at_local,
    dashboards.plain(a.actor) as actor,
    dashboards.plain(a.origin) as origin,
    dashboards.act(a.act) as act,
    dashboards.plain(a.subject) as subject,
    case a.outcome when 'done' then 'Feito' when 'failed' then 'Falhou' else 'Sem resposta' end
        as outcome,
    dashboards.plain(dashboards.change(a.before, a.after)) as change
from ops.audit_logs a
left join ops.tenants t using (tenant_id)
where a.outcome <> 'intended' or not exists (
    select from ops.audit_logs o where o.tenant_id = a.tenant_id and o.intent_id = a.audit_id
);

grant select on dashboards.spend, dashboards.clients to bi_staff;
grant select on dashboards.etl_runs, dashboards.people, dashboards.audit
    to bi_tenant_admin, bi_staff;

reset role;
