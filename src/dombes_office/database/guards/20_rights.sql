-- Who may read and write which columns of which rows. The clean slate (no grant, no policy) is made before this file.
-- A table that is named nowhere below is closed to everybody but the owner.

grant usage on schema office to office_reception, office_reviewer, office_planner, office_animator, office_finance,
    office_admin, office_mailer;

-- Row security binds the owner too, so that a definer function sees what its policies say and nothing by accident.
do $$
declare t regclass;
begin
    for t in select c.oid from pg_class c where c.relnamespace = 'office'::regnamespace and c.relkind in ('r', 'p') loop
        execute format('alter table %s enable row level security', t);
        execute format('alter table %s force row level security', t);
        execute format('create policy owner_all on %s to office_owner using (true) with check (true)', t);
    end loop;
end
$$;

-- Nothing is for PUBLIC: the portal has no right at all until its contract is written.
revoke execute on all functions in schema office from public;
grant execute on function office.visible_authorities(), office.is_active(), office.sees_everything(),
    office.fold(text), office.is_member(text), office.refuse(text, text, json, text)
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_admin, office_mailer;

-- The house itself ---------------------------------------------------------------------------------------------------

grant select on office.alembic_version, office.installed_guard, office.assignable_group, office.customer_group,
    office.backup_run, office.diet_need
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_admin, office_mailer;
create policy everyone on office.alembic_version for select using (true);
create policy everyone on office.installed_guard for select using (true);
create policy active on office.assignable_group for select using ((select office.is_active()));
create policy active on office.customer_group for select using ((select office.is_active()));
create policy active on office.diet_need for select using ((select office.is_active()));
create policy active on office.backup_run for select using ((select office.is_active()));

grant select (login, display_name, suspended_at) on office.staff_member
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_mailer;
grant select on office.staff_member to office_admin;
create policy active on office.staff_member for select using ((select office.is_active()));

grant select on office.agent_scope
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_admin, office_mailer;
create policy own on office.agent_scope for select using (login = session_user and (select office.is_active()));
create policy administered on office.agent_scope for select to office_admin
    using (authority_id = any ((select office.visible_authorities())::bigint[]));

-- Catalogue ----------------------------------------------------------------------------------------------------------

grant select on office.authority, office.service, office.document_requirement
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_admin, office_mailer;
create policy scope on office.authority for select
    using (id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.service for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.document_requirement for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));

grant update (name, short_name, postcode, email, phone, creditor_id) on office.authority to office_admin;
create policy administer on office.authority for update to office_admin
    using (id = any ((select office.visible_authorities())::bigint[]))
    with check (id = any ((select office.visible_authorities())::bigint[]));
grant insert (authority_id, name, description, min_age, max_age, min_level, max_level, requests_from, requests_until,
              bookings_from, residence),
      update (name, description, min_age, max_age, min_level, max_level, requests_from, requests_until, bookings_from,
              residence, closed_at) on office.service to office_planner;
create policy plan on office.service for all to office_planner
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));
-- The authority is copied from the service before the policy looks at the row.
grant insert (service_id, code, label, kind, needed, sensitivity, validity_months, position),
      update (label, needed, sensitivity, validity_months, position, closed_at) on office.document_requirement
    to office_planner;
create policy plan on office.document_requirement for all to office_planner
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));

grant select on office.school, office.school_class, office.calendar_period
    to office_reception, office_reviewer, office_planner, office_animator, office_finance, office_admin;
create policy scope on office.school for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.school_class for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.calendar_period for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
grant insert (authority_id, name, town), update (name, town, closed_at) on office.school to office_planner;
grant insert (school_id, school_year, name), update (name, closed_at) on office.school_class to office_planner;
grant insert (authority_id, kind, name, first_on, last_on), update (kind, name, first_on, last_on, closed_at)
    on office.calendar_period to office_planner;
create policy plan on office.school for all to office_planner
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy plan on office.school_class for all to office_planner
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy plan on office.calendar_period for all to office_planner
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));

-- Groups and diet needs are every authority's: only who sees them all writes them.
grant insert (name), update (name, closed_at) on office.customer_group, office.diet_need to office_planner;
create policy plan on office.customer_group for all to office_planner
    using ((select office.sees_everything())) with check ((select office.sees_everything()));
create policy plan on office.diet_need for all to office_planner
    using ((select office.sees_everything())) with check ((select office.sees_everything()));

-- Families: known to an authority by a link, so each policy asks the link table, whose own policy is the scope. -------

grant select on office.household_authority, office.household_token, office.household_variant, office.household,
    office.account, office.household_child, office.mandate
    to office_reception, office_reviewer, office_planner, office_finance;
grant select (id, household_id, last_name, first_name, born_on, relationship, school_level, school_class_id,
              customer_group_id, leaves_alone, leaves_alone_signed_on, photo_sha256, created_at, version, merged_into_id)
    on office.beneficiary to office_reception, office_reviewer, office_planner, office_finance; -- Health: see 50_reading.
