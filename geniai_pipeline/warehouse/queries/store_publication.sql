-- Stores what the pages show: as of when, by which list of members, and when the first of it runs
-- out: a suggested message, or the thirty days in which somebody who is off the lists counts as a
-- member (core.member_standing).
with publication as (
    select coalesce(
        %(published_at)s, (select published_at from ops.publications)
    ) as published_at
)
insert into ops.publications (tenant_id, published_at, listed_at, due_at, renewed_at)
select
    sec.loading_tenant(), publication.published_at,
    (select max(listed_at) from core.member_lists where listed_at <= publication.published_at),
    least(
        (select min(suggestion_holds_until) from core.conversation_analysis),
        (select min(left_seen) + interval '30 days' from core.members
         where left_seen > publication.published_at - interval '30 days')
    ),
    now()
from publication
where publication.published_at is not null
on conflict (tenant_id) do update set
    published_at = excluded.published_at,
    listed_at = excluded.listed_at,
    due_at = excluded.due_at,
    renewed_at = case
        when %(is_whole)s then excluded.renewed_at else publications.renewed_at
    end
