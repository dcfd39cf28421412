-- An older edition lacked this function.
set local role geniai_owner;

create function dashboards.judged_by(analyzer text, fallback_reason text) returns text
language sql immutable parallel safe
return case
    when analyzer = 'openai' then 'OpenAI'
    when fallback_reason = 'budget' then 'Regras, porque o orçamento da OpenAI acabou'
    when fallback_reason is not null then 'Regras, porque a OpenAI não respondeu'
    else 'Regras'
end;

reset role;
