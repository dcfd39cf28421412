-- Which analyzer really spoke, and why it was not the one that was asked.

set local role geniai_owner;

alter table core.conversation_analysis
    add column fallback_reason text,  -- null: the tenant's analyzer spoke itself
    add column result_hash     text not null default '';  -- of the whole result
alter table analytics.conversations_analytics add column fallback_reason text;

-- In the dashboards' words.
create function dashboards.judged_by(analyzer text, fallback_reason text) returns text
language sql immutable parallel safe
return case
    when analyzer = 'openai' then 'OpenAI'
    when fallback_reason = 'budget' then 'Regras, porque o orçamento da OpenAI acabou'
    when fallback_reason is not null then 'Regras, porque a OpenAI não respondeu'
    else 'Regras'
end;

-- What the run could not do and yet is no failure: OpenAI out of budget, its key refused.
alter table ops.etl_control add column notice text;

reset role;
