-- Files that come in at the counter: a piece of a request, a photo, a blank form. The database computes the digest
-- itself, so that nobody can lay hands on another family's file by naming its digest.

-- What a file is by its first bytes; '' where it is none of the kinds that are taken.
create or replace function office.file_kind(content bytea) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select case
        when position(decode('255044462d', 'hex') in substr(content, 1, 1024)) > 0 then 'pdf'
        when substr(content, 1, 3) = decode('ffd8ff', 'hex') then 'jpeg'
        when substr(content, 1, 8) = decode('89504e470d0a1a0a', 'hex') then 'png'
        when substr(content, 1, 4) in (decode('49492a00', 'hex'), decode('4d4d002a', 'hex')) then 'tiff'
        when substr(content, 1, 4) = decode('52494646', 'hex') and substr(content, 9, 4) = decode('57454250', 'hex') then 'webp'
        when substr(content, 5, 8) in (decode('6674797068656963', 'hex'), decode('6674797068656978', 'hex'),
                                       decode('667479706d696631', 'hex'), decode('6674797068657663', 'hex')) then 'heic'
        else '' end
$$;

-- Keep a file's bytes under their digest; the digest.
create or replace function office.keep_file(content bytea, kinds text[]) returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    digest bytea := sha256(content);
begin
    if content is null or octet_length(content) = 0 or octet_length(content) > 15728640 then
        perform office.refuse('OF037', 'file_size', json_build_object('bytes', octet_length(content)), 'keep_file');
    end if;
    if office.file_kind(content) <> all (kinds) then
        perform office.refuse('OF038', 'file_kind', null, 'keep_file');
    end if;
    insert into office.file_content (sha256, content) values (digest, content) on conflict do nothing;
    return digest;
end
$$;

-- Give a piece of a request at the counter: a file, or a typed value; the one before is replaced. Its id.
create or replace function office.give_piece(
    p_request bigint, p_requirement bigint, p_file_name text, p_content bytea, p_text text, p_signed_on date)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    digest bytea;
    piece bigint;
begin
    perform office.check_counter();
    perform from office.access_request r
      where r.id = p_request and r.authority_id = any (office.visible_authorities()) for no key update;
    if not found then
        perform office.refuse('OF011', 'not_found', json_build_object('request', p_request), 'give_piece');
    end if;
    if p_content is not null then
        digest := office.keep_file(p_content, '{pdf,jpeg,png,tiff,webp,heic}');
    end if;
    update office.supporting_document d set replaced_at = now()
     where d.request_id = p_request and d.requirement_id = p_requirement and d.replaced_at is null;
    insert into office.supporting_document (request_id, requirement_id, file_sha256, file_name, text_value, signed_on)
    values (p_request, p_requirement, digest, case when digest is not null then left(p_file_name, 200) end,
            case when digest is null then nullif(btrim(p_text), '') end, p_signed_on)
    returning id into piece;
    return piece;
end
$$;

-- The identity photo of a child, or none.
create or replace function office.set_photo(p_beneficiary bigint, p_content bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.check_counter();
    if not office.sees_beneficiary(p_beneficiary) then
        perform office.refuse('OF011', 'not_found', json_build_object('beneficiary', p_beneficiary), 'set_photo');
    end if;
    update office.beneficiary b
       set photo_sha256 = case when p_content is not null then office.keep_file(p_content, '{jpeg,png}') end
     where b.id = p_beneficiary;
end
$$;

-- The blank form that a requirement offers to families, or none.
create or replace function office.set_blank_form(p_requirement bigint, p_name text, p_content bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if not office.is_member('office_planner') then
        perform office.refuse('OF008', 'not_allowed', null, 'set_blank_form');
    end if;
    update office.document_requirement q
       set form_sha256 = case when p_content is not null then office.keep_file(p_content, '{pdf}') end,
           form_name = case when p_content is not null then left(p_name, 200) end
     where q.id = p_requirement and q.kind = 'file' and q.authority_id = any (office.visible_authorities());
    if not found then
        perform office.refuse('OF011', 'not_found', json_build_object('requirement', p_requirement), 'set_blank_form');
    end if;
end
$$;

create or replace function office.read_blank_form(p_requirement bigint)
returns table (name text, content bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select q.form_name, f.content
      from office.document_requirement q join office.file_content f on f.sha256 = q.form_sha256
     where q.id = p_requirement and q.authority_id = any (office.visible_authorities())
$$;

grant execute on function office.give_piece(bigint, bigint, text, bytea, text, date),
    office.set_photo(bigint, bytea) to office_reception, office_reviewer;
grant execute on function office.set_blank_form(bigint, text, bytea) to office_planner;
grant execute on function office.read_blank_form(bigint)
    to office_reception, office_reviewer, office_planner, office_animator, office_finance;
