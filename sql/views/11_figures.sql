-- Figures in Brazilian notation, and the bars drawn from them.

-- 12.345
create function dashboards.whole(number numeric) returns text
language sql immutable parallel safe
return coalesce(translate(to_char(number, 'FM999,999,999,990'), ',', '.'), '0');

-- 12,3%
create function dashboards.percent(part numeric, total numeric) returns text
language sql immutable parallel safe
return coalesce(translate(to_char(100 * part / nullif(total, 0), 'FM990.0'), '.', ',') || '%', '–');

-- A length of time in its largest unit and the next one below, where that is not zero; from a week
-- on in days alone. Rounded before it is split: 53,999 s are 15 h, not 14 h 60 min. Each number is
-- cast, as "||" would not be immutable with it: the function could then be no part of a query.
create function dashboards.duration(seconds numeric) returns text
language sql immutable parallel safe
return case
    when seconds is null then '–'
    when round(seconds) < 60 then 'menos de 1 min'
    when round(seconds / 60) < 60 then round(seconds / 60)::text || ' min'
    when round(seconds / 60) < 1440 then
        div(round(seconds / 60), 60)::text || ' h'
        || coalesce(' ' || nullif(mod(round(seconds / 60), 60), 0)::text || ' min', '')
    when round(seconds / 3600) < 168 then
        div(round(seconds / 3600), 24)::text
        || case when round(seconds / 3600) < 48 then ' dia' else ' dias' end
        || coalesce(' ' || nullif(mod(round(seconds / 3600), 24), 0)::text || ' h', '')
    else round(seconds / 86400)::text || ' dias'
end;

-- A bar in the brand's colour with a label beside it. Zero draws none: the page shows the shortest
-- bar two pixels wide.
create function dashboards.bar(part numeric, total numeric, words text) returns text
language sql immutable parallel safe
return format(
    '<div class="g-bar">%s</div> <b>%s</b>',
    case when part > 0 then format(
        '<div style="width:%s%%"></div>', coalesce(round(100 * part / nullif(total, 0)), 0)
    ) end,
    words
);

-- Wilson's score interval (Wilson 1927, JASA 22:209) of a share, 95 %. side: -1 lower bound, 1 upper
-- bound.
create function dashboards.wilson(successes numeric, trials numeric, side integer) returns numeric
language sql immutable parallel safe
return case when trials > 0 then greatest(0, least(1, (
    successes / trials + 1.9208 / trials
    + side * 1.96 * sqrt(
        greatest(0, successes * (trials - successes) / trials + 0.9604)
    ) / trials
) / (1 + 3.8416 / trials))) end;

-- A rate with its interval, drawn on a scale that ends at "whole".
create function dashboards.interval_bar(successes numeric, trials numeric, whole numeric)
returns text
language sql immutable parallel safe
return case when trials > 0 then format(
    '<div class="g-interval"><div style="left:%s%%;width:%s%%"></div><span style="left:%s%%"></span></div>'
    ' <b>%s</b> <small>%s a %s</small>',
    round(100 * dashboards.wilson(successes, trials, -1) / whole),
    round(100 * (dashboards.wilson(successes, trials, 1)
        - dashboards.wilson(successes, trials, -1)) / whole),
    round(100 * successes / trials / whole),
    dashboards.percent(successes, trials),
    dashboards.percent(dashboards.wilson(successes, trials, -1), 1),
    dashboards.percent(dashboards.wilson(successes, trials, 1), 1)
) else '–' end;
