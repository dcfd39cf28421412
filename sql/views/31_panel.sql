-- Page "Painel": figures and charts. Every view has the columns the filters act on: tenant_name,
-- inbox_name, situation.

-- Whether a row counts as a lead, and whether that lead agreed on a visit and enrolled. Rows of an
-- older version (is_new_lead is null) tell by what was counted then.
create function dashboards.is_counted(is_lead boolean, is_new_lead boolean) returns boolean
language sql immutable parallel safe
return coalesce(is_new_lead, is_lead);

create function dashboards.has_visit(
    visit_scheduled boolean, is_new_lead boolean, lead_agreed_visit boolean
) returns boolean
language sql immutable parallel safe
return case when is_new_lead is null then visit_scheduled else lead_agreed_visit end;

create function dashboards.has_enrolled(
    crm_converted boolean, is_new_lead boolean, enrolled_on date
) returns boolean
language sql immutable parallel safe
return case when is_new_lead is null then crm_converted else enrolled_on is not null end;

-- "Da conversa à matrícula": the funnel's steps as rows, in order. From leads on each step counts
-- those of the step before; who skipped the visit stands apart.
create view analytics.daily_funnel with (security_invoker = true) as
select
    m.tenant_id, m.day, m.inbox_id, m.inbox_name, m.status, step.position, step.step, step.reached,
    m.lead_score
from analytics.daily_metrics m
cross join lateral (values
    (1, 'Conversas', m.conversations),
    (2, 'Leads', m.leads),
    (3, 'Leads com visita', m.lead_visits),
    (4, 'Matrículas depois da visita', m.lead_visit_conversions),
    (5, 'Matrículas sem visita', m.lead_conversions - m.lead_visit_conversions)
) as step (position, step, reached);
grant select on analytics.daily_funnel to bi_tenant, bi_staff;

-- "Números" and the charts by day and by inbox.
create view dashboards.daily with (security_invoker = true) as
select
    m.tenant_id, t.name as tenant_name, m.day, m.inbox_name,
    dashboards.situation(m.status) as situation,
    m.conversations, m.leads, m.visits, m.conversions, m.lead_conversions,
    dashboards.score_meaning(m.lead_score) as score_meaning
from analytics.daily_metrics m
left join ops.tenants t using (tenant_id);
grant select on dashboards.daily to bi_tenant, bi_staff;

create view dashboards.funnel with (security_invoker = true) as
select
    f.tenant_id, t.name as tenant_name, f.day, f.inbox_name,
    dashboards.situation(f.status) as situation,
    f.position, f.step, f.reached,
    dashboards.score_meaning(f.lead_score) as score_meaning
from analytics.daily_funnel f
left join ops.tenants t using (tenant_id);
grant select on dashboards.funnel to bi_tenant, bi_staff;

-- "Qualidade das conversas", "Quem já é aluno" and the advertisements. A number before each band
-- sorts them.
create view dashboards.conversations with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.is_counted(c.is_lead, c.is_new_lead) as is_lead, c.lead_score,
    dashboards.has_visit(c.visit_scheduled, c.is_new_lead, c.lead_agreed_visit) as has_visit,
    dashboards.has_enrolled(c.crm_converted, c.is_new_lead, c.enrolled_on) as has_enrolled,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    case
        when c.response_seconds < 300 then '1. até 5 min'
        when c.response_seconds < 900 then '2. 5 a 15 min'
        when c.response_seconds < 3600 then '3. 15 a 60 min'
        when c.response_seconds < 14400 then '4. 1 a 4 h'
        when c.response_seconds is not null then '5. mais de 4 h'
        when c.first_contact_message_at is not null then '6. sem resposta'
    end as response_band,
    coalesce(nullif(dashboards.plain(c.ad_headline), ''), 'Anúncio ' || c.ad_id)
        as ad_name,
    c.role = 'member' as is_member, c.is_role_known,
    p.listed_at is not null as has_members_list
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
left join ops.publications p using (tenant_id);
grant select on dashboards.conversations to bi_tenant, bi_staff;

