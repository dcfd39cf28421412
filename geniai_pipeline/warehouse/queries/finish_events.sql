-- Events that were taken. They stay for an hour, longer than a signature is accepted: until then a
-- second delivery of one is known.
with finished as (
    update ops.live_events set done_at = clock_timestamp() where event_id = any(%(event_ids)s)
)
delete from ops.live_events where done_at < clock_timestamp() - interval '1 hour'
