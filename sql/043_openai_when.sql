-- Which of a tenant's conversations go to OpenAI: all, or those about which the rules are unsure.

set local role geniai_owner;

alter table ops.tenant_configs
    add column openai_when text not null default 'always' check (openai_when in ('always', 'unsure'));

reset role;
