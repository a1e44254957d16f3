-- The trail: each change of each row, written by a trigger, digested at once and chained a moment later.

-- The tables whose changes are not audited, and why: the only list. Every other table gets the trigger below.
create or replace function office.unaudited_tables() returns table (name text, reason text)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    values ('audit_event', 'it is the trail, and only grows'),
           ('audit_secret', 'it is the key of the trail, written once at the installation'),
           ('reading', 'it is a trail of its own: rows are added, never changed'),
           ('file_content', 'its rows are known by their digest and never change; the piece that names one is audited'),
           ('household_token', 'derived from names that are audited'),
           ('household_variant', 'derived from names that are audited'),
           ('request_opening', 'a hint to colleagues, renewed every few minutes'),
           ('installed_guard', 'rewritten whole at each installation; the server logs who installs'),
           ('alembic_version', 'written by the migrations alone')
$$;

-- Columns whose values the trail must not hold: a keyed digest shows that they changed. Whatever may name or describe a
-- person is among them, for who reads the trail is no one who reads the family: a test compares them with her grants.
create or replace function office.masked_columns(table_name text) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select case table_name
        when 'account' then '{email,last_name,first_name,phone,other_phone,address,postcode,town}'
        when 'household' then '{name}'
        when 'household_authority' then '{family_key}'
        when 'beneficiary' then '{last_name,first_name,born_on,relationship,school_level,school_class_id,care_note,care_plan_from,care_plan_until,vaccinated_seen_on,leaves_alone,leaves_alone_signed_on}'
        when 'contact' then '{last_name,first_name,relationship,phone,email,barred,barred_by}'
        when 'household_note' then '{words}'
        when 'household_merge' then '{moved,reason}'
        when 'beneficiary_diet' then '{diet_need_id}'
        when 'access_request' then '{family_key}'
        when 'supporting_document' then '{file_name,text_value}'
        when 'request_check' then '{results}'
        when 'outbox_mail' then '{to_address,subject,body}'
        when 'decision' then '{words}'
        when 'document_verdict' then '{words}'
        else '{}' end::text[]
$$;

-- Copies that follow another audited row: a change of nothing else is no event.
create or replace function office.ignored_columns(table_name text) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select case table_name
        when 'access_request' then '{checked_version,check_failures,check_warnings,check_rank}'
        when 'account' then '{version}'
        when 'household' then '{version}'
        when 'household_authority' then '{family_key}'
        when 'beneficiary' then '{version}'
        when 'contact' then '{version}'
        when 'service' then '{version}'
        when 'document_requirement' then '{version}'
        else '{}' end::text[]
$$;

-- The key of the masks: made once, and never again, or old and new masks could not be compared.
insert into office.audit_secret (secret)
select sha256(decode(replace(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()),
                             '-', ''), 'hex'))
on conflict do nothing;

-- A value as the trail shows it: equal for equal values of one column of one row, and nothing more can be learnt.
create or replace function office.masked(place text, value text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key bytea;
begin
    select s.secret into strict key from office.audit_secret s;
    return 'masked:' || encode(sha256(key || sha256(key || convert_to(place || chr(31) || value, 'UTF8'))), 'hex');
end
$$;

-- Arguments of the trigger: the key's columns, the masked and the ignored ones, each separated by commas.
create or replace function office.audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    before jsonb;
    after jsonb;
    present jsonb;
    key text;
    hidden text;
begin
    if tg_op <> 'INSERT' then
        before := to_jsonb(old);
    end if;
    if tg_op <> 'DELETE' then
        after := to_jsonb(new);
    end if;
    present := coalesce(after, before);
    if strpos(tg_argv[0], ',') = 0 then
        key := present ->> tg_argv[0];
    else
        select string_agg(present ->> k, '/' order by i) into key
          from unnest(string_to_array(tg_argv[0], ',')) with ordinality as c(k, i);
    end if;
    foreach hidden in array string_to_array(tg_argv[1], ',') loop
        if before ->> hidden is not null then
            before := before || jsonb_build_object(hidden,
                office.masked(concat_ws('/', tg_table_name, hidden, key), before ->> hidden));
        end if;
        if after ->> hidden is not null then
            after := after || jsonb_build_object(hidden,
                office.masked(concat_ws('/', tg_table_name, hidden, key), after ->> hidden));
        end if;
    end loop;
    if tg_op = 'UPDATE' then
        -- Only what changed is kept: the rest stands in the events before.
        before := before - string_to_array(tg_argv[2], ',');
        select jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, after -> o.key) into before, after
          from jsonb_each(before) o where (after -> o.key) is distinct from o.value;
        if before is null then
            return null;
        end if;
    end if;
    insert into office.audit_event (authority_id, table_name, row_key, verb, old, new, reason)
    values (coalesce(present ->> 'authority_id', case tg_table_name when 'authority' then present ->> 'id' end)::bigint,
            tg_table_name, key, lower(tg_op), before, after,
            left(coalesce(current_setting('office.reason', true), ''), 500));
    return null;
end
$$;

-- Retention may one day put {"erased": <digest>} in the place of old values: the digest of the event stays what it was.
create or replace function office.image_digest(image jsonb) returns text
language plpgsql immutable
as $$
begin
    return coalesce(image ->> 'erased', encode(sha256(convert_to(image::text, 'UTF8')), 'hex'));
end
$$;

