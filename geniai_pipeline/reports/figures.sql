-- A week's figures and those of the week before: position 0 is the week itself.
select
    weeks.position, coalesce(sum(m.conversations), 0)::bigint as conversations,
    coalesce(sum(m.leads), 0)::bigint as leads, coalesce(sum(m.visits), 0)::bigint as visits,
    coalesce(sum(m.conversions), 0)::bigint as conversions,
    median.seconds as response_seconds,
    dashboards.duration(median.seconds::numeric) as response_time,
    unread.audios as unread_audios
from (values (0, %(week)s::date), (1, %(week)s::date - 7)) as weeks (position, first)
cross join lateral (
    select percentile_cont(0.5) within group (order by c.response_seconds) as seconds
    from analytics.conversations_analytics c
    where dashboards.is_counted(c.is_lead, c.is_new_lead)
      and c.created_at >= weeks.first::timestamptz
      and c.created_at < (weeks.first + 7)::timestamptz
) median
cross join lateral (
    select coalesce(sum(c.unread_audios), 0)::bigint as audios
    from analytics.conversations_analytics c
    where c.created_at >= weeks.first::timestamptz
      and c.created_at < (weeks.first + 7)::timestamptz
) unread
left join analytics.daily_metrics m on m.day >= weeks.first and m.day < weeks.first + 7
group by weeks.position, weeks.first, median.seconds, unread.audios
order by weeks.position
