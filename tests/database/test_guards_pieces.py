"""Requests and pieces by raw SQL: their copies, their versions, who receives the bytes, and that it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from dombes_office.rules import names
from tests.database.acts import ALLOWED, NO_RIGHT, answer, decide, one, refusal, rows, version_of

if TYPE_CHECKING:
    from tests.database.acts import House

READ = "select content from office.read_document(%s)"
GIVE = "insert into office.supporting_document (request_id, requirement_id, text_value) values (%s, %s, %s)"
OFFICE_ROLES = ["reception", "reviewer", "planner", "animator", "finance", "admin", "mailer", "portal"]


def test_numbers_go_on_after_four_digits(house: House) -> None:
    house.raw().execute("select setval('office.request_number', 9998)")
    made = [house.office.add_request(f"Famille{n}").request_id for n in range(3)]
    numbers = [house.office.one("select number from office.access_request where id = %s", n) for n in made]
    assert numbers == ["2026-9999", "2026-10000", "2026-10001"]


def test_words_are_folded_as_in_python(either: House) -> None:
    for words in ("Lefèvre-Œuvrard", "ŁUKASZ Ștefan", "d’Artagnan", "  Élise   ÆNEAS ß ", "ΟΔΥΣΣΕΥΣ", "Đỗ Thị", ""):
        assert one(either.raw(), "select office.fold(%s)", words) == names.fold(words), words


def test_a_request_is_for_a_child_of_the_family_and_an_open_service(house: House) -> None:
    one_family, other = house.office.add_request("Favre"), house.office.add_request("Martin")
    superuser = house.raw()
    insert = "insert into office.access_request (household_id, beneficiary_id, service_id) values (%s, %s, %s)"
    service = house.office.service_id
    assert answer(superuser, insert, one_family.household_id, other.beneficiary_id, service) == "OF020"
    superuser.execute("update office.service set closed_at = now()")
    assert answer(superuser, insert, other.household_id, other.beneficiary_id, service) == "OF021"


def test_copies_cannot_be_chosen(house: House) -> None:
    given = house.office.add_request()
    ((request,),) = rows(
        house.raw(),
        "insert into office.access_request (household_id, beneficiary_id, service_id, authority_id, status, version,"
        " number, pieces_given, pieces_needed) values (%s, %s, %s, %s, 'validated', 7, 'x', 9, 9) returning id",
        given.household_id,
        given.beneficiary_id,
        house.office.add_service("GARDERIE"),
        house.elsewhere,
    )
    assert rows(
        house.raw(),
        "select authority_id, status, version, pieces_given, pieces_needed from office.access_request where id = %s",
        request,
    ) == [(house.office.authority_id, "pending", 1, 0, 1)]


def test_nobody_changes_a_request_by_hand(house: House) -> None:
    house.office.add_request()
    for agent in map(house.as_, OFFICE_ROLES):
        for change in ("status = 'validated'", "version = 1", "authority_id = 2", "check_rank = 0"):
            assert answer(agent, f"update office.access_request set {change}") == NO_RIGHT
        assert answer(agent, "delete from office.access_request") == NO_RIGHT


FIXED = {
    "household_id": "household_id = {other.household_id}, beneficiary_id = {other.beneficiary_id}",
    "beneficiary_id": "beneficiary_id = {other.beneficiary_id}",
    "service_id": "service_id = {service}",
    "authority_id": "authority_id = {elsewhere}",
    "number": "number = '2026-1'",
    "submitted_at": "submitted_at = now()",
    "status": "status = 'validated'",
}


@pytest.mark.parametrize("column", FIXED)
def test_a_request_stays_what_it_is_even_under_the_owner_s_hands(house: House, column: str) -> None:
    """Should a grant ever be forgotten, the row defends itself; its state follows decisions and pieces."""
    given, other = house.office.add_request("Favre"), house.office.add_request("Martin")
    service = house.office.add_service("SERVICE CANTINE")
    change = FIXED[column].format(other=other, service=service, elsewhere=house.elsewhere)
    superuser = house.raw()
    superuser.execute("set role office_owner")
    found = refusal(superuser, f"update office.access_request set {change} where id = %s", given.request_id)
    assert (found.sqlstate, found.diag.constraint_name) == ("OF027", "request_is_fixed")
    superuser.execute("reset role")
    decide(house.as_("reviewer"), given, "refuse")
    assert one(superuser, "select status from office.access_request where id = %s", given.request_id) == "refused"


@pytest.mark.parametrize("change", ["closed_at = now()", "label = 'Fiche 2027'", "needed = 'direct_debit'"])
def test_another_requirement_is_another_request_to_decide_on(house: House, change: str) -> None:
    """What a desk shows of an open request rests on what its service asks for."""
    office = house.office
    canteen = office.add_service("SERVICE CANTINE")
    pending, other = office.add_request(by_debit=False), office.add_request("Martin", service_id=canteen)
    decided = office.add_request("Favre", by_debit=False)
    decide(house.as_("reviewer"), decided)
    superuser = house.raw()
    before = {given.request_id: version_of(superuser, given) for given in (pending, decided, other)}
    asked = office.requirement(office.service_id, "health_form")
    superuser.execute(f"update office.document_requirement set {change} where id = %s".encode(), (asked,))
    superuser.execute("update office.document_requirement set position = position")
    assert version_of(superuser, pending) == before[pending.request_id] + 1
    assert [version_of(superuser, given) for given in (decided, other)] == [
        before[decided.request_id],
        before[other.request_id],
    ]
    needed = 0 if change.startswith(("closed", "needed")) else 1
    counts = "select pieces_needed, pieces_given from office.access_request where id = %s"
    assert rows(superuser, counts, pending.request_id) == [(needed, needed)]
    superuser.execute(
        "insert into office.document_requirement (service_id, code, label, kind, needed, sensitivity, position)"
        " values (%s, 'insurance', 'Assurance', 'file', 'always', 'plain', 4)",
        (office.service_id,),
    )
    assert version_of(superuser, pending) == before[pending.request_id] + 2
    assert rows(superuser, counts, pending.request_id) == [(needed + 1, needed)]


def test_each_change_that_matters_makes_a_new_version(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    for change in (
        "update office.beneficiary set care_note = 'Autre'",
        "update office.household set name = 'Berthollet-Favre'",
        "update office.account set email = 'autre@example.org'",
        "update office.access_request set by_debit = false",
    ):
        before = version_of(superuser, given)
        superuser.execute(change.encode())
        assert version_of(superuser, given) == before + 1, change
        superuser.execute("update office.account set email = email")
        assert version_of(superuser, given) == before + 1, "nothing changed"
    seen = version_of(superuser, given)
    house.as_("reviewer").execute(
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        " select id, version, 1, 0, '[]' from office.access_request"
    )
    assert (version_of(superuser, given), house.office.one("select check_rank from office.access_request")) == (
        seen,
        0,
    )


def test_a_piece_is_asked_for_by_the_service_and_of_its_kind(house: House) -> None:
    given = house.office.add_request(by_debit=False)
    canteen = house.office.add_service("SERVICE CANTINE")
    asked = house.office.requirement
    superuser = house.raw()
    for requirement, code in (
        (asked(canteen, "iban"), "OF022"),
        (asked(house.office.service_id, "health_form"), "OF022"),
        (10**9, "OF022"),
        (asked(house.office.service_id, "iban"), ALLOWED),
        (asked(house.office.service_id, "iban"), "23505"),
    ):
        assert answer(superuser, GIVE, given.request_id, requirement, "FR76") == code
    assert answer(superuser, GIVE, 10**9, asked(canteen, "iban"), "FR76") == "OF003"


def test_a_piece_is_replaced_and_never_rewritten(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    for change in ("text_value = 'FR76'", "given_at = now()", "sensitivity = 'plain'", "request_id = request_id + 1"):
        update = f"update office.supporting_document set {change} where id = %s"
        assert answer(superuser, update, given.documents["iban"]) == "OF023", change
    replace = "update office.supporting_document set replaced_at = '2020-01-01' where id = %s"
    assert answer(superuser, replace, given.documents["iban"]) == ALLOWED
    assert one(superuser, "select max(replaced_at) > now() - interval '1 minute' from office.supporting_document")
    assert answer(superuser, replace, given.documents["iban"]) == "OF023"


@pytest.mark.parametrize(("kind", "code"), [("validate", "OF003"), ("refuse", "OF003"), ("complement", ALLOWED)])
def test_a_decided_request_takes_no_piece(house: House, kind: str, code: str) -> None:
    given, superuser = house.office.add_request(), house.raw()
    decide(house.as_("reviewer"), given, kind)
    assert (
        answer(superuser, "update office.supporting_document set replaced_at = now() where text_value = %s", "x") == ""
    )
    replace = "update office.supporting_document set replaced_at = now() where id = %s"
    assert answer(superuser, replace, given.documents["bic"]) == code
    requirement = house.office.requirement(house.office.service_id, "bic")
    assert answer(superuser, GIVE, given.request_id, requirement, "BIC") == code


@pytest.mark.parametrize(
    ("group", "readable"),
    [
        ("reviewer", {"health_form", "mandate"}),
        ("finance", {"mandate"}),
        ("reception", set()),
        ("planner", set()),
        ("animator", set()),
        ("admin", set()),
        ("mailer", set()),
        ("portal", set()),
    ],
)
def test_bytes_are_for_those_who_may_read_them(either: House, group: str, readable: set[str]) -> None:
    given = either.office.add_request(files={"health_form": b"la fiche", "mandate": b"le mandat"})
    agent, content = either.as_(group), {"health_form": b"la fiche", "mandate": b"le mandat"}
    for code, expected in content.items():
        if code in readable:
            assert rows(agent, READ, given.documents[code]) == [(expected,)]
        else:
            assert answer(agent, READ, given.documents[code]) == ("OF008" if group == "finance" else NO_RIGHT)
    for statement in ("select content from office.file_content", "select sha256 from office.file_content"):
        assert answer(agent, statement) == NO_RIGHT
    read = rows(either.raw(), "select document_id from office.reading where what = 'received' order by id")
    assert {document for (document,) in read} == {given.documents[code] for code in readable}


def test_bytes_for_the_automatic_checks_are_written_down_as_such(either: House) -> None:
    given, elsewhere = either.office.add_request(files={"mandate": b"le mandat"}), either.elsewhere
    check = "select content from office.read_to_check(%s)"
    reviewer = either.as_("reviewer")
    assert rows(reviewer, check, given.documents["mandate"]) == [(b"le mandat",)]
    for code in ("iban", "bic"):
        assert answer(reviewer, check, given.documents[code]) == "OF011"
    assert answer(either.as_("reviewer", elsewhere), check, given.documents["mandate"]) == "OF011"
    for group in ("finance", "reception", "planner", "animator", "admin", "mailer", "portal"):
        assert answer(either.as_(group), check, given.documents["mandate"]) == NO_RIGHT
    assert answer(reviewer, "select office.hand_over(%s, 'revealed')", given.documents["mandate"]) == NO_RIGHT
    written = rows(either.raw(), "select what, login, document_id from office.reading")
    assert written == [("checked", either.agent("reviewer"), given.documents["mandate"])]


def test_out_of_scope_and_typed_pieces_have_no_bytes(house: House) -> None:
    given = house.office.add_request()
    stranger, reviewer = house.as_("reviewer", house.elsewhere), house.as_("reviewer")
    assert answer(stranger, READ, given.documents["mandate"]) == "OF011"
    assert answer(reviewer, READ, given.documents["iban"]) == "OF011"
    assert answer(reviewer, READ, 10**9) == "OF011"
    assert answer(reviewer, READ, None) == "OF011"
    assert one(house.raw(), "select count(*) from office.reading") == 0


def test_a_care_note_is_for_reviewers_of_a_service_that_the_child_asks_for(either: House) -> None:
    """A commune that knows the family by a brother learns nothing of the sister's health."""
    given, superuser = either.office.add_request("Berthollet", "Manon"), either.raw()
    brother = either.office.one(
        "insert into office.beneficiary (household_id, last_name, first_name, care_note)"
        " values (%s, 'Berthollet', 'Hugo', 'Diabète') returning id",
        given.household_id,
    )
    canteen = either.office.add_service("SERVICE CANTINE", either.elsewhere)
    superuser.execute(
        "insert into office.access_request (household_id, beneficiary_id, service_id) values (%s, %s, %s)",
        (given.household_id, brother, canteen),
    )
    here, there = either.as_("reviewer"), either.as_("reviewer", either.elsewhere)
    read = "select office.read_care_note(%s)"
    for agent in (here, there):
        assert one(agent, "select count(*) from office.beneficiary") == 2, "both know the family"
        assert answer(agent, "select care_note from office.beneficiary") == NO_RIGHT
    care = one(superuser, "select care_note from office.beneficiary where first_name = 'Manon'")
    assert [one(agent, read, given.beneficiary_id) for agent in (here, there)] == [care, None]
    assert [one(agent, read, brother) for agent in (here, there)] == [None, "Diabète"]
    for group in ("reception", "planner", "animator", "finance", "admin", "mailer", "portal"):
        assert answer(either.as_(group), read, given.beneficiary_id) == NO_RIGHT, group
    superuser.execute("update office.staff_member set suspended_at = now()")
    assert one(here, read, given.beneficiary_id) is None


