-- Databases to which logins of ours may connect, and need not: to their own alone, and to ours.
select d.datname, count(*)
from pg_database d
join pg_roles r on has_database_privilege(r.oid, d.oid, 'connect')
where d.datallowconn and d.datname <> current_database()
  and r.rolcanlogin and not r.rolsuper and not pg_has_role(r.oid, d.datdba, 'member')
  and (r.rolname = any(%(own)s) or r.rolname like 'bi\_t\_%%' or r.rolname like 'bi\_a\_%%')
group by d.datname
order by d.datname
