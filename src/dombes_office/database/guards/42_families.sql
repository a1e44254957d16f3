-- Families at the counter: what enters, whom it belongs to, what follows a change, and two families that were one.

-- A row that people edit moves on by one version with each change, so that a desk can say which one it saw.
create or replace function office.version_moves() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;
create trigger move_version before update on office.account
    for each row when (old is distinct from new) execute function office.version_moves();
create trigger move_version before update on office.household
    for each row when (old is distinct from new) execute function office.version_moves();
create trigger move_version before update on office.beneficiary
    for each row when (old is distinct from new) execute function office.version_moves();
create trigger move_version before update on office.contact
    for each row execute function office.version_moves();
create trigger move_version before update on office.service
    for each row when (old is distinct from new) execute function office.version_moves();
create trigger move_version before update on office.document_requirement
    for each row when (old is distinct from new) execute function office.version_moves();

-- True where the caller sees a family of that number: it is known to one of her authorities, and not merged away.
create or replace function office.sees_household(p_household bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from office.household_authority l join office.household h on h.id = l.household_id
         where l.household_id = p_household and h.merged_into_id is null
           and l.authority_id = any (office.visible_authorities()));
end
$$;

-- True where the caller sees a home of that child.
create or replace function office.sees_beneficiary(p_beneficiary bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from office.household_child c
          join office.household_authority l on l.household_id = c.household_id
         where c.beneficiary_id = p_beneficiary and l.authority_id = any (office.visible_authorities()));
end
$$;

