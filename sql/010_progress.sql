-- How far a run is, for whoever watches it.

set local role geniai_owner;

alter table ops.etl_control
    add column step       text not null default 'reading',
    add column step_done  bigint not null default 0,  -- conversations
    add column step_total bigint;  -- null: not known

reset role;
