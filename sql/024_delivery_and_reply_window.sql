-- What Chatwoot tells and was dropped: messages that never arrived, who is blocked, and how long one
-- may write to somebody.

set local role geniai_owner;

alter table core.conversations
    -- [{"position", "from", "text", "note"?, "error"}]; position: messages of the transcript before
    add column undelivered jsonb not null default '[]',
    -- of the gym's last words, if they never arrived; empty: Chatwoot does not say why
    add column delivery_error text,
    add column contact_blocked boolean not null default false,
    -- by Chatwoot's clock: when the contact's last message came to it
    add column last_incoming_at timestamptz;

alter table analytics.conversations_analytics
    add column delivery_error text,
    alter column delivery_error set statistics 0,
    -- until when one may write to the contact freely; null: without end
    add column reply_until timestamptz;

-- Until the next synchronisation, what was shown before of those who wait.
alter table analytics.conversations_analytics no force row level security;
update analytics.conversations_analytics
set reply_until = last_spoke_at + interval '24 hours'
where awaits_reply and channel in ('WhatsApp', 'Instagram', 'Facebook');
alter table analytics.conversations_analytics force row level security;

-- How long after a contact's last message a gym may write to them freely, by Chatwoot's class of the
-- channel; null: for ever. The setting is that of an API inbox, in hours; is_long, whether
-- Messenger's and Instagram's window is that of Meta's "human agent".
create function dashboards.reply_window(
    channel_type text, medium text, setting jsonb, is_long boolean
) returns interval
language sql immutable parallel safe
return case channel_type
    when 'Channel::Whatsapp' then interval '24 hours'
    when 'Channel::TwilioSms' then case medium when 'whatsapp' then interval '24 hours' end
    when 'Channel::FacebookPage' then
        case when is_long then interval '168 hours' else interval '24 hours' end
    when 'Channel::Instagram' then
        case when is_long then interval '168 hours' else interval '24 hours' end
    when 'Channel::Tiktok' then interval '48 hours'
    when 'Channel::Api' then case
        when jsonb_typeof(setting) = 'number' and setting > '0' then setting::numeric * interval '1 hour'
    end
end;

-- How much of that is left at an instant, in words.
create function dashboards.time_left(channel text, reply_until timestamptz, instant timestamptz)
returns text
language sql immutable parallel safe
return case
    when reply_until is null then 'sem prazo'
    when reply_until > instant then regexp_replace(
        'restam ' || dashboards.duration(
            60 * greatest(1, floor(extract(epoch from reply_until - instant) / 60))
        ),
        '^restam (1 \S+)$', 'resta \1'
    )
    when channel = 'WhatsApp' then 'só mensagem-modelo'
    else 'prazo encerrado'
end;

-- What is said of a message that never arrived, with the error as Chatwoot tells it.
create function dashboards.undelivered(delivery_error text) returns text
language sql immutable parallel safe
return case when delivery_error is not null then
    'não chegou' || coalesce(': ' || nullif(dashboards.plain(delivery_error), ''), '')
end;

-- Hot leads who wait, as long as they may still answer. First are those to whom a gym may not write
-- freely much longer; where that has no end a day counts as one.
create or replace view dashboards.waiting with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.conversation_id, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    dashboards.score_meaning(c.lead_score) as score_meaning,
    c.lead_score, c.last_spoke_at, waited.minutes,
    case
        when left_over.minutes >= 0 then left_over.minutes
        when c.reply_until is null and waited.minutes < 1440 then 1440 - waited.minutes
        else 10080 + waited.minutes
    end as urgency,
    coalesce(left_over.minutes >= 0, true) as window_open,
    format('<span class="g-score g-%1$s">%1$s</span>', c.lead_score) as score,
    dashboards.lead_link(c.conversation_id, dashboards.plain(c.contact_name)) as lead_link,
    dashboards.phone(c.contact_phone) as contact_phone,
    concat_ws(' ', dashboards.duration(waited.minutes * 60),
        '<span class="g-undelivered">' || dashboards.undelivered(c.delivery_error) || '</span>'
    ) as waiting,
    format('<span class="%s">%s</span>',
        case
            when left_over.minutes < 0 then 'g-late'
            when left_over.minutes < 240 then 'g-soon'
            when left_over.minutes >= 240 then 'g-open'
        end,
        dashboards.time_left(c.channel, c.reply_until, now())
    ) as window_left,
    dashboards.plain(x.suggested_message) as suggested_message,
    dashboards.chatwoot_link(c.chatwoot_url, 'Responder') as reply_link
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id)
cross join lateral (
    select floor(extract(epoch from now() - c.last_spoke_at) / 60) as minutes
) waited
cross join lateral (
    select floor(extract(epoch from c.reply_until - now()) / 60) as minutes
) left_over
where c.awaits_reply and c.lead_score >= 4 and c.last_spoke_at > now() - interval '7 days';

-- One conversation whole, in the three parts its page shows.
create or replace view dashboards.lead with (security_invoker = true) as
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
            '<div class="g-wait">Espera a sua resposta há %s · %s.</div>',
            dashboards.ago(c.last_spoke_at),
            dashboards.time_left(c.channel, c.reply_until, now())
        ) end,
        '<div class="g-wait g-late">A última mensagem da academia '
            || dashboards.undelivered(c.delivery_error) || '.</div>',
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
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            dashboards.plain(x.transcript),
            '^Não chegou \((\w+)\): ',
            '</div><div class="g-lost"><small>\1 · não chegou</small> ', 'gn'),
            '^Contato: ', '</div><div class="g-contact"><small>Contato</small> ', 'gn'),
            '^Robô: ', '</div><div class="g-bot"><small>Robô</small> ', 'gn'),
            '^Atendente: ', '</div><div class="g-agent"><small>Atendente</small> ', 'gn')
    ) as talk
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id);

reset role;
