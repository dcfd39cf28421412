"""Live: a message is on the pages within seconds, outside of Dagster's runs.

    receiver: Chatwoot's webhook -> ops.live_events          (a hint: kind, ids, times)
    poll:     one small question per tenant, every 15 to 60 s (the net under it)
    worker:   what changed -> extract -> transform -> analyze -> publish, for those conversations

The worker shares the tenants' rows with the runs by a lock per batch. It never moves a run's
watermark. ``ops.live_state`` says how far each tenant's pages are.
"""
