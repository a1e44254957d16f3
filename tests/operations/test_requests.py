"""The operations on requests, called as the desk calls them, against the real database with its guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from dombes_office.errors import (
    AlreadyDecided,
    ChangedMeanwhile,
    NotFound,
    PieceMissing,
    ReasonMissing,
    UndoTooLate,
)
from dombes_office.operations.requests import checking, decisions, dossier, history, queue, queue_statements, reading
from dombes_office.rules.differences import describe_differences
from dombes_office.rules.letters import Letter
from dombes_office.rules.requests import (
    UNDO_SECONDS,
    CheckResult,
    DecisionDraft,
    DecisionKind,
    Outcome,
    RequestDossier,
    RequestFilter,
    RequestStatus,
    SortKey,
    Verdict,
    VerdictKind,
)
from tests.builders import SUBMITTED_AT, Office, build_office

if TYPE_CHECKING:
    from dombes_office.database.engine import Database
    from tests.postgres import MakeAgent, OfficeDatabase

LETTER = Letter("Votre demande", "Bonjour,\n\nÀ bientôt\n")


@pytest.fixture
def office(database: OfficeDatabase) -> Office:
    return build_office(database.raw())


@pytest.fixture
def desk(database: OfficeDatabase, office: Office, make_agent: MakeAgent) -> Database:
    return database.open(make_agent("lea", groups=["office_reviewer"], authorities=[office.authority_id]))


def compliant(opened: RequestDossier, *, but: str = "") -> tuple[Verdict, ...]:
    return tuple(
        Verdict(p.requirement_id, p.document_id, VerdictKind.NON_COMPLIANT, "unreadable")
        if p.code == but
        else Verdict(p.requirement_id, p.document_id, VerdictKind.COMPLIANT)
        for p in opened.pieces
        if p.needed
    )


def validated(opened: RequestDossier) -> DecisionDraft:
    return DecisionDraft(DecisionKind.VALIDATE, compliant(opened))


def listed(desk: Database, wanted: RequestFilter, *, everything: bool = False, limit: int = 50) -> list[str]:
    """The children's first names of the whole list, read page by page."""
    names: list[str] = []
    cursor = None
    while True:
        reading_on = partial(queue.list_requests, wanted=wanted, after=cursor, limit=limit, everything=everything)
        page = desk.transact(reading_on)
        names += [row.child_first_name for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return names


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("sort", list(SortKey))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_double(
    desk: Database, office: Office, sort: SortKey, *, descending: bool, everything: bool
) -> None:
    for number in range(11):
        # Several share a moment, so that only the id tells them apart.
        office.add_request("Favre", f"Enfant{number:02}", submitted_at=SUBMITTED_AT + timedelta(minutes=number // 3))
    wanted = RequestFilter(sort=sort, descending=descending)
    names = listed(desk, wanted, everything=everything, limit=4)
    expected = [f"Enfant{number:02}" for number in range(11)]
    assert names == (expected[::-1] if descending else expected)


def test_words_find_a_family_whatever_accents_case_and_order(desk: Database, office: Office) -> None:
    given = office.add_request("Lefèvre-Œuvrard", "Zoë")
    office.add_request("Martin", "Paul")
    number = office.one("select number from office.access_request where id = %s", given.request_id)
    for words in ("lefev", "LEFÈVRE", "zoe lefe", "oeuvr", "œuvr", "Lefèvre-Œuv", number, number.partition("-")[2]):
        assert listed(desk, RequestFilter(words=words)) == ["Zoë"], words
    for words in ("lefev paul", "1234567", "lefevb"):
        assert listed(desk, RequestFilter(words=words)) == [], words


def test_no_typed_word_outlives_its_reading_in_a_kept_statement(desk: Database, office: Office) -> None:
    office.add_request("Lefèvre", "Zoë")
    office.add_request("Martin", "Paul")
    queue_statements.page_statement.cache_clear()
    assert listed(desk, RequestFilter(words="lefev zoe")) == ["Zoë"]
    assert listed(desk, RequestFilter(words="MARTIN Paul", service_ids=(office.service_id,))) == ["Paul"]
    assert listed(desk, RequestFilter(words="Favre Ana", service_ids=(office.service_id + 1, 5))) == []
    assert listed(desk, RequestFilter(words="martin zoe")) == []
    assert queue_statements.page_statement.cache_info().currsize == 2
    shape = queue_statements.shape_of(RequestFilter(words="lefev zoe"))
    kept = queue_statements.page_statement(shape, 50, flat=False, further=False).compile().params
    assert {value for name, value in kept.items() if name.startswith(("name_", "past_"))} == {None}


def test_filters_narrow_the_queue(desk: Database, office: Office) -> None:
    canteen = office.add_service("SERVICE CANTINE")
    office.add_request("Favre", "Ancienne", submitted_at=SUBMITTED_AT - timedelta(days=300))
    office.add_request("Favre", "Cantine", service_id=canteen, by_debit=False)
    assert listed(desk, RequestFilter(service_ids=(canteen,))) == ["Cantine"]
    assert listed(desk, RequestFilter(authority_ids=(office.authority_id,))) == ["Ancienne", "Cantine"]
    assert listed(desk, RequestFilter(authority_ids=(office.authority_id + 99,))) == []
    assert listed(desk, RequestFilter(status=RequestStatus.VALIDATED)) == []
    assert listed(desk, RequestFilter(status=None)) == ["Ancienne", "Cantine"]
    counts = desk.transact(partial(queue.count_by_status, wanted=RequestFilter(service_ids=(canteen,))))
    assert counts[RequestStatus.PENDING] == 1


def test_waiting_counts_days_on_the_calendar(desk: Database, office: Office) -> None:
    morning = office.one("select timezone('Europe/Paris', date_trunc('day', timezone('Europe/Paris', now())))")
    office.add_request("Favre", "Veille", submitted_at=morning - timedelta(minutes=5))
    office.add_request("Favre", "Avantveille", submitted_at=morning - timedelta(days=1, minutes=5))
    office.add_request("Favre", "Aujourdhui", submitted_at=morning + timedelta(seconds=1))
    assert listed(desk, RequestFilter(waiting_days=1)) == ["Avantveille", "Veille"]
    assert listed(desk, RequestFilter(waiting_days=2)) == ["Avantveille"]


def test_another_authority_s_requests_do_not_exist(
    database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> None:
    given = office.add_request()
    elsewhere = office.add_authority("Baneins")
    stranger = database.open(make_agent("paul", groups=["office_reviewer"], authorities=[elsewhere]))
    assert listed(stranger, RequestFilter(status=None)) == []
    with pytest.raises(NotFound):
        stranger.transact(partial(dossier.open_dossier, request_id=given.request_id))
    with pytest.raises(NotFound):
        stranger.transact(partial(reading.read_document, document_id=given.documents["mandate"]))


def test_a_dossier_holds_what_a_decision_rests_on(desk: Database, office: Office) -> None:
    given = office.add_request(files={"mandate": b"le mandat"})
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    assert [p.code for p in opened.pieces] == ["health_form", "iban", "bic", "mandate"]
    assert all(p.needed and p.given for p in opened.pieces)
    assert opened.pieces[3].byte_count == len("le mandat")
    assert (opened.request.pieces_given, opened.request.pieces_needed) == (4, 4)
    assert opened.child.care_note is not None
    assert opened.family.town == "Baneins"
    assert desk.transact(partial(reading.read_document, document_id=given.documents["mandate"])) == b"le mandat"


@pytest.mark.parametrize("by_debit", [False, True])
@pytest.mark.parametrize("closed", [(), ("iban",), ("health_form",)])
def test_the_rule_of_needed_pieces_counts_as_the_database_does(
    desk: Database, office: Office, closed: tuple[str, ...], *, by_debit: bool
) -> None:
    for code in closed:
        office.raw.execute("update office.document_requirement set closed_at = now() where code = %s", (code,))
    kept: dict[str, bytes | str] = {
        "iban": "FR76",
        "bic": "AGRIFRPP",
        "mandate": b"le mandat",
        "health_form": b"la fiche",
    }
    given = office.add_request("Favre", "Vide", by_debit=by_debit, give=False)
    for code in kept.keys() - set(closed) - {"bic"}:
        office.give(given.request_id, code, kept[code])
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    needed = [piece for piece in opened.pieces if piece.needed]
    assert len(needed) == opened.request.pieces_needed
    assert sum(piece.given for piece in needed) == opened.request.pieces_given


def test_the_same_file_for_another_child_is_told(desk: Database, office: Office) -> None:
    first = office.add_request("Favre", "Ana", files={"mandate": b"le mandat"})
    second = office.add_request("Blanc", "Noé", files={"mandate": b"le mandat"})
    number = office.one("select number from office.access_request where id = %s", first.request_id)
    opened = desk.transact(partial(dossier.open_dossier, request_id=second.request_id))
    assert opened.duplicates == ((second.documents["mandate"], number),)


def test_validating_moves_the_request_and_writes_the_mail(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    decided = desk.transact(partial(decisions.decide, dossier=opened, draft=validated(opened), letter=LETTER))
    assert office.one("select status from office.access_request where id = %s", given.request_id) == "validated"
    sent = desk.transact(partial(decisions.read_letter, decision_id=decided.decision_id))
    assert (sent.address, sent.letter, sent.state) == ("famille1@example.org", LETTER, "queued")


def test_the_seconds_for_undoing_are_those_of_the_server(
    desk: Database, database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    assert opened.decision is None
    decided = desk.transact(partial(decisions.decide, dossier=opened, draft=validated(opened), letter=LETTER))
    assert UNDO_SECONDS - 1 < decided.undo_seconds <= UNDO_SECONDS
    again = desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).decision
    assert again is not None
    assert 0 < again.undo_seconds < decided.undo_seconds
    assert replace(again, undo_seconds=0) == replace(decided, undo_seconds=0)
    assert (again.decided_by, again.mine, again.seen_version) == ("Lea", True, opened.request.version)
    other = database.open(make_agent("sam", groups=["office_reviewer"], authorities=[office.authority_id]))
    hers = other.transact(partial(dossier.open_dossier, request_id=given.request_id)).decision
    assert hers == replace(again, mine=False, undo_seconds=0)
    with office.raw.transaction():
        office.raw.execute("set local session_replication_role = replica")
        office.raw.execute("update office.outbox_mail set send_after = clock_timestamp() + interval '1 second'")
    late = desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).decision
    assert late is not None
    assert late.undo_seconds == 0


def test_the_database_grants_a_little_more_than_is_shown(office: Office) -> None:
    assert office.one("select extract(epoch from office.undo_delay())") == UNDO_SECONDS + decisions.GRACE


def test_undoing_twice_is_undoing_once(
    desk: Database, database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> None:
    """The answer to the first may have been lost on its way."""
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    decided = desk.transact(partial(decisions.decide, dossier=opened, draft=validated(opened), letter=LETTER))
    undo = partial(decisions.undo_decision, decision_id=decided.decision_id)
    desk.transact(undo)
    desk.transact(undo)
    assert desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).decision is None
    other = database.open(make_agent("sam", groups=["office_reviewer"], authorities=[office.authority_id]))
    with pytest.raises(ChangedMeanwhile):
        other.transact(undo)


def test_a_second_decision_is_refused_by_name(
    desk: Database, database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> None:
    given = office.add_request()
    other = database.open(make_agent("sam", groups=["office_reviewer"], authorities=[office.authority_id]))
    hers = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    his = other.transact(partial(dossier.open_dossier, request_id=given.request_id))
    desk.transact(partial(decisions.decide, dossier=hers, draft=validated(hers), letter=LETTER))
    refusal = DecisionDraft(DecisionKind.REFUSE, (), "service_full")
    with pytest.raises(AlreadyDecided):
        other.transact(partial(decisions.decide, dossier=his, draft=refusal, letter=LETTER))


def test_a_decision_on_an_older_version_is_refused_and_the_difference_told(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    office.give(given.request_id, "mandate", b"un autre mandat")
    with pytest.raises(ChangedMeanwhile):
        desk.transact(partial(decisions.decide, dossier=opened, draft=validated(opened), letter=LETTER))
    after = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    told = describe_differences(opened, after, SUBMITTED_AT.date())
    assert told == ("Pièce remplacée\u00a0: Mandat SEPA.",)
    desk.transact(partial(decisions.decide, dossier=after, draft=validated(after), letter=LETTER))


def test_what_is_missing_is_said_in_french_before_postgresql_says_it(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    for draft, error in (
        (DecisionDraft(DecisionKind.REFUSE, ()), ReasonMissing),
        (DecisionDraft(DecisionKind.VALIDATE, compliant(opened)[1:]), PieceMissing),
        (DecisionDraft(DecisionKind.VALIDATE, compliant(opened, but="mandate")), PieceMissing),
        (DecisionDraft(DecisionKind.COMPLEMENT, compliant(opened)), PieceMissing),
        (
            DecisionDraft(
                DecisionKind.COMPLEMENT,
                (Verdict(opened.pieces[0].requirement_id, opened.pieces[0].document_id, VerdictKind.NON_COMPLIANT),),
            ),
            ReasonMissing,
        ),
    ):
        with pytest.raises(error):
            desk.transact(partial(decisions.decide, dossier=opened, draft=draft, letter=LETTER))
    assert office.one("select status from office.access_request where id = %s", given.request_id) == "pending"


def test_a_complement_wakes_the_request_when_the_family_answers(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    asked = DecisionDraft(DecisionKind.COMPLEMENT, compliant(opened, but="mandate"))
    desk.transact(partial(decisions.decide, dossier=opened, draft=asked, letter=LETTER))
    assert office.one("select status from office.access_request where id = %s", given.request_id) == "awaiting_family"
    office.give(given.request_id, "mandate", b"le bon mandat")
    again = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    assert again.request.status is RequestStatus.COMPLEMENT_RECEIVED
    assert [p.verdict for p in again.pieces] == [VerdictKind.COMPLIANT] * 3 + [None]
    desk.transact(partial(decisions.decide, dossier=again, draft=validated(again), letter=LETTER))


def test_undoing_brings_the_request_back_and_cancels_the_mail(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    decided = desk.transact(partial(decisions.decide, dossier=opened, draft=validated(opened), letter=LETTER))
    desk.transact(partial(decisions.undo_decision, decision_id=decided.decision_id))
    assert office.one("select status from office.access_request where id = %s", given.request_id) == "pending"
    assert office.one("select state from office.outbox_mail where decision_id = %s", decided.decision_id) == "cancelled"
    again = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    second = desk.transact(partial(decisions.decide, dossier=again, draft=validated(again), letter=LETTER))
    office.raw.execute("set session_replication_role = replica")
    office.raw.execute("update office.outbox_mail set send_after = now() - interval '1 second'")
    office.raw.execute("set session_replication_role = origin")
    with pytest.raises(UndoTooLate):
        desk.transact(partial(decisions.undo_decision, decision_id=second.decision_id))


def test_checks_are_kept_for_their_version_only(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    results = (CheckResult("iban_valid", Outcome.FAIL, "IBAN saisi faux", requirement_code="iban"),)
    keep = partial(checking.keep_checks, request_id=given.request_id, results=results)
    desk.transact(partial(keep, version=opened.request.version))
    assert desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).checks == results
    row = desk.transact(partial(queue.read_request, request_id=given.request_id))
    assert row is not None
    assert (row.check_failures, row.check_warnings) == (1, 0)
    assert listed(desk, RequestFilter(outcome=Outcome.FAIL)) == ["Manon"]
    office.give(given.request_id, "mandate", b"un autre mandat")
    assert desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).checks == ()
    assert desk.transact(checking.find_unchecked) == (given.request_id,)


def test_older_results_do_not_replace_newer_ones(desk: Database, office: Office) -> None:
    given = office.add_request()
    version = office.one("select version from office.access_request where id = %s", given.request_id)
    newer, older = (CheckResult("age", outcome, "Âge") for outcome in (Outcome.PASS, Outcome.FAIL))
    keep = partial(checking.keep_checks, request_id=given.request_id)
    desk.transact(partial(keep, version=version, results=(newer,)))
    with pytest.raises(ChangedMeanwhile):
        desk.transact(partial(keep, version=version - 1, results=(older,)))
    assert desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).checks == (newer,)


def test_an_automatic_reading_is_told_as_one_and_opens_nothing(desk: Database, office: Office) -> None:
    given = office.add_request(files={"mandate": b"le mandat"})
    read = partial(reading.read_to_check, document_id=given.documents["mandate"])
    assert desk.transact(read) == b"le mandat"
    told = [
        (event.kind, event.who, event.what)
        for event in desk.transact(partial(history.read_history, request_id=given.request_id))
    ]
    assert ("checked", "Lea", "Pièce lue par le contrôle automatique du poste\u00a0: Mandat SEPA") in told
    assert {kind for kind, _, _ in told} == {"submitted", "given", "checked"}
    with pytest.raises(NotFound):
        desk.transact(partial(reading.read_to_check, document_id=given.documents["iban"]))


@pytest.mark.parametrize(
    "line",
    [
        '{"nonsense": 1}',
        "7",
        '"x"',
        "null",
        "[]",
        "{}",
        '{"code": "x", "outcome": "perhaps", "title": "x"}',
        '{"code": "x", "outcome": "fail", "title": 7}',
    ],
)
def test_a_strange_line_of_checks_closes_the_request_to_nobody(
    desk: Database, database: OfficeDatabase, office: Office, line: str
) -> None:
    """Any reviewer may write checks by hand; they are advice, and what cannot be read is none."""
    given = office.add_request()
    write = (
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        " select id, version, 0, 0, jsonb_build_array(%s::jsonb) from office.access_request where id = %s"
    )
    database.raw(desk.target.login).execute(write, [line, given.request_id])
    assert desk.transact(partial(dossier.open_dossier, request_id=given.request_id)).checks == ()


def test_checks_of_another_version_are_not_kept(desk: Database, office: Office) -> None:
    given = office.add_request()
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    office.give(given.request_id, "mandate", b"un autre mandat")
    with pytest.raises(ChangedMeanwhile):
        desk.transact(
            partial(checking.keep_checks, request_id=given.request_id, version=opened.request.version, results=())
        )


def test_a_colleague_sees_who_has_the_request_open(
    desk: Database, database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> None:
    given = office.add_request()
    other = database.open(make_agent("sam", groups=["office_reviewer"], authorities=[office.authority_id]))
    desk.transact(partial(reading.note_opening, request_id=given.request_id))
    desk.transact(partial(reading.keep_open, request_id=given.request_id))
    row = other.transact(partial(queue.read_request, request_id=given.request_id))
    mine = desk.transact(partial(queue.read_request, request_id=given.request_id))
    assert row is not None
    assert mine is not None
    assert (row.opened_by, mine.opened_by) == ("Lea", None)
    desk.transact(partial(reading.note_closing, request_id=given.request_id))
    row = other.transact(partial(queue.read_request, request_id=given.request_id))
    assert row is not None
    assert row.opened_by is None


def test_the_history_asks_no_more_for_many_decisions_than_for_one(desk: Database, office: Office) -> None:
    given = office.add_request()
    asked: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts, said = [], []
    for _ in range(3):
        opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
        complement = DecisionDraft(DecisionKind.COMPLEMENT, compliant(opened, but="mandate"))
        decided = desk.transact(partial(decisions.decide, dossier=opened, draft=complement, letter=LETTER))
        asked.clear()
        events = desk.transact(partial(history.read_history, request_id=given.request_id))
        counts.append(len(asked))
        desk.transact(partial(decisions.undo_decision, decision_id=decided.decision_id))
        said = [event.words for event in events if event.kind == "decided"]
    assert counts[0] == counts[1] == counts[2]
    assert said == ["Mandat SEPA\u00a0: Document illisible."] * 3


def test_the_history_tells_who_read_an_iban_or_what_is_said_of_a_child(desk: Database, office: Office) -> None:
    given = office.add_request()
    for document_id in (given.documents["iban"], None):
        note = partial(reading.note_revealed, request_id=given.request_id, document_id=document_id)
        desk.transact(note)
        # Once more within the hour is the same line: paging to and fro is not a story.
        desk.transact(note)
    events = desk.transact(partial(history.read_history, request_id=given.request_id))
    told = sorted((event.who, event.what) for event in events if event.kind == "revealed")
    assert told == [
        ("Lea", "Informations complémentaires (PAI) lues"),
        ("Lea", "Valeur lue\u00a0: IBAN"),
    ]


def test_the_history_tells_who_did_what(desk: Database, office: Office) -> None:
    given = office.add_request()
    desk.transact(partial(reading.note_opening, request_id=given.request_id))
    desk.transact(partial(reading.read_document, document_id=given.documents["mandate"]))
    opened = desk.transact(partial(dossier.open_dossier, request_id=given.request_id))
    asked = DecisionDraft(DecisionKind.COMPLEMENT, compliant(opened, but="mandate"), words="Merci")
    decided = desk.transact(partial(decisions.decide, dossier=opened, draft=asked, letter=LETTER))
    desk.transact(partial(decisions.undo_decision, decision_id=decided.decision_id))
    events = desk.transact(partial(history.read_history, request_id=given.request_id))
    told = [(event.kind, event.who) for event in events]
    assert told[-1] == ("submitted", "La famille")
    assert {("opened", "Lea"), ("received", "Lea"), ("decided", "Lea"), ("undone", "Lea")} <= set(told)
    words = next(event.words for event in events if event.kind == "decided")
    assert "Document illisible" in words
    assert "Merci" in words
