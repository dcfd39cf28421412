-- Two older editions had no spend and fewer words. Nothing but views, functions and grants: all of
-- it is made anew by the released file.
drop policy staff on ops.tenant_configs;
drop view dashboards.audit, dashboards.people, dashboards.etl_runs, dashboards.clients,
    dashboards.spend;
drop function dashboards.act(text);
drop function dashboards.change(jsonb, jsonb);
drop function if exists dashboards.said(text);
drop function if exists dashboards.setting(text);
drop function dashboards.lasted(double precision);
delete from public.schema_migrations where name = '016_administration.sql';
