select m.conversations, m.leads, m.visits, m.conversions, c.conversations, c.leads, c.visits, c.conversions
from (
    select coalesce(sum(conversations), 0)::bigint as conversations,
        coalesce(sum(leads), 0)::bigint as leads,
        coalesce(sum(visits), 0)::bigint as visits,
        coalesce(sum(conversions), 0)::bigint as conversions
    from analytics.daily_metrics
) m,
(
    select count(*) as conversations,
        count(*) filter (where is_new_lead) as leads,
        count(*) filter (where visit_agreed_at is not null) as visits,
        count(*) filter (where enrolled_on is not null) as conversions
    from analytics.conversations_analytics
) c
