"""The trail: every change is in it, sensitive values are not, nobody rewrites it, and a rewritten one is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.database.acts import (
    ALLOWED,
    NO_RIGHT,
    UNDO,
    answer,
    decide,
    insert_decision,
    insert_mail,
    one,
    rows,
    verdicts_of,
    version_of,
)

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import Raw

CARE = "Asthme d’effort, inhalateur dans le sac"


def events(raw: Raw, table: str) -> list[tuple[str, str, str, dict[str, Any] | None, dict[str, Any] | None]]:
    """(verb, key, login, old, new) of a table's events, in their order."""
    return rows(
        raw,
        "select verb, row_key, login, old, new from office.audit_event where table_name = %s order by id",
        table,
    )


def test_a_decision_leaves_its_whole_story(either: House) -> None:
    given, superuser = either.office.add_request(), either.raw()
    reviewer, login = either.as_("reviewer"), either.agent("reviewer")
    before = one(superuser, "select max(id) from office.audit_event")
    with reviewer.transaction():
        reviewer.execute("set local office.reason = 'Vu avec la famille au guichet'")
        decision = decide(reviewer, given, "refuse")
    reviewer.execute(UNDO.encode(), (decision,))
    story = rows(
        superuser,
        "select table_name, verb, count(*)::int, bool_and(login = %s), min(reason), min(authority_id)::int"
        " from office.audit_event where id > %s group by table_name, verb, reason order by min(id)",
        login,
        before,
    )
    here, reason = either.office.authority_id, "Vu avec la famille au guichet"
    assert sorted(story) == sorted(
        [
            ("access_request", "update", 1, True, reason, here),
            ("decision", "insert", 1, True, reason, here),
            ("document_verdict", "insert", 4, True, reason, here),
            ("outbox_mail", "insert", 1, True, reason, here),
            ("outbox_mail", "update", 1, True, "", here),
            ("access_request", "update", 1, True, "", here),
            ("decision", "update", 1, True, "", here),
        ]
    )
    status = [
        (old["status"], new["status"])
        for verb, _, _, old, new in events(superuser, "access_request")[1:]
        if verb == "update" and old and new and "status" in new
    ]
    assert status == [("pending", "refused"), ("refused", "pending")]


