-- Requests and pieces: the copies that the queue and the policies rest on, and the version that a decision must have seen.

-- The authority of a requirement is that of its service.
create or replace function office.requirement_authority() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    select s.authority_id into strict new.authority_id from office.service s where s.id = new.service_id;
    return new;
end
$$;
create trigger copy_authority before insert or update on office.document_requirement
    for each row execute function office.requirement_authority();

create or replace function office.pieces_needed(p_service bigint, p_by_debit boolean) returns smallint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select count(*)::smallint from office.document_requirement q
     where q.service_id = p_service and q.closed_at is null and (q.needed = 'always' or p_by_debit)
$$;

create or replace function office.pieces_given(p_request bigint) returns smallint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select count(*)::smallint
      from office.supporting_document d
      join office.document_requirement q on q.id = d.requirement_id
      join office.access_request r on r.id = d.request_id
     where d.request_id = p_request and d.replaced_at is null and q.closed_at is null
       and (q.needed = 'always' or r.by_debit)
$$;

create sequence if not exists office.request_number;

-- Four digits at least; lpad() alone would cut the fifth off and give two requests one number.
create or replace function office.zero_filled(number bigint) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select lpad(number::text, greatest(4, length(number::text)), '0') $$;

-- A request enters as pending, in its first version, for a child of that very family.
create or replace function office.request_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    closed timestamptz;
begin
    select s.authority_id, s.closed_at into new.authority_id, closed from office.service s where s.id = new.service_id;
    select office.fold(h.name || ' ' || b.first_name) into new.family_key
      from office.household_child c
      join office.household h on h.id = c.household_id and h.merged_into_id is null
      join office.beneficiary b on b.id = c.beneficiary_id and b.merged_into_id is null
     where c.household_id = new.household_id and c.beneficiary_id = new.beneficiary_id;
    if not found then
        perform office.refuse('OF020', 'child_of_another_family', null, 'request_enters');
    end if;
    if closed is not null then
        perform office.refuse('OF021', 'service_closed', null, 'request_enters');
    end if;
    new.status := 'pending';
    new.version := 1;
    new.number := to_char(new.submitted_at at time zone 'Europe/Paris', 'YYYY') || '-'
        || office.zero_filled(nextval('office.request_number'));
    new.pieces_needed := office.pieces_needed(new.service_id, new.by_debit);
    new.pieces_given := 0;
    return new;
end
$$;
create trigger enter before insert on office.access_request
    for each row execute function office.request_enters();

create or replace function office.request_links_family() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into office.household_authority (household_id, authority_id)
    values (new.household_id, new.authority_id) on conflict do nothing;
    return null;
end
$$;
create trigger link_family after insert on office.access_request
    for each row execute function office.request_links_family();

-- A request stays the one that the family made, and only a trigger moves its state, after a decision or a piece. And the
-- rank under which the queue sorts by checks: what an older version said counts no more.
create or replace function office.request_ranks() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if row(new.id, new.number, new.service_id, new.authority_id, new.submitted_at)
       is distinct from row(old.id, old.number, old.service_id, old.authority_id, old.submitted_at)
       or (new.household_id <> old.household_id and not exists (
            select from office.household h where h.id = old.household_id and h.merged_into_id = new.household_id))
       or (new.beneficiary_id <> old.beneficiary_id and not exists (
            select from office.beneficiary b where b.id = old.beneficiary_id and b.merged_into_id = new.beneficiary_id))
       or (new.status <> old.status and pg_trigger_depth() < 2) then
        perform office.refuse('OF027', 'request_is_fixed', json_build_object('request', old.id), 'request_is_fixed');
    end if;
    if new.by_debit is distinct from old.by_debit then
        new.pieces_needed := office.pieces_needed(new.service_id, new.by_debit);
        new.pieces_given := office.pieces_given(new.id);
        new.version := old.version + 1;
    end if;
    new.check_rank := case
        when new.checked_version is distinct from new.version then 3
        when new.check_failures > 0 then 0
        when new.check_warnings > 0 then 1
        else 2 end;
    return new;
end
$$;
create trigger rank before update on office.access_request
    for each row execute function office.request_ranks();

-- What a service asks for is before the agent's eyes when she decides: open requests follow it.
create or replace function office.requirement_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update office.access_request r
       set version = r.version + 1,
           pieces_needed = office.pieces_needed(r.service_id, r.by_debit),
           pieces_given = office.pieces_given(r.id)
     where r.service_id = new.service_id and r.status in ('pending', 'complement_received', 'awaiting_family');
    return null;
end
$$;
create trigger follow_insert after insert on office.document_requirement
    for each row execute function office.requirement_changed();