grant select on office.beneficiary_diet to office_reception, office_reviewer, office_planner;
-- That somebody may not come for a child is for all who hand children over; why is not.
grant select (id, household_id, beneficiary_id, last_name, first_name, relationship, phone, email, guardian, may_pick_up,
              emergency_rank, barred, created_at, removed_at, version)
    on office.contact to office_reception, office_planner, office_finance;
grant select on office.contact to office_reviewer;
grant select on office.household_note, office.household_merge to office_reception, office_reviewer;
create policy scope on office.household_authority for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.household_token for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.household_variant for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy scope on office.household for select
    using (exists (select from office.household_authority l where l.household_id = household.id));
create policy scope on office.account for select
    using (exists (select from office.household h where h.account_id = account.id));
create policy scope on office.household_child for select
    using (exists (select from office.household_authority l where l.household_id = household_child.household_id));
create policy scope on office.beneficiary for select
    using (exists (select from office.household_authority l where l.household_id = beneficiary.household_id)
           or exists (select from office.household_child c where c.beneficiary_id = beneficiary.id));
create policy scope on office.beneficiary_diet for select
    using (exists (select from office.household_child c where c.beneficiary_id = beneficiary_diet.beneficiary_id));
create policy scope on office.contact for select
    using (exists (select from office.household_authority l where l.household_id = contact.household_id));
create policy scope on office.household_note for select
    using (exists (select from office.household_authority l where l.household_id = household_note.household_id));
create policy scope on office.household_merge for select
    using (exists (select from office.household_authority l where l.household_id = household_merge.kept_id));
create policy scope on office.mandate for select
    using (authority_id = any ((select office.visible_authorities())::bigint[])
           and exists (select from office.household_authority l where l.household_id = mandate.household_id));

-- At the counter: families are opened by a function, their rows are changed in place. What concerns health is read by
-- reviewers alone; reception writes down what a parent says of a new child, and does not read it again.
grant update (email, last_name, first_name, phone, other_phone, address, postcode, town) on office.account
    to office_reception, office_reviewer;
grant update (name) on office.household to office_reception, office_reviewer;
grant insert (household_id, last_name, first_name, born_on, relationship, school_level, school_class_id,
              customer_group_id, leaves_alone, leaves_alone_signed_on, care_note, care_plan_from, care_plan_until,
              vaccinated_seen_on),
      update (last_name, first_name, born_on, relationship, school_level, school_class_id, customer_group_id,
              leaves_alone, leaves_alone_signed_on) on office.beneficiary to office_reception, office_reviewer;
grant update (care_note, care_plan_from, care_plan_until, vaccinated_seen_on) on office.beneficiary to office_reviewer;
grant update (school_level, school_class_id) on office.beneficiary to office_planner;
grant insert (household_id, beneficiary_id, last_name, first_name, relationship, phone, email, guardian, may_pick_up,
              emergency_rank, barred_by),
      update (beneficiary_id, last_name, first_name, relationship, phone, email, guardian, may_pick_up, emergency_rank,
              barred_by, removed_at) on office.contact to office_reviewer;
grant insert (household_id, beneficiary_id, last_name, first_name, relationship, phone, email, guardian, may_pick_up,
              emergency_rank),
      update (beneficiary_id, last_name, first_name, relationship, phone, email, guardian, may_pick_up, emergency_rank,
              removed_at) on office.contact to office_reception;
grant insert (beneficiary_id, diet_need_id), update (removed_at) on office.beneficiary_diet
    to office_reception, office_reviewer;
grant insert (household_id, words), update (removed_at) on office.household_note to office_reception, office_reviewer;
create policy counter on office.account for update to office_reception, office_reviewer
    using (merged_into_id is null and exists (select from office.household h where h.account_id = account.id))
    with check (exists (select from office.household h where h.account_id = account.id));
create policy counter on office.household for update to office_reception, office_reviewer
    using (merged_into_id is null
           and exists (select from office.household_authority l where l.household_id = household.id))
    with check (exists (select from office.household_authority l where l.household_id = household.id));
create policy enter on office.beneficiary for insert to office_reception, office_reviewer
    with check (exists (select from office.household_authority l where l.household_id = beneficiary.household_id));
create policy counter on office.beneficiary for update to office_reception, office_reviewer, office_planner
    using (merged_into_id is null
           and exists (select from office.household_child c where c.beneficiary_id = beneficiary.id))
    with check (exists (select from office.household_child c where c.beneficiary_id = beneficiary.id));
create policy counter on office.contact for all to office_reception, office_reviewer
    using (exists (select from office.household_authority l where l.household_id = contact.household_id))
    with check (exists (select from office.household_authority l where l.household_id = contact.household_id));
create policy counter on office.beneficiary_diet for all to office_reception, office_reviewer
    using (exists (select from office.household_child c where c.beneficiary_id = beneficiary_diet.beneficiary_id))
    with check (exists (select from office.household_child c where c.beneficiary_id = beneficiary_diet.beneficiary_id));
