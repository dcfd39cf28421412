-- Telephones and e-mails that say nothing of who somebody is.

set local role geniai_owner;

-- Those that more contacts share than can be one person (conversations/persons.py): a placeholder, or
-- a number that an import wrote into every contact. Found with each publication of all rows; that of
-- a few only adds to them.
create table core.shared_identities (
    tenant_id integer not null references ops.tenants on delete cascade,
    identity  text not null,  -- E.164, or an e-mail
    primary key (tenant_id, identity)
);
select sec.protect('core.shared_identities', '{"etl_writer": "select, insert, delete"}');

reset role;
