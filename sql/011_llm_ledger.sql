-- What OpenAI costs each tenant: booked before it is spent, never beyond the month's budget.

set local role geniai_owner;

alter table ops.tenant_configs
    -- false: nothing of this tenant leaves, whatever else is set
    add column external_analysis boolean not null default true,
    add constraint nothing_leaves check (external_analysis or analyzer = 'rules');

-- The month's total, in one row: who reserves holds its lock, so the budget holds at any instant.
create table ops.llm_months (
    tenant_id  integer not null references ops.tenants on delete cascade,
    month      date not null,  -- its first day, by the tenant's own clock
    booked_brl numeric(14, 8) not null default 0 check (booked_brl >= 0),
    primary key (tenant_id, month)
);

create table ops.llm_calls (
    tenant_id       integer not null references ops.tenants on delete cascade,
    call_id         bigint generated always as identity,
    conversation_id bigint not null,
    content_hash    text not null,  -- of all that was asked: prompt, schema, model, conversation
    model           text not null,
    month           date not null,
    -- reserved: in flight, or its run died; counts at its worst case, as unknown does
    -- unanswered: the provider refused before it worked; costs nothing
    state           text not null default 'reserved'
        check (state in ('reserved', 'answered', 'unanswered', 'unknown')),
    outcome         text,  -- completed, incomplete, timeout, rate_limited, ...
    reserved_brl    numeric(14, 8) not null check (reserved_brl >= 0),
    cost_brl        numeric(14, 8) check (cost_brl >= 0),
    cost_usd        numeric(14, 8),
    input_tokens    integer,
    cached_tokens   integer,
    output_tokens   integer,
    request_id      text,  -- the provider's
    reserved_at     timestamptz not null default clock_timestamp(),
    settled_at      timestamptz,
    primary key (tenant_id, call_id),
    check ((state = 'reserved') = (cost_brl is null))
);
create index llm_calls_of_a_question on ops.llm_calls (tenant_id, conversation_id, content_hash);

-- The latest paid answer, with its pseudonyms: it is never paid twice, and goes with its conversation.
create table core.llm_answers (
    tenant_id       integer not null references ops.tenants on delete cascade,
    conversation_id bigint not null,
    content_hash    text not null,
    answer          text not null,
    answered_at     timestamptz not null default clock_timestamp(),
    primary key (tenant_id, conversation_id),
    foreign key (tenant_id, conversation_id) references core.conversations on delete cascade
);

do $$
declare
    name text;
begin
    foreach name in array array['ops.llm_months', 'ops.llm_calls', 'core.llm_answers'] loop
        execute format('alter table %s enable row level security', name);
        execute format('alter table %s force row level security', name);
        execute format(
            'create policy own_run on %s to etl_writer
                using (tenant_id = (select sec.loading_tenant()))
                with check (tenant_id = (select sec.loading_tenant()))', name
        );
        execute format('grant select, insert, update on %s to etl_writer', name);
    end loop;
end
$$;
grant delete on core.llm_answers to etl_writer;
create policy registry on ops.llm_months to platform using (true) with check (true);
create policy registry on ops.llm_calls to platform using (true) with check (true);
grant select on ops.llm_months, ops.llm_calls to platform;

