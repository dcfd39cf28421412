-- One rule for both rate limiters.

set local role geniai_owner;

-- The generic cell rate algorithm (GCRA, ITU-T I.371, annex A) as virtual scheduling: units reserved
-- at an instant may begin after "wait" seconds and follow evenly; the next may begin at next_free.
-- A wait below zero makes up for idle time, up to "burst". per_minute null: no limit is known.
-- The same as apply_gcra in geniai_pipeline/gcra.py.
create function ops.apply_gcra(
    free timestamptz, units bigint, per_minute double precision, burst interval, instant timestamptz,
    out wait double precision, out next_free timestamptz
)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
    select
        extract(epoch from start - instant)::double precision,
        start + make_interval(secs => coalesce(units * 60 / per_minute, 0))
    from greatest(free, instant - burst) as start;
end;
revoke all on function ops.apply_gcra from public;

-- The clock is read after the lock is held: whoever waited for it would count the wait twice.
create or replace function ops.reserve_requests(on_host text, requests integer, per_minute integer)
returns double precision  -- seconds to wait before the first of them; the others follow evenly
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    free timestamptz;
    granted record;
begin
    insert into ops.request_budget (host, next_free) values (on_host, '-infinity')
    on conflict (host) do nothing;
    select limits.next_free into free
    from ops.request_budget limits where host = on_host for update;
    granted := ops.apply_gcra(free, requests, per_minute, interval '0', clock_timestamp());
    update ops.request_budget set next_free = granted.next_free where host = on_host;
    return granted.wait;
end
$$;

drop function ops.pace_llm(text, bigint, bigint, double precision, interval);

-- Seconds until the first of the requests, and of the tokens, may go (below zero: at once), and the
-- limits; no row: the provider has told none yet. "share" is what we use of the limits.
create function ops.reserve_llm_requests(
    of_service text, requests bigint, tokens bigint, share double precision, burst interval
) returns table (request_wait double precision, token_wait double precision,
                 requests_a_minute bigint, tokens_a_minute bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    limits ops.llm_pace;
    granted_requests record;
    granted_tokens record;
    instant timestamptz;
begin
    select * into limits from ops.llm_pace where service = of_service for update;
    if not found then
        return;
    end if;
    instant := clock_timestamp();
    granted_requests := ops.apply_gcra(
        limits.requests_free, requests, limits.requests_per_minute * share, burst, instant
    );
    granted_tokens := ops.apply_gcra(
        limits.tokens_free, tokens, limits.tokens_per_minute * share, burst, instant
    );
    update ops.llm_pace set
        requests_free = granted_requests.next_free, tokens_free = granted_tokens.next_free
    where service = of_service;
    return query values (
        granted_requests.wait, granted_tokens.wait,
        limits.requests_per_minute, limits.tokens_per_minute
    );
end
$$;
revoke all on function ops.reserve_llm_requests from public;
grant execute on function ops.reserve_llm_requests to etl_writer;

reset role;
