-- Bots that speak with a person's token.

set local role geniai_owner;

alter table ops.tenant_configs
    -- agents by name or id, whose messages are a machine's
    add column bot_agents text[] not null default '{}';

reset role;
