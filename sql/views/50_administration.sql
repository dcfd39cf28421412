-- Page "Administração": the runs, the users and the audit log of a tenant.

-- "Execuções". An error may contain angle brackets, and table cells are rendered as markup.
create view dashboards.etl_runs with (security_invoker = true) as
select
    r.tenant_id, t.name as tenant_name, r.started_at,
    r.started_at::timestamp as started_local,
    case r.kind when 'full' then 'Completa' when 'check' then 'Verificação' else 'Incremental' end
        as kind,
    case r.status
        when 'running' then 'Em andamento'
        when 'success' then 'Concluída'
        when 'failed' then 'Falhou'
        else 'Interrompida'
    end as result,
    extract(epoch from r.ended_at - r.started_at)::double precision as seconds,
    dashboards.duration(extract(epoch from r.ended_at - r.started_at)) as duration,
    r.conversations_read, r.rows_written, r.rows_rejected, r.requests,
    dashboards.plain(r.error) as error
from ops.etl_control r
left join ops.tenants t using (tenant_id);
grant select on dashboards.etl_runs to bi_tenant_admin, bi_staff;

-- "Usuários", as Superset stores them.
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
    case when u.last_login_at is null then 'nunca'
        else 'há ' || dashboards.duration(extract(epoch from ops.now() - u.last_login_at)) end as seen
from ops.users u
left join ops.tenants t using (tenant_id);
grant select on dashboards.people to bi_tenant_admin, bi_staff;

-- The audit log in Portuguese: names and values of changed settings, and the act. A value without a
-- translation is shown as stored.
create function dashboards.setting_name(name text) returns text
language sql immutable strict parallel safe
return case name
    when 'name' then 'nome'
    when 'active' then 'ativo'
    when 'role' then 'perfil'
    when 'tenant' then 'cliente'
    when 'analyzer' then 'análise'
    when 'monthly_budget_brl' then 'orçamento (R$)'
    when 'external_analysis' then 'análise externa'
    when 'openai_when' then 'uso da OpenAI'
    when 'transcription' then 'transcrição de áudios'
    when 'timezone' then 'fuso'
    when 'business_hours' then 'horário'
    when 'brand_color' then 'cor'
    when 'brand_logo' then 'logotipo'
    when 'chatwoot_url' then 'endereço do Chatwoot'
    when 'chatwoot_account_id' then 'conta no Chatwoot'
    when 'chatwoot_token' then 'token do Chatwoot'
    when 'converted_labels' then 'etiquetas de matrícula'
    when 'converted_attributes' then 'atributos de matrícula'
    when 'member_labels' then 'etiquetas de aluno'
    when 'member_attributes' then 'atributos de aluno'
    when 'bot_agents' then 'agentes que são robôs'
    when 'episode_silence_days' then 'dias de silêncio'
    when 'plans' then 'planos'
    when 'enrolment_fee' then 'taxa de matrícula'
    when 'timetable' then 'horários das aulas'
    when 'opening_hours' then 'horário de funcionamento'
    when 'address' then 'endereço'
    when 'parking' then 'estacionamento'
    when 'trial' then 'primeira visita'
    when 'ages' then 'idades'
    when 'payment' then 'formas de pagamento'
    when 'platforms' then 'plataformas'
    when 'backup' then 'cópia'
    when 'error' then 'erro'
    when 'members' then 'alunos'
    when 'joined' then 'entraram'
    when 'left' then 'saíram'
    when 'rejected' then 'linhas recusadas'
    when 'lists' then 'listas'
    else name
end;

create function dashboards.setting_value(value text) returns text
language sql immutable parallel safe
return case
    when value is null or value in ('', '[]', '{}') then '–'
    when value = 'true' then 'sim'
    when value = 'false' then 'não'
    else value
end;

-- "name: before → after" of each changed setting; of a new object, its values alone.
create function dashboards.change(before jsonb, after jsonb) returns text
language sql immutable strict parallel safe
return coalesce((
    select string_agg(
        dashboards.setting_name(key) || ': '
            || case when before ? key then dashboards.setting_value(before ->> key) || ' → ' else '' end
            || dashboards.setting_value(after ->> key),
        '; ' order by key)
    from jsonb_object_keys(before || after) as changed (key)
    where before ? key or dashboards.setting_value(after ->> key) <> '–' and key <> 'business_hours'
), '');

create function dashboards.act(act text) returns text
language sql immutable strict parallel safe
return case act
    when 'tenant.add' then 'Cliente criado'
    when 'tenant.change' then 'Cliente alterado'
    when 'tenant.facts' then 'Dados da academia alterados'
    when 'tenant.disable' then 'Cliente desativado'
    when 'tenant.enable' then 'Cliente reativado'
    when 'tenant.remove' then 'Cliente removido'
    when 'tenant.restore' then 'Cliente restaurado'
    when 'user.add' then 'Usuário criado'
    when 'user.change' then 'Usuário alterado'
    when 'user.disable' then 'Usuário desativado'
    when 'user.remove' then 'Usuário removido'
    when 'user.password' then 'Senha trocada'
    when 'session.start' then 'Entrada'
    when 'session.refuse' then 'Entrada recusada'
    when 'session.end' then 'Saída'
    when 'data.export' then 'Exportação'
    when 'client.view' then 'Painel aberto pela equipe'
    when 'members.import' then 'Lista de alunos importada'
    when 'members.remove' then 'Listas de alunos apagadas'
    when 'key.rotate' then 'Chave trocada'
    else act
end;

-- "Auditoria": the row of an intent is hidden once its outcome is recorded.
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
grant select on dashboards.audit to bi_tenant_admin, bi_staff;
