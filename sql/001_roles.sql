-- Who may log in. Passwords are set by `geniai migrate`, from the installation's secret key.
-- Roles belong to the whole server, so each is made only if it is not there.

do $$
declare
    role record;
begin
    for role in
        select * from (values
            -- owns every table; nobody logs in as the owner
            ('geniai_owner',  'nologin'),
            -- what the command line may see of the registry
            ('platform',      'nologin'),
            -- loads one tenant at a time (see sec.loading_tenant)
            ('etl_writer',    'login'),
            -- carries the grants of every tenant's own login, bi_t_<slug>
            ('bi_tenant',     'nologin'),
            -- the platform's staff in the dashboards
            ('bi_staff',      'login'),
            -- what a dashboard user without exactly one tenant is: nobody
            ('bi_none',       'login connection limit 5')
        ) as wanted (name, attributes)
    loop
        if not exists (select from pg_roles where rolname = role.name) then
            execute format(
                'create role %I %s nosuperuser nocreatedb nocreaterole', role.name, role.attributes
            );
        end if;
        if not pg_has_role(current_user, role.name, 'usage') then
            execute format('grant %I to current_user', role.name);
        end if;
    end loop;
    execute format('revoke connect, temporary on database %I from public', current_database());
    execute format(
        'grant connect on database %I to etl_writer, bi_tenant, bi_staff, bi_none', current_database()
    );
    execute format('grant temporary on database %I to etl_writer', current_database());
    execute format('grant create on database %I to geniai_owner', current_database());
end
$$;

revoke all on schema public from public;
revoke usage on language plpgsql from public;
grant usage on language plpgsql to geniai_owner;

alter role etl_writer set timezone = 'UTC';
alter role bi_staff set timezone = 'America/Sao_Paulo';
alter role bi_staff set statement_timeout = '30s';
alter role bi_none set statement_timeout = '5s';

-- A tenant's login could still make large objects of its own: not here.
do $$
declare
    maker text;
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        foreach maker in array array[
            'lo_create(oid)', 'lo_creat(integer)', 'lo_from_bytea(oid, bytea)'
        ] loop
            execute format('revoke execute on function pg_catalog.%s from public', maker);
        end loop;
    end if;
end
$$;
