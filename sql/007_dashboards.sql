-- What Superset's datasets read: views in the dashboards' words, without rows of their own.
-- Every view has the columns the filters act on: tenant_name, inbox_name, situation.

create schema dashboards authorization geniai_owner;

set local role geniai_owner;

-- A tenant's login reads its own brand, and nothing else of its settings.
create policy own_brand on ops.tenant_configs for select to bi_tenant
    using (tenant_id = (select sec.reading_tenant()));
grant select (tenant_id, brand_color, brand_logo) on ops.tenant_configs to bi_tenant;

create view dashboards.brand with (security_invoker = true) as
select tenant_id, name, brand_color, brand_logo
from ops.tenants
join ops.tenant_configs using (tenant_id);

create function dashboards.situation(status text) returns text
language sql immutable strict parallel safe
return case status
    when 'open' then 'Aberta'
    when 'pending' then 'Pendente'
    when 'snoozed' then 'Adiada'
    when 'resolved' then 'Resolvida'
    else status
end;

create function dashboards.yes_no(value boolean) returns text
language sql immutable strict parallel safe
return case when value then 'Sim' else 'Não' end;

-- Words of people outside, such as a contact's own name, are never markup on the page.
create function dashboards.plain(words text) returns text
language sql immutable parallel safe
return coalesce(translate(words, '<>', '‹›'), '');

-- 55 11 98765-4321: with its spaces a spreadsheet keeps it as it is, a bare number it would not.
create function dashboards.phone(e164 text) returns text
language sql immutable parallel safe
return coalesce(regexp_replace(
    regexp_replace(e164, '^\+(55)(\d\d)(\d{4,5})(\d{4})$', '\1 \2 \3-\4'),
    '^\+(\d{1,3})(\d{3})(\d+)$', '\1 \2 \3'
), '');

-- How long ago, in the largest unit that still says something.
create function dashboards.ago(instant timestamptz) returns text
language sql stable parallel safe
return case
    when now() - instant < interval '1 hour'
        then greatest(0, floor(extract(epoch from now() - instant) / 60)) || ' min'
    when now() - instant < interval '2 days'
        then floor(extract(epoch from now() - instant) / 3600) || ' h'
    else floor(extract(epoch from now() - instant) / 86400) || ' dias'
end;

create view dashboards.daily with (security_invoker = true) as
select
    m.tenant_id, t.name as tenant_name, m.day, m.inbox_name,
    dashboards.situation(m.status) as situation,
    m.conversations, m.leads, m.visits, m.conversions
from analytics.daily_metrics m
left join ops.tenants t using (tenant_id);

create view dashboards.funnel with (security_invoker = true) as
select
    f.tenant_id, t.name as tenant_name, f.day, f.inbox_name,
    dashboards.situation(f.status) as situation,
    f.position, f.step, f.reached
from analytics.daily_funnel f
left join ops.tenants t using (tenant_id);

create view dashboards.conversations with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name, c.created_at, c.inbox_name,
    dashboards.situation(c.status) as situation,
    c.is_lead, c.lead_score, c.visit_scheduled, c.crm_converted,
    case c.lead_score
        when 5 then '5 · visita marcada'
        when 4 then '4 · interesse forte'
        when 3 then '3 · interesse claro'
        when 2 then '2 · curiosidade'
        when 1 then '1 · já é aluno'
        else '0 · sem interesse'
    end as score_meaning,
    case
        when c.response_seconds < 300 then '1. até 5 min'
        when c.response_seconds < 900 then '2. 5 a 15 min'
        when c.response_seconds < 3600 then '3. 15 a 60 min'
        when c.response_seconds < 14400 then '4. 1 a 4 h'
        when c.response_seconds is not null then '5. mais de 4 h'
        when c.first_contact_message_at is not null then '6. sem resposta'
    end as response_band
from analytics.conversations_analytics c
left join ops.tenants t using (tenant_id);

-- One row per conversation, as the list shows it and the spreadsheet gets it. Instants without a
-- zone are the tenant's own clock: Superset would show the others in UTC.
create view dashboards.leads with (security_invoker = true) as
select
    c.tenant_id, t.name as tenant_name,
    c.conversation_id,
    format(
        '<a href="%s" target="_blank">%s</a>',
        replace(c.chatwoot_url, '"', '%22'), c.conversation_id
    ) as conversation_link,
    dashboards.plain(c.contact_name) as contact_name,
    dashboards.plain(c.contact_email) as contact_email,
    dashboards.phone(c.contact_phone) as contact_phone,
    c.inbox_name,
    dashboards.situation(c.status) as situation,
    c.created_at,
    c.created_at::timestamp as created_local,
    c.last_activity_at::timestamp as last_activity_local,
    c.message_count,
    dashboards.yes_no(c.is_lead) as lead,
    case when c.is_lead then 'Leads' else 'Outras conversas' end as listed_as,
    c.lead_score,
    dashboards.yes_no(c.visit_scheduled) as visit,
    dashboards.yes_no(c.crm_converted) as conversion,
    dashboards.plain(x.reasoning) as reasoning,
    dashboards.plain(x.suggested_message) as suggested_message,
    c.last_speaker = 'contact' and c.status in ('open', 'pending') as is_waiting,
    c.last_spoke_at,
    dashboards.ago(c.last_spoke_at) as waiting
from analytics.conversations_analytics c
left join analytics.conversation_texts x using (tenant_id, conversation_id)
left join ops.tenants t using (tenant_id);

create view dashboards.runs with (security_invoker = true) as
select
    r.tenant_id, t.name as tenant_name, r.started_at,
    r.started_at::timestamp as started_local,
    r.complete_up_to::timestamp as complete_up_to_local,
    case r.status
        when 'running' then 'Em andamento'
        when 'success' then 'Concluída'
        when 'failed' then 'Falhou'
        else 'Interrompida'
    end as result,
    r.rows_read, r.rows_written, r.rows_rejected, r.error
from ops.etl_control r
left join ops.tenants t using (tenant_id);

grant usage on schema dashboards to bi_tenant, bi_staff;
grant select on
    dashboards.daily, dashboards.funnel, dashboards.conversations, dashboards.leads,
    dashboards.runs
    to bi_tenant, bi_staff;
grant select on dashboards.brand to bi_tenant;

reset role;
