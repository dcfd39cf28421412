-- What no database of ours may contain: the rule that is broken, and what breaks it.
with ours as (
    select c.oid, c.oid::regclass::text as name, c.relname, c.relkind, c.relowner, c.reloptions, c.relacl,
        c.relrowsecurity, c.relforcerowsecurity,
        (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
            as tenant
    from pg_class c
    where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
),
expected_policies (role, form) as (select key, value from jsonb_each_text(%(policies)s)),
own_policies (name, form) as (select key, value from jsonb_each_text(%(own_policies)s)),
logins as (
    select r.*,
        case
            when r.rolname like 'bi\_t\_%%' then '{bi_tenant}'::name[]
            when r.rolname like 'bi\_a\_%%' then '{bi_tenant,bi_tenant_admin}'
            else '{}'
        end as groups
    from pg_roles r
    where r.rolname ~ '^bi_' or r.rolname in
        ('etl_writer', 'platform', 'gatekeeper', 'geniai_owner', 'superset', 'dagster')
),
outsiders as (
    select oid from pg_roles
    where rolname in ('bi_staff', 'bi_none', 'gatekeeper', %(tenant_login)s, %(admin_login)s)
),
readable as (
    select ours.oid from ours, aclexplode(ours.relacl) given where given.grantee <> ours.relowner
    union
    select a.attrelid from pg_attribute a where a.attacl is not null
)

select 'row-level security is not forced', name from ours
where relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
  and (tenant is not null or oid in (select oid from readable))
union all
select 'a table without tenant_id that somebody may use', name from ours
where relkind in ('r', 'p') and tenant is null and oid in (select oid from readable)
union all
select 'a view with the rights of its owner', name from ours
where relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false)
union all
select 'no policy reaches it', name from ours where relkind in ('m', 'f')
union all
select 'not the owner''s', name from ours
where relowner <> 'geniai_owner'::regrole and relkind not in ('i', 'I', 't')
  and name <> 'schema_migrations'
union all
select 'not the owner''s', p.oid::regprocedure::text from pg_proc p
where p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
  and p.proowner <> 'geniai_owner'::regrole

union all
select 'a policy of another form', ours.name || ' ' || p.polname
from ours join pg_policy p on p.polrelid = ours.oid cross join unnest(p.polroles) as given (role)
left join expected_policies e on to_regrole(e.role)::oid = given.role
where ours.name || ' ' || p.polname not in (select own_policies.name from own_policies)
  and (e.form is null
       or coalesce(pg_get_expr(p.polqual, p.polrelid), e.form) <> e.form
       or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), e.form) <> e.form)
union all
select 'a policy that is missing, or of another form', own_policies.name
from own_policies
where not exists (
    select from ours join pg_policy p on p.polrelid = ours.oid
    where ours.name || ' ' || p.polname = own_policies.name
      and regexp_replace(
          concat(pg_get_expr(p.polqual, p.polrelid), ' / ', pg_get_expr(p.polwithcheck, p.polrelid)),
          '\s+', ' ', 'g') = own_policies.form
)
union all
select 'a key or index that does not begin with tenant_id', n.nspname || '.' || i.relname
from ours join pg_index x on x.indrelid = ours.oid join pg_class i on i.oid = x.indexrelid
join pg_namespace n on n.oid = i.relnamespace
where ours.tenant is not null and x.indkey[0] <> ours.tenant
  and not n.nspname || '.' || i.relname = any(%(keys_without_tenant)s)
union all
select 'a key over all tenants that another than the platform may write', i.oid::regclass::text
from ours join pg_index x on x.indrelid = ours.oid join pg_class i on i.oid = x.indexrelid
where i.oid::regclass::text = any(%(keys_without_tenant)s)
  and exists (
      select from pg_roles r, unnest('{insert,update}'::text[]) may
      where r.oid <> ours.relowner and r.rolname <> 'platform' and not r.rolsuper
        and r.rolname !~ '^pg_' and has_any_column_privilege(r.oid, ours.oid, may)
  )
