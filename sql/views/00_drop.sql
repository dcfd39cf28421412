-- Drops all views and functions of the dashboards. When one of these files changes, one transaction
-- applies all of them in name order, this one first. So a file may rename a column, change a
-- function's arguments or omit a view, whatever depends on it, and no reader sees a partial state.
-- The schema dashboards holds nothing else, and analytics no other view. An object from elsewhere
-- that depends on them aborts the transaction.

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
