-- Who is asking, and what she may see. Identity is session_user: it survives SET ROLE and SECURITY DEFINER, and no
-- setting of a session can forge it.

create or replace function office.visible_authorities() returns bigint[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(s.authority_id), '{}')
      from office.agent_scope s
      join office.staff_member m on m.login = s.login
     where s.login = session_user and m.suspended_at is null
$$;

-- True for an agent whose scope is every authority: rows that belong to none in particular are hers to read.
create or replace function office.sees_everything() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select from office.authority a where a.id <> all (office.visible_authorities()))
$$;

-- A sentence of refusal for Python: the message is a key, the detail is JSON without personal data.
create or replace function office.refuse(code text, key text, detail json default null, rule text default '')
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using errcode = code, message = key, detail = coalesce(detail::text, '{}'),
        schema = 'office', constraint = rule;
end
$$;

-- True where the caller's login is a member of the group; the owner may do everything here.
create or replace function office.is_member(group_name text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$ select pg_has_role(session_user, group_name, 'MEMBER') $$;

-- Words as they are searched: without case, accents, ligatures and punctuation. rules/names.py folds the same way.
-- Capital letters are listed because lower() knows only ASCII in a database whose locale is C.
create or replace function office.fold(words text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select btrim(regexp_replace(
        replace(replace(replace(replace(
            translate(
                lower(regexp_replace(normalize(coalesce(words, ''), nfkd), U&'[\0300-\036F]', '', 'g')),
                'ŁłØøĐđÐðŒÆÞẞАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЂЈЉЊЋЏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς',
                'llooddddœæþßабвгдежзийклмнопрстуфхцчшщъыьэюяєіђјљњћџαβγδεζηθικλμνξοπρστυφχψωσ'),
            'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), 'þ', 'th'),
        '[[:space:][:punct:]’«»–—·]+', ' ', 'g'))
$$;