union all
select 'a key over all tenants that is expected and not there', wanted
from unnest(%(keys_without_tenant)s) wanted where to_regclass(wanted) is null
union all
select 'a foreign key that does not begin with tenant_id', ours.name || ' ' || k.conname
from ours join pg_constraint k on k.conrelid = ours.oid and k.contype = 'f'
where ours.tenant is null or k.conkey[1] <> ours.tenant
   or (select a.attname from pg_attribute a
       where a.attrelid = k.confrelid and a.attnum = k.confkey[1]) <> 'tenant_id'
union all
select 'a trigger or rule', ours.name || ' ' || t.tgname
from ours join pg_trigger t on t.tgrelid = ours.oid
where not t.tgisinternal and not ours.name || ' ' || t.tgname = any(%(triggers)s)
union all
select 'a trigger that is missing', wanted
from unnest(%(triggers)s) wanted
where wanted not in (
    select ours.name || ' ' || t.tgname from ours join pg_trigger t on t.tgrelid = ours.oid
    where t.tgenabled <> 'D'
)
union all
select 'a trigger or rule', ours.name || ' ' || r.rulename
from ours join pg_rewrite r on r.ev_class = ours.oid where r.rulename <> '_RETURN'
union all
select 'statistics of words of tenants, which show in estimates', ours.name || '.' || a.attname
from ours join pg_attribute a on a.attrelid = ours.oid
where ours.relkind in ('r', 'p') and ours.tenant is not null and a.attnum > 0
  and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
  and a.attstattarget is distinct from 0
  and not a.attname = any(%(words_of_ours)s)
  and has_column_privilege(%(admin_login)s, ours.oid, a.attnum, 'select')
union all
select 'statistics of words of tenants, which show in estimates', s.stxname
from pg_statistic_ext s
union all
select 'statistics that were to be no more', ours.name || '.' || a.attname
from ours join pg_attribute a on a.attrelid = ours.oid
join pg_statistic s on s.starelid = a.attrelid and s.staattnum = a.attnum
where ours.tenant is not null and a.attstattarget = 0

union all
select distinct 'a function with its owner''s rights', p.oid::regprocedure::text
from pg_proc p cross join outsiders
where p.prosecdef and p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
  and has_function_privilege(outsiders.oid, p.oid, 'execute')
  and not p.oid::regprocedure::text = any(%(definers)s)
union all
select 'a function with its owner''s rights, by any search_path', p.oid::regprocedure::text
from pg_proc p
where p.prosecdef and p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
  and not coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false)
union all
select 'a leakproof function of ours', p.oid::regprocedure::text from pg_proc p
where p.proleakproof and p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'

union all
select 'a role with too many rights', rolname from logins
where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
union all
select 'a role that should be no login', rolname from logins
where rolcanlogin and rolname in ('geniai_owner', 'platform', 'bi_tenant', 'bi_tenant_admin')
union all
select 'a member of another role', logins.rolname || ' of ' || m.roleid::regrole
from logins join pg_auth_members m on m.member = logins.oid
join pg_roles parent on parent.oid = m.roleid
where m.admin_option or not parent.rolname = any(logins.groups)
union all
select 'a stranger who may connect', r.rolname from pg_roles r
where r.rolcanlogin and not r.rolsuper
  and has_database_privilege(r.oid, current_database(), 'connect')
  and r.rolname not in (select rolname from logins)
union all
select 'a database that everybody may connect to', d.datname
from pg_database d
where d.datallowconn and has_database_privilege('public', d.oid, 'connect')

union all
select 'an extension', extname from pg_extension
where extname not in ('plpgsql')
union all
select 'another server''s data', srvname from pg_foreign_server
union all
select 'another server''s data', pubname from pg_publication
union all
select 'an event trigger', evtname from pg_event_trigger
union all
select 'a large object', oid::text from pg_largeobject_metadata
union all
select distinct 'a function of Postgres that a tenant needs not', p.oid::regprocedure::text
from pg_proc p cross join outsiders
where p.pronamespace = 'pg_catalog'::regnamespace
  and has_function_privilege(outsiders.oid, p.oid, 'execute')
  and p.proname ~ %(forbidden_functions)s
