insert into {table} (tenant_id, {columns})
select (select sec.loading_tenant()), {columns} from incoming
{or_overwrite}
