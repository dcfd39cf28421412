-- What the panel's charts read. Numbers, dates and the pieces a table's cell is drawn with are made
-- here, in one place, in Portuguese; a cell without its tags is still a sentence.

set local role geniai_owner;

create function dashboards.score_meaning(score smallint) returns text
language sql immutable strict parallel safe
return case score
    when 5 then '5 · visita marcada'
    when 4 then '4 · interesse forte'
    when 3 then '3 · interesse claro'
    when 2 then '2 · curiosidade'
    when 1 then '1 · já é aluno'
    else '0 · sem interesse'
end;

-- 12.345
create function dashboards.whole(number numeric) returns text
language sql immutable parallel safe
return coalesce(translate(to_char(number, 'FM999,999,999,990'), ',', '.'), '0');

-- 12,3%
create function dashboards.percent(part numeric, total numeric) returns text
language sql immutable parallel safe
return coalesce(translate(to_char(100 * part / nullif(total, 0), 'FM990.0'), '.', ',') || '%', '–');

-- In the largest units that still say something.
create function dashboards.duration(seconds numeric) returns text
language sql immutable parallel safe
return case
    when seconds is null then '–'
    when seconds < 60 then round(seconds) || ' s'
    when seconds < 3600 then round(seconds / 60) || ' min'
    when seconds < 86400 then
        floor(seconds / 3600) || ' h'
        || coalesce(' ' || nullif(round(mod(seconds, 3600) / 60), 0) || ' min', '')
    when seconds < 172800 then '1 dia'
    else floor(seconds / 86400) || ' dias'
end;

-- A bar in the brand's colour with its words beside it.
create function dashboards.bar(part numeric, total numeric, words text) returns text
language sql immutable parallel safe
return format(
    '<div class="g-bar"><div style="width:%s%%"></div></div> <b>%s</b>',
    coalesce(round(100 * part / nullif(total, 0)), 0), words
);

-- Wilson's score interval (Wilson 1927, JASA 22:209), 95 %: the share that may stand behind few
-- conversions. side: -1 its lower end, 1 its upper one.
create function dashboards.wilson(successes numeric, trials numeric, side integer) returns numeric
language sql immutable parallel safe
return case when trials > 0 then greatest(0, least(1, (
    successes / trials + 1.9208 / trials
    + side * 1.96 * sqrt(
        greatest(0, successes * (trials - successes) / trials + 0.9604)
    ) / trials
) / (1 + 3.8416 / trials))) end;

-- A rate with its interval, drawn on a scale that ends at "whole".
create function dashboards.interval_bar(successes numeric, trials numeric, whole numeric)
returns text
language sql immutable parallel safe
return case when trials > 0 then format(
    '<div class="g-interval"><div style="left:%s%%;width:%s%%"></div><span style="left:%s%%"></span></div>'
    ' <b>%s</b> <small>%s a %s</small>',
    round(100 * dashboards.wilson(successes, trials, -1) / whole),
    round(100 * (dashboards.wilson(successes, trials, 1)
        - dashboards.wilson(successes, trials, -1)) / whole),
    round(100 * successes / trials / whole),
    dashboards.percent(successes, trials),
    dashboards.percent(dashboards.wilson(successes, trials, -1), 1),
    dashboards.percent(dashboards.wilson(successes, trials, 1), 1)
) else '–' end;

-- Where a click on somebody leads: the page of his conversation.
create function dashboards.lead_link(conversation_id bigint, words text) returns text
language sql immutable parallel safe
return format(
    '<a href="/superset/dashboard/lead/?native_filters=(NATIVE_FILTER-conversa:(extraFormData:'
    '(filters:!((col:conversation_id,op:IN,val:!(%1$s)))),filterState:(value:!(%1$s),label:%%27%1$s%%27),'
    'id:NATIVE_FILTER-conversa,ownState:()))">%2$s</a>',
    conversation_id, coalesce(nullif(words, ''), 'Sem nome')
);

create function dashboards.chatwoot_link(url text, words text) returns text
language sql immutable parallel safe
return format('<a href="%s" target="_blank">%s</a>', replace(url, '"', '%22'), words);

-- One line of what is known of somebody; nothing when it is not known.
create function dashboards.fact(name text, value text) returns text
language sql immutable parallel safe
return case when value <> ''
    then format('<div class="g-fact"><span>%s:</span> %s</div>', name, dashboards.plain(value)) end;

-- The next scheduled synchronisation; geniai_pipeline/schedule.py says the same.
create function dashboards.next_sync() returns timestamptz
language sql stable parallel safe
return (
    date_trunc('day', now() at time zone 'America/Sao_Paulo')
    + interval '6 hours'
    * (floor(extract(hour from now() at time zone 'America/Sao_Paulo') / 6) + 1)
) at time zone 'America/Sao_Paulo';

