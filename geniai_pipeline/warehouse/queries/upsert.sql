-- What was found to differ, whole. Where all of it is new there is nothing to overwrite.
insert into {table} (tenant_id, {columns})
select (select sec.loading_tenant()), {columns} from incoming
{or_overwrite}
