-- The reply window and undelivered messages, as text for pages, spreadsheets and reports.

-- The time after a contact's last message in which a tenant may write to them freely, by Chatwoot's
-- class of the channel; null: no limit. setting: hours of an API inbox. is_long: whether Messenger's
-- and Instagram's window is that of Meta's "human agent".
create function dashboards.reply_window(
    channel_type text, medium text, setting jsonb, is_long boolean
) returns interval
language sql immutable parallel safe
return case channel_type
    when 'Channel::Whatsapp' then interval '24 hours'
    when 'Channel::TwilioSms' then case medium when 'whatsapp' then interval '24 hours' end
    when 'Channel::FacebookPage' then
        case when is_long then interval '168 hours' else interval '24 hours' end
    when 'Channel::Instagram' then
        case when is_long then interval '168 hours' else interval '24 hours' end
    when 'Channel::Tiktok' then interval '48 hours'
    when 'Channel::Api' then case
        when jsonb_typeof(setting) = 'number' and setting > '0' then setting::numeric * interval '1 hour'
    end
end;

-- The rest of the reply window at an instant, as text.
create function dashboards.time_left(channel text, reply_until timestamptz, instant timestamptz)
returns text
language sql immutable parallel safe
return case
    when reply_until is null then 'sem prazo'
    when reply_until > instant then regexp_replace(
        'restam ' || dashboards.duration(
            60 * greatest(1, floor(extract(epoch from reply_until - instant) / 60))
        ),
        '^restam (1 \S+)$', 'resta \1'
    )
    when channel = 'WhatsApp' then 'só mensagem-modelo'
    else 'prazo encerrado'
end;

-- How long somebody waits, as a span that names the instant: waiting.js keeps it up to date in an
-- open page, by the same rule.
create function dashboards.wait_span(since timestamptz) returns text
language sql stable parallel safe
return format(
    '<span class="g-since-%s">%s</span>',
    floor(extract(epoch from since)),
    dashboards.duration(60 * floor(extract(epoch from ops.now() - since) / 60))
);

-- The rest of the reply window, as such a span. color: whether its class says how urgent it is:
-- g-open, g-soon for the last four hours, g-late after its end.
create function dashboards.window_span(channel text, reply_until timestamptz, color boolean)
returns text
language sql stable parallel safe
return format(
    '<span class="%s">%s</span>',
    concat_ws(' ',
        case
            when not color then null
            when reply_until < ops.now() then 'g-late'
            when reply_until < ops.now() + interval '4 hours' then 'g-soon'
            when reply_until is not null then 'g-open'
        end,
        'g-until-' || floor(extract(epoch from reply_until)),
        case when channel = 'WhatsApp' then 'g-template' end
    ),
    dashboards.time_left(channel, reply_until, ops.now())
);

-- How many minutes a tenant has to answer who waits, to sort by. Where the window has no end, a day
-- counts as one; who may not be written to freely any more comes last.
create function dashboards.urgency(
    waiting_since timestamptz, reply_until timestamptz, instant timestamptz
) returns numeric
language sql immutable parallel safe
return case
    when reply_until >= instant then floor(extract(epoch from reply_until - instant) / 60)
    when reply_until is null and extract(epoch from instant - waiting_since) < 86400
        then 1440 - floor(extract(epoch from instant - waiting_since) / 60)
    else 10080 + floor(extract(epoch from instant - waiting_since) / 60)
end;

-- Whether an answer is owed now: a snoozed conversation waits from the end of its snooze.
create function dashboards.is_waiting(awaits_reply boolean, since timestamptz, instant timestamptz)
returns boolean
language sql immutable parallel safe
return awaits_reply and coalesce(since <= instant, true);

-- Whether somebody had waited for more than seven days when the tenant began: they are one list, and
-- no alarm. Who began to wait later is one for as long as they wait.
create function dashboards.is_backlog(since timestamptz, began_at timestamptz) returns boolean
language sql stable parallel safe
return coalesce(since < began_at - interval '7 days', false);

-- The text for an undelivered message, with Chatwoot's error.
create function dashboards.undelivered(delivery_error text) returns text
language sql immutable parallel safe
return case when delivery_error is not null then
    'não chegou' || coalesce(': ' || nullif(dashboards.plain(delivery_error), ''), '')
end;
