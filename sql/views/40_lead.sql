-- Page "Lead": all data of one conversation.

-- One line with a label and a value; null without a value.
create function dashboards.fact(name text, value text) returns text
language sql immutable parallel safe
return case when value <> ''
    then format('<div class="g-fact"><span>%s:</span> %s</div>', name, dashboards.plain(value)) end;

-- The three parts of the page: contact data ("summary"), the recommended action ("verdict"), the
-- transcript with one bubble per speaker ("talk").
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
        '<div class="g-fact"><span>Telefone:</span> '
            || nullif(dashboards.phone_link(c.contact_phone), '') || '</div>',
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
        dashboards.fact('Avaliação', dashboards.analyzer_name(c.analyzer, c.fallback_reason))
    ) as summary,
    concat(
        case when c.awaits_reply then format(
            '<div class="g-wait">Espera a sua resposta há %s · %s.</div>',
            dashboards.duration(extract(epoch from ops.now() - c.last_spoke_at)),
            dashboards.time_left(c.channel, c.reply_until, ops.now())
        ) end,
        '<div class="g-wait g-late">A última mensagem da academia '
            || dashboards.undelivered(c.delivery_error) || '.</div>',
        '<div class="g-title">Mensagem sugerida</div><div class="g-message">'
            || nullif(dashboards.plain(x.suggested_message), '') || '</div>',
        '<div class="g-title">Por que esta nota</div><div>'
            || nullif(dashboards.plain(x.reasoning), '') || '</div>',
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
grant select on dashboards.lead to bi_tenant, bi_staff;
