-- What the pages show, as of when, and when it runs out: what only time changes is found by it,
-- without reading any row of a tenant that has nothing due.

set local role geniai_owner;

-- The message that a model proposed: it may be due only later, when no model is asked.
alter table core.conversation_analysis add column proposal text not null default '';

create index conversation_analysis_due on core.conversation_analysis
    (tenant_id, suggestion_holds_until) where suggestion_holds_until is not null;
create index members_left on core.members (tenant_id, left_seen) where left_seen is not null;

create table ops.publications (
    tenant_id    integer primary key references ops.tenants on delete cascade,
    published_at timestamptz not null,  -- as of when all rows of the pages were written
    listed_at    timestamptz,  -- the list of members that they go by; null: there is none
    due_at       timestamptz,  -- when the first of what they show runs out; null: nothing does
    renewed_at   timestamptz not null  -- when one of them was written; caches are kept by it
);
select sec.protect('ops.publications', '{"etl_writer": "select, insert, update",
                                         "platform": "select", "bi_tenant": "select",
                                         "bi_staff": "select"}');

-- A tenant's first day: what had stopped long before it is no alarm.
grant select (created_at) on ops.tenants to bi_tenant;

reset role;
