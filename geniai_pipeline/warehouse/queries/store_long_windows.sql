-- Messenger's and Instagram's window is the installation's own: the latest conversation that was
-- read when one of 24 hours would have been over, and one of seven days not, tells by its can_reply.
-- Messages bear the time of Chatwoot's clock, which may be hours from ours.
with clock as materialized (
    select coalesce((
        select watermark_to - started_at from ops.etl_control
        where watermark_to is not null order by started_at desc limit 1
    ), interval '0') as ahead
),
latest as (
    select distinct on (i.payload ->> 'channel_type')
        sec.loading_tenant() as tenant_id, i.payload ->> 'channel_type' as channel_type,
        r.payload -> 'can_reply' = 'true' as is_long
    from raw.inboxes i
    join core.conversations c on c.tenant_id = i.tenant_id and c.inbox_id = i.inbox_id
    join raw.conversations r
        on r.tenant_id = c.tenant_id and r.conversation_id = c.conversation_id
    cross join clock
    where i.payload ->> 'channel_type' in ('Channel::FacebookPage', 'Channel::Instagram')
      and r.payload -> 'can_reply' in ('true', 'false')
      and r.fetched_at + clock.ahead - c.last_incoming_at
          between interval '25 hours' and interval '167 hours'
    order by i.payload ->> 'channel_type', r.fetched_at desc
),
outdated as (
    delete from core.long_windows w
    where not exists (select from latest l where l.channel_type = w.channel_type)
)
insert into core.long_windows (tenant_id, channel_type, is_long)
select tenant_id, channel_type, is_long from latest
on conflict (tenant_id, channel_type) do update set is_long = excluded.is_long
