-- Every privilege that is not its owner's: on what, to whom, which, and whether it may be passed on.
with objects (name, owner, privileges) as (
    select c.oid::regclass::text, c.relowner, c.relacl
    from pg_class c where c.relkind <> 'i'
    union all
    select p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc p
    where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    union all
    select 'schema ' || n.nspname, n.nspowner, n.nspacl
    from pg_namespace n where n.nspname not in ('pg_catalog', 'information_schema')
    union all
    select 'language ' || l.lanname, l.lanowner, coalesce(l.lanacl, acldefault('l', l.lanowner))
    from pg_language l where l.lanpltrusted
    union all
    select 'the database', d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
    from pg_database d where d.datname = current_database()
    union all
    select 'type ' || t.oid::regtype::text, t.typowner, t.typacl from pg_type t
    union all
    select 'large object ' || m.oid, m.lomowner, m.lomacl from pg_largeobject_metadata m
    union all
    select 'parameter ' || p.parname, 0, p.paracl from pg_parameter_acl p
    union all
    select 'default ' || a.oid, a.defaclrole, a.defaclacl from pg_default_acl a
    union all
    select 'foreign server ' || s.srvname, s.srvowner, s.srvacl from pg_foreign_server s
    union all
    select 'foreign data wrapper ' || w.fdwname, w.fdwowner, w.fdwacl from pg_foreign_data_wrapper w
),
granted (name, owner, "column", given) as (
    select name, owner, null, aclexplode(privileges) from objects
    union all
    select a.attrelid::regclass::text, c.relowner, a.attname, aclexplode(a.attacl)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
)
select name,
    coalesce(r.rolname, 'public'),
    lower((given).privilege_type) || coalesce('(' || "column" || ')', '')
        || case when (given).is_grantable then ' with grant option' else '' end
from granted left join pg_roles r on r.oid = (given).grantee
where (given).grantee <> owner
  and not coalesce(r.rolsuper, false)
  -- what Postgres itself lets everyone, and its own roles, read of its catalogue
  and not (name ~ '^(pg_|information_schema\.)'
           and (given).privilege_type in ('SELECT', 'UPDATE')
           and ((given).grantee = 0 or r.rolname ~ '^pg_'))
  and not name ~ '^type (pg_|information_schema\.)'