def test_only_what_changed_is_kept_and_nothing_for_no_change(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    superuser.execute("update office.service set min_age = 7 where id = %s", (house.office.service_id,))
    superuser.execute("update office.service set min_age = min_age")
    superuser.execute("update office.account set phone = '0600000000' where id = %s", (given.account_id,))
    ((_, key, _, old, new),) = [event for event in events(superuser, "service") if event[0] == "update"]
    assert (key, old, new) == (str(house.office.service_id), {"min_age": 6}, {"min_age": 7})
    ((_, key, _, old, new),) = [event for event in events(superuser, "account") if event[0] == "update"]
    assert key == str(given.account_id)
    assert (old or {}).keys() == (new or {}).keys() == {"phone"}


def test_deleting_and_composite_keys_are_told(house: House) -> None:
    superuser = house.raw()
    login = house.make("lea", groups=[], authorities=[house.office.authority_id])
    superuser.execute("delete from office.agent_scope where login = %s", (login,))
    mine = [event for event in events(superuser, "agent_scope") if event[1].startswith(f"{login}/")]
    assert [(verb, old is None, new is None) for verb, _, _, old, new in mine] == [
        ("insert", True, False),
        ("delete", False, True),
    ]
    assert mine[0][1] == f"{login}/{house.office.authority_id}"


def test_what_the_checks_copy_is_no_event(house: House) -> None:
    house.office.add_request()
    superuser = house.raw()
    before = len(events(superuser, "access_request"))
    house.as_("reviewer").execute(
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        " select id, version, 1, 0, '[]' from office.access_request"
    )
    assert one(superuser, "select check_rank from office.access_request") == 0
    assert len(events(superuser, "access_request")) == before


def test_sensitive_values_are_masked_and_their_change_is_visible(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    reviewer = house.as_("reviewer")
    for note in ("Autre note", CARE, "", None):
        superuser.execute("update office.beneficiary set care_note = %s", (note,))
    reviewer.execute(
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        ' select id, version, 1, 0, \'[{"why": "FR7630006000011234567890189"}]\' from office.access_request'
    )
    with reviewer.transaction():
        decide(reviewer, given)
    everything = one(superuser, "select string_agg(concat(old, new), ' ') from office.audit_event")
    for value in (CARE, "Autre note", "FR7630006000011234567890189", "AGRIFRPP", "Bonjour"):
        assert value not in everything
    masks = [new["care_note"] for _, _, _, _, new in events(superuser, "beneficiary") if new]
    assert masks[0] == masks[2], "the same value of the same row has the same mask"
    assert len({*masks[:4]}) == 3
    assert masks[4] is None
    assert all(mask.startswith("masked:") and len(mask) == 71 for mask in masks[:4])


def test_words_about_a_family_do_not_reach_the_administrator(either: House) -> None:
    """They may speak of a child's health: neither the tables nor the trail show them to her."""
    given, reviewer = either.office.add_request(), either.as_("reviewer")
    with reviewer.transaction():
        pieces = verdicts_of(reviewer, given.request_id)
        decision = insert_decision(
            reviewer, given.request_id, "refuse", version_of(reviewer, given), "other", "Diabète de type 1"
        )
        requirement, document, sha256 = pieces[0]
        reviewer.execute(
            "insert into office.document_verdict (decision_id, requirement_id, document_id, seen_sha256, kind,"
            " reason_code, words) values (%s, %s, %s, %s, 'non_compliant', 'other', 'Allergie à l’arachide')",
            (decision, requirement, document, sha256),
        )
        insert_mail(reviewer, decision)
    admin = either.as_("admin")
    for table in ("decision", "document_verdict"):
        assert answer(admin, f"select words from office.{table}") == NO_RIGHT
        assert one(admin, f"select reason_code from office.{table}") == "other"
        assert one(reviewer, f"select words <> '' from office.{table}")
        ((_, _, _, _, new),) = events(admin, table)
        assert new is not None
        assert new["words"].startswith("masked:")
    everything = one(either.raw(), "select string_agg(concat(old, new, reason), ' ') from office.audit_event")
    assert "Diabète" not in everything
    assert "Allergie" not in everything


# What the trail tells an administrator of rows that she may not read: which ones, in what state, since when.
TOLD = """
account created_at id
household account_id created_at id
beneficiary created_at customer_group_id household_id id photo_sha256
access_request answered_at authority_id beneficiary_id by_debit check_failures check_rank check_warnings checked_version
access_request household_id id number pieces_given pieces_needed service_id status submitted_at version
household_authority authority_id household_id
request_check authority_id checked_at checked_by failures request_id version warnings
supporting_document authority_id byte_count file_sha256 given_at id
supporting_document replaced_at request_id requirement_id sensitivity signed_on valid_until
decision xid
outbox_mail dedupe_key leased_by leased_until message_id reply_to
account merged_into_id version
beneficiary merged_into_id version
beneficiary_diet beneficiary_id removed_at
contact beneficiary_id created_at emergency_rank guardian household_id id may_pick_up removed_at version
household merged_into_id version
household_child beneficiary_id household_id share_percent since
household_merge id kept_id merged_at merged_by merged_id
household_note household_id id removed_at written_at written_by
mandate authority_id closed_at created_at created_by household_id id reference signed_on
"""


def test_the_trail_tells_an_administrator_no_more_than_her_grants(either: House) -> None:
    """Each column that she may not read is masked, or stands in the list above; none of a new table is forgotten."""
    told = {(line.split()[0], name) for line in TOLD.strip().splitlines() for name in line.split()[1:]}
    shown = rows(
        either.raw(),
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
        " where c.relnamespace = 'office'::regnamespace and c.relkind = 'r' and not a.attisdropped"
        " and c.relname not in (select u.name from office.unaudited_tables() u)"
        " and a.attname <> all (office.masked_columns(c.relname))"
        " and not has_column_privilege('office_admin', c.oid, a.attnum, 'select')",
    )
    assert set(shown) == told


def test_names_of_families_and_of_their_files_do_not_reach_the_trail(house: House) -> None:
    given = house.office.add_request("Zygomar", "Manonlise")
    house.office.give(given.request_id, "health_form", b"x", file_name="PAI epilepsie Manonlise.pdf")
    decide(house.as_("reviewer"), given)
    superuser = house.raw()
    superuser.execute("update office.account set address = '12, rue Inconnue', email = 'zygomar@example.org'")
    superuser.execute("update office.household set name = 'Zygomar-Dubois'")
    everything = one(superuser, "select string_agg(concat(old, new, reason), ' ') from office.audit_event").lower()
    for word in (
        "zygomar",
        "manonlise",
        "epilepsie",
        "famille1",
        "inconnue",
        "0639984127",
        "2019-03-12",
    ):
        assert word not in everything, word
    assert "mercredis sportifs" in everything, "the negative control: what is nobody's is told"


def test_equal_values_of_two_rows_cannot_be_linked_nor_guessed(house: House) -> None:
    house.office.add_request("Favre")
    house.office.add_request("Martin")
    masks = [new["care_note"] for _, _, _, _, new in events(house.raw(), "beneficiary") if new]
    assert len(masks) == len(set(masks)) == 2
    for digest in (
        "sha256(convert_to(%s, 'UTF8'))",
        "sha256(convert_to('beneficiary/care_note/1' || chr(31) || %s, 'UTF8'))",
    ):
        guess = one(house.raw(), f"select 'masked:' || encode({digest}, 'hex')", CARE)
        assert guess not in masks


def test_an_administrator_reads_the_trail_of_her_authorities(house: House) -> None:
    given = house.office.add_request()
    admin, wide = (
        house.as_("admin"),
        house.raw(
            house.make("anne", groups=["office_admin"], authorities=[house.office.authority_id, house.elsewhere])
        ),
    )
    count = "select count(*) from office.audit_event where table_name = %s"
    assert one(house.as_("admin", house.elsewhere), count, "access_request") == 0
    assert one(admin, count, "access_request") > 0
    assert one(admin, count, "account") == 0, "a family belongs to no authority: only who sees everything reads it"
    assert one(wide, count, "account") == 1
    assert one(wide, "select row_key from office.audit_event where table_name = 'account'") == str(given.account_id)


def test_the_key_of_the_masks_is_made_once_and_is_nobody_s(house: House) -> None:
    superuser = house.raw()
    assert one(superuser, "select octet_length(secret) from office.audit_secret") == 32
    for group in ("reception", "reviewer", "admin", "mailer"):
        assert answer(house.as_(group), "select 1 from office.audit_secret") == NO_RIGHT
    assert answer(superuser, "insert into office.audit_secret (secret) values ('x')") == "23505"


def test_the_reason_is_cut_not_refused(house: House) -> None:
    reviewer, given = house.as_("reviewer"), house.office.add_request()
    with reviewer.transaction():
        reviewer.execute("select set_config('office.reason', repeat('é', 5000), true)")
        decide(reviewer, given)
    assert one(house.raw(), "select max(length(reason)) from office.audit_event") == 500
    assert answer(house.as_("mailer"), "select office.seal_audit(-1)") == ALLOWED
