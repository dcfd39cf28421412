-- What a list of members tells of who is new on it, and which contacts are to be linked anew.

set local role geniai_owner;

alter table core.contacts
    -- of the telephones, e-mails and key that the person and the hashes were found from
    add column identities_hash text not null default '';

alter table core.member_lists
    -- whether who is new on it, and has no date, came since the list before
    add column tells_arrivals boolean;

alter table core.member_lists no force row level security;
update core.member_lists l
set tells_arrivals = exists (
    select from core.member_lists earlier
    where earlier.tenant_id = l.tenant_id and earlier.listed_at < l.listed_at
);
alter table core.member_lists force row level security;
alter table core.member_lists alter column tells_arrivals set not null;

-- The days on which they came: as the list says, or the list's own, where it tells arrivals.
create or replace function core.member_enrolments(of_tenant integer, hashes text[], timezone text)
returns table (day date)
language sql stable parallel safe
begin atomic
    select coalesce(m.since, (m.first_seen at time zone timezone)::date)
    from core.members m
    where m.tenant_id = of_tenant and m.identity_hash = any(hashes)
      and (m.since is not null or exists (
          select from core.member_lists l
          where l.tenant_id = of_tenant and l.listed_at = m.first_seen and l.tells_arrivals
      ));
end;

reset role;