-- Books a call at its worst case before it is made, or says why it may not be made.
create function ops.reserve_llm_call(
    conversation bigint, content text, asked_model text, worst_brl numeric, most_answers integer,
    moment timestamptz default clock_timestamp(),
    out call bigint,
    out refused text  -- forbidden, given_up or budget
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    owner    integer := sec.loading_tenant();
    config   record;
    in_month date;
begin
    select external_analysis, monthly_budget_brl, timezone into strict config
    from ops.tenant_configs where tenant_id = owner;
    if not config.external_analysis then
        refused := 'forbidden';
        return;
    end if;
    -- the same question, paid for and of no use several times: it will not get better
    if most_answers <= (
        select count(*) from ops.llm_calls c
        where c.tenant_id = owner and c.conversation_id = conversation
          and c.content_hash = content and c.state = 'answered'
    ) then
        refused := 'given_up';
        return;
    end if;
    in_month := date_trunc('month', moment at time zone config.timezone);
    insert into ops.llm_months (tenant_id, month) values (owner, in_month) on conflict do nothing;
    update ops.llm_months set booked_brl = booked_brl + worst_brl
    where tenant_id = owner and month = in_month
      and booked_brl + worst_brl <= config.monthly_budget_brl;
    if not found then
        refused := 'budget';
        return;
    end if;
    insert into ops.llm_calls
        (tenant_id, conversation_id, content_hash, model, month, reserved_brl, reserved_at)
    values (owner, conversation, content, asked_model, in_month, worst_brl, moment)
    returning call_id into call;
end
$$;

-- Books what a call really cost, and keeps its answer; the second time it changes nothing.
create function ops.settle_llm_call(
    call bigint, became text, how text, brl numeric, usd numeric,
    tokens_in integer, tokens_cached integer, tokens_out integer, request text, kept text
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    owner integer := sec.loading_tenant();
    done  ops.llm_calls;
begin
    update ops.llm_calls set
        state = became, outcome = how, cost_brl = coalesce(brl, reserved_brl), cost_usd = usd,
        input_tokens = tokens_in, cached_tokens = tokens_cached, output_tokens = tokens_out,
        request_id = request, settled_at = clock_timestamp()
    where tenant_id = owner and call_id = call and state = 'reserved'
    returning * into done;
    if not found then
        return;
    end if;
    update ops.llm_months set booked_brl = booked_brl - done.reserved_brl + done.cost_brl
    where tenant_id = owner and month = done.month;
    insert into core.llm_answers (tenant_id, conversation_id, content_hash, answer)
    select owner, done.conversation_id, done.content_hash, kept
    from core.conversations c
    where kept is not null and c.tenant_id = owner and c.conversation_id = done.conversation_id
    on conflict (tenant_id, conversation_id) do update set
        content_hash = excluded.content_hash, answer = excluded.answer,
        answered_at = excluded.answered_at;
end
$$;

revoke all on function ops.reserve_llm_call, ops.settle_llm_call from public;
grant execute on function ops.reserve_llm_call, ops.settle_llm_call to etl_writer;

-- One pace per key's limits, shared by every run and every process: who is about to ask reserves
-- the next free instants. A crash loses at most the instants it had reserved.
create table ops.llm_pace (
    service             text primary key,  -- host and model
    requests_per_minute bigint,  -- null: the provider names no limit
    tokens_per_minute   bigint,
    requests_free       timestamptz not null default '-infinity',
    tokens_free         timestamptz not null default '-infinity'
);

-- Seconds until the first of the requests, and of the tokens, may go (below zero: at once, idle
-- time up to the burst is made up for), and the limits; no row: the provider has told none yet.
create function ops.pace_llm(
    of_service text, requests bigint, tokens bigint, share double precision, burst interval
) returns table (request_wait double precision, token_wait double precision,
                 requests_a_minute bigint, tokens_a_minute bigint)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    update ops.llm_pace pace set
        requests_free = greatest(requests_free, clock_timestamp() - burst)
            + make_interval(secs => coalesce(requests * 60 / (requests_per_minute * share), 0)),
        tokens_free = greatest(tokens_free, clock_timestamp() - burst)
            + make_interval(secs => coalesce(tokens * 60 / (tokens_per_minute * share), 0))
    where pace.service = of_service
    returning
        extract(epoch from requests_free - clock_timestamp())::double precision
            - coalesce(requests * 60 / (requests_per_minute * share), 0),
        extract(epoch from tokens_free - clock_timestamp())::double precision
            - coalesce(tokens * 60 / (tokens_per_minute * share), 0),
        requests_per_minute, tokens_per_minute;
end;

create function ops.learn_llm_limits(of_service text, requests bigint, tokens bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    insert into ops.llm_pace as pace (service, requests_per_minute, tokens_per_minute)
    values (of_service, requests, tokens)
    on conflict (service) do update
        set requests_per_minute = excluded.requests_per_minute,
            tokens_per_minute = excluded.tokens_per_minute
        where (pace.requests_per_minute, pace.tokens_per_minute)
            is distinct from (excluded.requests_per_minute, excluded.tokens_per_minute);
end;

create function ops.hold_llm(of_service text, seconds double precision) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
    update ops.llm_pace set
        requests_free = greatest(requests_free, clock_timestamp() + make_interval(secs => seconds)),
        tokens_free = greatest(tokens_free, clock_timestamp() + make_interval(secs => seconds))
    where service = of_service;
end;

revoke all on function ops.pace_llm, ops.learn_llm_limits, ops.hold_llm from public;
grant execute on function ops.pace_llm, ops.learn_llm_limits, ops.hold_llm to etl_writer;

reset role;
