-- Why nothing could be reserved now, however cheap. Null: something could.
select case
    when not c.external_analysis then 'forbidden'
    when c.monthly_budget_brl <= coalesce(m.booked_brl, 0) + %(least_brl)s then 'budget'
end
from ops.tenant_configs c
left join ops.llm_months m
    on m.tenant_id = c.tenant_id
    and m.month = date_trunc('month', ops.now() at time zone c.timezone)::date
