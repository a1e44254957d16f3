"""A decision with four verdicts and its e-mail, against bare SQL that writes the same rows."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from bench import Figure
from bench._office import installed_office, running_server
from bench._timing import WARM_UP, medians
from dombes_office.operations.requests.decisions import decide
from dombes_office.operations.requests.dossier import open_dossier
from dombes_office.rules.letters import Letter
from dombes_office.rules.requests import DecisionDraft, DecisionKind, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench._office import Office, Raw
    from dombes_office.database.engine import Database
    from dombes_office.rules.requests import RequestDossier

ROUNDS = 120
REQUESTS = 3_000
OVER_BARE = 2.0
AGENT = "agent_deciding"
LETTER = Letter("Votre demande d’accès est acceptée", "Bonjour,\n\nvotre demande est acceptée.\n\nÀ bientôt\n" * 8)

PIECES = """
insert into office.file_content (sha256, content) select sha256(c), c from (values ('fiche'::bytea), ('mandat')) f(c);
insert into office.supporting_document
       (request_id, requirement_id, authority_id, sensitivity, file_sha256, file_name, byte_count, text_value,
        valid_until)
select r.id, q.id, r.authority_id, q.sensitivity,
       case q.code when 'health_form' then sha256('fiche') when 'mandate' then sha256('mandat') end,
       case q.kind when 'file' then q.code || '.pdf' end, case q.kind when 'file' then 5 end,
       case q.code when 'iban' then 'FR7630006000011234567890189' when 'bic' then 'AGRIFRPP' end, current_date + 300
  from office.access_request r join office.document_requirement q on q.service_id = r.service_id
 where r.status = 'pending'
"""
DECISION = """
insert into office.decision (request_id, kind, reason_code, words, seen_version)
values (%s, 'validate', null, '', %s) returning id, decided_by, decided_at
"""
VERDICTS = """
insert into office.document_verdict (decision_id, requirement_id, document_id, kind, reason_code, words, seen_sha256)
values (%s, %s, %s, 'compliant', null, '', %s), (%s, %s, %s, 'compliant', null, '', %s),
       (%s, %s, %s, 'compliant', null, '', %s), (%s, %s, %s, 'compliant', null, '', %s)
"""
MAIL = "insert into office.outbox_mail (decision_id, subject, body) values (%s, %s, %s) returning id, send_after"

# The same rows with every column that the triggers would have filled.
UNGUARDED_REQUEST = "update office.access_request set status = 'validated', version = version + 1 where id = %s"
UNGUARDED_DECISION = """
insert into office.decision (request_id, kind, words, seen_version, authority_id, previous_status)
values (%s, 'validate', '', %s, %s, 'pending') returning id, decided_by, decided_at
"""
UNGUARDED_VERDICTS = """
insert into office.document_verdict (decision_id, requirement_id, document_id, kind, words, seen_sha256, authority_id)
values (%s, %s, %s, 'compliant', '', %s, %s), (%s, %s, %s, 'compliant', '', %s, %s),
       (%s, %s, %s, 'compliant', '', %s, %s), (%s, %s, %s, 'compliant', '', %s, %s)
"""
UNGUARDED_MAIL = """
insert into office.outbox_mail (authority_id, household_id, decision_id, to_address, subject, body, dedupe_key,
                                message_id, send_after)
values (%s, %s, %s, 'famille@example.org', %s, %s, %s, %s, now() + interval '12 seconds') returning id, send_after
"""


def run() -> list[Figure]:
    """The agent's decision, the same by hand against the same guards, and without any guard for the record."""
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(installed_office(stack.enter_context(running_server()), "deciding"))
        office.fill(REQUESTS)
        with office.raw() as admin, admin.transaction():
            admin.execute("set local session_replication_role = replica")
            admin.execute(PIECES.encode())
        office.add_agent(AGENT, [1])
        desk = office.open(AGENT)
        dossiers = waiting(office, desk)
        took = medians(
            {
                "desk": partial(by_desk, desk, dossiers),
                "agent": partial(by_agent, office.raw(AGENT), dossiers),
                "unguarded": partial(by_superuser, unguarded(office), dossiers),
            },
            ROUNDS,
        )
    subject = "a decision with four verdicts and its e-mail"
    return [
        Figure(
            subject=subject,
            measured=took["desk"],
            against="bare SQL of the same agent",
            baseline=took["agent"],
            budget=OVER_BARE,
        ),
        Figure(
            subject=subject,
            measured=took["desk"],
            against="bare SQL of a superuser without any trigger",
            baseline=took["unguarded"],
            budget=None,
        ),
    ]


def waiting(office: Office, desk: Database) -> Iterator[RequestDossier]:
    """The requests that can be decided, opened as on the screen before the clock runs."""
    with office.raw() as admin:
        found = admin.execute(
            "select id from office.access_request where status = 'pending' and authority_id = 1 and pieces_needed = 4"
            " order by id limit %s",
            [3 * (ROUNDS + WARM_UP)],
        )
        opened = [desk.transact(partial(open_dossier, request_id=row[0])) for row in found]
    return iter(opened)


def by_desk(desk: Database, dossiers: Iterator[RequestDossier]) -> None:
    """As the application decides."""
    dossier = next(dossiers)
    verdicts = tuple(Verdict(p.requirement_id, p.document_id, VerdictKind.COMPLIANT) for p in dossier.pieces)
    draft = DecisionDraft(DecisionKind.VALIDATE, verdicts)
    desk.transact(partial(decide, dossier=dossier, draft=draft, letter=LETTER))


def by_agent(connection: Raw, dossiers: Iterator[RequestDossier]) -> None:
    """By hand, as the agent: three statements, and the triggers do the rest."""
    dossier = next(dossiers)
    with connection.transaction():
        seen = [dossier.request.request_id, dossier.request.version]
        decision_id = connection.execute(DECISION, seen).fetchall()[0][0]
        connection.execute(VERDICTS, verdict_values(dossier, decision_id))
        connection.execute(MAIL, [decision_id, LETTER.subject, LETTER.body]).fetchall()


def by_superuser(connection: Raw, dossiers: Iterator[RequestDossier]) -> None:
    """By hand, without any trigger: four statements."""
    request = (dossier := next(dossiers)).request
    key = f"request-{request.request_id}"
    with connection.transaction():
        connection.execute(UNGUARDED_REQUEST, [request.request_id])
        values: list[object] = [request.request_id, request.version, request.authority_id]
        decision_id = connection.execute(UNGUARDED_DECISION, values).fetchall()[0][0]
        connection.execute(UNGUARDED_VERDICTS, verdict_values(dossier, decision_id, request.authority_id))
        values = [request.authority_id, request.household_id, decision_id, LETTER.subject, LETTER.body, key, key]
        connection.execute(UNGUARDED_MAIL, values).fetchall()


def verdict_values(dossier: RequestDossier, decision_id: object, *further: object) -> list[object]:
    """The parameters of four verdicts, one after the other."""
    values: list[object] = []
    for piece in dossier.pieces:
        sha256 = None if piece.sha256 is None else bytes.fromhex(piece.sha256)
        values += [decision_id, piece.requirement_id, piece.document_id, sha256, *further]
    return values


def unguarded(office: Office) -> Raw:
    """The superuser, for whom no trigger fires."""
    connection = office.raw()
    connection.execute("set session_replication_role = replica")
    return connection
