-- How probable the local model takes a lead and a visit to be, and whether it is certain. Null until
-- the rows of before are analyzed again.

set local role geniai_owner;

alter table core.conversation_analysis
    add column lead_probability real,
    add column visit_probability real,
    add column is_certain boolean not null default true;

alter table analytics.conversations_analytics
    add column lead_probability real,
    add column visit_probability real,
    add column is_certain boolean not null default true;

reset role;
