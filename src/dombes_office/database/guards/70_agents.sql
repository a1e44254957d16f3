-- Agents are made from the application, by functions that belong to office_roles: the only role that may create logins,
-- and nobody is a member of it. On PostgreSQL 15 that role could do far more than needed, so each name is checked here
-- against a list before it reaches CREATE ROLE, ALTER ROLE or GRANT. Passwords arrive as SCRAM verifiers, never in clear.

-- What the keeper of logins needs of the owner's tables ---------------------------------------------------------------

grant usage, create on schema office to office_roles;
grant select, insert, update on office.staff_member to office_roles;
grant select, insert, delete on office.agent_scope to office_roles;
grant select, update (label) on office.assignable_group to office_roles;
grant select on office.authority to office_roles;
create policy keeper on office.staff_member to office_roles using (true) with check (true);
create policy keeper on office.agent_scope to office_roles using (true) with check (true);
create policy keeper on office.assignable_group to office_roles using (true) with check (true);
create policy keeper on office.authority for select to office_roles using (true);
grant execute on function office.visible_authorities(), office.is_active(), office.is_member(text),
    office.is_superuser(), office.refuse(text, text, json, text) to office_roles;

-- What `db status` counts over all authorities: an administrator may know how many requests there are, and read none.
create or replace function office.office_counts(out agents bigint, out requests bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if not office.is_member('office_admin') then
        perform office.refuse('OF008', 'not_allowed', null, 'administer');
    end if;
    select count(*) into agents from office.staff_member m where m.suspended_at is null;
    select count(*) into requests from office.access_request;
end
$$;
grant execute on function office.office_counts() to office_admin;

-- Groups and passwords live in the catalogue, where no trigger sees them: their events are written here.
create or replace function office.note_agent(what text, p_login text, before jsonb, after jsonb) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    insert into office.audit_event (table_name, row_key, verb, old, new, reason)
    values (what, p_login, 'update', before, after, left(coalesce(current_setting('office.reason', true), ''), 500))
$$;
grant execute on function office.note_agent(text, text, jsonb, jsonb) to office_roles;

-- The functions: `set role` works because the session is a superuser's. --------------------------------------------------

set local role office_roles;

-- One administrator at a time, and only one who still is when her turn comes. A row is locked, not an advisory key,
-- which any agent could hold; and it is written, so that a stale snapshot fails with 40001 instead of passing.
create or replace function office.take_agents_in_hand() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if not office.is_member('office_admin') then
        perform office.refuse('OF008', 'not_allowed', null, 'administer');
    end if;
    update office.assignable_group g set label = g.label where g.name = 'office_admin';
    if not office.is_member('office_admin') then
        perform office.refuse('OF008', 'not_allowed', null, 'administer');
    end if;
end
$$;

-- An administrator gives and takes only authorities that she has, and touches no agent who sees further than she does:
-- with that agent's new password she would see as far. Nobody changes her own rights.
create or replace function office.check_reach(p_login text, p_authorities bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if office.is_superuser() then
        return;
    end if;
    if p_login = session_user then
        perform office.refuse('OF008', 'own_rights', json_build_object('login', p_login), 'administer');
    end if;
    -- A login that can do what no group of the list gives (the mailer, a backup's) has no scope to be measured by.
    if exists (select from pg_roles r
                where r.rolname = p_login
                  and (r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
                       or exists (select from pg_roles g
                                   where g.oid <> r.oid and pg_has_role(r.oid, g.oid, 'MEMBER')
                                     and g.rolname not in (select a.name from office.assignable_group a)))) then
        perform office.refuse('OF008', 'technical_login', json_build_object('login', p_login), 'administer');
    end if;
    if not (p_authorities <@ office.visible_authorities())
       or exists (select from office.agent_scope s
                   where s.login = p_login and s.authority_id <> all (office.visible_authorities())) then
        perform office.refuse('OF008', 'out_of_scope', json_build_object('login', p_login), 'administer');
    end if;
end
$$;

-- A login belongs to the whole server, and is changed from the office that made it: a copy of an office knows the same
-- agents, and its administrator must not reach the original's. The login's comment names the office's database; where
-- that is no more (it was renamed, or the server is another), whichever office knows the agent may.
create or replace function office.check_known(p_login text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    home text;
begin
    select substring(shobj_description(r.oid, 'pg_authid') from '^dombes-office: (.*)$') into home
      from office.staff_member m join pg_roles r on r.rolname = m.login
     where m.login = p_login and not r.rolsuper;
    if not found then
        perform office.refuse('OF011', 'not_found', json_build_object('login', p_login), 'administer');
    end if;
    if not office.is_superuser() and home is distinct from current_database()
       and (home is null or exists (select from pg_database d where d.datname = home)) then
        perform office.refuse('OF008', 'another_office', json_build_object('login', p_login), 'administer');
    end if;
end
$$;

create or replace function office.check_verifier(p_verifier text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if p_verifier is null or p_verifier !~
       '^SCRAM-SHA-256[$](409[6-9]|4[1-9][0-9]{2}|[5-9][0-9]{3}|[1-9][0-9]{4,6}):[A-Za-z0-9+/]{22}==[$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
    then
        perform office.refuse('OF010', 'invalid_agent', json_build_object('field', 'password'), 'administer');
    end if;
end
$$;

create or replace function office.check_authorities(p_authorities bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if p_authorities is null or exists (
        select from unnest(p_authorities) w(id) where not exists (select from office.authority a where a.id = w.id)) then
        perform office.refuse('OF010', 'invalid_agent', json_build_object('field', 'authorities'), 'administer');
    end if;
end
$$;

-- The agent's group roles, of those that may be given.
create or replace function office.groups_of(p_login text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(g.name order by g.name), '{}')
      from office.assignable_group g where pg_has_role(p_login, g.name, 'MEMBER')
$$;

-- Gives exactly these groups. The list of assignable groups is the wall: PostgreSQL 15 would let the keeper give any role.
create or replace function office.set_groups(p_login text, p_groups text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    before text[] := office.groups_of(p_login);
    name text;
begin
    if p_groups is null or exists (
        select from unnest(p_groups) w(name)
         where w.name is null or not exists (select from office.assignable_group g where g.name = w.name)
               or w.name !~ '^office_[a-z]+$' or w.name in ('office_owner', 'office_roles')) then
        perform office.refuse('OF010', 'invalid_agent', json_build_object('field', 'groups'), 'administer');
    end if;
    foreach name in array before loop
        if name <> all (p_groups) then
            execute format('revoke %I from %I', name, p_login);
        end if;
    end loop;
    foreach name in array p_groups loop
        if name <> all (before) then
            execute format('grant %I to %I', name, p_login);
        end if;
    end loop;
    -- What somebody else granted is not the keeper's to revoke: from PostgreSQL 16 on that is a warning, not an error.
    if not (office.groups_of(p_login) <@ p_groups) then
        perform office.refuse('OF008', 'granted_by_another', json_build_object('login', p_login), 'administer');
    end if;
    if before is distinct from office.groups_of(p_login) then
        perform office.note_agent('agent_groups', p_login, jsonb_build_object('groups', before),
            jsonb_build_object('groups', office.groups_of(p_login)));
    end if;
end
$$;

create or replace function office.has_administrator() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select exists (select from office.staff_member m join pg_roles r on r.rolname = m.login
                    where m.suspended_at is null and r.rolcanlogin and not r.rolsuper
                      and pg_has_role(r.oid, 'office_admin', 'MEMBER'))
$$;

create or replace function office.keep_an_administrator() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if not office.has_administrator() then
        perform office.refuse('OF009', 'last_administrator', null, 'administer');
    end if;
end
$$;

create or replace function office.create_agent(
    p_login text, p_display_name text, p_verifier text, p_groups text[], p_authorities bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    if p_login is null or p_login !~ '^[a-z][a-z0-9_.]{1,39}$' or p_login ~ '^(pg_|office_)'
       or p_login in ('postgres', 'public', 'none') then
        perform office.refuse('OF010', 'invalid_agent', json_build_object('field', 'login'), 'administer');
    end if;
    if p_display_name is null or btrim(p_display_name) = '' or length(p_display_name) > 100
       or p_display_name ~ '[[:cntrl:]]' then
        perform office.refuse('OF010', 'invalid_agent', json_build_object('field', 'display_name'), 'administer');
    end if;
    perform office.check_verifier(p_verifier);
    perform office.check_authorities(p_authorities);
    perform office.check_reach(p_login, p_authorities);
    -- A row without its login came with a backup from another server: the name is that agent's all the same.
    if exists (select from pg_roles r where r.rolname = p_login)
       or exists (select from office.staff_member m where m.login = p_login) then
        perform office.refuse('OF010', 'login_taken', json_build_object('field', 'login', 'taken', true), 'administer');
    end if;
    execute format('create role %I login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
                   ' connection limit 20 password %L', p_login, p_verifier);
    execute format('comment on role %I is %L', p_login, 'dombes-office: ' || current_database());
    insert into office.staff_member (login, display_name) values (p_login, btrim(p_display_name));
    insert into office.agent_scope (login, authority_id)
    select p_login, w.id from (select distinct unnest(p_authorities) as id) w;
    perform office.set_groups(p_login, p_groups);
end
$$;

create or replace function office.change_agent_groups(p_login text, p_groups text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    perform office.check_known(p_login);
    perform office.check_reach(p_login, '{}');
    perform office.set_groups(p_login, p_groups);
    perform office.keep_an_administrator();
end
$$;

create or replace function office.change_agent_scope(p_login text, p_authorities bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    perform office.check_known(p_login);
    perform office.check_authorities(p_authorities);
    perform office.check_reach(p_login, p_authorities);
    delete from office.agent_scope s where s.login = p_login and s.authority_id <> all (p_authorities);
    insert into office.agent_scope (login, authority_id)
    select p_login, w.id from (select distinct unnest(p_authorities) as id) w on conflict do nothing;
end
$$;

-- NOLOGIN stops the next connection; an open one sees nothing from its next statement on, because the row says so.
create or replace function office.suspend_agent(p_login text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    perform office.check_known(p_login);
    perform office.check_reach(p_login, '{}');
    update office.staff_member m set suspended_at = now() where m.login = p_login and m.suspended_at is null;
    execute format('alter role %I nologin', p_login);
    perform office.keep_an_administrator();
end
$$;

create or replace function office.resume_agent(p_login text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    perform office.check_known(p_login);
    perform office.check_reach(p_login, '{}');
    update office.staff_member m set suspended_at = null where m.login = p_login and m.suspended_at is not null;
    execute format('alter role %I login', p_login);
end
$$;

create or replace function office.set_agent_password(p_login text, p_verifier text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.take_agents_in_hand();
    perform office.check_known(p_login);
    if p_login <> session_user then
        perform office.check_reach(p_login, '{}');
    end if;
    perform office.check_verifier(p_verifier);
    execute format('alter role %I password %L', p_login, p_verifier);
    perform office.note_agent('agent_password', p_login, null, null);
end
$$;

grant execute on function
    office.create_agent(text, text, text, text[], bigint[]), office.change_agent_groups(text, text[]),
    office.change_agent_scope(text, bigint[]), office.suspend_agent(text), office.resume_agent(text),
    office.set_agent_password(text, text)
    to office_admin;

set local role office_owner;

revoke create on schema office from office_roles;
