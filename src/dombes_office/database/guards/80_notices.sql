-- A hint for the other desks that something changed: the name of the table, never data. Anyone may send one.

create or replace function office.announce() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_notify('office', tg_table_name);
    return null;
end
$$;
create trigger announce after insert or update on office.access_request
    for each statement execute function office.announce();
create trigger announce after insert or delete on office.request_opening
    for each statement execute function office.announce();
create trigger announce after insert or update on office.outbox_mail
    for each statement execute function office.announce();

-- What belongs to families is one subject for the desks, and so is the catalogue: the table's name says which.
do $$
declare t text;
begin
    foreach t in array array['account', 'household', 'beneficiary', 'household_child', 'contact', 'household_note',
                             'beneficiary_diet', 'mandate', 'service', 'document_requirement', 'authority', 'school',
                             'school_class', 'calendar_period', 'customer_group', 'diet_need'] loop
        execute format('create trigger announce after insert or update or delete on office.%I'
                       ' for each statement execute function office.announce()', t);
    end loop;
end
$$;
