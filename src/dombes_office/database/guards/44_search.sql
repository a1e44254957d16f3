-- The words under which a family is found, kept as rows: under row security only an index on plain text is used.

-- A telephone as it is searched: its digits, with France's prefix written as people dial it.
create or replace function office.phone_digits(phone text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select coalesce('0' || substring(d.digits from '^(?:00)?330?([1-9][0-9]{8})$'), d.digits)
      from (select regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g') as digits) d
$$;

-- Everything under which these families are found, once for each authority that knows them.
create or replace function office.index_households(p_households bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update office.household_authority l set family_key = office.fold(h.name)
      from office.household h
     where h.id = l.household_id and l.household_id = any (p_households)
       and l.family_key is distinct from office.fold(h.name);
    delete from office.household_token t where t.household_id = any (p_households);
    delete from office.household_variant v where v.household_id = any (p_households);
    with names as materialized (
        select distinct f.id, w.word
          from (select h.id, concat_ws(' ', h.name, a.last_name, a.first_name) as words
                  from office.household h join office.account a on a.id = h.account_id
                 where h.id = any (p_households)
                union all
                select c.household_id, concat_ws(' ', b.last_name, b.first_name)
                  from office.household_child c join office.beneficiary b on b.id = c.beneficiary_id
                 where c.household_id = any (p_households)
                union all
                select k.household_id, concat_ws(' ', k.last_name, k.first_name)
                  from office.contact k where k.household_id = any (p_households) and k.removed_at is null) f,
               regexp_split_to_table(office.fold(f.words), ' ') w(word)
         where w.word <> ''
    ), known as (
        insert into office.household_token (household_id, authority_id, token)
        select l.household_id, l.authority_id, t.token
          from (select n.id, n.word as token from names n
                union
                select h.id, x.token
                  from office.household h join office.account a on a.id = h.account_id,
                       unnest(array[office.phone_digits(a.phone), office.phone_digits(a.other_phone), lower(a.email)])
                       x(token)
                 where h.id = any (p_households)
                union
                select k.household_id, x.token
                  from office.contact k, unnest(array[office.phone_digits(k.phone), lower(k.email)]) x(token)
                 where k.household_id = any (p_households) and k.removed_at is null
                union
                select m.household_id, lower(m.reference) from office.mandate m
                 where m.household_id = any (p_households)) t
          join office.household_authority l on l.household_id = t.id
         where t.token <> ''
    )
    insert into office.household_variant (household_id, authority_id, variant)
    select distinct l.household_id, l.authority_id, v.variant
      from names n
      join office.household_authority l on l.household_id = n.id,
           lateral (select n.word union all
                    select overlay(n.word placing '' from g for 1) from generate_series(1, length(n.word)) g
                     where length(n.word) >= 4) v(variant)
     where length(n.word) between 3 and 40;
end
$$;

create or replace function office.family_indexed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    families bigint[];
begin
    select array_agg(distinct c.household_id) into families from changed c;
    if families is not null then
        perform office.index_households(families);
    end if;
    return null;
end
$$;
create trigger index_new after insert on office.household_authority
    referencing new table as changed for each statement execute function office.family_indexed();
create trigger index_new after insert on office.household_child
    referencing new table as changed for each statement execute function office.family_indexed();
create trigger index_old after delete on office.household_child
    referencing old table as changed for each statement execute function office.family_indexed();
create trigger index_new after insert on office.contact
    referencing new table as changed for each statement execute function office.family_indexed();
create trigger index_changed after update on office.contact
    referencing new table as changed for each statement execute function office.family_indexed();
create trigger index_new after insert on office.mandate
    referencing new table as changed for each statement execute function office.family_indexed();
