"""A loaded demonstration is an office like any other: it obeys its own guards, and agents work on it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from dombes_office import settings
from dombes_office.database.desk import check_desk
from dombes_office.demo.loader import load
from dombes_office.demo.plan import SIZES, Size, Trouble
from dombes_office.demo.requirements import REQUIREMENTS
from dombes_office.demo.staff import AGENTS
from dombes_office.documents.renderer import Renderer
from dombes_office.errors import OfficeError, Refusal
from dombes_office.operations.requests.decisions import decide
from dombes_office.operations.requests.dossier import open_dossier
from dombes_office.operations.requests.queue import list_requests
from dombes_office.operations.requests.reading import read_document
from dombes_office.rules.checks import PieceReading, run_checks
from dombes_office.rules.letters import TEMPLATES, decision_letter
from dombes_office.rules.requests import DecisionDraft, DecisionKind, Outcome, RequestFilter, RequestStatus
from tests.demo.conftest import REDUCED, SEED, TODAY, LoadedOffice, loaded, planned

if TYPE_CHECKING:
    from dombes_office.database.embedded import EmbeddedServer
    from dombes_office.database.engine import Database
    from dombes_office.rules.requests import CheckResult, RequestDossier

    Samples: TypeAlias = dict[Trouble, tuple[RequestDossier, dict[int, PieceReading]]]

REVIEWER = AGENTS[0].login
HAMLET = Size(families=24, waiting=6, answered=1, awaited=2, refused=2, share_with_request=0.9)

# What each trigger derives, told the other way round: rows that it would not have written.
STRAYS = {
    "authority of a requirement": """
        select q.id from office.document_requirement q join office.service s on s.id = q.service_id
         where q.authority_id <> s.authority_id""",
    "authority and child of a request": """
        select r.id from office.access_request r join office.service s on s.id = r.service_id
          join office.beneficiary b on b.id = r.beneficiary_id
         where r.authority_id <> s.authority_id or b.household_id <> r.household_id""",
    "family key": """
        select r.id from office.access_request r join office.household h on h.id = r.household_id
          join office.beneficiary b on b.id = r.beneficiary_id
         where r.family_key <> office.fold(h.name || ' ' || b.first_name)""",
    "number": """
        select r.id from office.access_request r
         where r.number <> to_char(r.submitted_at at time zone 'Europe/Paris', 'YYYY') || '-'
               || office.zero_filled(r.id)
            or r.id > (select last_value from office.request_number)""",
    "pieces": """
        select r.id from office.access_request r
         where r.pieces_given <> office.pieces_given(r.id)
            or r.pieces_needed <> office.pieces_needed(r.service_id, r.by_debit)""",
    "rank": """
        select r.id from office.access_request r
         where r.check_rank <> case when r.checked_version is distinct from r.version then 3
                                    when r.check_failures > 0 then 0 when r.check_warnings > 0 then 1 else 2 end""",
    "kept checks": """
        select r.id from office.access_request r left join office.request_check c on c.request_id = r.id
         where (r.checked_version, r.check_failures, r.check_warnings, r.authority_id)
               is distinct from (c.version, c.failures, c.warnings, coalesce(c.authority_id, r.authority_id))""",
    "piece": """
        select d.id from office.supporting_document d
          join office.access_request r on r.id = d.request_id
          join office.document_requirement q on q.id = d.requirement_id
          left join office.file_content f on f.sha256 = d.file_sha256
         where d.authority_id <> r.authority_id or d.sensitivity <> q.sensitivity or q.service_id <> r.service_id
            or (q.kind = 'file') <> (d.file_sha256 is not null)
            or d.byte_count is distinct from octet_length(f.content)
            or d.valid_until <> (coalesce(d.signed_on, (d.given_at at time zone 'Europe/Paris')::date)
                                 + make_interval(months => q.validity_months))::date""",
    "decision and state": """
        select d.id from office.decision d join office.access_request r on r.id = d.request_id
         where d.authority_id <> r.authority_id or d.previous_status <> 'pending' or d.seen_version >= r.version
            or (d.kind, r.status) not in (('validate', 'validated'), ('refuse', 'refused'),
                ('complement', 'awaiting_family'), ('complement', 'complement_received'))
            or d.decided_at < r.submitted_at or r.answered_at < d.decided_at""",
    "decided without a decision": """
        select r.id from office.access_request r
         where (r.status <> 'pending') <> exists (select from office.decision d where d.request_id = r.id)""",
    "verdict": """
        select v.id from office.document_verdict v
          join office.decision d on d.id = v.decision_id
          join office.document_requirement q on q.id = v.requirement_id
          join office.access_request r on r.id = d.request_id
          left join office.supporting_document s on s.id = v.document_id
         where v.authority_id <> d.authority_id or q.service_id <> r.service_id
            or v.seen_sha256 is distinct from s.file_sha256
            or (v.document_id is not null and (s.request_id, s.requirement_id) <> (r.id, q.id))
            or (v.document_id is null and exists (select from office.supporting_document g
                 where g.request_id = r.id and g.requirement_id = q.id))""",
    "complete decision": """
        select d.id from office.decision d join office.access_request r on r.id = d.request_id
         where not exists (select from office.outbox_mail m where m.decision_id = d.id)
            or (d.kind = 'complement' and not exists (
                select from office.document_verdict v where v.decision_id = d.id and v.kind = 'non_compliant'))
            or (d.kind = 'validate' and exists (
                select from office.document_requirement q
                 where q.service_id = r.service_id and (q.needed = 'always' or r.by_debit)
                   and not exists (select from office.document_verdict v
                        where v.decision_id = d.id and v.requirement_id = q.id and v.kind = 'compliant')))""",
    "e-mail": """
        select m.id from office.outbox_mail m
          join office.decision d on d.id = m.decision_id join office.access_request r on r.id = d.request_id
          join office.household h on h.id = r.household_id join office.account a on a.id = h.account_id
          join office.authority u on u.id = d.authority_id
         where (m.authority_id, m.household_id, m.to_address, m.reply_to, m.dedupe_key, m.created_by, m.created_at)
               <> (d.authority_id, h.id, a.email, u.email, 'decision-' || d.id, d.decided_by, d.decided_at)
            or m.send_after <> d.decided_at + office.undo_delay()
            or m.state not in ('sent', 'failed') or (m.state = 'sent') <> (m.sent_at is not null)""",
    "family's authorities": """
        (select household_id, authority_id from office.access_request
          except select household_id, authority_id from office.household_authority)
        union all
        (select household_id, authority_id from office.household_authority
          except select household_id, authority_id from office.access_request)""",
    "future": """
        select r.id from office.access_request r
         where greatest(r.submitted_at, r.answered_at) > timestamptz '2026-11-24 12:00 UTC'""",
}


@pytest.mark.parametrize("kept", STRAYS)
def test_rows_are_as_the_triggers_would_have_made_them(office: LoadedOffice, kept: str) -> None:
    assert office.raw().execute(STRAYS[kept].encode()).fetchall() == []


def test_the_same_questions_find_what_is_wrong(office: LoadedOffice) -> None:
    """Negative control: with one column of each table falsified, every question that can sees it."""
    spoilt = (
        "update office.access_request set family_key = 'x', pieces_given = 9, check_rank = 7, authority_id = 3",
        "update office.access_request set number = 'n' || id, check_failures = 99, submitted_at = '2030-01-01'",
        "update office.supporting_document set byte_count = 1, valid_until = '2000-01-01'",
        "update office.document_requirement set authority_id = 4",
        "update office.decision set previous_status = 'refused'",
        "update office.document_verdict set seen_sha256 = '\\x00'",
        "delete from office.outbox_mail where decision_id = 1",
        "update office.outbox_mail set to_address = 'x@example.org'",
        "delete from office.household_authority",
        "update office.access_request set status = 'validated' where status = 'pending'",
    )
    raw = office.raw()
    with raw.transaction(force_rollback=True):
        raw.execute("set local session_replication_role = replica")
        for statement in spoilt:
            raw.execute(statement.encode())
        blind = [kept for kept, question in STRAYS.items() if not raw.execute(question.encode()).fetchall()]
    assert blind == []


def test_the_words_to_search_are_those_of_the_index(office: LoadedOffice) -> None:
    question = b"select household_id, authority_id, token from office.household_token order by 1, 2, 3"
    raw = office.raw()
    loaded_words = raw.execute(question).fetchall()
    with raw.transaction(force_rollback=True):
        raw.execute("select office.index_households(array(select id from office.household))")
        assert raw.execute(question).fetchall() == loaded_words
    assert len(loaded_words) > office.report.families


def test_every_trigger_is_awake(office: LoadedOffice) -> None:
    asleep = office.raw().execute(
        "select tgrelid::regclass, tgname from pg_trigger"
        " where tgrelid in (select oid from pg_class where relnamespace = 'office'::regnamespace)"
        " and not tgisinternal and tgenabled <> 'O'"
    )
    assert asleep.fetchall() == []


def test_new_rows_follow_the_loaded_ones(office: LoadedOffice) -> None:
    raw = office.raw()
    with raw.transaction(force_rollback=True):
        row = raw.execute(
            "insert into office.access_request (household_id, beneficiary_id, service_id, submitted_at)"
            " select household_id, id, 1, '2026-11-24 10:00 UTC' from office.beneficiary order by id limit 1"
            " returning id, number"
        ).fetchone()
    assert row == (office.report.requests + 1, f"2026-{office.report.requests + 1:04}")


def test_every_agent_signs_in(office: LoadedOffice) -> None:
    for agent in AGENTS:
        signed_in = office.open(agent.login).transact(check_desk)
        assert (signed_in.display_name, set(agent.groups) - signed_in.groups) == (agent.display_name, set())
        assert signed_in.sees_everything == (agent.scope == "everywhere")


def test_a_reviewer_decides_on_it(server: EmbeddedServer, template: str) -> None:
    del template
    with loaded(server, HAMLET) as office:
        database = office.open(REVIEWER)
        page = database.transact(lambda db: list_requests(db, RequestFilter()))
        assert len(page.rows) == HAMLET.waiting
        dossier = database.transact(lambda db: open_dossier(db, page.rows[0].request_id))
        draft = DecisionDraft(DecisionKind.REFUSE, (), "service_full")
        letter = decision_letter(settings.resource(TEMPLATES[draft.kind]).read_text("utf-8"), dossier, draft)
        database.transact(lambda db: decide(db, dossier, draft, letter))
        after = database.transact(lambda db: open_dossier(db, dossier.request.request_id))
    assert after.request.status is RequestStatus.REFUSED


def test_an_office_with_families_is_left_alone(office: LoadedOffice) -> None:
    with pytest.raises(Refusal, match="déjà des familles"):
        load(office.raw(), size=HAMLET, seed=SEED, today=TODAY, say=lambda _: None)
    assert office.raw().execute("select count(*) from office.account").fetchone() == (REDUCED.families,)


# The same each time ---------------------------------------------------------------------------------------------------


def digests(office: LoadedOffice) -> dict[str, str]:
    """One digest for each table that the loader fills, of all its rows in the order of their own text."""
    raw = office.raw()
    tables = raw.execute(
        "select relname from pg_class where relnamespace = 'office'::regnamespace and relkind = 'r'"
        " and relname not in ('installed_guard', 'audit_secret', 'audit_event', 'backup_run') order by 1"
    ).fetchall()
    return {
        table: hashlib.sha256(
            repr(raw.execute(f"select t::text from office.{table} t order by 1").fetchall()).encode()
        ).hexdigest()
        for (table,) in tables
    }


def test_the_same_demonstration_each_time(server: EmbeddedServer, template: str) -> None:
    del template
    with loaded(server, HAMLET) as one:
        first, report = digests(one), one.report
    with loaded(server, HAMLET) as other:
        assert (digests(other), other.report) == (first, report)
    assert report.files > report.requests


# What is wrong in the pieces ------------------------------------------------------------------------------------------

EXPECTED: dict[Trouble, tuple[str, Outcome, str]] = {
    Trouble.OTHER_IBAN: ("mandate_iban", Outcome.FAIL, "mandate"),
    Trouble.MISTYPED_IBAN: ("iban_valid", Outcome.FAIL, "iban"),
    Trouble.OTHER_BANK: ("bic_matches", Outcome.FAIL, "bic"),
    Trouble.OTHER_NAME: ("mandate_name", Outcome.VERIFY, "mandate"),
    Trouble.UNSIGNED: ("mandate_signed", Outcome.VERIFY, "mandate"),
    Trouble.LAPSED_MANDATE: ("mandate_signed", Outcome.FAIL, "mandate"),
    Trouble.NO_MANDATE: ("piece_missing", Outcome.FAIL, "mandate"),
    Trouble.SCANNED_MANDATE: ("mandate_no_text", Outcome.VERIFY, "mandate"),
    Trouble.EXPIRED_FORM: ("validity", Outcome.FAIL, "health_form"),
    Trouble.ENCRYPTED: ("file_unreadable", Outcome.FAIL, "health_form"),
    Trouble.TRUNCATED: ("file_unreadable", Outcome.FAIL, "health_form"),
    Trouble.PROGRAM: ("file_unreadable", Outcome.FAIL, "health_form"),
    Trouble.SCRIPT: ("file_hazard", Outcome.VERIFY, "health_form"),
    Trouble.WEB_PAGE: ("file_unreadable", Outcome.FAIL, "health_form"),
    Trouble.EMPTY: ("file_unreadable", Outcome.FAIL, "health_form"),
    Trouble.SHARED_FILE: ("duplicate_file", Outcome.VERIFY, "mandate"),
    Trouble.NO_FORM: ("piece_missing", Outcome.FAIL, "health_form"),
}
PICTURES = {
    Trouble.PHOTOGRAPHED_FORM: "JPEG",
    Trouble.UNREADABLE_PHOTO: "JPEG",
    Trouble.HEIC_FORM: "HEIC",
    Trouble.TIFF_FORM: "TIFF",
    Trouble.SCANNED_FORM: "PDF",
}
"""A picture of a form is nothing that a check could blame."""


@pytest.fixture(scope="module")
def samples(office: LoadedOffice) -> Samples:
    """The oldest waiting request of each trouble, and what the isolated reader says of its files."""
    oldest: dict[Trouble, int] = {}
    for request in planned():
        if request.status is RequestStatus.PENDING:
            oldest.setdefault(request.trouble, request.number)
    database = office.open(REVIEWER)
    with Renderer(limit=60) as renderer:
        return {trouble: read_again(database, renderer, number) for trouble, number in oldest.items()}


def read_again(database: Database, renderer: Renderer, number: int) -> tuple[RequestDossier, dict[int, PieceReading]]:
    """A request, and what the isolated reader tells of its files."""
    dossier = database.transact(lambda db: open_dossier(db, number))
    readings: dict[int, PieceReading] = {}
    for piece in dossier.pieces:
        if piece.sha256 is not None and piece.document_id is not None:
            content = database.transact(partial(read_document, document_id=piece.document_id))
            readings[piece.document_id] = reading(renderer, content)
    return dossier, readings


def reading(renderer: Renderer, content: bytes) -> PieceReading:
    """What the checks are told of a file, as the screens tell it."""
    try:
        summary = renderer.open(content)
        spans = renderer.text(summary.sha256)
    except OfficeError as refusal:
        return PieceReading("", 0, refusal=str(refusal))
    hazards = tuple(hazard.sentence for hazard in summary.hazards)
    return PieceReading(summary.kind.value.upper(), summary.page_count, hazards, tuple(span.text for span in spans))


@pytest.mark.parametrize("trouble", Trouble)
def test_what_was_kept_is_what_the_checks_say(samples: Samples, trouble: Trouble) -> None:
    dossier, readings = samples[trouble]
    assert dossier.checks == run_checks(dossier, readings, TODAY)


@pytest.mark.parametrize("trouble", EXPECTED)
def test_each_trouble_is_seen_by_its_check(samples: Samples, trouble: Trouble) -> None:
    def told(checks: tuple[CheckResult, ...]) -> set[Any]:
        return {(check.code, check.outcome, check.requirement_code) for check in checks}

    assert EXPECTED[trouble] in told(samples[trouble][0].checks)
    assert EXPECTED[trouble] not in told(samples[Trouble.NONE][0].checks)


@pytest.mark.parametrize("trouble", PICTURES)
def test_pictures_are_of_their_kind_and_blamed_for_nothing(samples: Samples, trouble: Trouble) -> None:
    dossier, readings = samples[trouble]
    form = next(piece for piece in dossier.pieces if piece.code == "health_form")
    assert form.document_id is not None
    assert (readings[form.document_id].kind, readings[form.document_id].lines) == (PICTURES[trouble], ())
    assert all(check.outcome is Outcome.PASS for check in dossier.checks if check.requirement_code == form.code)


def test_nothing_is_wrong_where_no_trouble_is(
    samples: Samples,
) -> None:
    outcomes = {check.outcome for check in samples[Trouble.NONE][0].checks}
    assert outcomes == {Outcome.PASS}


def test_each_trouble_is_known_here() -> None:
    assert EXPECTED.keys() | PICTURES.keys() | {Trouble.NONE} == set(Trouble)
    assert {requirement.code for requirement in REQUIREMENTS} >= {code for _, _, code in EXPECTED.values()}


@pytest.mark.parametrize("size", ["village", "dombes", "metropole"])
def test_every_size_shows_every_trouble(size: str) -> None:
    """For the largest, as many families as are enough to plan its requests."""
    shape = SIZES[size]
    few = Size(min(shape.families, 9_000), shape.waiting, shape.answered, shape.awaited, shape.refused, 0.9)
    waiting = {request.trouble for request in planned(few) if request.status is RequestStatus.PENDING}
    assert waiting == set(Trouble)
