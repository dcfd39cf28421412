-- What refers to the rows of a table of Superset's, from the catalogue: the referring table and its
-- column, and the column referred to. Our own tables name a user without a foreign key.
select child.relname, own.attname, referred.attname
from pg_constraint c
join pg_class child on child.oid = c.conrelid
join pg_attribute own on own.attrelid = c.conrelid and own.attnum = c.conkey[1]
join pg_attribute referred on referred.attrelid = c.confrelid and referred.attnum = c.confkey[1]
where c.contype = 'f' and c.confrelid = to_regclass(%(table)s)
union all
select c.table_name, c.column_name, 'id'
from information_schema.columns c
where %(table)s = 'ab_user' and c.table_name like 'geniai\_%%' and c.column_name = 'user_id'
order by 1, 2
