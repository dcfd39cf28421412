-- Texts that several pages share: stored values in Portuguese, and external text.

-- External text, such as a contact's name, never becomes markup on the page.
create function dashboards.plain(words text) returns text
language sql immutable parallel safe
return coalesce(translate(words, '<>', '‹›'), '');

-- Not strict, like the two below: Postgres inlines such a function, but calls a strict one per row.
-- Inlining cuts the CPU time of a filter's choices from sixty thousand rows to a ninth. Null still
-- gives null for yes_no and situation; a score is never null.
create function dashboards.yes_no(value boolean) returns text
language sql immutable parallel safe
return case value when true then 'Sim' when false then 'Não' end;

create function dashboards.situation(status text) returns text
language sql immutable parallel safe
return case status
    when 'open' then 'Aberta'
    when 'pending' then 'Pendente'
    when 'snoozed' then 'Adiada'
    when 'resolved' then 'Resolvida'
    else status
end;

create function dashboards.score_meaning(score smallint) returns text
language sql immutable parallel safe
return case score
    when 5 then '5 · visita marcada'
    when 4 then '4 · interesse forte'
    when 3 then '3 · interesse claro'
    when 2 then '2 · curiosidade'
    when 1 then '1 · aluno, ex-aluno ou só um oi'
    else '0 · sem interesse'
end;

-- The mark of the episodes about which the local model knows least; null for the others.
create function dashboards.doubt(is_certain boolean) returns text
language sql immutable parallel safe
return case when not is_certain then '<small class="g-doubt">a conferir</small>' end;

-- Who a contact is to the tenant.
create function dashboards.role_name(role text) returns text
language sql immutable parallel safe
return case role
    when 'prospect' then 'quer treinar'
    when 'returning' then 'quer voltar a treinar'
    when 'member' then 'já é aluno'
    when 'member_family' then 'família de aluno'
    when 'ex_member' then 'ex-aluno'
    when 'outsider' then 'não é cliente'
    when 'spam' then 'propaganda'
end;

-- A first visit: planned, or what became of it.
create function dashboards.visit_fate(state text, at timestamptz, instant timestamptz) returns text
language sql immutable parallel safe
return case state
    when 'agreed' then case when at > instant then 'por vir' else 'sem notícia' end
    when 'done' then 'veio'
    when 'missed' then 'faltou'
    when 'cancelled' then 'cancelou'
end;

-- An instant as one says it, in the session's time zone: "quarta, 18/11/2026 às 17h30".
create function dashboards.spoken_instant(at timestamptz) returns text
language sql stable parallel safe
return (array['segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado', 'domingo'])[
        extract(isodow from at)::integer
    ] || to_char(at, ', DD/MM/YYYY "às" FMHH24"h"') || coalesce(nullif(to_char(at, 'MI'), '00'), '');

-- All that is known of a first visit; null where none was agreed on.
create function dashboards.visit_story(
    state text, at timestamptz, moves smallint, is_confirmed boolean, instant timestamptz
) returns text
language sql stable parallel safe
return case when dashboards.visit_fate(state, at, instant) is not null then concat_ws(' · ',
    dashboards.spoken_instant(at),
    case when moves = 1 then 'remarcada 1 vez'
        when moves > 1 then 'remarcada ' || moves || ' vezes' end,
    case when is_confirmed then 'confirmada pelo contato' end,
    dashboards.visit_fate(state, at, instant)
) end;

-- Why a lead is lost, in the contact's words where they said it; null where it is not.
create function dashboards.loss_story(reason text, quote text) returns text
language sql immutable parallel safe
return case reason
    when 'price' then 'preço'
    when 'hours' then 'horário'
    when 'distance' then 'distância'
    when 'health' then 'saúde'
    when 'companion' then 'falta de companhia'
    when 'competitor' then 'outra academia'
    when 'no_answer_of_gym' then 'ficou sem resposta'
    when 'no_answer_of_contact' then 'parou de responder'
    when 'only_curious' then 'só curiosidade'
    when 'other' then 'outro motivo'
end || coalesce(' · “' || quote || '”', '');

-- Audios whose words are in no score; null where there are none.
create function dashboards.unread_audios(audios integer) returns text
language sql immutable parallel safe
return case when audios = 1 then '1 áudio não lido'
    when audios > 1 then audios::text || ' áudios não lidos' end;

-- The suggested message that holds at an instant.
create function dashboards.suggestion(
    words text, holds_until timestamptz, afterwards text, instant timestamptz
) returns text
language sql immutable parallel safe
return case when holds_until <= instant then afterwards else words end;

-- The analyzer of a score, and the reason of a fallback to the rules.
create function dashboards.analyzer_name(analyzer text, fallback_reason text) returns text
language sql immutable parallel safe
return case
    when analyzer = 'openai' then 'OpenAI'
    when fallback_reason = 'budget' then 'Regras, porque o orçamento da OpenAI acabou'
    when fallback_reason = 'live' then 'Regras, até a próxima avaliação da OpenAI'
    when fallback_reason is not null then 'Regras, porque a OpenAI não respondeu'
    else 'Regras'
end;

-- What a search of leads looks through: a name without accents, and the digits of a phone.
create function dashboards.search_text(name text, e164 text) returns text
language sql immutable parallel safe
return regexp_replace(normalize(coalesce(name, ''), NFD), '[\u0300-\u036f]', '', 'g')
    || ' ' || translate(coalesce(e164, ''), '+ -().', '');

-- 55 11 98765-4321: the spaces keep a spreadsheet from converting it to a number. One pattern per
-- kind of number costs a third of two successive replacements. Other text loses the leading
-- characters that make it a formula in a spreadsheet.
create function dashboards.phone(e164 text) returns text
language sql immutable parallel safe
return coalesce(case
    when e164 ~ '^\+55\d{10,11}$' then concat(
        '55 ', substr(e164, 4, 2), ' ', substr(e164, 6, length(e164) - 9), '-', right(e164, 4)
    )
    when e164 ~ '^\+\d{5,}$' then regexp_replace(e164, '^\+(\d{1,3})(\d{3})(\d+)$', '\1 \2 \3')
    else ltrim(e164, e'=+-@ \t\r\n')
end, '');
