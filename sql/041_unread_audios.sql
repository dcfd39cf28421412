-- Audios of the contact that nobody transcribed: what was spoken in them is in no score.

set local role geniai_owner;

alter table core.conversations
    add column unread_audios smallint not null default 0;

alter table analytics.conversations_analytics
    add column unread_audios smallint not null default 0;

reset role;
