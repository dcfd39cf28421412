-- Which analyzer really spoke, and why it was not the one that was asked.

set local role geniai_owner;

alter table core.conversation_analysis
    add column fallback_reason text,  -- null: the tenant's analyzer spoke itself
    add column result_hash     text not null default '';  -- of the whole result
alter table analytics.conversations_analytics add column fallback_reason text;

-- What the run could not do and yet is no failure: OpenAI out of budget, its key refused.
alter table ops.etl_control add column notice text;

reset role;
