-- Page "Lead": all data of one conversation: the latest episode, and what was said in all of them.

-- One line with a label and a value; null without a value.
create function dashboards.fact(name text, value text) returns text
language sql immutable parallel safe
return case when value <> ''
    then format('<div class="g-fact"><span>%s:</span> %s</div>', name, dashboards.plain(value)) end;

-- The three parts of the page: contact data ("summary"), the recommended action ("verdict"), the
-- transcript with one bubble per speaker ("talk").
-- The messages of one episode as bubbles, one per speaker.
create function dashboards.bubbles(transcript text) returns text
language sql immutable parallel safe
return regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    dashboards.plain(transcript),
    '^Não chegou \((\w+)\): ',
    '</div><div class="g-lost"><small>\1 · não chegou</small> ', 'gn'),
    '^Contato: ', '</div><div class="g-contact"><small>Contato</small> ', 'gn'),
    '^Robô: ', '</div><div class="g-bot"><small>Robô</small> ', 'gn'),
    '^Atendente: ', '</div><div class="g-agent"><small>Atendente</small> ', 'gn');

create view dashboards.lead with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.conversation_id, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation, c.is_lead,
    concat(
        '<div class="g-name">' || coalesce(nullif(dashboards.plain(c.contact_name), ''), 'Sem nome')
            || '</div>',
        format('<div class="g-verdict"><span class="g-score g-%1$s">%1$s</span> %2$s</div>',
            c.lead_score, concat_ws(' · ', substr(dashboards.score_meaning(c.lead_score), 5),
                dashboards.doubt(c.is_certain), dashboards.unread_audios(c.unread_audios))),
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
        dashboards.fact('Contato', dashboards.role_name(c.role) || case
            when c.role not in ('member', 'returning', 'ex_member') then ''
            when c.is_role_known then ', pelo cadastro'
            else ', pelo que escreveu'
        end),
        dashboards.fact('Visita', dashboards.visit_story(
            c.visit_state, c.visit_at, c.visit_moves, c.visit_confirmed, ops.now())),
        dashboards.fact('Perdido', dashboards.loss_story(c.lost_reason, x.lost_quote)),
        dashboards.fact('Matrícula', dashboards.yes_no(c.crm_converted)),
        dashboards.fact('Avaliação', dashboards.analyzer_name(c.analyzer, c.fallback_reason))
    ) as summary,
    concat(
        case when dashboards.is_waiting(c.awaits_reply, c.waiting_since, ops.now()) then format(
            '<div class="g-wait">Espera a sua resposta há %s · %s.</div>',
            dashboards.wait_span(coalesce(c.waiting_since, c.last_spoke_at)),
            dashboards.window_span(c.channel, c.reply_until, false)
        ) end,
        case when c.opted_out
            then '<div class="g-wait g-late">Pediu para não receber mais mensagens.</div>' end,
        '<div class="g-wait g-late">A última mensagem da academia '
            || dashboards.undelivered(c.delivery_error) || '.</div>',
        '<div class="g-title">Mensagem sugerida</div><div class="g-message">'
            || nullif(dashboards.plain(dashboards.suggestion(x.suggested_message,
                x.suggestion_holds_until, x.suggestion_afterwards, ops.now())), '') || '</div>',
        '<div class="g-title">Por que esta nota</div><div>'
            || nullif(dashboards.plain(x.reasoning), '') || '</div>',
        '<div class="g-title">Nas palavras do contato</div>' || (
            select string_agg(format('<div class="g-quote">“%s”</div>', dashboards.plain(quote)), '')
            from unnest(x.evidence) as quote
        )
    ) as verdict,
    format('<div class="g-talk"><div>%s</div></div>', (
        select string_agg(
            case when e.episode > 1 then format(
                '</div><div class="g-break">Voltou a escrever em %s',
                to_char(e.created_at, 'DD/MM/YYYY')
            ) else '' end || dashboards.bubbles(y.transcript),
            '' order by e.episode
        )
        from analytics.conversations_analytics e
        join analytics.conversation_texts y using (tenant_id, conversation_id, episode)
        where e.tenant_id = c.tenant_id and e.conversation_id = c.conversation_id
    )) as talk
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id, episode)
left join ops.tenants t using (tenant_id)
where not exists (
    select from analytics.conversations_analytics later
    where later.tenant_id = c.tenant_id and later.conversation_id = c.conversation_id
      and later.episode > c.episode
);
grant select on dashboards.lead to bi_tenant, bi_staff;
