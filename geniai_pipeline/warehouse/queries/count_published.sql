-- The episodes on the pages, and those that are not although they were analyzed before this
-- transaction began: live analyzes others meanwhile.
select
    (select count(*) from analytics.conversations_analytics),
    (
        select count(*)
        from core.conversation_analysis a
        where a.analyzed_at < now() and not exists (
            select from analytics.conversations_analytics w
            where w.tenant_id = a.tenant_id and w.conversation_id = a.conversation_id
              and w.episode = a.episode
        )
    )