-- "O que aconteceu com os leads": leads by outcome. A lead without activity for seven days, or who
-- said why not, is lost; the first true case gives the reason.
create view dashboards.outcomes with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    dashboards.has_visit(c.visit_scheduled, c.is_new_lead, c.lead_agreed_visit) as has_visit,
    dashboards.has_enrolled(c.crm_converted, c.is_new_lead, c.enrolled_on) as has_enrolled,
    coalesce(nullif(dashboards.plain(c.ad_headline), ''), 'Anúncio ' || c.ad_id)
        as ad_name,
    outcome.position,
    case when outcome.position <= 2 then 'Ganhos' when outcome.position <= 4 then 'Em aberto'
        else 'Perdidos' end as outcome_group,
    case outcome.position
        when 1 then 'Matriculados'
        when 2 then 'Marcaram visita'
        when 3 then 'Esperando a sua resposta'
        when 4 then 'Em conversa'
        when 5 then 'Nunca atendidos por uma pessoa'
        when 6 then 'Ficaram sem a última resposta'
        when 7 then 'Acharam caro'
        when 8 then 'Horário não serviu'
        when 9 then 'Longe'
        when 10 then 'Saúde'
        when 11 then 'Sem companhia'
        when 12 then 'Escolheram outra academia'
        when 13 then 'Só curiosidade, ou desistiram'
        else 'Pararam de responder'
    end as outcome
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
cross join lateral (select case
    when dashboards.has_enrolled(c.crm_converted, c.is_new_lead, c.enrolled_on) then 1
    when c.lost_reason = 'price' then 7
    when c.lost_reason = 'hours' then 8
    when c.lost_reason = 'distance' then 9
    when c.lost_reason = 'health' then 10
    when c.lost_reason = 'companion' then 11
    when c.lost_reason = 'competitor' then 12
    when c.lost_reason in ('only_curious', 'other') then 13
    when dashboards.has_visit(c.visit_scheduled, c.is_new_lead, c.lead_agreed_visit) then 2
    when c.last_activity_at > ops.now() - interval '7 days' then case when c.awaits_reply then 3 else 4 end
    when c.first_human_reply_at is null then 5
    when c.awaits_reply then 6
    when c.lead_score = 2 then 13
    else 14
end as position) outcome
where dashboards.is_counted(c.is_lead, c.is_new_lead);
grant select on dashboards.outcomes to bi_tenant, bi_staff;

-- "O que aconteceu com as visitas": visits by the day of their first agreement.
create view dashboards.visits with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.visit_agreed_at as agreed_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    fate.position,
    (array['Por vir', 'Vieram', 'Faltaram', 'Cancelaram', 'Sem notícia'])[fate.position] as fate
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
cross join lateral (select case c.visit_state
    when 'done' then 2
    when 'missed' then 3
    when 'cancelled' then 4
    else case when c.visit_at > ops.now() then 1 else 5 end
end as position) fate
where c.visit_agreed_at is not null;
grant select on dashboards.visits to bi_tenant, bi_staff;

-- Tab "Velocidade": the three measures of the time to the first reply, one row each.
create view dashboards.responses with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    dashboards.has_visit(c.visit_scheduled, c.is_new_lead, c.lead_agreed_visit) as has_visit,
    dashboards.has_enrolled(c.crm_converted, c.is_new_lead, c.enrolled_on) as has_enrolled,
    measure.position as measure_position, measure.name as measure, measure.seconds,
    case
        when measure.seconds < 60 then 1
        when measure.seconds < 300 then 2
        when measure.seconds < 900 then 3
        when measure.seconds < 3600 then 4
        when measure.seconds < 14400 then 5
        when measure.seconds is not null then 6
        else 7
    end as band_position,
    case
        when measure.seconds < 60 then 'menos de 1 min'
        when measure.seconds < 300 then '1 a 5 min'
        when measure.seconds < 900 then '5 a 15 min'
        when measure.seconds < 3600 then '15 a 60 min'
        when measure.seconds < 14400 then '1 a 4 h'
        when measure.seconds is not null then 'mais de 4 h'
        else 'sem resposta'
    end as band,
    -- A heatmap sorts rows alphabetically: more leading spaces come first.
    lpad((array['seg', 'ter', 'qua', 'qui', 'sex', 'sáb', 'dom'])[started.weekday],
        10 - started.weekday) as weekday,
    started.weekday as weekday_position,
    to_char(c.first_contact_message_at, 'HH24') || 'h' as hour
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
cross join lateral (values
    (1, 'Pessoa', c.response_seconds),
    (2, 'Pessoa, com a academia aberta', c.response_business_seconds),
    (3, 'Robô',
        extract(epoch from c.first_bot_reply_at - c.first_contact_message_at)::bigint)
) as measure (position, name, seconds)
cross join lateral (
    select extract(isodow from c.first_contact_message_at)::integer as weekday
) started
where dashboards.is_counted(c.is_lead, c.is_new_lead) and c.first_contact_message_at is not null;
grant select on dashboards.responses to bi_tenant, bi_staff;