def test_finance_sees_no_row_of_health(house: House) -> None:
    house.office.add_request()
    finance = house.as_("finance")
    assert one(finance, "select array_agg(distinct sensitivity) from office.supporting_document") == ["bank"]
    assert answer(finance, "select care_note from office.beneficiary") == NO_RIGHT


def test_whoever_rolls_back_leaves_a_line_in_the_server_s_log(house: House) -> None:
    """The row goes with the transaction. The line has been written: its level is above what the server leaves out."""
    given, reviewer = house.office.add_request(), house.as_("reviewer")
    heard: list[str] = []
    reviewer.add_notice_handler(lambda notice: heard.append(f"{notice.severity} {notice.message_primary}"))
    reviewer.execute("set client_min_messages = log")
    with reviewer.transaction(force_rollback=True):
        assert len(rows(reviewer, READ, given.documents["mandate"])) == 1
    assert heard == [f"LOG office: {house.agent('reviewer')} received document {given.documents['mandate']}"]
    assert one(reviewer, "select setting from pg_settings where name = 'log_min_messages'") == "warning"
    assert answer(reviewer, "set log_min_messages = panic") == NO_RIGHT


def test_a_reading_cannot_be_invented_dated_or_taken_back(house: House) -> None:
    given, other = house.office.add_request("Favre"), house.office.add_request("Martin")
    reviewer = house.as_("reviewer")
    insert = "insert into office.reading (request_id, document_id, what) values (%s, %s, %s)"
    for values, code in (
        ((given.request_id, None, "received"), NO_RIGHT),
        ((given.request_id, None, "checked"), NO_RIGHT),
        ((given.request_id, None, "dreamt"), "23514"),
        ((given.request_id, other.documents["iban"], "revealed"), "OF011"),
        ((given.request_id, 10**9, "revealed"), "OF011"),
        ((given.request_id, given.documents["iban"], "revealed"), ALLOWED),
    ):
        assert answer(reviewer, insert, *values) == code, values
    for column in ("login", "at", "authority_id", "id"):
        assert answer(reviewer, f"insert into office.reading (request_id, {column}) values (1, null)") == NO_RIGHT
    superuser = house.raw()
    for statement in (
        "update office.reading set at = now()",
        "delete from office.reading",
        "truncate office.reading",
    ):
        assert answer(reviewer, statement) == NO_RIGHT
        assert answer(superuser, statement) == "OF024", "not even the superuser, while triggers are on"