create trigger follow after update on office.document_requirement
    for each row when (old is distinct from new) execute function office.requirement_changed();

-- A piece is given to an open request, for a piece that its service asks for. The request's row is locked first, so a
-- piece and a decision never pass each other.
create or replace function office.piece_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    request record;
    requirement record;
begin
    select r.status, r.service_id, r.authority_id into request
      from office.access_request r where r.id = new.request_id for no key update;
    if not found or request.status not in ('pending', 'complement_received', 'awaiting_family') then
        perform office.refuse('OF003', 'already_decided', json_build_object('request', new.request_id), 'piece_enters');
    end if;
    select q.* into requirement from office.document_requirement q
     where q.id = new.requirement_id and q.service_id = request.service_id and q.closed_at is null;
    if not found or (requirement.kind = 'file') <> (new.file_sha256 is not null) then
        perform office.refuse('OF022', 'piece_not_asked', json_build_object('request', new.request_id), 'piece_enters');
    end if;
    new.authority_id := request.authority_id;
    new.sensitivity := requirement.sensitivity;
    new.replaced_at := null;
    new.byte_count := (select octet_length(f.content) from office.file_content f where f.sha256 = new.file_sha256);
    if new.valid_until is null and requirement.validity_months is not null then
        new.valid_until := (coalesce(new.signed_on, (new.given_at at time zone 'Europe/Paris')::date)
            + make_interval(months => requirement.validity_months))::date;
    end if;
    return new;
end
$$;
create trigger enter before insert on office.supporting_document
    for each row execute function office.piece_enters();

-- A piece is never changed, only replaced, and never once its request is decided.
create or replace function office.piece_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from office.access_request r
      where r.id = old.request_id and r.status in ('pending', 'complement_received', 'awaiting_family')
        for no key update;
    if not found then
        perform office.refuse('OF003', 'already_decided', json_build_object('request', old.request_id), 'piece_changes');
    end if;
    if old.replaced_at is not null
       or (to_jsonb(new) - 'replaced_at') is distinct from (to_jsonb(old) - 'replaced_at') then
        perform office.refuse('OF023', 'piece_is_final', json_build_object('document', old.id), 'piece_changes');
    end if;
    new.replaced_at := now();
    return new;
end
$$;
create trigger replace before update on office.supporting_document
    for each row execute function office.piece_changes();

-- Each statement that changes pieces moves their requests on by one version; an awaited answer wakes the request.
create or replace function office.pieces_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update office.access_request r
       set version = r.version + 1,
           pieces_given = office.pieces_given(r.id),
           status = case when tg_op = 'INSERT' and r.status = 'awaiting_family' then 'complement_received'
                         else r.status end,
           answered_at = case when tg_op = 'INSERT' and r.status = 'awaiting_family' then now() else r.answered_at end
     where r.id in (select c.request_id from changed c);
    return null;
end
$$;
create trigger bump_insert after insert on office.supporting_document
    referencing new table as changed for each statement execute function office.pieces_changed();
create trigger bump_update after update on office.supporting_document
    referencing new table as changed for each statement execute function office.pieces_changed();

-- What the desk's checks said of the present version is kept, and copied to the queue. For a request out of the scope
-- nothing is compared: the policy refuses it the same way whatever its version.
create or replace function office.check_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present int;
begin
    select r.authority_id, r.version into new.authority_id, present
      from office.access_request r where r.id = new.request_id;
    if present <> new.version and new.authority_id = any (office.visible_authorities()) then
        perform office.refuse('OF002', 'request_changed', json_build_object(
            'request', new.request_id, 'seen', new.version, 'version', present), 'check_enters');
    end if;
    new.checked_by := session_user;
    new.checked_at := now();
    return new;
end
$$;
create trigger enter before insert or update on office.request_check
    for each row execute function office.check_enters();

create or replace function office.check_copied() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update office.access_request r
       set checked_version = new.version, check_failures = new.failures, check_warnings = new.warnings
     where r.id = new.request_id and r.version = new.version
       and (r.checked_version, r.check_failures, r.check_warnings)
           is distinct from (new.version, new.failures, new.warnings);
    return null;
end
$$;
create trigger copy after insert or update on office.request_check
    for each row execute function office.check_copied();

create or replace function office.opening_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    select r.authority_id into new.authority_id from office.access_request r where r.id = new.request_id;
    new.login := session_user;
    new.seen_at := now();
    return new;
end
$$;
create trigger enter before insert or update on office.request_opening
    for each row execute function office.opening_enters();

-- The agent has left the request.
create or replace function office.close_request(p_request bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$ delete from office.request_opening o where o.request_id = p_request and o.login = session_user $$;
grant execute on function office.close_request(bigint) to office_reviewer;
