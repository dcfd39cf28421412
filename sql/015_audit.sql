-- Who did what, and who may sign in: the books of the platform itself.
-- A tenant_id of 0 is the platform's own; tenants are counted from 1.

do $$
declare
    role record;
begin
    for role in
        select * from (values
            -- what only a tenant's admin may see; his login is bi_a_<slug>
            ('bi_tenant_admin', 'nologin'),
            -- what Superset itself writes: who came in, who was refused, who took data out
            ('gatekeeper',      'login')
        ) as wanted (name, attributes)
    loop
        if not exists (select from pg_roles where rolname = role.name) then
            execute format(
                'create role %I %s nosuperuser nocreatedb nocreaterole', role.name, role.attributes
            );
        end if;
        if not pg_has_role(current_user, role.name, 'usage') then
            execute format('grant %I to current_user', role.name);
        end if;
    end loop;
    execute format('grant connect on database %I to gatekeeper', current_database());
end
$$;
alter role gatekeeper set statement_timeout = '5s';

set local role geniai_owner;

-- No foreign key: what was done to a tenant is known after it was removed.
create table ops.audit_logs (
    tenant_id integer not null,
    audit_id  bigint generated always as identity,
    at        timestamptz not null default now(),
    tenant    text,  -- its slug
    actor     text not null,
    origin    text not null,  -- an address, or the machine of a command line
    act       text not null,  -- noun.verb
    subject   text,  -- whom or what it was done to
    -- an act that is not SQL is written before it is tried, and again when it is known what became
    -- of it
    outcome   text not null default 'done' check (outcome in ('intended', 'done', 'failed')),
    intent_id bigint,  -- the audit_id of the intention this is the outcome of
    before    jsonb not null default '{}',
    after     jsonb not null default '{}',
    primary key (tenant_id, audit_id)
);
create index audit_logs_latest on ops.audit_logs (tenant_id, at desc);
create index audit_logs_outcomes on ops.audit_logs (tenant_id, intent_id)
    where intent_id is not null;

create function ops.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% is only ever added to', tg_table_name using errcode = 'restrict_violation';
end
$$;
revoke all on function ops.refuse_change() from public;
create trigger append_only before update or delete or truncate on ops.audit_logs
    for each statement execute function ops.refuse_change();

-- The people as Superset has them, for the dashboards: brought up to date by every act on a person
-- and by every sign-in.
create table ops.users (
    tenant_id     integer not null,
    email         text not null,
    role          text,  -- viewer, admin, superadmin; null: none that we give
    active        boolean not null,
    last_login_at timestamptz,
    primary key (tenant_id, email)
);

alter table ops.audit_logs enable row level security;
alter table ops.audit_logs force row level security;
alter table ops.users enable row level security;
alter table ops.users force row level security;

create policy read on ops.audit_logs for select to platform, bi_staff using (true);
create policy append on ops.audit_logs for insert to platform, gatekeeper with check (true);
create policy own on ops.audit_logs for select to bi_tenant_admin
    using (tenant_id = (select sec.reading_tenant()));
create policy registry on ops.users to platform using (true) with check (true);
create policy gate on ops.users to gatekeeper using (true) with check (true);
create policy staff on ops.users for select to bi_staff using (true);
create policy own on ops.users for select to bi_tenant_admin
    using (tenant_id = (select sec.reading_tenant()));
create policy gate on ops.tenants for select to gatekeeper using (true);

grant usage on schema ops to gatekeeper;
grant select, insert on ops.audit_logs to platform;
grant insert on ops.audit_logs to gatekeeper;
grant select on ops.audit_logs to bi_tenant_admin, bi_staff;
grant select, insert, update, delete on ops.users to platform;
grant select (tenant_id, email), update (last_login_at) on ops.users to gatekeeper;
grant select on ops.users to bi_tenant_admin, bi_staff;
grant select (tenant_id, slug, active) on ops.tenants to gatekeeper;

reset role;
