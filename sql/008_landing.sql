-- Landing: what a run may rely on, what it need not repeat, and what it could not explain.

set local role geniai_owner;

-- A million messages need not ask a million times whether their tenant exists: landing holds the
-- run's row, which a removal would have to delete first. The removal then deletes these itself.
alter table raw.messages drop constraint messages_tenant_id_fkey;
create policy orphans on raw.messages to platform
    using (not exists (select from ops.tenants t where t.tenant_id = messages.tenant_id));
grant usage on schema raw to platform;
grant select (tenant_id), delete on raw.messages to platform;

-- What a row was refused as: the same version is not tried again by every run.
alter table ops.rejected_rows add column version text not null default '';

-- Chatwoot's own count less what has landed, after everything was listed: a difference that
-- listing everything does not remove is no reason to list everything again.
alter table ops.etl_control add column count_gap bigint;

reset role;
