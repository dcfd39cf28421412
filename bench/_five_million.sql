-- Five million conversations of two years, in the order an ETL appends them: by time, the tenants
-- mixed. One statement for the wide rows, one for their words. Twice the same seed, twice the same.
select setseed(0.5);

-- The larger a tenant the lower its number (Zipf): tenant 1 has a fifth, tenant 100 a fifth of a percent.
create temporary table share as
select tenant_id, sum(1.0 / rank) over (order by rank) / sum(1.0 / rank) over () as upper
from (select tenant_id, row_number() over (order by tenant_id) as rank from ops.tenants) ranked;
create temporary table draw as
select array_agg(upper::float8 order by tenant_id) as bounds, array_agg(tenant_id order by tenant_id) as tenants
from (select tenant_id, lag(upper, 1, 0) over (order by tenant_id) as upper from share) lower_bounds;

insert into analytics.conversations_analytics (
    tenant_id, conversation_id, contact_name, contact_email, contact_phone, inbox_id, inbox_name,
    channel, status, created_at, last_activity_at, message_count, contact_message_count,
    agent_message_count, bot_message_count, is_lead, lead_score, visit_scheduled, crm_converted,
    first_contact_message_at, first_bot_reply_at, first_human_reply_at, response_seconds,
    response_business_seconds, last_speaker, last_spoke_at, labels, assignee_name, analyzer,
    analyzer_version, chatwoot_url, row_hash, person_id, role, is_new_lead, visit_state, visit_at,
    visit_agreed_at, lead_agreed_visit, enrolled_on
)
select
    tenants[width_bucket(of_tenant, bounds)], n,
    'Maria da Conceição ' || n, 'c' || n || '@example.com', '+55119' || 80000000 + n,
    inbox, (array['WhatsApp', 'WhatsApp Unidade 2', 'Instagram', 'Site'])[inbox], 'Channel::Whatsapp',
    (array['resolved', 'resolved', 'resolved', 'open', 'pending', 'snoozed'])[1 + floor(of_status * 6)::integer],
    at, at + interval '3 hours' * of_status, 12, 7, 4, 1,
    score >= 2, score, score = 5, score >= 3 and of_status > 0.8,
    at, at + interval '5 seconds', case when answered then at + interval '1 second' * seconds end,
    case when answered then seconds end, case when answered then seconds / 2 end,
    case when answered then 'agent' else 'contact' end, at + interval '3 hours' * of_status,
    '{}', 'Atendente ' || inbox, 'rules', '1',
    'https://chat.example.com/app/accounts/1/conversations/' || n, md5(n::text), n,
    case when score >= 2 then 'prospect' else 'member' end, score >= 2,
    case when score = 5 then 'agreed' else 'none' end,
    case when score = 5 then at + interval '2 days' end, case when score = 5 then at end, score = 5,
    case when score >= 3 and of_status > 0.8 then (at + interval '9 days')::date end
from draw
cross join lateral (
    select
        n, date_trunc('day', now()) - interval '730 days' + interval '731 days' * (n / %(count)s::float8) as at,
        random() as of_tenant, random() as of_status, 1 + floor(random() * 4)::integer as inbox,
        floor(6 * power(random(), 1.5))::smallint as score, random() > 0.1 as answered,
        floor(exp(4 + 6 * random()))::bigint as seconds
    from generate_series(1, %(count)s) n
) drawn;

insert into analytics.conversation_texts (
    tenant_id, conversation_id, transcript, condition, goal, reasoning, suggested_message, evidence,
    row_hash
)
select
    tenant_id, conversation_id,
    repeat('Contato: oi, bom dia, quero saber o preço. ', 10), null, 'emagrecer',
    repeat('Perguntou o preço e os horários. ', 10),
    repeat('Olá! Vamos marcar uma aula experimental? ', 5),
    array['quero saber o preço'], row_hash
from analytics.conversations_analytics;

-- A month of runs, four a day.
insert into ops.etl_control (
    tenant_id, run_id, kind, status, started_at, ended_at, watermark_to, complete_up_to, rows_read,
    rows_written
)
select
    tenant_id, tenant_id || ' ' || started_at, 'incremental', 'success', started_at,
    started_at + interval '20 seconds', started_at, started_at, 40, 30
from ops.tenants,
    generate_series(now() - interval '30 days', now(), interval '6 hours') as started_at;
