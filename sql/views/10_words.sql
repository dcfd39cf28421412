-- Words that several pages share: values of tables in Portuguese, and words of people outside.

-- Words of people outside, such as a contact's own name, are never markup on the page.
create function dashboards.plain(words text) returns text
language sql immutable parallel safe
return coalesce(translate(words, '<>', '‹›'), '');

-- Not strict, as the two below: a strict function is called for each row, another becomes part of
-- the query; a filter's choices, read from sixty thousand rows, take a ninth of the processor.
-- Nothing is still said of no answer and of no situation; a score there always is.
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
    when 1 then '1 · já é aluno'
    else '0 · sem interesse'
end;

-- Which analyzer a score is of, and why it is the rules where OpenAI was wanted.
create function dashboards.analyzer_name(analyzer text, fallback_reason text) returns text
language sql immutable parallel safe
return case
    when analyzer = 'openai' then 'OpenAI'
    when fallback_reason = 'budget' then 'Regras, porque o orçamento da OpenAI acabou'
    when fallback_reason is not null then 'Regras, porque a OpenAI não respondeu'
    else 'Regras'
end;

-- 55 11 98765-4321: with its spaces a spreadsheet keeps it as it is, a bare number it would not.
-- One pattern per kind of number costs a third of two replacements in a row; what is no number at
-- all is no formula in a spreadsheet either.
create function dashboards.phone(e164 text) returns text
language sql immutable parallel safe
return coalesce(case
    when e164 ~ '^\+55\d{10,11}$' then concat(
        '55 ', substr(e164, 4, 2), ' ', substr(e164, 6, length(e164) - 9), '-', right(e164, 4)
    )
    when e164 ~ '^\+\d{5,}$' then regexp_replace(e164, '^\+(\d{1,3})(\d{3})(\d+)$', '\1 \2 \3')
    else ltrim(e164, e'=+-@ \t\r\n')
end, '');