-- True where a child's health is the caller's to know: she examines a request of the child, or the child has none yet
-- and every authority that knows it is hers.
create or replace function office.needs_health(p_beneficiary bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    visible bigint[] := office.visible_authorities();
begin
    return exists (select from office.access_request r
                    where r.beneficiary_id = p_beneficiary and r.authority_id = any (visible))
        or (office.sees_beneficiary(p_beneficiary)
            and not exists (select from office.access_request r where r.beneficiary_id = p_beneficiary)
            and not exists (select from office.household_child c
                              join office.household_authority l on l.household_id = c.household_id
                             where c.beneficiary_id = p_beneficiary and l.authority_id <> all (visible)));
end
$$;

-- Who cannot read what stands there does not write over it.
create or replace function office.health_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if (new.care_note, new.care_plan_from, new.care_plan_until, new.vaccinated_seen_on)
       is distinct from (old.care_note, old.care_plan_from, old.care_plan_until, old.vaccinated_seen_on)
       and not (office.needs_health(old.id) or office.is_superuser()) then
        perform office.refuse('OF008', 'not_allowed', json_build_object('beneficiary', old.id), 'health_changes');
    end if;
    return new;
end
$$;
create trigger keep_health before update of care_note, care_plan_from, care_plan_until, vaccinated_seen_on
    on office.beneficiary for each row execute function office.health_changes();

-- Who works at the counter: reception and reviewers.
create or replace function office.check_counter() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if not (office.is_member('office_reception') or office.is_member('office_reviewer')) then
        perform office.refuse('OF008', 'not_allowed', null, 'counter');
    end if;
end
$$;

-- A family that the office did not know: account, household and the authority that knows it, in one go. Where the
-- e-mail is taken the refusal tells whether the caller may open that family ("household") or has to join it first.
create or replace function office.open_family(
    p_authority bigint, p_email text, p_last_name text, p_first_name text, p_phone text default '',
    p_other_phone text default '', p_address text default '', p_postcode text default '', p_town text default '')
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    known bigint;
    holder bigint;
    family bigint;
begin
    perform office.check_counter();
    if not (p_authority = any (office.visible_authorities())) then
        perform office.refuse('OF011', 'not_found', json_build_object('authority', p_authority), 'open_family');
    end if;
    insert into office.account (email, last_name, first_name, phone, other_phone, address, postcode, town)
    values (btrim(p_email), btrim(p_last_name), btrim(p_first_name), p_phone, p_other_phone, p_address, p_postcode,
            p_town)
    on conflict (lower(email)) do nothing returning id into holder;
    if holder is null then
        select h.id into known
          from office.account a join office.household h on h.account_id = coalesce(a.merged_into_id, a.id)
         where lower(a.email) = lower(btrim(p_email));
        perform office.refuse('OF030', 'email_known', json_build_object(
            'household', case when office.sees_household(known) then known end), 'open_family');
    end if;
    insert into office.household (account_id, name) values (holder, btrim(p_last_name)) returning id into family;
    insert into office.household_authority (household_id, authority_id) values (family, p_authority);
    return family;
end
$$;

-- A family that only other authorities know comes to this counter: from now on this authority knows it too. Whoever
-- does it says why, and the trail keeps it: the e-mail is all that she has to know.
create or replace function office.join_family(p_authority bigint, p_email text, p_reason text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    family bigint;
begin
    perform office.check_counter();
    if not (p_authority = any (office.visible_authorities())) then
        perform office.refuse('OF011', 'not_found', json_build_object('authority', p_authority), 'join_family');
    end if;
    if p_reason !~ '[[:alnum:]]' then
        perform office.refuse('OF031', 'reason_needed', null, 'join_family');
    end if;
    select h.id into family
      from office.account a join office.household h on h.account_id = coalesce(a.merged_into_id, a.id)
     where lower(a.email) = lower(btrim(p_email));
    if family is null then
        perform office.refuse('OF011', 'not_found', null, 'join_family');
    end if;
    perform set_config('office.reason', left(p_reason, 500), true);
    insert into office.household_authority (household_id, authority_id) values (family, p_authority)
    on conflict do nothing;
    perform set_config('office.reason', '', true);
    return family;
end
$$;

-- A child enters the home that it is entered for; nobody is born tomorrow.
create or replace function office.beneficiary_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if new.born_on > (now() at time zone 'Europe/Paris')::date then
        perform office.refuse('OF032', 'born_in_future', null, 'beneficiary_enters');
    end if;
    return new;
end
$$;
create trigger enter before insert or update of born_on on office.beneficiary
    for each row execute function office.beneficiary_enters();

create or replace function office.beneficiary_is_home() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into office.household_child (household_id, beneficiary_id, since)
    select n.household_id, n.id, n.created_at from entered n on conflict do nothing;
    return null;
end
$$;
create trigger come_home after insert on office.beneficiary
    referencing new table as entered for each statement execute function office.beneficiary_is_home();

-- A contact for one child is a contact of a home of that child.
create or replace function office.contact_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from office.household_child c
      where c.household_id = new.household_id and c.beneficiary_id = new.beneficiary_id;
    if not found then
        perform office.refuse('OF020', 'child_of_another_family', null, 'contact_enters');
    end if;
    return new;
end
$$;
create trigger enter before insert or update of beneficiary_id, household_id on office.contact
    for each row when (new.beneficiary_id is not null) execute function office.contact_enters();

-- A second home for a child whose parents live apart: both families are the caller's to see.
create or replace function office.add_home(p_beneficiary bigint, p_household bigint, p_share smallint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform office.check_counter();
    if not (office.sees_beneficiary(p_beneficiary) and office.sees_household(p_household)) then
        perform office.refuse('OF011', 'not_found', json_build_object('beneficiary', p_beneficiary), 'add_home');
    end if;
    perform from office.beneficiary b where b.id = p_beneficiary for no key update;
    if (select count(*) from office.household_child c
         where c.beneficiary_id = p_beneficiary and c.household_id <> p_household) >= 2 then
        perform office.refuse('OF033', 'two_homes', json_build_object('beneficiary', p_beneficiary), 'add_home');
    end if;
    insert into office.household_child (household_id, beneficiary_id, share_percent)
    values (p_household, p_beneficiary, p_share)
    on conflict (household_id, beneficiary_id) do update set share_percent = excluded.share_percent;
    update office.household_child c set share_percent = 100 - p_share
     where c.beneficiary_id = p_beneficiary and c.household_id <> p_household;
end
$$;

-- A child leaves a home that has no request and no booking for it any more; the last home is never left.
create or replace function office.leave_home(p_beneficiary bigint, p_household bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    other bigint;
begin
    perform office.check_counter();
    if not office.sees_household(p_household) then
        perform office.refuse('OF011', 'not_found', json_build_object('beneficiary', p_beneficiary), 'leave_home');
    end if;
    perform from office.beneficiary b where b.id = p_beneficiary for no key update;
    select c.household_id into other from office.household_child c
     where c.beneficiary_id = p_beneficiary and c.household_id <> p_household;
    if other is null or exists (select from office.access_request r
                                 where r.beneficiary_id = p_beneficiary and r.household_id = p_household) then
        perform office.refuse('OF034', 'home_in_use', json_build_object('beneficiary', p_beneficiary), 'leave_home');
    end if;
    delete from office.household_child c where c.beneficiary_id = p_beneficiary and c.household_id = p_household;
    update office.household_child c set share_percent = 100 where c.beneficiary_id = p_beneficiary;
    update office.beneficiary b set household_id = other where b.id = p_beneficiary and b.household_id = p_household;
end
$$;

-- Whoever writes a note signs it; only the writer takes it away.
create or replace function office.note_moves() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        new.written_by := session_user;
        new.written_at := now();
        new.removed_at := null;
        return new;
    end if;
    if old.written_by <> session_user or old.removed_at is not null
       or (to_jsonb(new) - 'removed_at' - 'household_id') is distinct from (to_jsonb(old) - 'removed_at' - 'household_id')
    then
        perform office.refuse('OF008', 'not_allowed', json_build_object('note', old.id), 'note_moves');
    end if;
    new.removed_at := case when new.removed_at is null then null else now() end;
    return new;
end
$$;
create trigger sign before insert or update of words, removed_at, written_by, written_at on office.household_note
    for each row execute function office.note_moves();

-- Open requests follow what changes in the child, the family and the account.
create or replace function office.family_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    families bigint[];
    children bigint[];
begin
    if tg_table_name = 'beneficiary' then
        select array_agg(distinct c.household_id), array_agg(distinct c.beneficiary_id) into families, children
          from after n join before o on o.id = n.id and n is distinct from o
          join office.household_child c on c.beneficiary_id = n.id;
    elsif tg_table_name = 'household' then
        select array_agg(n.id) into families from after n join before o on o.id = n.id and n is distinct from o;
    else
        select array_agg(h.id) into families
          from after n join before o on o.id = n.id and n is distinct from o
          join office.household h on h.account_id = n.id;
    end if;
    if families is null then
        return null;
    end if;
    update office.access_request r
       set version = r.version + 1, family_key = office.fold(h.name || ' ' || b.first_name)
      from office.household h, office.beneficiary b
     where h.id = r.household_id and b.id = r.beneficiary_id
       and r.household_id = any (families) and (children is null or r.beneficiary_id = any (children))
       and r.status in ('pending', 'complement_received', 'awaiting_family');
    perform office.index_households(families);
    return null;
end
$$;
create trigger follow after update on office.account
    referencing old table as before new table as after
    for each statement execute function office.family_changed();
create trigger follow after update on office.household
    referencing old table as before new table as after
    for each statement execute function office.family_changed();
create trigger follow after update on office.beneficiary
    referencing old table as before new table as after
    for each statement execute function office.family_changed();

-- Two families that were one. `p_pairs` are children of both that are the same child: (the one that stays, the other).
-- Nothing is lost: all that belonged to the other family comes over, the other account's holder becomes a contact, and
-- what was moved is written down. Both families, and every authority that knows them, must be the caller's.
create or replace function office.merge_families(p_keep bigint, p_merge bigint, p_pairs bigint[], p_reason text)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    kept record;
    other record;
    stays bigint;
    goes bigint;
    moved jsonb;
    merge_id bigint;
begin
    if not office.is_member('office_reviewer') then
        perform office.refuse('OF008', 'not_allowed', null, 'merge_families');
    end if;
    if p_keep = p_merge or p_pairs is null or array_ndims(p_pairs) > 1 and array_length(p_pairs, 2) <> 2 then
        perform office.refuse('OF035', 'cannot_merge', null, 'merge_families');
    end if;
    if p_reason !~ '[[:alnum:]]' then
        perform office.refuse('OF031', 'reason_needed', null, 'merge_families');
    end if;
    perform from office.household h where h.id in (p_keep, p_merge) order by h.id for update;
    if not (office.sees_household(p_keep) and office.sees_household(p_merge)) then
        perform office.refuse('OF011', 'not_found', null, 'merge_families');
    end if;
    if exists (select from office.household_authority l
                where l.household_id in (p_keep, p_merge) and l.authority_id <> all (office.visible_authorities())) then
        perform office.refuse('OF008', 'out_of_scope', null, 'merge_families');
    end if;
    select h.id, a.* into kept from office.household h join office.account a on a.id = h.account_id where h.id = p_keep;
    select h.id as household_id, a.* into other
      from office.household h join office.account a on a.id = h.account_id where h.id = p_merge;
    perform set_config('office.reason', left(p_reason, 500), true);
    moved := jsonb_build_object('account', other.id);
    -- Said first: a request moves only from a family, or a child, to the one that it was merged into.
    update office.household h set merged_into_id = p_keep where h.id = p_merge;

    -- The same child twice: what the one that stays lacks comes from the other.
    for i in 1 .. coalesce(array_length(p_pairs, 1), 0) loop
        stays := p_pairs[i][1];
        goes := p_pairs[i][2];
        if stays = goes
           or not exists (select from office.household_child c where c.household_id = p_keep and c.beneficiary_id = stays)
           or not exists (select from office.household_child c where c.household_id = p_merge and c.beneficiary_id = goes)
        then
            perform office.refuse('OF035', 'cannot_merge', json_build_object('child', goes), 'merge_families');
        end if;
        if exists (select from office.access_request x join office.access_request y on y.service_id = x.service_id
                    where x.beneficiary_id = stays and y.beneficiary_id = goes
                      and x.status in ('pending', 'complement_received', 'awaiting_family')
                      and y.status in ('pending', 'complement_received', 'awaiting_family')) then
            perform office.refuse('OF036', 'requests_collide', json_build_object('child', stays), 'merge_families');
        end if;
        update office.beneficiary b
           set born_on = coalesce(b.born_on, g.born_on),
               relationship = coalesce(nullif(b.relationship, ''), g.relationship),
               school_level = coalesce(nullif(b.school_level, ''), g.school_level),
               school_class_id = coalesce(b.school_class_id, g.school_class_id),
               customer_group_id = coalesce(b.customer_group_id, g.customer_group_id),
               care_note = case when g.care_note is null or g.care_note = b.care_note then b.care_note
                                when b.care_note is null then g.care_note
                                else left(b.care_note || chr(10) || g.care_note, 2000) end,
               care_plan_from = coalesce(b.care_plan_from, g.care_plan_from),
               care_plan_until = coalesce(b.care_plan_until, g.care_plan_until),
               vaccinated_seen_on = coalesce(b.vaccinated_seen_on, g.vaccinated_seen_on),
               photo_sha256 = coalesce(b.photo_sha256, g.photo_sha256)
          from office.beneficiary g where b.id = stays and g.id = goes;
        update office.beneficiary b set merged_into_id = stays where b.id = goes;
        update office.access_request r set beneficiary_id = stays, household_id = p_keep
         where r.beneficiary_id = goes and r.household_id = p_merge;
        update office.access_request r set beneficiary_id = stays where r.beneficiary_id = goes;
        insert into office.beneficiary_diet (beneficiary_id, diet_need_id, removed_at)
        select stays, d.diet_need_id, d.removed_at from office.beneficiary_diet d where d.beneficiary_id = goes
        on conflict do nothing;
        update office.contact c set beneficiary_id = stays, household_id = p_keep
         where c.beneficiary_id = goes and c.household_id = p_merge;
        insert into office.household_child (household_id, beneficiary_id, share_percent, since)
        select c.household_id, stays, c.share_percent, c.since from office.household_child c
         where c.beneficiary_id = goes and c.household_id <> p_merge
        on conflict do nothing;
        update office.contact c set beneficiary_id = stays where c.beneficiary_id = goes;
        delete from office.household_child c where c.beneficiary_id = goes;
        update office.beneficiary b set household_id = p_keep where b.id = goes;
        moved := jsonb_set(moved, '{same_children}',
            coalesce(moved -> 'same_children', '[]') || jsonb_build_array(jsonb_build_array(stays, goes)));
    end loop;

    moved := moved || jsonb_build_object(
        'children', (select coalesce(jsonb_agg(c.beneficiary_id), '[]') from office.household_child c
                      where c.household_id = p_merge),
        'requests', (select coalesce(jsonb_agg(r.id), '[]') from office.access_request r where r.household_id = p_merge),
        'contacts', (select coalesce(jsonb_agg(c.id), '[]') from office.contact c where c.household_id = p_merge),
        'notes', (select coalesce(jsonb_agg(n.id), '[]') from office.household_note n where n.household_id = p_merge),
        'mandates', (select coalesce(jsonb_agg(m.id), '[]') from office.mandate m where m.household_id = p_merge),
        'mails', (select coalesce(jsonb_agg(m.id), '[]') from office.outbox_mail m where m.household_id = p_merge));
    insert into office.household_child (household_id, beneficiary_id, share_percent, since)
    select p_keep, c.beneficiary_id, c.share_percent, c.since from office.household_child c where c.household_id = p_merge
    on conflict do nothing;
    update office.contact c set household_id = p_keep where c.household_id = p_merge;
    delete from office.household_child c where c.household_id = p_merge;
    update office.beneficiary b set household_id = p_keep where b.household_id = p_merge and b.merged_into_id is null;
    update office.access_request r set household_id = p_keep where r.household_id = p_merge;
    update office.household_note n set household_id = p_keep where n.household_id = p_merge;
    update office.mandate m set household_id = p_keep where m.household_id = p_merge;
    update office.outbox_mail m set household_id = p_keep where m.household_id = p_merge;
    insert into office.household_authority (household_id, authority_id)
    select p_keep, l.authority_id from office.household_authority l where l.household_id = p_merge on conflict do nothing;
    delete from office.household_authority l where l.household_id = p_merge;

    if (lower(other.email), office.fold(other.last_name), office.fold(other.first_name), other.phone, other.address)
       is distinct from
       (lower(kept.email), office.fold(kept.last_name), office.fold(kept.first_name), kept.phone, kept.address) then
        insert into office.contact (household_id, last_name, first_name, phone, email, guardian)
        values (p_keep, other.last_name, other.first_name, other.phone, other.email, true);
    end if;
    update office.account a set merged_into_id = kept.id where a.id = other.id;
    insert into office.household_merge (kept_id, merged_id, moved, reason)
    values (p_keep, p_merge, moved, left(btrim(p_reason), 500)) returning id into merge_id;
    perform office.index_households(array[p_keep, p_merge]);
    perform set_config('office.reason', '', true);
    return merge_id;
end
$$;

-- A new mandate's reference (RUM): the authority, the family and a running number, never used twice for one creditor.
create or replace function office.prepare_mandate(p_household bigint, p_authority bigint) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    unique_reference text;
begin
    if not (office.is_member('office_reception') or office.is_member('office_reviewer')
            or office.is_member('office_finance')) then
        perform office.refuse('OF008', 'not_allowed', null, 'prepare_mandate');
    end if;
    if not (office.sees_household(p_household) and p_authority = any (office.visible_authorities())) then
        perform office.refuse('OF011', 'not_found', json_build_object('household', p_household), 'prepare_mandate');
    end if;
    perform from office.household h where h.id = p_household for no key update;
    select 'DO' || p_authority || '-' || office.zero_filled(p_household) || '-'
           || (select count(*) + 1 from office.mandate m where m.reference like
               'DO' || p_authority || '-' || office.zero_filled(p_household) || '-%') into unique_reference;
    insert into office.mandate (reference, household_id, authority_id)
    values (unique_reference, p_household, p_authority);
    return unique_reference;
end
$$;

grant execute on function office.sees_household(bigint), office.sees_beneficiary(bigint)
    to office_reception, office_reviewer, office_planner, office_finance;
grant execute on function
    office.open_family(bigint, text, text, text, text, text, text, text, text),
    office.join_family(bigint, text, text),
    office.add_home(bigint, bigint, smallint),
    office.leave_home(bigint, bigint)
    to office_reception, office_reviewer;
grant execute on function office.merge_families(bigint, bigint, bigint[], text) to office_reviewer;
grant execute on function office.prepare_mandate(bigint, bigint) to office_reception, office_reviewer, office_finance;
