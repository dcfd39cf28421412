-- What differs from the stored row, and nothing else: not even a lock is written for the rest.
-- Asked row by row, through the key: of a join the planner may make a scan of all the tenant has.
insert into {table} (tenant_id, {columns})
select (select sec.loading_tenant()), {columns}
from incoming new
where not coalesce((
    select old.{hash} = new.{hash} from {table} old
    where old.tenant_id = (select sec.loading_tenant()) and {same_key}
), false)
on conflict (tenant_id, {key}) do update set {assignments}
returning {key}
