-- A run that is started again (a step repeated) keeps what it had already counted.
insert into ops.etl_control (tenant_id, run_id, kind, code_version, watermark_from)
values (
    sec.loading_tenant(), %(run_id)s, %(kind)s, %(code_version)s,
    (select watermark_to from ops.etl_control
     where watermark_to is not null order by started_at desc limit 1)
)
on conflict (tenant_id, run_id) do update set status = 'running', ended_at = null, error = null,
    notice = null, code_version = excluded.code_version
