"""What an agent writes, by raw SQL: a known reason, words where it says nothing, an e-mail that says something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dombes_office.models.decisions import PIECE_REASONS, REFUSAL_REASONS
from dombes_office.rules import reasons
from dombes_office.rules.requests import PieceRow
from tests.database.acts import (
    ALLOWED,
    answer,
    insert_decision,
    insert_mail,
    insert_verdicts,
    left_behind,
    refusal,
    verdicts_of,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.builders import GivenRequest
    from tests.database.acts import House
    from tests.postgres import Raw

BLANKS = (
    "", "   ", "\n", "\t\r\n ", "\u00a0", "\u202f\u2007", "\u200b", "\ufeff \u2060", "\u00ad", "\u034f", "\u061c",
    "\u115f", "\u1160", "\u17b4", "\u180e", "\u200c", "\u200d\u200e", "\u2028", "\u2061", "\u2800", "\u3000", "\u3164",
    "\ufe0f", "\uffa0", "\U000e0020", "…", " - !?", "×", "\u0301",
)  # fmt: skip
"""What says nothing: spaces of every width, signs without any, and marks alone."""
WORDS = ("É", "ß", "œ", "4", "Ж", "Ω", "نعم", "٣", "כן", "हाँ", "日", "한", "ỳ", "«\u00a0Non\u00a0»")
"""What says something, in the languages of families."""

REFUSE = "insert into office.decision (request_id, kind, seen_version, reason_code, words) values (%s, %s, %s, %s, %s)"
VERDICT = (
    "insert into office.document_verdict (decision_id, requirement_id, document_id, seen_sha256, kind, reason_code,"
    " words) values (%s, %s, %s, %s, %s, %s, %s)"
)
MAIL = "insert into office.outbox_mail (decision_id, subject, body) values (%s, %s, %s)"
CHECK = (
    "insert into office.request_check (request_id, version, failures, warnings, results) values (%s, %s, %s, %s, %s)"
    " on conflict (request_id) do update set version = excluded.version, failures = excluded.failures,"
    " warnings = excluded.warnings, results = excluded.results"
)


@pytest.fixture
def given(house: House) -> GivenRequest:
    return house.office.add_request()


@pytest.fixture
def reviewer(house: House) -> Raw:
    return house.as_("reviewer")


@pytest.fixture
def undecided(given: GivenRequest, reviewer: Raw) -> Iterator[int]:
    """A decision whose transaction is open; nothing of it stays."""
    with reviewer.transaction(force_rollback=True):
        yield insert_decision(reviewer, given.request_id, "complement", version_of(reviewer, given))


def broken_rule(raw: Raw, statement: str, *values: object) -> tuple[str | None, str | None]:
    """(SQLSTATE, rule) of a refusal, in a transaction that goes on."""
    with raw.transaction(force_rollback=True):
        found = refusal(raw, statement, *values)
    return found.sqlstate, found.diag.constraint_name


@pytest.mark.parametrize(
    ("kind", "reason", "words", "rule"),
    [
        *(("refuse", code, "Vu", "refusal_has_reason") for code in ("", "zzz", " other", "OTHER", "unreadable")),
        ("validate", "zzz", "", "refusal_has_reason"),
        *(("refuse", "other", blank, "other_reason_has_words") for blank in BLANKS[:4]),
        ("refuse", "service_full", "é" * 2001, "words"),
    ],
)
def test_a_refusal_says_why(
    house: House, given: GivenRequest, reviewer: Raw, kind: str, reason: str, words: str, rule: str
) -> None:
    seen = version_of(reviewer, given)
    found = broken_rule(reviewer, REFUSE, given.request_id, kind, seen, reason, words)
    assert found == ("23514", f"ck_decision_{rule}")
    assert left_behind(house, given) == ("pending", 0, 0, 0)


def test_python_and_the_database_call_the_same_words_something(either: House) -> None:
    given, reviewer = either.office.add_request(), either.as_("reviewer")
    seen = version_of(reviewer, given)
    for words in (*BLANKS, *WORDS):
        with reviewer.transaction(force_rollback=True):
            refused = answer(reviewer, REFUSE, given.request_id, "refuse", seen, "other", words)
        assert refused == ("23514" if words in BLANKS else ALLOWED), ascii(words)
        assert reasons.words_missing("other", words) == (words in BLANKS), ascii(words)


def test_every_reason_of_the_list_is_accepted(given: GivenRequest, reviewer: Raw) -> None:
    seen = version_of(reviewer, given)
    for code in REFUSAL_REASONS:
        with reviewer.transaction(force_rollback=True):
            words = "é" * 2000 if code == "other" else ""
            assert answer(reviewer, REFUSE, given.request_id, "refuse", seen, code, words) == ALLOWED, code
    requirement, document, sha256 = verdicts_of(reviewer, given.request_id)[0]
    for code in PIECE_REASONS:
        with reviewer.transaction(force_rollback=True):
            decision = insert_decision(reviewer, given.request_id, "complement", seen)
            words = "é" * 2000 if code == "other" else ""
            values = (decision, requirement, document, sha256, "non_compliant", code, words)
            assert answer(reviewer, VERDICT, *values) == ALLOWED, code


@pytest.mark.parametrize(
    ("kind", "reason", "words", "rule"),
    [
        *(("non_compliant", code, "Vu", "reason") for code in ("", "zzz", "service_full")),
        ("compliant", "zzz", "", "reason"),
        *(("non_compliant", "other", blank, "other_reason_has_words") for blank in BLANKS[:4]),
        ("non_compliant", "unreadable", "é" * 2001, "words"),
    ],
)
def test_a_verdict_says_why(
    given: GivenRequest, reviewer: Raw, undecided: int, kind: str, reason: str, words: str, rule: str
) -> None:
    requirement, document, sha256 = verdicts_of(reviewer, given.request_id)[0]
    found = broken_rule(reviewer, VERDICT, undecided, requirement, document, sha256, kind, reason, words)
    assert found == ("23514", f"ck_document_verdict_{rule}")


@pytest.mark.parametrize(
    ("subject", "body", "rule"),
    [
        *((blank, "Bonjour", "subject") for blank in BLANKS[:4]),
        ("é" * 301, "Bonjour", "subject"),
        ("Votre\ndemande", "Bonjour", "subject"),
        *(("Votre demande", blank, "body") for blank in BLANKS[:4]),
        ("Votre demande", "é" * 20001, "body"),
    ],
)
def test_an_e_mail_says_something(reviewer: Raw, undecided: int, subject: str, body: str, rule: str) -> None:
    assert broken_rule(reviewer, MAIL, undecided, subject, body) == ("23514", f"ck_outbox_mail_{rule}")


def test_the_longest_e_mail_is_kept(reviewer: Raw, undecided: int) -> None:
    assert answer(reviewer, MAIL, undecided, "é" * 300, "é" * 20000) == ALLOWED


@pytest.mark.parametrize(
    ("failures", "warnings", "results", "rule"),
    [
        (-5, 0, "[]", "counts"),
        (0, -1, "[]", "counts"),
        (0, 0, "{}", "results"),
        (0, 0, "null", "results"),
        (0, 0, '"FR76"', "results"),
        (0, 0, '["' + "x" * 30_000 + '"]', "results"),
    ],
)
def test_what_the_checks_said_is_counted(
    given: GivenRequest, reviewer: Raw, *, failures: int, warnings: int, results: str, rule: str
) -> None:
    seen = version_of(reviewer, given)
    for before in (False, True):
        if before:
            assert answer(reviewer, CHECK, given.request_id, seen, 1, 2, "[]") == ALLOWED
        found = broken_rule(reviewer, CHECK, given.request_id, seen, failures, warnings, results)
        assert found == ("23514", f"ck_request_check_{rule}")


def test_a_decision_with_words_goes_through(house: House, given: GivenRequest, reviewer: Raw) -> None:
    """The negative control of all that is refused above."""
    with reviewer.transaction():
        seen = version_of(reviewer, given)
        decision = insert_decision(reviewer, given.request_id, "refuse", seen, "other", "\u00a0Déjà inscrite ailleurs.")
        insert_verdicts(reviewer, decision, verdicts_of(reviewer, given.request_id), "non_compliant")
        insert_mail(reviewer, decision)
    assert left_behind(house, given) == ("refused", 1, 4, 1)


def piece(code: str, kind: str, document_id: int | None) -> PieceRow:
    """A piece of that kind, given or missing."""
    return PieceRow(1, code, "Pièce", kind, "plain", needed=True, validity_months=None, document_id=document_id)


def test_the_database_knows_exactly_the_reasons_of_the_screens() -> None:
    assert {reason.code for reason in reasons.REFUSAL_REASONS} == set(REFUSAL_REASONS)
    kinds = [("mandate", "file"), *((kind, kind) for kind in ("file", "iban", "bic", "text", "date"))]
    offered = {
        reason.code
        for code, kind in kinds
        for document_id in (None, 1)
        for reason in reasons.piece_reasons(piece(code, kind, document_id))
    }
    assert offered == set(PIECE_REASONS)
    assert len(REFUSAL_REASONS) == len(set(REFUSAL_REASONS))
    assert len(PIECE_REASONS) == len(set(PIECE_REASONS))