-- Called for each event, and only by functions that pin the search path: pinning it again would cost more than the rest.
create or replace function office.event_digest(e office.audit_event) returns bytea
language plpgsql immutable
as $$
begin
    return sha256(convert_to(jsonb_build_array(
        e.id, e.xid::text, extract(epoch from e.at)::text, e.login, e.authority_id, e.table_name, e.row_key, e.verb,
        case when e.old is not null then office.image_digest(e.old) end,
        case when e.new is not null then office.image_digest(e.new) end, e.reason)::text, 'UTF8'));
end
$$;

-- Whoever writes an event, the database says when, in which transaction and under which login.
create or replace function office.event_enters() returns trigger
language plpgsql
as $$
begin
    new.xid := pg_current_xact_id();
    new.at := clock_timestamp();
    new.login := session_user;
    new.position := null;
    new.chain := null;
    new.digest := office.event_digest(new);
    return new;
end
$$;
create trigger enter before insert on office.audit_event
    for each row execute function office.event_enters();

-- An event changes once, when it gets its place in the chain.
create trigger keep before update on office.audit_event
    for each row when (
        old.position is not null or new.position is null
        or old.id is distinct from new.id or old.xid is distinct from new.xid
        or old.at is distinct from new.at or old.login is distinct from new.login
        or old.authority_id is distinct from new.authority_id or old.table_name is distinct from new.table_name
        or old.row_key is distinct from new.row_key or old.verb is distinct from new.verb
        or old.old is distinct from new.old or old.new is distinct from new.new
        or old.reason is distinct from new.reason or old.digest is distinct from new.digest)
    execute function office.append_only();
create trigger keep_all before delete or truncate on office.audit_event
    for each statement execute function office.append_only();

-- Chains the events of finished transactions, at most so many; the number of events sealed. Ids are not in the order of
-- commits, so an event waits until no older transaction runs; `everything` is for a database that was just restored, where
-- nothing runs and the numbers are those of another server. One sealer at a time; another goes away at once, so that
-- whoever could stay in her transaction has no right to seal: the mailer alone has.
create or replace function office.seal_audit(at_most int default 20000, everything boolean default false) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    event record;
    place bigint;
    link bytea;
    ids bigint[] := '{}';
    links bytea[] := '{}';
begin
    if not office.is_member('office_mailer') or (everything and not office.is_superuser()) then
        perform office.refuse('OF008', 'not_allowed', null, 'seal_audit');
    end if;
    perform from office.audit_secret for no key update skip locked;
    if not found then
        return 0;
    end if;
    select e.position, e.chain into place, link
      from office.audit_event e where e.position is not null order by e.position desc limit 1;
    place := coalesce(place, 0);
    link := coalesce(link, ''::bytea);
    for event in
        select e.id, e.digest from office.audit_event e
         where e.position is null and (everything or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
         order by e.id limit greatest(0, least(at_most, 100000))
    loop
        link := sha256(link || event.digest);
        ids := ids || event.id;
        links := links || link;
    end loop;
    update office.audit_event e set position = place + s.n, chain = s.link
      from unnest(ids, links) with ordinality as s(id, link, n) where e.id = s.id;
    return cardinality(ids);
end
$$;

-- Walks the whole trail. `broken_position` is the first place where the chain does not hold, `broken_event` the first
-- event whose own digest does not; both NULL where all is well. `head` is the last link: written down elsewhere every
-- day, it proves that nobody, the owner included, has rewritten what lies before it.
create or replace function office.verify_audit(
    out events bigint, out sealed bigint, out broken_position bigint, out broken_event bigint, out head bytea,
    out oldest_unsealed timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    event record;
begin
    if not office.is_member('office_admin') then
        perform office.refuse('OF008', 'not_allowed', null, 'verify_audit');
    end if;
    select count(*), min(e.at) filter (where e.position is null) into events, oldest_unsealed from office.audit_event e;
    sealed := 0;
    head := ''::bytea;
    for event in
        select e.id, e.digest, e.position, e.chain, office.event_digest(e) as true_digest
          from office.audit_event e where e.position is not null order by e.position
    loop
        sealed := sealed + 1;
        head := sha256(head || event.digest);
        if event.digest <> event.true_digest then
            broken_event := coalesce(broken_event, event.id);
        end if;
        if broken_position is null and (event.position <> sealed or event.chain <> head) then
            broken_position := sealed;
        end if;
    end loop;
    if broken_event is null then
        select min(e.id) into broken_event
          from office.audit_event e where e.position is null and e.digest <> office.event_digest(e);
    end if;
end
$$;

do $$
declare t record;
begin
    for t in
        select c.relname as name, string_agg(a.attname, ',' order by k.n) as key
          from pg_class c
          join pg_index i on i.indrelid = c.oid and i.indisprimary
          join unnest(i.indkey::int2[]) with ordinality as k(attnum, n) on true
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
         where c.relnamespace = 'office'::regnamespace and c.relkind = 'r'
           and c.relname not in (select u.name from office.unaudited_tables() u)
         group by c.relname
    loop
        execute format(
            'create trigger audit after insert or update or delete on office.%I'
            ' for each row execute function office.audit_row(%L, %L, %L)',
            t.name, t.key, array_to_string(office.masked_columns(t.name), ','),
            array_to_string(office.ignored_columns(t.name), ','));
    end loop;
end
$$;

grant select on office.audit_event to office_admin;
create policy scope on office.audit_event for select to office_admin
    using (authority_id = any ((select office.visible_authorities())::bigint[])
           or (authority_id is null and (select office.sees_everything())));
grant execute on function office.seal_audit(int, boolean) to office_mailer;
grant execute on function office.verify_audit() to office_admin;
