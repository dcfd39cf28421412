-- What we keep in Superset's own database: who is in, and who has failed to give a password lately.

create table if not exists geniai_sessions (
    token_hash text primary key,  -- of the secret in the user's cookie
    user_id    integer not null,
    email      text not null,
    tenant     text,
    started_at timestamptz not null default now(),
    ends_at    timestamptz not null
);

create table if not exists geniai_attempts (
    who text not null,  -- an account, a name that is none, a browser, or an address
    at  timestamptz not null default clock_timestamp()
);
create index if not exists geniai_attempts_latest on geniai_attempts (who, at);
