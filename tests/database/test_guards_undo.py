"""Undoing a decision, and its e-mail, by raw SQL: by the one who decided, in time, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.acts import (
    ALLOWED,
    CLAIM,
    NO_RIGHT,
    UNDO,
    answer,
    decide,
    insert_decision,
    insert_mail,
    left_behind,
    let_the_delay_pass,
    one,
    rows,
    version_of,
)

if TYPE_CHECKING:
    from tests.builders import GivenRequest
    from tests.database.acts import House
    from tests.postgres import Raw


@pytest.fixture
def given(house: House) -> GivenRequest:
    return house.office.add_request()


@pytest.fixture
def reviewer(house: House) -> Raw:
    return house.as_("reviewer")


@pytest.mark.parametrize("column", ["to_address", "reply_to", "send_after", "state", "message_id", "household_id"])
def test_an_agent_chooses_neither_the_address_nor_the_time(given: GivenRequest, reviewer: Raw, column: str) -> None:
    reviewer.execute("begin")
    decision = insert_decision(reviewer, given.request_id, "validate", version_of(reviewer, given))
    statement = f"insert into office.outbox_mail (decision_id, subject, body, {column}) values (%s, 'x', 'y', null)"
    assert answer(reviewer, statement, decision) == NO_RIGHT
    reviewer.execute("rollback")


def test_a_decision_has_one_e_mail_and_its_subject_one_line(given: GivenRequest, reviewer: Raw) -> None:
    mail = "insert into office.outbox_mail (decision_id, subject, body) values (%s, %s, 'Bonjour')"
    with reviewer.transaction(force_rollback=True):
        decision = insert_decision(reviewer, given.request_id, "validate", version_of(reviewer, given))
        for subject, code in (("Votre demande\nBcc: x@example.org", "23514"), ("Une", ALLOWED), ("Deux", "23505")):
            reviewer.execute("savepoint attempt")
            assert answer(reviewer, mail, decision, subject) == code
            if code:
                reviewer.execute("rollback to attempt")
        assert answer(reviewer, mail, None, "Sans décision") == "OF025"


def test_undoing_returns_to_where_it_was_and_stops_the_e_mail(house: House, given: GivenRequest, reviewer: Raw) -> None:
    seen = version_of(reviewer, given)
    decision = decide(reviewer, given, "refuse")
    assert one(reviewer, UNDO, decision) == decision
    assert left_behind(house, given)[:2] == ("pending", 0)
    assert version_of(reviewer, given) == seen + 2
    assert one(reviewer, "select state from office.outbox_mail") == "cancelled"
    assert one(reviewer, "select undone_by from office.decision") == house.agent("reviewer")
    assert answer(reviewer, UNDO, decision) == "OF025"
    decide(reviewer, given)
    assert left_behind(house, given)[0] == "validated"


@pytest.mark.parametrize("held", ["before the e-mail", "after the e-mail"])
def test_the_delay_begins_when_the_e_mail_can_be_seen(
    house: House, given: GivenRequest, reviewer: Raw, held: str
) -> None:
    """A transaction that was held open takes nothing from the time to undo."""
    with reviewer.transaction():
        decision = insert_decision(reviewer, given.request_id, "refuse", version_of(reviewer, given), "service_full")
        if held == "before the e-mail":
            reviewer.execute("select pg_sleep(2)")
        insert_mail(reviewer, decision)
        if held == "after the e-mail":
            reviewer.execute("select pg_sleep(2)")
    left = one(house.raw(), "select extract(epoch from send_after - clock_timestamp())::float from office.outbox_mail")
    assert 10.5 < left <= 12
    assert one(reviewer, UNDO, decision) == decision


def test_undoing_is_for_the_one_who_decided(house: House, given: GivenRequest, reviewer: Raw) -> None:
    decision = decide(reviewer, given)
    colleague = house.raw(house.make("paul", groups=["office_reviewer"], authorities=[house.office.authority_id]))
    assert answer(colleague, UNDO, decision) == "OF008"
    assert rows(house.as_("reviewer", house.elsewhere), UNDO, decision) == []
    assert answer(house.as_("reception"), UNDO, decision) == NO_RIGHT
    for column, value in (("kind", "'refuse'"), ("words", "'x'"), ("undone_by", "'x'"), ("decided_by", "'x'")):
        assert answer(reviewer, f"update office.decision set undone_at = now(), {column} = {value}") == NO_RIGHT
    assert left_behind(house, given)[:2] == ("validated", 1)


def test_undoing_is_too_late_once_the_delay_is_over_or_the_e_mail_is_taken(house: House, reviewer: Raw) -> None:
    superuser, mailer = house.raw(), house.as_("mailer")
    for taken in (False, True):
        given = house.office.add_request()
        decision = decide(reviewer, given)
        assert answer(mailer, CLAIM, decision) == "OF026"
        let_the_delay_pass(superuser, decision)
        if taken:
            assert answer(mailer, CLAIM, decision) == ALLOWED
        assert answer(reviewer, UNDO, decision) == "OF005"
        assert left_behind(house, given)[:2] == ("validated", 1)


def test_undoing_is_too_late_once_an_attempt_may_have_reached_the_server(house: House, reviewer: Raw) -> None:
    """The connection broke after the words had left: nobody knows whether they arrived, so it counts as sent."""
    superuser, mailer = house.raw(), house.as_("mailer")
    for attempts, code in (("attempts", "OF005"), ("attempts - 1", ALLOWED)):
        given = house.office.add_request()
        decision = decide(reviewer, given)
        let_the_delay_pass(superuser, decision)
        assert answer(mailer, CLAIM, decision) == ALLOWED
        later = f"state = 'queued', attempts = {attempts}, send_after = now() + interval '2 minutes'"
        assert answer(mailer, f"update office.outbox_mail set {later} where decision_id = %s", decision) == ALLOWED
        assert answer(reviewer, UNDO, decision) == code
        assert left_behind(house, given)[0] == ("validated" if code else "pending")


def test_undoing_yields_to_the_family_s_answer(house: House, given: GivenRequest, reviewer: Raw) -> None:
    decision = decide(reviewer, given, "complement")
    house.office.give(given.request_id, "health_form", b"la bonne fiche")
    assert answer(reviewer, UNDO, decision) == "OF002"
    assert left_behind(house, given)[0] == "complement_received"
    assert one(reviewer, "select state from office.outbox_mail") == "queued"
