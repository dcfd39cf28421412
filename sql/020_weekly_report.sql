-- The weekly report: who gets it, and whom it was sent to.

set local role geniai_owner;

-- A tenant's users get it, but for those who said no here; and so do others who said yes.
create table ops.report_recipients (
    tenant_id  integer not null references ops.tenants on delete cascade,
    email      text not null check (email = lower(email)),
    subscribed boolean not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, email)
);

-- A row is written before a letter is handed over, and stays 'sending' if nobody can say whether
-- it was: such a letter is never sent again. One that was plainly refused may be.
create table ops.report_deliveries (
    tenant_id  integer not null references ops.tenants on delete cascade,
    week       date not null,  -- its Monday
    email      text not null,
    state      text not null default 'sending' check (state in ('sending', 'sent', 'failed')),
    started_at timestamptz not null default now(),
    sent_at    timestamptz,
    error      text,
    primary key (tenant_id, week, email)
);

do $$
declare
    name text;
begin
    foreach name in array array['report_recipients', 'report_deliveries'] loop
        execute format('alter table ops.%I enable row level security', name);
        execute format('alter table ops.%I force row level security', name);
        execute format(
            'create policy own_run on ops.%I to etl_writer
                using (tenant_id = (select sec.loading_tenant()))
                with check (tenant_id = (select sec.loading_tenant()))', name
        );
    end loop;
end
$$;

create policy registry on ops.report_recipients to platform using (true) with check (true);
create policy registry on ops.report_deliveries for select to platform using (true);
create policy own_run on ops.users for select to etl_writer
    using (tenant_id = (select sec.loading_tenant()));
-- The link in a letter says whose it is; its signature is checked before this is reached.
create policy gate on ops.report_recipients to gatekeeper using (true) with check (true);

grant select on ops.report_recipients to etl_writer;
grant select, insert, update on ops.report_deliveries to etl_writer;
grant select, insert, update, delete on ops.report_recipients to platform;
grant select on ops.report_deliveries to platform;
grant select (tenant_id, email, active) on ops.users to etl_writer;
grant select, insert, update on ops.report_recipients to gatekeeper;

reset role;
