-- The registry, and the two questions every policy asks.

create schema sec authorization geniai_owner;
create schema ops authorization geniai_owner;

set local role geniai_owner;

create table ops.tenants (
    tenant_id  integer generated always as identity primary key,
    slug       text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name       text not null,
    active     boolean not null default true,
    created_at timestamptz not null default now()
);

-- Which tenant a Postgres login belongs to. Tenants cannot see this schema.
create table sec.tenant_logins (
    role_name name primary key,
    tenant_id integer not null references ops.tenants on delete cascade
);

-- The reader's tenant, by login: the one thing a user with SQL in hand cannot change
-- (settings and roles he can). Null for a login that has none.
create function sec.reading_tenant() returns integer
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
begin atomic
    select tenant_id from sec.tenant_logins where role_name = session_user;
end;

-- The tenant whose run this is: set by our own code for one transaction, so that a fault in one
-- tenant's run cannot touch another's rows. Null outside such a transaction.
create function sec.loading_tenant() returns integer
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
    select nullif(current_setting('app.current_tenant_id', true), '')::integer;
end;

revoke all on function sec.reading_tenant(), sec.loading_tenant() from public;

create table ops.tenant_configs (
    tenant_id           integer primary key references ops.tenants on delete cascade,
    chatwoot_url        text not null,
    chatwoot_account_id bigint not null,
    chatwoot_token      text not null,  -- encrypted by the installation's key
    analyzer            text not null default 'rules' check (analyzer in ('rules', 'openai')),
    monthly_budget_brl  numeric(10, 2) not null default 0 check (monthly_budget_brl >= 0),
    timezone            text not null default 'America/Sao_Paulo',
    -- {"0": ["06:00", "22:00"], ...}: Monday is 0, a missing day is closed
    business_hours      jsonb not null default
        '{"0": ["06:00", "22:00"], "1": ["06:00", "22:00"], "2": ["06:00", "22:00"],
          "3": ["06:00", "22:00"], "4": ["06:00", "22:00"], "5": ["08:00", "14:00"]}',
    converted_labels    text[] not null default '{}',
    brand_color         text not null default '#0f766e' check (brand_color ~ '^#[0-9a-fA-F]{6}$'),
    brand_logo          text,  -- a data: URI
    updated_at          timestamptz not null default now()
);

alter table ops.tenants enable row level security;
alter table ops.tenants force row level security;
alter table ops.tenant_configs enable row level security;
alter table ops.tenant_configs force row level security;
alter table sec.tenant_logins enable row level security;
alter table sec.tenant_logins force row level security;

create policy registry on ops.tenants to platform using (true) with check (true);
create policy list on ops.tenants for select to etl_writer, bi_staff using (true);
create policy own on ops.tenants for select to bi_tenant
    using (tenant_id = (select sec.reading_tenant()));
create policy registry on ops.tenant_configs to platform using (true) with check (true);
create policy own_run on ops.tenant_configs for select to etl_writer
    using (tenant_id = (select sec.loading_tenant()));
create policy look_up on sec.tenant_logins for select to geniai_owner using (true);
create policy registry on sec.tenant_logins to platform using (true) with check (true);

grant usage on schema sec to platform, etl_writer, bi_tenant;
grant usage on schema ops to platform, etl_writer, bi_tenant, bi_staff;
grant execute on function sec.reading_tenant() to bi_tenant;
grant execute on function sec.loading_tenant() to etl_writer;
grant select, insert, update, delete on ops.tenants, ops.tenant_configs, sec.tenant_logins
    to platform;
grant select on ops.tenants to etl_writer;
grant select (tenant_id, slug, name, active) on ops.tenants to bi_tenant, bi_staff;
grant select on ops.tenant_configs to etl_writer;

reset role;
