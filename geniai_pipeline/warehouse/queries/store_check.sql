-- A check is a run that read nothing: the dashboards show all of Chatwoot up to its watermark too.
insert into ops.etl_control (
    tenant_id, run_id, kind, status, started_at, ended_at, watermark_from, watermark_to,
    complete_up_to, count_gap, conversations_read, conversations_expected, rows_read,
    rows_unchanged, requests, error
)
values (
    sec.loading_tenant(), 'check-' || gen_random_uuid(), 'check', %(status)s,
    ops.now() - make_interval(secs => %(seconds)s), ops.now(),
    %(watermark_from)s, %(watermark_to)s, %(watermark_to)s, %(count_gap)s, %(conversations)s,
    %(expected)s, %(conversations)s, %(conversations)s, %(requests)s, %(error)s
)
