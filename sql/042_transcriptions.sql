-- What was spoken in contacts' audios, as OpenAI wrote it down for a tenant that wants it.

set local role geniai_owner;

alter table ops.tenant_configs
    add column transcription boolean not null default false,
    add constraint no_audio_leaves check (external_analysis or not transcription);

-- An audio that was tried: its words, or why it is unread. It goes with its message.
create table core.transcriptions (
    tenant_id       integer not null references ops.tenants on delete cascade,
    conversation_id bigint not null,
    message_id      bigint not null,
    attachment_id   bigint not null,
    text            text,  -- null: unread
    reason          text,  -- why it is unread
    is_final        boolean not null,  -- no other attempt is made
    attempts        smallint not null default 1,
    model           text not null,
    tried_at        timestamptz not null default clock_timestamp(),
    primary key (tenant_id, conversation_id, message_id, attachment_id),
    foreign key (tenant_id, conversation_id, message_id) references raw.messages on delete cascade,
    check (text is not null or reason is not null)
);
select sec.protect('core.transcriptions', '{"etl_writer": "select, insert, update, delete"}');

reset role;
