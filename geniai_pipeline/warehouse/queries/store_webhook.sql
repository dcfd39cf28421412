-- A webhook that Chatwoot knows by another number is a new one.
insert into ops.webhooks as stored (tenant_id, token, secret, webhook_id, error)
values (sec.loading_tenant(), %(token)s, %(secret)s, %(webhook_id)s, %(error)s)
on conflict (tenant_id) do update set
    token = excluded.token,
    secret = excluded.secret,
    webhook_id = excluded.webhook_id,
    error = excluded.error,
    registered_at = case
        when stored.webhook_id is distinct from excluded.webhook_id then ops.now()
        else stored.registered_at
    end
