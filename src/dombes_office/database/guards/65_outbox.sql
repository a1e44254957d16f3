-- The outbox: an agent gives the words, the database gives the address; an e-mail moves from state to state, never back.

-- How long an e-mail waits before it may leave: the ten seconds shown for undoing, and two for the way to the server.
create or replace function office.undo_delay() returns interval
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select interval '12 seconds' $$;

create or replace function office.mail_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    family record;
begin
    select d.authority_id, r.household_id, a.email, u.email as office_email into family
      from office.decision d
      join office.access_request r on r.id = d.request_id
      join office.household h on h.id = r.household_id
      join office.account a on a.id = h.account_id
      join office.authority u on u.id = d.authority_id
     where d.id = new.decision_id and d.decided_by = session_user and d.decided_at = now() and d.undone_at is null
       and d.xid = pg_current_xact_id();
    if not found then
        perform office.refuse('OF025', 'decision_is_final', json_build_object('decision', new.decision_id),
            'mail_enters');
    end if;
    new.authority_id := family.authority_id;
    new.household_id := family.household_id;
    new.to_address := family.email;
    new.reply_to := family.office_email;
    new.dedupe_key := 'decision-' || new.decision_id;
    -- A domain with accents is none that a Message-ID may have.
    new.message_id := '<' || gen_random_uuid() || '@'
        || coalesce(substring(family.office_email from '@([A-Za-z0-9.-]+)$'), 'dombesconnect.fr') || '>';
    new.state := 'queued';
    -- Not now(): it is the beginning of a transaction that may have been held open.
    new.send_after := clock_timestamp() + office.undo_delay();
    new.attempts := 0;
    new.created_by := session_user;
    new.created_at := now();
    return new;
end
$$;
create trigger enter before insert on office.outbox_mail
    for each row execute function office.mail_enters();

create or replace function office.mail_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if (old.state, new.state) not in (
        ('queued', 'queued'), ('queued', 'sending'), ('queued', 'cancelled'),
        ('sending', 'sending'), ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'), ('failed', 'queued'))
       or (old.state = 'queued' and new.state = 'sending' and old.send_after > clock_timestamp())
       or (old.state = 'queued' and new.state = 'queued' and new.send_after < old.send_after)
       -- A claim ends by itself, and only then another may take it.
       or (new.state = 'sending' and new.leased_until is null)
       or (old.state = 'sending' and new.state = 'sending' and old.leased_until > clock_timestamp()) then
        perform office.refuse('OF026', 'mail_state',
            json_build_object('mail', old.id, 'from', old.state, 'to', new.state), 'mail_moves');
    end if;
    return new;
end
$$;
create trigger move before update on office.outbox_mail
    for each row execute function office.mail_moves();

-- An e-mail that could not be delivered tries again, to the family's present address, for whoever sees that it failed.
-- One attempt stays written: whether an earlier one arrived is not known, so its decision is not undone any more.
create or replace function office.retry_mail(p_mail bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mail record;
begin
    if not (office.is_member('office_reviewer') or office.is_member('office_reception')
            or office.is_member('office_admin')) then
        perform office.refuse('OF008', 'not_allowed', json_build_object('mail', p_mail), 'retry_mail');
    end if;
    select m.id, m.state, a.email, u.email as office_email into mail
      from office.outbox_mail m
      join office.household h on h.id = m.household_id
      join office.account a on a.id = h.account_id
      join office.authority u on u.id = m.authority_id
     where m.id = p_mail and m.authority_id = any (office.visible_authorities())
       for update of m;
    if not found then
        perform office.refuse('OF011', 'not_found', json_build_object('mail', p_mail), 'retry_mail');
    end if;
    if mail.state <> 'failed' then
        perform office.refuse('OF026', 'mail_state',
            json_build_object('mail', p_mail, 'from', mail.state, 'to', 'queued'), 'retry_mail');
    end if;
    update office.outbox_mail m
       set state = 'queued', attempts = 1, send_after = clock_timestamp(), last_error = null,
           to_address = mail.email, reply_to = mail.office_email
     where m.id = p_mail;
end
$$;
grant execute on function office.retry_mail(bigint) to office_reviewer, office_reception, office_admin;