-- Up to when the figures are complete, and when they will be again; times are the reader's clock.
create function dashboards.freshness(complete_up_to timestamp) returns text
language sql stable parallel safe
return coalesce(
    format(
        '<span class="%s">Dados completos até <b>%s</b></span>',
        case when complete_up_to < now()::timestamp - interval '7 hours' then 'g-late' else '' end,
        to_char(complete_up_to, 'DD/MM/YYYY HH24:MI')
    ),
    'Ainda sem dados: aparecem depois da primeira atualização'
) || format(' · próxima atualização às <b>%s</b>', to_char(dashboards.next_sync(), 'HH24:MI'));

create or replace view analytics.daily_funnel with (security_invoker = true) as
select
    m.tenant_id, m.day, m.inbox_id, m.inbox_name, m.status, step.position, step.step, step.reached,
    m.lead_score
from analytics.daily_metrics m
cross join lateral (values
    (1, 'Conversas', m.conversations),
    (2, 'Leads', m.leads),
    (3, 'Visitas agendadas', m.visits),
    (4, 'Matrículas', m.conversions)
) as step (position, step, reached);

create or replace view dashboards.daily with (security_invoker = true) as
select
    m.tenant_id, t.name as tenant_name, m.day, m.inbox_name,
    dashboards.situation(m.status) as situation,
    m.conversations, m.leads, m.visits, m.conversions,
    dashboards.score_meaning(m.lead_score) as score_meaning
from analytics.daily_metrics m
left join ops.tenants t using (tenant_id);

create or replace view dashboards.funnel with (security_invoker = true) as
select
    f.tenant_id, t.name as tenant_name, f.day, f.inbox_name,
    dashboards.situation(f.status) as situation,
    f.position, f.step, f.reached,
    dashboards.score_meaning(f.lead_score) as score_meaning
from analytics.daily_funnel f
left join ops.tenants t using (tenant_id);

-- Leads by what became of them. Who has heard nothing for seven days is lost: the order of the
-- cases decides, the first that is true names the reason.
create view dashboards.outcomes with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    c.visit_scheduled, c.crm_converted,
    coalesce(nullif(dashboards.plain(c.ad_headline), ''), 'Anúncio ' || c.ad_id)
        as ad_name,
    outcome.position,
    case when outcome.position <= 2 then 'Ganhos' when outcome.position <= 4 then 'Em aberto'
        else 'Perdidos' end as outcome_group,
    case outcome.position
        when 1 then 'Matriculados'
        when 2 then 'Com visita marcada'
        when 3 then 'Esperando a sua resposta'
        when 4 then 'Em conversa'
        when 5 then 'Nunca atendidos por uma pessoa'
        when 6 then 'Ficaram sem a última resposta'
        when 7 then 'Só curiosidade, ou desistiram'
        else 'Pararam de responder'
    end as outcome
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id)
cross join lateral (select case
    when c.crm_converted then 1
    when c.visit_scheduled then 2
    when c.last_activity_at > now() - interval '7 days' then case when c.awaits_reply then 3 else 4 end
    when c.first_human_reply_at is null then 5
    when c.awaits_reply then 6
    when c.lead_score = 2 then 7
    else 8
end as position) outcome
where c.is_lead;

-- The three measures of how long a lead waited for the first answer, one row each.
create view dashboards.responses with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    c.visit_scheduled, c.crm_converted,
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
    -- A heatmap sorts its rows by their letters: more spaces come first.
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
where c.is_lead and c.first_contact_message_at is not null;

create or replace view dashboards.conversations with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    c.is_lead, c.lead_score, c.visit_scheduled, c.crm_converted,
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
        as ad_name
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id);

-- The list: is_waiting is who waits for an answer, whatever the score.
create or replace view dashboards.leads with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name,
    c.conversation_id,
    dashboards.chatwoot_link(c.chatwoot_url, c.conversation_id::text) as conversation_link,
    dashboards.plain(c.contact_name) as contact_name,
    dashboards.plain(c.contact_email) as contact_email,
    dashboards.phone(c.contact_phone) as contact_phone,
    c.inbox_name,
    dashboards.situation(c.status) as situation,
    c.created_at,
    c.created_at::timestamp as created_local,
    c.last_activity_at::timestamp as last_activity_local,
    c.message_count,
    dashboards.yes_no(c.is_lead) as lead,
    case when c.is_lead then 'Leads' else 'Outras conversas' end as listed_as,
    c.lead_score,
    dashboards.yes_no(c.visit_scheduled) as visit,
    dashboards.yes_no(c.crm_converted) as conversion,
    dashboards.plain(x.reasoning) as reasoning,
    dashboards.plain(x.suggested_message) as suggested_message,
    c.awaits_reply as is_waiting,
    c.last_spoke_at,
    dashboards.ago(c.last_spoke_at) as waiting,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    dashboards.lead_link(c.conversation_id, dashboards.plain(c.contact_name)) as lead_link
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id);

