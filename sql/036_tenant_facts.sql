-- What a gym says of itself (geniai_pipeline/tenant_facts.py): suggested messages answer from it.

set local role geniai_owner;

create table ops.tenant_facts (
    tenant_id  integer primary key references ops.tenants on delete cascade,
    facts      jsonb not null,
    updated_at timestamptz not null default ops.now()
);
select sec.protect('ops.tenant_facts', '{"platform": "select, insert, update, delete",
                                         "etl_writer": "select"}');

reset role;
