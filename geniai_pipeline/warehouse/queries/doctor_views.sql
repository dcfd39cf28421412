-- Views that read with their owner's rights, and copies that no policy stands before.
select n.nspname || '.' || c.relname,
       case c.relkind when 'v' then 'view' else 'materialized view' end
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm')
  and n.nspname in ('analytics', 'core', 'dashboards', 'ops', 'raw', 'sec')
  and not coalesce(
      c.relkind = 'v' and (
          select bool_or(o.option_value::boolean)
          from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'
      ), false
  )
order by 1
