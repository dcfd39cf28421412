-- How many conversations Chatwoot counts beyond those that have landed. Where live is at work, never
-- fewer: it lands what is created while Chatwoot's number is on its way.
select greatest(
    %(expected)s - (select count(*) from raw.conversations where deleted_at is null),
    case when exists (
        select from ops.live_state where polled_at > ops.now() - interval '10 minutes'
    ) then 0 end
)
