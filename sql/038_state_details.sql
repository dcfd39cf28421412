-- What a lead's page and the export say beside the state of an episode: how often the visit was moved,
-- whether the contact confirmed it, and in which words they gave up.

set local role geniai_owner;

alter table analytics.conversations_analytics
    add column visit_moves smallint not null default 0,
    add column visit_confirmed boolean not null default false;

alter table analytics.conversation_texts
    add column lost_quote text;  -- the contact's words that prove lost_reason

reset role;
