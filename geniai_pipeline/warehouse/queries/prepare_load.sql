-- One load of a tenant's rows of a table at a time: what was found to be new then stays new.
select pg_advisory_xact_lock(sec.loading_tenant(), hashtext({name}));
create temporary table offered on commit drop as
    select {key}, {hash} as hash from {table} with no data;
create temporary table incoming on commit drop as select {columns} from {table} with no data
