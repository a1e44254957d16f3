"""Decisions by raw SQL: what PostgreSQL refuses to a reviewer who writes her own statements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.database.acts import (
    ALLOWED,
    NO_RIGHT,
    answer,
    decide,
    insert_decision,
    insert_mail,
    insert_verdicts,
    left_behind,
    one,
    refusal,
    rows,
    verdicts_of,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.builders import GivenRequest
    from tests.database.acts import House
    from tests.postgres import Raw

DECIDE = "insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', %s)"
VERDICT = (
    "insert into office.document_verdict (decision_id, requirement_id, document_id, seen_sha256, kind, reason_code)"
    " values (%s, %s, %s, %s, %s, %s)"
)


@pytest.fixture
def given(house: House) -> GivenRequest:
    return house.office.add_request()


@pytest.fixture
def reviewer(house: House) -> Raw:
    return house.as_("reviewer")


UNTOUCHED = ("pending", 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "status"), [("validate", "validated"), ("refuse", "refused"), ("complement", "awaiting_family")]
)
def test_a_whole_decision_moves_the_request_and_writes_to_the_family(
    house: House, given: GivenRequest, reviewer: Raw, kind: str, status: str
) -> None:
    seen = version_of(reviewer, given)
    decision = decide(reviewer, given, kind)
    assert left_behind(house, given) == (status, 1, 4, 1)
    assert version_of(reviewer, given) == seen + 1
    assert rows(
        reviewer,
        "select to_address, reply_to, state, created_by, send_after - created_at > interval '10 seconds'"
        " from office.outbox_mail where decision_id = %s",
        decision,
    ) == [("famille1@example.org", "accueil@example.org", "queued", house.agent("reviewer"), True)]


def test_out_of_scope_and_unknown_look_alike(house: House, given: GivenRequest) -> None:
    stranger = house.as_("reviewer", house.elsewhere)
    for request_id in (given.request_id, 10**9):
        found = refusal(stranger, DECIDE, request_id, 5)
        assert (found.sqlstate, found.diag.message_primary) == ("OF011", "not_found")
    assert left_behind(house, given) == UNTOUCHED


def test_other_groups_decide_nothing(house: House, given: GivenRequest) -> None:
    for group in ("reception", "planner", "animator", "finance", "admin", "mailer", "portal"):
        assert answer(house.as_(group), DECIDE, given.request_id, 5) == NO_RIGHT, group


def test_a_version_that_is_not_the_present_one_is_refused_and_named(house: House, given: GivenRequest) -> None:
    reviewer = house.as_("reviewer")
    seen = version_of(reviewer, given)
    house.office.give(given.request_id, "health_form", b"une autre fiche")
    found = refusal(reviewer, DECIDE, given.request_id, seen)
    assert (found.sqlstate, found.diag.constraint_name) == ("OF002", "decide_on_what_you_saw")
    assert json.loads(found.diag.message_detail or "") == {
        "request": given.request_id,
        "seen": seen,
        "version": seen + 2,
    }
    for wrong in (seen + 3, 0, -1, 2**31 - 1):
        assert answer(reviewer, DECIDE, given.request_id, wrong) == "OF002"
    assert answer(reviewer, DECIDE, given.request_id, None) in {"OF002", "23502"}


def test_a_decided_request_is_decided(house: House, given: GivenRequest, reviewer: Raw) -> None:
    decide(reviewer, given)
    for seen in (version_of(reviewer, given), version_of(reviewer, given) - 1):
        found = refusal(reviewer, DECIDE, given.request_id, seen)
        assert found.sqlstate == "OF003"
        detail = json.loads(found.diag.message_detail or "")
        assert (detail["kind"], detail["by"]) == ("validate", house.agent("reviewer"))


def test_one_statement_decides_a_request_once(given: GivenRequest, reviewer: Raw) -> None:
    twice = (
        "insert into office.decision (request_id, kind, seen_version, reason_code)"
        " select %s, k, %s, 'incomplete_file' from unnest(array['validate', 'refuse']) k"
    )
    assert answer(reviewer, twice, given.request_id, version_of(reviewer, given)) == "OF003"


def test_a_refusal_needs_a_reason(house: House, given: GivenRequest, reviewer: Raw) -> None:
    seen = version_of(reviewer, given)
    insert = (
        "insert into office.decision (request_id, kind, seen_version, reason_code, words) values (%s, %s, %s, %s, %s)"
    )
    for kind, reason, words, rule in (
        ("refuse", None, "", "ck_decision_refusal_has_reason"),
        ("refuse", None, "des mots", "ck_decision_refusal_has_reason"),
        ("refuse", "other", "", "ck_decision_other_reason_has_words"),
        ("refuse", "other", "   ", "ck_decision_other_reason_has_words"),
        ("accept", None, "", "ck_decision_kind"),
    ):
        found = refusal(reviewer, insert, given.request_id, kind, seen, reason, words)
        assert (found.sqlstate, found.diag.constraint_name) == ("23514", rule)
    assert left_behind(house, given) == UNTOUCHED


@pytest.mark.parametrize(
    "column",
    ["id", "authority_id", "previous_status", "decided_by", "decided_at", "undone_at", "undone_by"],
)
def test_what_the_database_writes_cannot_be_given(given: GivenRequest, reviewer: Raw, column: str) -> None:
    statement = (
        f"insert into office.decision (request_id, kind, seen_version, {column}) values (%s, 'validate', 5, null)"
    )
    assert answer(reviewer, statement, given.request_id) == NO_RIGHT


def without_a_verdict(raw: Raw, given: GivenRequest, decision: int) -> None:
    insert_verdicts(raw, decision, verdicts_of(raw, given.request_id)[1:], "compliant")
    insert_mail(raw, decision)


def without_verdicts(raw: Raw, _: GivenRequest, decision: int) -> None:
    insert_mail(raw, decision)


def without_an_email(raw: Raw, given: GivenRequest, decision: int) -> None:
    insert_verdicts(raw, decision, verdicts_of(raw, given.request_id), "compliant")


@pytest.mark.parametrize(
    ("kind", "leave", "code"),
    [
        ("validate", without_a_verdict, "OF004"),
        ("validate", without_verdicts, "OF004"),
        ("validate", without_an_email, "OF006"),
        ("complement", without_verdicts, "OF012"),
        ("complement", without_an_email, "OF012"),
    ],
)
def test_an_incomplete_decision_does_not_commit(
    house: House,
    given: GivenRequest,
    reviewer: Raw,
    kind: str,
    leave: Callable[[Raw, GivenRequest, int], None],
    code: str,
) -> None:
    reviewer.execute("begin")
    decision = insert_decision(reviewer, given.request_id, kind, version_of(reviewer, given))
    leave(reviewer, given, decision)
    assert answer(reviewer, "commit") == code
    assert left_behind(house, given) == UNTOUCHED


NON_COMPLIANT = "non_compliant", "unreadable"


def test_a_validated_request_holds_no_verdict_against_it(house: House, reviewer: Raw) -> None:
    """Not even added after the check at commit, which an agent may have done at once."""
    given = house.office.add_request(by_debit=False)
    asked = house.office.requirement(house.office.service_id, "iban")
    with reviewer.transaction():
        decision = insert_decision(reviewer, given.request_id, "validate", version_of(reviewer, given))
        insert_verdicts(reviewer, decision, verdicts_of(reviewer, given.request_id), "compliant")
        insert_mail(reviewer, decision)
        reviewer.execute("set constraints all immediate")
        reviewer.execute("savepoint attempt")
        assert answer(reviewer, VERDICT, decision, asked, None, None, *NON_COMPLIANT) == "OF004"
        reviewer.execute("rollback to attempt")
    assert left_behind(house, given) == ("validated", 1, 1, 1)


def test_a_missing_piece_is_neither_compliant_nor_passed_over(house: House, reviewer: Raw) -> None:
    given = house.office.add_request()
    house.raw().execute(
        "update office.supporting_document set replaced_at = now() where id = %s", (given.documents["health_form"],)
    )
    missing = house.office.requirement(house.office.service_id, "health_form")
    reviewer.execute("begin")
    decision = insert_decision(reviewer, given.request_id, "validate", version_of(reviewer, given))
    insert_verdicts(reviewer, decision, verdicts_of(reviewer, given.request_id), "compliant")
    insert_mail(reviewer, decision)
    reviewer.execute("savepoint before")
    assert answer(reviewer, VERDICT, decision, missing, None, None, "compliant", None) == "23514"
    reviewer.execute("rollback to before")
    old = given.documents["health_form"]
    assert answer(reviewer, VERDICT, decision, missing, old, None, "compliant", None) == "OF007"
    reviewer.execute("rollback to before")
    assert answer(reviewer, "commit") == "OF004"


def test_a_verdict_speaks_of_the_file_that_was_shown_and_is_there(
    house: House, given: GivenRequest, reviewer: Raw
) -> None:
    other = house.office.add_request("Favre")
    closed = house.office.add_service("SERVICE CANTINE")
    pieces = verdicts_of(reviewer, given.request_id)
    requirement, document, sha256 = next(piece for piece in pieces if piece[2] is not None)
    with reviewer.transaction(force_rollback=True):
        decision = insert_decision(reviewer, given.request_id, "validate", version_of(reviewer, given))
        for values, code in (
            ((decision, requirement, document, bytes(32), "compliant", None), "OF007"),
            ((decision, requirement, document, None, "compliant", None), "OF007"),
            ((decision, requirement, other.documents["health_form"], sha256, "compliant", None), "OF007"),
            ((decision, requirement, given.documents["mandate"], sha256, "compliant", None), "OF007"),
            ((decision, requirement, document, sha256, "non_compliant", "unreadable"), "OF004"),
            ((decision, requirement, 10**9, sha256, "compliant", None), "OF007"),
            ((decision, house.office.requirement(closed, "iban"), document, sha256, "compliant", None), "OF022"),
            ((decision, requirement, document, sha256, "non_compliant", None), "OF004"),
            ((decision, requirement, document, sha256, "perhaps", None), "23514"),
            ((10**9, requirement, document, sha256, "compliant", None), "OF025"),
            ((decision, requirement, document, sha256, "compliant", None), ALLOWED),
            ((decision, requirement, document, sha256, "compliant", None), "23505"),
        ):
            reviewer.execute("savepoint attempt")
            assert answer(reviewer, VERDICT, *values) == code, values
            if code:
                reviewer.execute("rollback to attempt")


def test_a_piece_that_is_there_is_not_called_missing(given: GivenRequest, reviewer: Raw) -> None:
    requirement, _, _ = verdicts_of(reviewer, given.request_id)[0]
    with reviewer.transaction(force_rollback=True):
        decision = insert_decision(reviewer, given.request_id, "complement", version_of(reviewer, given))
        assert answer(reviewer, VERDICT, decision, requirement, None, None, "non_compliant", "missing") == "OF007"


def test_a_decision_is_closed_once_its_transaction_is(house: House, given: GivenRequest, reviewer: Raw) -> None:
    decision = decide(reviewer, given)
    requirement, document, sha256 = verdicts_of(reviewer, given.request_id)[0]
    assert answer(reviewer, VERDICT, decision, requirement, document, sha256, "compliant", None) == "OF025"
    mail = "insert into office.outbox_mail (decision_id, subject, body) values (%s, 'Encore', 'Bonjour')"
    assert answer(reviewer, mail, decision) == "OF025"
    # Not even in a transaction that seems to have begun in the same microsecond.
    superuser = house.raw()
    superuser.execute("set session_replication_role = replica")
    with reviewer.transaction(force_rollback=True):
        began = one(reviewer, "select now()")
        superuser.execute("update office.decision set decided_at = %s where id = %s", (began, decision))
        assert one(reviewer, "select decided_at = now() from office.decision where id = %s", decision)
        reviewer.execute("savepoint attempt")
        assert answer(reviewer, mail, decision) == "OF025"
        # The negative control: the clock alone would have let the e-mail through, as far as the unique key.
        reviewer.execute("rollback to attempt")
        mine = one(reviewer, "select pg_current_xact_id()::text")
        superuser.execute("update office.decision set xid = %s::xid8 where id = %s", (mine, decision))
        assert answer(reviewer, mail, decision) == "23505"


def test_a_colleague_adds_nothing_to_a_decision(house: House, given: GivenRequest, reviewer: Raw) -> None:
    here = house.office.authority_id
    colleague = house.raw(house.make("paul", groups=["office_reviewer"], authorities=[here]))
    decision = decide(reviewer, given)
    requirement, document, sha256 = verdicts_of(reviewer, given.request_id)[0]
    assert answer(colleague, VERDICT, decision, requirement, document, sha256, "compliant", None) == "OF025"
