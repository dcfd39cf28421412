select exists (
    select from core.conversations c where c.last_activity_at > ops.now() - interval '2 days'
)
