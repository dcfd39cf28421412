-- What differs from the stored row, and nothing else: not even a lock is written for the rest.
insert into {table} (tenant_id, {columns})
select (select sec.loading_tenant()), {columns}
from (select distinct on ({key}) * from incoming order by {key}, arrival desc) new
where not exists (
    select from {table} old
    where old.tenant_id = (select sec.loading_tenant()) and {same_key} and old.{hash} = new.{hash}
)
on conflict (tenant_id, {key}) do update set {assignments}
returning {key}
