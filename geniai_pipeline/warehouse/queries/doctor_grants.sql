-- What everybody, or a dashboard's login, was granted beside reading what dashboards show.
with granted (what, given) as (
    select 'the table ' || c.oid::regclass, aclexplode(c.relacl)
    from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'the column ' || c.oid::regclass || '.' || a.attname, aclexplode(a.attacl)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    union all
    select 'the function ' || p.oid::regprocedure,
        aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
    from pg_proc p
    where p.prosecdef and p.oid not in
            ('sec.reading_tenant()'::regprocedure, 'dashboards.scheduler_seen_at()'::regprocedure)
       or p.oid = 'sec.loading_tenant()'::regprocedure
    union all
    -- of Postgres' own functions those that were opened: as it comes, it lists no rights of them
    select 'the function ' || p.oid::regprocedure, given
    from pg_proc p cross join aclexplode(p.proacl) given
    where p.pronamespace = 'pg_catalog'::regnamespace and not exists (
        select from pg_init_privs i cross join aclexplode(i.initprivs) first
        where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid and first.grantee = given.grantee
    )
    union all
    select 'the schema ' || n.nspname, aclexplode(n.nspacl) from pg_namespace n
    union all
    select 'the language ' || l.lanname, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner)))
    from pg_language l where l.lanname = 'plpgsql'
    union all
    select 'the database ' || d.datname, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba)))
    from pg_database d where d.datname = current_database()
)
select distinct what, coalesce(r.rolname, 'everybody'), lower((given).privilege_type)
from granted left join pg_roles r on r.oid = (given).grantee
where ((given).grantee = 0 or r.rolname like 'bi\_%%')
  and what !~ '^the (table|column|schema) (pg_|information_schema)'
  and not (what ~ '^the (table|column) (analytics|dashboards|ops)\.'
           and what !~ '^the (table ops.tenant_configs$|column ops.tenant_configs.chatwoot_token$)'
           and (given).privilege_type = 'SELECT'
           and (given).grantee not in (0, 'bi_none'::regrole))
  and not (what ~ '^the schema (analytics|dashboards|ops|sec)$'
           and (given).privilege_type = 'USAGE'
           and (given).grantee not in (0, 'bi_none'::regrole))
  and not (what ~ '^the database ' and (given).privilege_type = 'CONNECT' and (given).grantee <> 0)
order by 1, 2, 3
