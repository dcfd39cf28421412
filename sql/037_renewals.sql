-- What only time changes: which tenants have something due, found without reading their rows.

set local role geniai_owner;

-- The message that a model proposed: it may be due only later, when no model is asked.
alter table core.conversation_analysis add column proposal text not null default '';

create index conversation_analysis_due on core.conversation_analysis
    (tenant_id, suggestion_holds_until) where suggestion_holds_until is not null;
create index members_left on core.members (tenant_id, left_seen) where left_seen is not null;

create table ops.renewals (
    tenant_id    integer primary key references ops.tenants on delete cascade,
    published_at timestamptz not null,  -- as of when all rows of the pages were written
    due_at       timestamptz,  -- when the first of what they show runs out; null: nothing does
    renewed_at   timestamptz not null  -- when one of them was written; caches are kept by it
);
create index renewals_due on ops.renewals (due_at);
select sec.protect('ops.renewals', '{"etl_writer": "select, insert, update", "platform": "select",
                                     "bi_tenant": "select", "bi_staff": "select"}');

reset role;
