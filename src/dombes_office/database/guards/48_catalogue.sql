-- The catalogue: what is in use is closed, never deleted, and stays with its authority.

-- A class is of the authority of its school.
create or replace function office.class_authority() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    select s.authority_id into strict new.authority_id from office.school s where s.id = new.school_id;
    return new;
end
$$;
create trigger copy_authority before insert or update on office.school_class
    for each row execute function office.class_authority();

-- An authority that did not exist: its maker, who sees everything, sees it too.
create or replace function office.open_authority(p_kind text, p_name text, p_short_name text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    opened bigint;
begin
    if not (office.is_member('office_admin') and office.sees_everything()) then
        perform office.refuse('OF008', 'not_allowed', null, 'open_authority');
    end if;
    insert into office.authority (kind, name, short_name) values (p_kind, btrim(p_name), btrim(p_short_name))
    returning id into opened;
    insert into office.agent_scope (login, authority_id)
    select m.login, opened from office.staff_member m
     where m.suspended_at is null
       and not exists (select from office.authority a where a.id <> opened
                          and not exists (select from office.agent_scope s
                                           where s.login = m.login and s.authority_id = a.id));
    return opened;
end
$$;
grant execute on function office.open_authority(text, text, text) to office_admin;
