select exists (
    select from core.conversations c where c.last_activity_at > ops.now() - interval '2 days'
) and not exists (
    select from ops.live_state s
    where s.last_event_at > ops.now() - interval '1 day'
      and coalesce(s.found_by_poll_at < ops.now() - interval '1 day', true)
)