create policy counter on office.household_note for all to office_reception, office_reviewer
    using (exists (select from office.household_authority l where l.household_id = household_note.household_id))
    with check (exists (select from office.household_authority l where l.household_id = household_note.household_id));

-- Requests: read in the scope, entered at the counter; nobody changes one, its state follows decisions and pieces. ------

grant select on office.access_request to office_reception, office_reviewer, office_planner, office_finance;
create policy scope on office.access_request for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
grant insert (household_id, beneficiary_id, service_id, by_debit) on office.access_request
    to office_reception, office_reviewer;
create policy enter on office.access_request for insert to office_reception, office_reviewer
    with check (authority_id = any ((select office.visible_authorities())::bigint[])
                and exists (select from office.household_authority l where l.household_id = access_request.household_id));

grant select on office.request_check to office_reviewer;
grant insert (request_id, version, failures, warnings, results),
      update (version, failures, warnings, results) on office.request_check to office_reviewer;
create policy scope on office.request_check to office_reviewer
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));

grant select on office.request_opening to office_reception, office_reviewer;
-- No DELETE: it is given for a whole table only, and would let an agent LOCK it and stop every desk. See close_request.
grant insert (request_id), update (seen_at) on office.request_opening to office_reviewer;
create policy scope on office.request_opening for select
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy own on office.request_opening for all to office_reviewer
    using (login = session_user and authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (login = session_user and authority_id = any ((select office.visible_authorities())::bigint[]));

-- Pieces: health for reviewers only, bank for reviewers and finance. The bytes are nobody's: see read_document. --------

grant select on office.supporting_document to office_reviewer, office_finance;
grant select (id, request_id, requirement_id, authority_id, sensitivity, given_at, valid_until, replaced_at)
    on office.supporting_document to office_reception;
create policy scope on office.supporting_document for select to office_reviewer, office_reception
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy bank on office.supporting_document for select to office_finance
    using (sensitivity = 'bank' and authority_id = any ((select office.visible_authorities())::bigint[]));

grant select on office.reading to office_reviewer, office_admin;
grant insert (request_id, document_id, what) on office.reading to office_reviewer;
create policy scope on office.reading for select to office_reviewer, office_admin
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy own on office.reading for insert to office_reviewer
    with check (login = session_user and what not in ('received', 'checked')
                and authority_id = any ((select office.visible_authorities())::bigint[]));

-- Decisions ----------------------------------------------------------------------------------------------------------

grant select on office.decision to office_reviewer;
-- What an agent writes of a family may speak of its health: who administers reads who decided what, not the words.
grant select (id, request_id, authority_id, kind, reason_code, seen_version, previous_status, decided_by, decided_at,
              undone_at, undone_by) on office.decision to office_admin;
grant select (id, request_id, authority_id, kind, decided_by, decided_at, undone_at) on office.decision
    to office_reception;
grant insert (request_id, kind, reason_code, words, seen_version), update (undone_at) on office.decision
    to office_reviewer;
create policy scope on office.decision for select to office_reviewer, office_admin, office_reception
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy decide on office.decision for insert to office_reviewer
    with check (decided_by = session_user and authority_id = any ((select office.visible_authorities())::bigint[]));
create policy undo on office.decision for update to office_reviewer
    using (authority_id = any ((select office.visible_authorities())::bigint[]));

grant select on office.document_verdict to office_reviewer;
grant select (id, decision_id, requirement_id, document_id, authority_id, kind, reason_code, seen_sha256)
    on office.document_verdict to office_admin;
grant insert (decision_id, requirement_id, document_id, kind, reason_code, words, seen_sha256)
    on office.document_verdict to office_reviewer;
create policy scope on office.document_verdict for select to office_reviewer, office_admin
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy decide on office.document_verdict for insert to office_reviewer
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));

-- Outbox: an agent writes the words, triggers write the address; only the mailer moves an e-mail on. -------------------

grant select on office.outbox_mail to office_reviewer, office_mailer;
-- The words of an e-mail may speak of a health form: who may not read the form does not read them either.
grant select (id, authority_id, household_id, decision_id, to_address, subject, state, send_after, attempts, sent_at,
              last_error, created_by, created_at) on office.outbox_mail to office_reception, office_admin;
grant insert (decision_id, subject, body) on office.outbox_mail to office_reviewer;
grant update (state, attempts, leased_by, leased_until, sent_at, last_error, send_after) on office.outbox_mail
    to office_mailer;
create policy scope on office.outbox_mail for select to office_reviewer, office_reception, office_admin, office_mailer
    using (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy decide on office.outbox_mail for insert to office_reviewer
    with check (authority_id = any ((select office.visible_authorities())::bigint[]));
create policy deliver on office.outbox_mail for update to office_mailer
    using (authority_id = any ((select office.visible_authorities())::bigint[]))
    with check (state <> 'cancelled' and authority_id = any ((select office.visible_authorities())::bigint[]));