-- Hot leads who wait, as long as they may still answer. WhatsApp, Instagram and Messenger let a gym
-- write freely for 24 hours after the contact's last words; first are those with the least left.
create view dashboards.waiting with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.conversation_id, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    c.lead_score, c.last_spoke_at, waited.minutes,
    case when waited.minutes < 1440 then 1440 - waited.minutes else waited.minutes end as urgency,
    waited.minutes < 1440 as window_open,
    format('<span class="g-score g-%1$s">%1$s</span>', c.lead_score) as score,
    dashboards.lead_link(c.conversation_id, dashboards.plain(c.contact_name)) as lead_link,
    dashboards.phone(c.contact_phone) as contact_phone,
    dashboards.duration(waited.minutes * 60) as waiting,
    case
        when c.channel not in ('WhatsApp', 'Instagram', 'Facebook') then 'sem prazo'
        when waited.minutes >= 1440 then '<span class="g-late">só mensagem-modelo</span>'
        else format(
            '<span class="%s">restam %s</span>',
            case when waited.minutes > 1200 then 'g-soon' else 'g-open' end,
            dashboards.duration(60 * (1440 - waited.minutes))
        )
    end as window_left,
    dashboards.plain(x.suggested_message) as suggested_message,
    dashboards.chatwoot_link(c.chatwoot_url, 'Responder') as reply_link
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id)
cross join lateral (
    select floor(extract(epoch from now() - c.last_spoke_at) / 60) as minutes
) waited
where c.awaits_reply and c.lead_score >= 4 and c.last_spoke_at > now() - interval '7 days';

-- One conversation whole, in the three parts its page shows.
create view dashboards.lead with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.conversation_id, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation, c.is_lead,
    concat(
        '<div class="g-name">' || coalesce(nullif(dashboards.plain(c.contact_name), ''), 'Sem nome')
            || '</div>',
        format('<div class="g-verdict"><span class="g-score g-%1$s">%1$s</span> %2$s</div>',
            c.lead_score, substr(dashboards.score_meaning(c.lead_score), 5)),
        format('<div class="g-button">%s</div>',
            dashboards.chatwoot_link(c.chatwoot_url, 'Abrir no Chatwoot')),
        dashboards.fact('Telefone', dashboards.phone(c.contact_phone)),
        dashboards.fact('E-mail', c.contact_email),
        dashboards.fact('Canal', c.inbox_name),
        dashboards.fact('Anúncio', coalesce(c.ad_headline, c.ad_id)),
        dashboards.fact('Objetivo', x.goal),
        dashboards.fact('Saúde', x.condition),
        dashboards.fact('Escreveu em', to_char(c.created_at, 'DD/MM/YYYY HH24:MI')),
        dashboards.fact('Primeira resposta', case
            when c.response_seconds is null then 'nenhuma de uma pessoa'
            else 'em ' || dashboards.duration(c.response_seconds) end),
        dashboards.fact('Situação', dashboards.situation(c.status)),
        dashboards.fact('Atendente', c.assignee_name),
        dashboards.fact('Visita marcada', dashboards.yes_no(c.visit_scheduled)),
        dashboards.fact('Matrícula', dashboards.yes_no(c.crm_converted)),
        dashboards.fact('Avaliação', dashboards.judged_by(c.analyzer, c.fallback_reason))
    ) as summary,
    concat(
        case when c.awaits_reply then format(
            '<div class="g-wait">Espera a sua resposta há %s.</div>', dashboards.ago(c.last_spoke_at)
        ) end,
        format('<div class="g-title">Mensagem sugerida</div><div class="g-message">%s</div>',
            dashboards.plain(x.suggested_message)),
        format('<div class="g-title">Por que esta nota</div><div>%s</div>', dashboards.plain(x.reasoning)),
        '<div class="g-title">Nas palavras do contato</div>' || (
            select string_agg(format('<div class="g-quote">“%s”</div>', dashboards.plain(quote)), '')
            from unnest(x.evidence) as quote
        )
    ) as verdict,
    format(
        '<div class="g-talk"><div>%s</div></div>',
        regexp_replace(regexp_replace(regexp_replace(
            dashboards.plain(x.transcript),
            '^Contato: ', '</div><div class="g-contact"><small>Contato</small> ', 'gn'),
            '^Robô: ', '</div><div class="g-bot"><small>Robô</small> ', 'gn'),
            '^Atendente: ', '</div><div class="g-agent"><small>Atendente</small> ', 'gn')
    ) as talk
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id);

grant select on
    dashboards.outcomes, dashboards.responses, dashboards.waiting, dashboards.lead
    to bi_tenant, bi_staff;

reset role;
