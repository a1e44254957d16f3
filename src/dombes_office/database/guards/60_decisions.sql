-- Decisions: one for each version, on what was seen, complete with its verdicts and its e-mail, and undone only in time.

create or replace function office.decision_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    request record;
    standing record;
begin
    select r.status, r.version, r.authority_id into request
      from office.access_request r where r.id = new.request_id for no key update;
    if not found or not (request.authority_id = any (office.visible_authorities())) then
        perform office.refuse('OF011', 'not_found', json_build_object('request', new.request_id), 'decision_enters');
    end if;
    if request.status not in ('pending', 'complement_received') then
        select d.id, d.kind, d.decided_by, d.decided_at into standing
          from office.decision d where d.request_id = new.request_id and d.undone_at is null order by d.id desc limit 1;
        perform office.refuse('OF003', 'already_decided', json_build_object(
            'request', new.request_id, 'kind', standing.kind, 'by', standing.decided_by, 'at', standing.decided_at),
            'decide_on_what_you_saw');
    end if;
    if request.version <> new.seen_version then
        perform office.refuse('OF002', 'request_changed', json_build_object(
            'request', new.request_id, 'seen', new.seen_version, 'version', request.version),
            'decide_on_what_you_saw');
    end if;
    new.authority_id := request.authority_id;
    new.previous_status := request.status;
    new.decided_by := session_user;
    new.decided_at := now();
    -- The time alone would not do: two transactions can begin in the same microsecond. Nor would the number alone: in a
    -- database that was restored it is another server's.
    new.xid := pg_current_xact_id();
    new.undone_at := null;
    new.undone_by := null;
    update office.access_request r
       set version = r.version + 1,
           status = case new.kind when 'validate' then 'validated' when 'refuse' then 'refused'
                                  else 'awaiting_family' end
     where r.id = new.request_id;
    return new;
end
$$;
create trigger enter before insert on office.decision
    for each row execute function office.decision_enters();

-- A verdict belongs to a decision of this very transaction and speaks of the file that is there.
create or replace function office.verdict_enters() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    decided record;
begin
    select d.request_id, d.authority_id, d.kind, r.service_id into decided
      from office.decision d join office.access_request r on r.id = d.request_id
     where d.id = new.decision_id and d.decided_by = session_user and d.decided_at = now() and d.undone_at is null
       and d.xid = pg_current_xact_id();
    if not found then
        perform office.refuse('OF025', 'decision_is_final', json_build_object('decision', new.decision_id),
            'verdict_enters');
    end if;
    -- Said here and not at commit: that check an agent may have done early, and add a verdict after it.
    if decided.kind = 'validate' and new.kind = 'non_compliant' then
        perform office.refuse('OF004', 'piece_missing', json_build_object('request', decided.request_id),
            'verdict_enters');
    end if;
    perform from office.document_requirement q where q.id = new.requirement_id and q.service_id = decided.service_id;
    if not found then
        perform office.refuse('OF022', 'piece_not_asked', json_build_object('requirement', new.requirement_id),
            'verdict_enters');
    end if;
    if new.document_id is null then
        perform from office.supporting_document d
          where d.request_id = decided.request_id and d.requirement_id = new.requirement_id and d.replaced_at is null;
    else
        perform from office.supporting_document d
          where d.id = new.document_id and d.request_id = decided.request_id
            and d.requirement_id = new.requirement_id and d.replaced_at is null
            and d.file_sha256 is not distinct from new.seen_sha256;
    end if;
    if found <> (new.document_id is not null) then
        perform office.refuse('OF007', 'file_changed', json_build_object('document', new.document_id),
            'decide_on_what_you_saw');
    end if;
    new.authority_id := decided.authority_id;
    return new;
end
$$;
create trigger enter before insert on office.document_verdict
    for each row execute function office.verdict_enters();

-- At commit a standing decision is complete: every needed piece compliant where it validates, something asked for where
-- it asks, and its e-mail in the outbox. Who has it checked earlier can add nothing afterwards that would break it.
create or replace function office.decision_completes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    missing bigint;
begin
    perform from office.decision d where d.id = new.id and d.undone_at is null;
    if not found then
        return null;
    end if;
    if new.kind = 'validate' then
        select count(*) into missing
          from office.access_request r
          join office.document_requirement q on q.service_id = r.service_id and q.closed_at is null
           and (q.needed = 'always' or r.by_debit)
         where r.id = new.request_id
           and not exists (select from office.document_verdict v
                            where v.decision_id = new.id and v.requirement_id = q.id and v.kind = 'compliant');
        if missing > 0 then
            perform office.refuse('OF004', 'piece_missing',
                json_build_object('request', new.request_id, 'missing', missing), 'decision_completes');
        end if;
    elsif new.kind = 'complement' then
        perform from office.document_verdict v where v.decision_id = new.id and v.kind = 'non_compliant';
        if not found then
            perform office.refuse('OF012', 'nothing_asked', json_build_object('request', new.request_id),
                'decision_completes');
        end if;
    end if;
    -- The delay is for undoing what can be seen, and nothing can before the commit: who held it back waits anew.
    update office.outbox_mail m set send_after = clock_timestamp() + office.undo_delay()
     where m.decision_id = new.id and m.state = 'queued'
       and m.send_after < clock_timestamp() + office.undo_delay() - interval '1 second';
    perform from office.outbox_mail m where m.decision_id = new.id;
    if not found then
        perform office.refuse('OF006', 'mail_missing', json_build_object('decision', new.id), 'decision_completes');
    end if;
    return null;
end
$$;
create constraint trigger complete after insert on office.decision
    deferrable initially deferred for each row execute function office.decision_completes();

-- Undoing: by the one who decided, while the e-mail has not left; the request goes back to where it was.
create or replace function office.decision_undone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if old.decided_by <> session_user then
        perform office.refuse('OF008', 'not_allowed', json_build_object('decision', old.id), 'undo');
    end if;
    if old.undone_at is not null
       or (to_jsonb(new) - 'undone_at') is distinct from (to_jsonb(old) - 'undone_at') then
        perform office.refuse('OF025', 'decision_is_final', json_build_object('decision', old.id), 'undo');
    end if;
    perform from office.access_request r where r.id = old.request_id for no key update;
    -- An e-mail whose line broke waits again, and nobody knows whether it arrived: an attempt counts as a letter that left.
    update office.outbox_mail m set state = 'cancelled'
     where m.decision_id = old.id and m.state = 'queued' and m.attempts = 0 and m.send_after > clock_timestamp();
    if not found then
        perform office.refuse('OF005', 'undo_too_late', json_build_object('decision', old.id), 'undo');
    end if;
    update office.access_request r set status = old.previous_status, version = r.version + 1
     where r.id = old.request_id
       and r.status = case old.kind when 'validate' then 'validated' when 'refuse' then 'refused'
                                    else 'awaiting_family' end;
    if not found then
        perform office.refuse('OF002', 'request_changed', json_build_object('request', old.request_id), 'undo');
    end if;
    new.undone_at := now();
    new.undone_by := session_user;
    return new;
end
$$;
create trigger undo before update on office.decision
    for each row execute function office.decision_undone();
