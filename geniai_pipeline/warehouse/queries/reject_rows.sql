insert into ops.rejected_rows (tenant_id, source, key, reason, payload, version, run_id)
values (sec.loading_tenant(), %s, %s, %s, %s, %s, %s)
on conflict (tenant_id, source, key) do update
set reason = excluded.reason, payload = excluded.payload, version = excluded.version,
    run_id = excluded.run_id, rejected_at = now()
