-- Views and functions without rows of their own: what the dashboards say. When one of these files
-- changes, all of them are applied in name order in one transaction, which begins here with the
-- removal of all that they made before. So a file may rename a column, change a function's arguments
-- or leave a view out, whatever depends on it, and no reader ever meets half of it. The schema
-- dashboards holds nothing else, and analytics no other view; what depends on them from elsewhere
-- stops the transaction.

set local role geniai_owner;

do $$
declare
    names text;
begin
    -- the newest first, as a reader locks a view before the views within it: no deadlock
    select string_agg(oid::regclass::text, ', ' order by oid desc) into names
    from pg_class
    where relkind = 'v' and relnamespace in ('analytics'::regnamespace, 'dashboards'::regnamespace);
    if names is not null then
        execute 'drop view ' || names;
    end if;
    select string_agg(oid::regprocedure::text, ', ') into names
    from pg_proc where pronamespace = 'dashboards'::regnamespace;
    if names is not null then
        execute 'drop routine ' || names;
    end if;
end
$$;
