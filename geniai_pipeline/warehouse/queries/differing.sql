-- Of the rows offered, those that differ from what is stored, and whether anything is.
-- Asked row by row, through the key: of a join the planner may make a scan of all the tenant has.
select {new_key}, stored.hash is null
from offered new
left join lateral (
    select old.{hash} as hash from {table} old
    where old.tenant_id = (select sec.loading_tenant()) and {same_key}
    limit 1
) stored on true
where stored.hash is null or stored.hash is distinct from new.hash
