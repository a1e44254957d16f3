-- The bytes of a piece leave the database through these functions only, and each reading is written down.

create or replace function office.reading_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    select r.authority_id into new.authority_id from office.access_request r where r.id = new.request_id;
    -- Out of the scope nothing is compared: the answer would tell which piece belongs to which request.
    if new.authority_id = any (office.visible_authorities()) is not true and not office.is_superuser() then
        perform office.refuse('OF011', 'not_found', json_build_object('request', new.request_id), 'reading_enters');
    end if;
    if new.document_id is not null then
        perform from office.supporting_document d where d.id = new.document_id and d.request_id = new.request_id;
        if not found then
            perform office.refuse('OF011', 'not_found', json_build_object('document', new.document_id), 'reading_enters');
        end if;
    end if;
    new.login := session_user;
    new.at := clock_timestamp();
    return new;
end
$$;
create trigger enter before insert on office.reading
    for each row execute function office.reading_enters();

create trigger keep before update or delete or truncate on office.reading
    for each statement execute function office.append_only();

-- The bytes of a piece, once they are written down as `p_what`; nobody calls this but the two functions below.
create or replace function office.hand_over(p_document bigint, p_what text)
returns table (sha256 bytea, content bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    piece record;
begin
    select d.id, d.request_id, d.file_sha256, d.sensitivity into piece
      from office.supporting_document d
     where d.id = p_document and d.file_sha256 is not null
       and d.authority_id = any (office.visible_authorities());
    if not found then
        perform office.refuse('OF011', 'not_found', json_build_object('document', p_document), 'hand_over');
    end if;
    if not (office.is_member('office_reviewer')
            or (piece.sensitivity = 'bank' and office.is_member('office_finance'))) then
        perform office.refuse('OF008', 'not_allowed', json_build_object('document', p_document), 'hand_over');
    end if;
    insert into office.reading (request_id, document_id, what) values (piece.request_id, piece.id, p_what);
    -- Whoever rolls her transaction back takes the row along, but not the line in the server's log.
    raise log 'office: % % document %', session_user, p_what, p_document;
    return query select f.sha256, f.content from office.file_content f where f.sha256 = piece.file_sha256;
end
$$;

-- For a desk that shows the piece, or may show it in a moment.
create or replace function office.read_document(p_document bigint)
returns table (sha256 bytea, content bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query select h.sha256, h.content from office.hand_over(p_document, 'received') h;
end
$$;

-- For the checks that a desk runs by itself on what nobody has opened yet: its agent is named, and that a machine read.
-- Whether somebody looked on all the same no database can know; that the bytes left, and to whom, it does.
create or replace function office.read_to_check(p_document bigint)
returns table (sha256 bytea, content bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query select h.sha256, h.content from office.hand_over(p_document, 'checked') h;
end
$$;

create or replace function office.read_photo(p_beneficiary bigint)
returns table (sha256 bytea, content bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if not (office.is_member('office_reviewer') or office.is_member('office_reception')) then
        perform office.refuse('OF008', 'not_allowed', json_build_object('beneficiary', p_beneficiary), 'read_photo');
    end if;
    return query
        select f.sha256, f.content
          from office.beneficiary b
          join office.file_content f on f.sha256 = b.photo_sha256
         where b.id = p_beneficiary
           and exists (select from office.household_authority l
                        where l.household_id = b.household_id
                          and l.authority_id = any (office.visible_authorities()));
end
$$;

-- What concerns a child's health is for those who examine a request of that very child: a family may be known to a commune
-- by a brother or sister alone.
create or replace function office.read_care_note(p_beneficiary bigint) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select b.care_note from office.beneficiary b where b.id = p_beneficiary and office.needs_health(b.id));
end
$$;

-- The same for the sheet of a family, with the PAI's days and the vaccinations.
create or replace function office.read_health(p_household bigint)
returns table (beneficiary_id bigint, care_note text, care_plan_from date, care_plan_until date, vaccinated_seen_on date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select b.id, b.care_note, b.care_plan_from, b.care_plan_until, b.vaccinated_seen_on
          from office.household_child c join office.beneficiary b on b.id = c.beneficiary_id
         where c.household_id = p_household and office.sees_household(p_household) and office.needs_health(b.id);
end
$$;

grant execute on function office.read_care_note(bigint), office.read_health(bigint) to office_reviewer;
grant execute on function office.read_document(bigint) to office_reviewer, office_finance;
grant execute on function office.read_to_check(bigint) to office_reviewer;
grant execute on function office.read_photo(bigint) to office_reviewer, office_reception;
