-- What counts as a conversion besides a label: an attribute in Chatwoot, or a sale of the gym's CRM.

set local role geniai_owner;

alter table ops.tenant_configs
    -- "name" or "name=value", of the conversation or of its contact
    add column converted_attributes text[] not null default '{}';

create table core.sales (
    tenant_id   integer not null references ops.tenants on delete cascade,
    sale_key    text not null,  -- of what is known of the sale: importing it again adds nothing
    phone       text,  -- E.164
    email       text,  -- in lower case
    sold_on     date,
    imported_at timestamptz not null default now(),
    primary key (tenant_id, sale_key),
    check (phone is not null or email is not null)
);
create index sales_by_phone on core.sales (tenant_id, phone) include (sold_on);
create index sales_by_email on core.sales (tenant_id, email) include (sold_on);

alter table core.sales enable row level security;
alter table core.sales force row level security;
create policy own_run on core.sales to etl_writer
    using (tenant_id = (select sec.loading_tenant()))
    with check (tenant_id = (select sec.loading_tenant()));
grant select, insert, update, delete on core.sales to etl_writer;

reset role;
