-- Who trains at the gym: its own lists of members, and what marks one in Chatwoot.

set local role geniai_owner;

alter table ops.tenant_configs
    add column member_labels text[] not null default '{}',
    -- "name" or "name=value", of the conversation or of its contact
    add column member_attributes text[] not null default '{}';

-- A tenant's key of the hashes below, encrypted by the installation's. It is drawn by lot, so that
-- the hashes outlive a change of the installation's key.
create table ops.member_keys (
    tenant_id integer primary key references ops.tenants on delete cascade,
    hash_key  text not null
);
select sec.protect('ops.member_keys',
    '{"etl_writer": "select, insert, delete", "platform": "select, update"}');

create table core.member_lists (
    tenant_id integer not null references ops.tenants on delete cascade,
    listed_at timestamptz not null,
    members   integer not null,  -- people
    primary key (tenant_id, listed_at)
);
select sec.protect('core.member_lists', '{"etl_writer": "select, insert, delete"}');

-- Of each list no more than this: a keyed hash of each telephone and e-mail address, and dates. One
-- row for each time that somebody was a member; a gap of thirty days ends it.
create table core.members (
    tenant_id     integer not null references ops.tenants on delete cascade,
    identity_hash text not null,
    first_seen    timestamptz not null,  -- the person, by any of the identities on the line
    last_seen     timestamptz not null,
    left_seen     timestamptz,  -- the first list without the identity
    since         date,  -- as the list says; null: it does not
    primary key (tenant_id, identity_hash, first_seen)
);
select sec.protect('core.members', '{"etl_writer": "select, insert, update, delete"}');

-- What the lists say of somebody, by the hashes of their telephone and e-mail address; one row. They
-- return a table because the planner then puts their statement in the place of a call.

-- Whether they were a member at an instant: 'member', 'ex_member', or null where no list tells. One is
-- a member from the day after the one on which they came, so that what they wrote that day is a lead's,
-- as with sales; without that day, from their first list. Who is off the lists counts as a member for
-- thirty days, and from then on as an ex-member since they left.
create function core.member_standing(
    of_tenant integer, hashes text[], instant timestamptz, timezone text
) returns table (standing text)
language sql stable parallel safe
begin atomic
    select case
        when bool_or(
            coalesce((m.since + 1)::timestamp at time zone timezone, m.first_seen) <= instant
            and coalesce(instant < m.left_seen or m.left_seen >= ops.now() - interval '30 days', true)
        ) then 'member'
        when bool_or(m.left_seen <= instant) then 'ex_member'
    end
    from core.members m
    where m.tenant_id = of_tenant and m.identity_hash = any(hashes);
end;

-- The days on which they became a member. Whose list does not say when came with the list, unless it is
-- the tenant's first.
create function core.member_enrolments(of_tenant integer, hashes text[], timezone text)
returns table (day date)
language sql stable parallel safe
begin atomic
    select coalesce(m.since, (m.first_seen at time zone timezone)::date)
    from core.members m
    where m.tenant_id = of_tenant and m.identity_hash = any(hashes)
      and (m.since is not null or m.first_seen > (
          select min(l.listed_at) from core.member_lists l where l.tenant_id = of_tenant
      ));
end;

revoke all on function core.member_standing, core.member_enrolments from public;
grant execute on function core.member_standing, core.member_enrolments to etl_writer;

reset role;