def test_a_reading_out_of_scope_tells_nothing_of_pieces(either: House) -> None:
    """Whether a piece belongs to a request is for those to know who may see both."""
    given, other = either.office.add_request("Favre"), either.office.add_request("Martin")
    stranger = either.as_("reviewer", either.elsewhere)
    insert = "insert into office.reading (request_id, document_id, what) values (%s, %s, 'revealed')"
    told = {
        (found.sqlstate, found.diag.message_primary)
        for request, document in (
            (given.request_id, given.documents["iban"]),
            (given.request_id, other.documents["iban"]),
            (given.request_id, 10**9),
            (10**9, given.documents["iban"]),
        )
        for found in [refusal(stranger, insert, request, document)]
    }
    assert told == {("OF011", "not_found")}


def test_a_photo_is_for_reception_and_reviewers_of_the_scope(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    photo = house.office.add_file(b"photo")
    superuser.execute("update office.beneficiary set photo_sha256 = %s", (photo,))
    read = "select content from office.read_photo(%s)"
    for group in ("reception", "reviewer"):
        assert rows(house.as_(group), read, given.beneficiary_id) == [(b"photo",)]
    assert rows(house.as_("reception", house.elsewhere), read, given.beneficiary_id) == []
    assert answer(house.as_("finance"), read, given.beneficiary_id) == NO_RIGHT


def test_a_file_is_what_its_digest_says(house: House) -> None:
    found = refusal(house.raw(), "insert into office.file_content (sha256, content) values (%s, %s)", bytes(32), b"x")
    assert isinstance(found, psycopg.errors.CheckViolation)
