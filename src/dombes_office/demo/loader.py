"""Fills an empty office with the demonstration: places, agents, families, requests with real files, decisions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from dombes_office.demo.copying import copy_rows, set_sequence
from dombes_office.demo.decided import Decided, decide_all
from dombes_office.demo.people import families
from dombes_office.demo.pieces import PieceMaker, RequestPieces
from dombes_office.demo.places import COMMUNES, COMMUNITY, PLACES
from dombes_office.demo.plan import SIZES, PlannedRequest, Size, plan_requests
from dombes_office.demo.requirements import REQUIREMENTS, applies
from dombes_office.demo.staff import AGENTS, COMMUNITY_ONLY, EVERYWHERE
from dombes_office.errors import Refusal
from dombes_office.rules.names import fold
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from dombes_office.demo.people import Child, Family

Connection = psycopg.Connection[Any]
Row = tuple[Any, ...]

_TABLES_WITH_ID = (
    "authority", "service", "document_requirement", "customer_group", "account", "household", "beneficiary",
    "access_request", "supporting_document", "decision", "document_verdict", "outbox_mail", "reading",
)  # fmt: skip
_OLDEST_FIRST = 1


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was written."""

    families: int
    children: int
    requests: int
    waiting: int
    documents: int
    files: int


@dataclass(frozen=True, slots=True)
class _Ids:
    """Where things are found again: services by (place, position), requirements by (service id, code)."""

    services: Mapping[tuple[int, int], int]
    requirements: Mapping[tuple[int, str], int]


def load(connection: Connection, *, size: str, seed: int, today: date, say: Callable[[str], None]) -> LoadReport:
    """Fill the office behind a superuser's connection, in one transaction.

    `size` is a key of `plan.SIZES`; the same size, seed and day always give the same rows. `say` is told in French how
    far it is.

    Raises:
        Refusal: the office already has families, which are not to be mixed with invented ones.
    """
    with connection.transaction():
        _check_empty(connection)
        _rest(connection, asleep=True)
        report = _fill(connection, SIZES[size], seed, today, say)
        _rest(connection, asleep=False)
    say("Statistiques…")
    connection.execute("analyze")
    return report


def _check_empty(connection: Connection) -> None:
    found = connection.execute("select exists (select from office.account) or exists (select from office.authority)")
    row = found.fetchone()
    if row is not None and row[0]:
        raise Refusal(
            "Cette base contient déjà des familles ou des collectivités\u00a0: rien n’y a été ajouté.",
            "Choisissez une base neuve pour la démonstration.",
        )


def _rest(connection: Connection, *, asleep: bool) -> None:
    """Put the triggers to sleep while rows are written that would obey them, or wake them."""
    tables = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = 'office'::regnamespace and c.relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(
            sql.SQL("alter table office.{} {} trigger user").format(
                sql.Identifier(table), sql.SQL("disable" if asleep else "enable")
            )
        )


def _fill(connection: Connection, size: Size, seed: int, today: date, say: Callable[[str], None]) -> LoadReport:
    say("Collectivités, services et agents…")
    ids = _write_catalogue(connection)
    _write_agents(connection)
    say("Familles…")
    everybody = families(seed, size.families, today)
    children = _write_families(connection, everybody)
    planned = plan_requests(everybody, size, PLACES, seed, today)
    say("Pièces justificatives…")
    maker = PieceMaker(everybody, seed, today)
    given = [maker.pieces(request) for request in planned]
    photos = maker.photos(everybody)
    files = _write_files(connection, [*maker.files(), *photos.values()])
    _write_photos(connection, photos, children)
    say("Demandes…")
    _write_requests(connection, planned, given, everybody, children, ids)
    documents = _write_documents(connection, planned, given, ids)
    say("Décisions et courriels…")
    _write_decisions(connection, decide_all(planned, given, everybody, seed), ids, planned)
    say("Index de recherche…")
    _write_links(connection)
    for table in _TABLES_WITH_ID:
        set_sequence(connection, table)
    waiting = sum(request.status is RequestStatus.PENDING for request in planned)
    return LoadReport(len(everybody), len(children), len(planned), waiting, documents, files)


def _write_catalogue(connection: Connection) -> _Ids:
    copy_rows(
        connection,
        "authority",
        {"id": "int8", "kind": "text", "name": "text", "short_name": "text", "postcode": "text", "email": "text",
         "phone": "text", "creditor_id": "text"},
        ((n, p.kind, p.name, p.short_name, p.postcode, p.email, p.phone, p.creditor_id)
         for n, p in enumerate(PLACES, 1)),
    )  # fmt: skip
    services: dict[tuple[int, int], int] = {}
    rows: list[Row] = []
    for place, where in enumerate(PLACES):
        for position, offer in enumerate(where.services):
            services[place, position] = len(rows) + 1
            rows.append((len(rows) + 1, place + 1, offer.name, offer.min_age, offer.max_age))
    copy_rows(
        connection, "service",
        {"id": "int8", "authority_id": "int8", "name": "text", "min_age": "int4", "max_age": "int4"}, rows,
    )  # fmt: skip
    requirements: dict[tuple[int, str], int] = {}
    asked: list[Row] = []
    for (place, _), service in services.items():
        for position, r in enumerate(REQUIREMENTS):
            requirements[service, r.code] = len(asked) + 1
            asked.append(
                (len(asked) + 1, service, place + 1, r.code, r.label, r.kind, r.needed, r.sensitivity, 12, position)
            )
    copy_rows(
        connection,
        "document_requirement",
        {"id": "int8", "service_id": "int8", "authority_id": "int8", "code": "text", "label": "text", "kind": "text",
         "needed": "text", "sensitivity": "text", "validity_months": "int4", "position": "int4"},
        asked,
    )  # fmt: skip
    copy_rows(connection, "customer_group", {"id": "int8", "name": "text"}, [(1, "Client")])
    return _Ids(services, requirements)


def _write_agents(connection: Connection) -> None:
    """The agents' logins belong to the whole server: one that is there already is used as it is."""
    for agent in AGENTS:
        name = sql.Identifier(agent.login)
        known = connection.execute("select from pg_roles where rolname = %s", [agent.login]).fetchone()
        if known is None:
            connection.execute(sql.SQL("create role {} login").format(name))
        for group in agent.groups:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), name))
        connection.execute(
            "insert into office.staff_member (login, display_name) values (%s, %s)", [agent.login, agent.display_name]
        )
        scope = {
            EVERYWHERE: range(1, len(PLACES) + 1),
            COMMUNITY_ONLY: [PLACES.index(COMMUNITY) + 1],
        }.get(agent.scope, [PLACES.index(COMMUNES[0]) + 1])
        connection.cursor().executemany(
            "insert into office.agent_scope (login, authority_id) values (%s, %s)",
            [(agent.login, authority) for authority in scope],
        )


def _write_families(connection: Connection, everybody: Sequence[Family]) -> dict[tuple[int, int], int]:
    """Accounts and households share their number; the children's ids by (family, position)."""
    copy_rows(
        connection,
        "account",
        {"id": "int8", "email": "text", "last_name": "text", "first_name": "text", "phone": "text", "address": "text",
         "postcode": "text", "town": "text"},
        ((n, f.holder.email, f.holder.last_name, f.holder.first_name, f.holder.phone, f.address, f.postcode, f.town)
         for n, f in enumerate(everybody, 1)),
    )  # fmt: skip
    copy_rows(
        connection, "household", {"id": "int8", "account_id": "int8", "name": "text"},
        ((n, n, f.name) for n, f in enumerate(everybody, 1)),
    )  # fmt: skip
    children: dict[tuple[int, int], int] = {}
    rows: list[Row] = []
    for number, family in enumerate(everybody):
        for position, child in enumerate(family.children):
            children[number, position] = len(rows) + 1
            rows.append((len(rows) + 1, number + 1, *_child(child)))
    copy_rows(
        connection,
        "beneficiary",
        {"id": "int8", "household_id": "int8", "last_name": "text", "first_name": "text", "born_on": "date",
         "relationship": "text", "school_level": "text", "care_note": "text", "customer_group_id": "int8"},
        rows,
    )  # fmt: skip
    return children


def _child(child: Child) -> Row:
    return (
        child.last_name, child.first_name, child.born_on, child.relationship, child.school_level, child.care_note, 1,
    )  # fmt: skip


def _write_files(connection: Connection, contents: Iterable[bytes]) -> int:
    """Each content once, under its SHA-256."""
    files = {hashlib.sha256(content).digest(): content for content in contents}
    return copy_rows(connection, "file_content", {"sha256": "bytea", "content": "bytea"}, files.items())


def _write_photos(
    connection: Connection, photos: Mapping[tuple[int, int], bytes], children: Mapping[tuple[int, int], int]
) -> None:
    """The identity photos: few pictures, shared by content."""
    connection.execute("create temporary table photo_of (beneficiary_id int8, sha256 bytea) on commit drop")
    with connection.cursor() as cursor, cursor.copy("copy photo_of from stdin (format binary)") as copy:
        copy.set_types(["int8", "bytea"])
        for child, content in photos.items():
            copy.write_row((children[child], hashlib.sha256(content).digest()))
    connection.execute(
        "update office.beneficiary b set photo_sha256 = p.sha256 from photo_of p where p.beneficiary_id = b.id"
    )


def _write_requests(
    connection: Connection,
    planned: Sequence[PlannedRequest],
    given: Sequence[RequestPieces],
    everybody: Sequence[Family],
    children: Mapping[tuple[int, int], int],
    ids: _Ids,
) -> None:
    """The requests as their triggers would have made them; the version counts the pieces and decisions so far."""
    rows: list[Row] = []
    checks: list[Row] = []
    for number, (request, pieces) in enumerate(zip(planned, given, strict=True), 1):
        family = everybody[request.family]
        child = family.children[request.child]
        needed = sum(applies(r, by_debit=request.by_debit) for r in REQUIREMENTS)
        version = 2 + (request.decided_at is not None) + (request.status is RequestStatus.COMPLEMENT_RECEIVED)
        found = pieces.checks
        rows.append(
            (number, f"{request.submitted_at.year}-{request.number:04}", request.family + 1,
             children[request.family, request.child], ids.services[request.place, request.service], request.place + 1,
             request.status.value, version, request.by_debit, request.submitted_at, _answered_at(request),
             fold(f"{family.name} {child.first_name}"), len(pieces.pieces), needed,
             *(((version, *found[:2], _rank(found))) if found else (None, None, None, 3)))
        )  # fmt: skip
        if found:
            checks.append((number, request.place + 1, version, *found[:2], Jsonb(found[2]), "lea.morandat"))
    copy_rows(
        connection,
        "access_request",
        {"id": "int8", "number": "text", "household_id": "int8", "beneficiary_id": "int8", "service_id": "int8",
         "authority_id": "int8", "status": "text", "version": "int4", "by_debit": "bool", "submitted_at": "timestamptz",
         "answered_at": "timestamptz", "family_key": "text", "pieces_given": "int2", "pieces_needed": "int2",
         "checked_version": "int4", "check_failures": "int2", "check_warnings": "int2", "check_rank": "int2"},
        rows,
    )  # fmt: skip
    copy_rows(
        connection,
        "request_check",
        {"request_id": "int8", "authority_id": "int8", "version": "int4", "failures": "int2", "warnings": "int2",
         "results": "jsonb", "checked_by": "text"},
        checks,
    )  # fmt: skip


def _answered_at(request: PlannedRequest) -> Any:  # noqa: ANN401 - a moment or None
    if request.status is RequestStatus.COMPLEMENT_RECEIVED and request.decided_at is not None:
        return request.decided_at + timedelta(days=_OLDEST_FIRST)
    return None


def _rank(found: tuple[int, int, list[dict[str, Any]]]) -> int:
    return 0 if found[0] else 1 if found[1] else 2


def _write_documents(
    connection: Connection, planned: Sequence[PlannedRequest], given: Sequence[RequestPieces], ids: _Ids
) -> int:
    def rows() -> Iterable[Row]:
        document = 0
        for number, (request, pieces) in enumerate(zip(planned, given, strict=True), 1):
            service = ids.services[request.place, request.service]
            for piece in pieces.pieces:
                document += 1
                yield (
                    document, number, ids.requirements[service, piece.code], request.place + 1, piece.sensitivity,
                    piece.sha256, piece.file_name, piece.byte_count, piece.text_value, piece.signed_on,
                    piece.valid_until, piece.given_at,
                )  # fmt: skip

    return copy_rows(
        connection,
        "supporting_document",
        {"id": "int8", "request_id": "int8", "requirement_id": "int8", "authority_id": "int8", "sensitivity": "text",
         "file_sha256": "bytea", "file_name": "text", "byte_count": "int4", "text_value": "text", "signed_on": "date",
         "valid_until": "date", "given_at": "timestamptz"},
        rows(),
    )  # fmt: skip


def _write_decisions(
    connection: Connection, decided: Sequence[Decided], ids: _Ids, planned: Sequence[PlannedRequest]
) -> None:
    """Decisions, their verdicts and their e-mails, all sent."""
    copy_rows(
        connection,
        "decision",
        {"id": "int8", "request_id": "int8", "authority_id": "int8", "kind": "text", "reason_code": "text",
         "words": "text", "seen_version": "int4", "previous_status": "text", "decided_by": "text",
         "decided_at": "timestamptz"},
        ((n, d.request + 1, planned[d.request].place + 1, d.kind, d.reason_code, d.words, 2, "pending", d.decided_by,
          d.decided_at) for n, d in enumerate(decided, 1)),
    )  # fmt: skip
    verdicts: list[Row] = []
    for number, d in enumerate(decided, 1):
        request = planned[d.request]
        service = ids.services[request.place, request.service]
        for v in d.verdicts:
            verdicts.append(
                (len(verdicts) + 1, number, ids.requirements[service, v.code], v.document, request.place + 1, v.kind,
                 v.reason_code, "", v.sha256)
            )  # fmt: skip
    copy_rows(
        connection,
        "document_verdict",
        {"id": "int8", "decision_id": "int8", "requirement_id": "int8", "document_id": "int8", "authority_id": "int8",
         "kind": "text", "reason_code": "text", "words": "text", "seen_sha256": "bytea"},
        verdicts,
    )  # fmt: skip
    copy_rows(
        connection,
        "outbox_mail",
        {"id": "int8", "authority_id": "int8", "household_id": "int8", "decision_id": "int8", "to_address": "text",
         "reply_to": "text", "subject": "text", "body": "text", "dedupe_key": "text", "message_id": "text",
         "state": "text", "send_after": "timestamptz", "attempts": "int2", "sent_at": "timestamptz",
         "last_error": "text", "created_by": "text", "created_at": "timestamptz"},
        ((n, planned[d.request].place + 1, planned[d.request].family + 1, n, d.address, d.reply_to, d.subject, d.body,
          f"decision-{n}", f"<demo-{n}@dombes.example.org>", "failed" if d.mail_error else "sent",
          d.decided_at + timedelta(seconds=12), 1, None if d.mail_error else d.decided_at + timedelta(seconds=15),
          d.mail_error, d.decided_by, d.decided_at) for n, d in enumerate(decided, 1)),
    )  # fmt: skip


def _write_links(connection: Connection) -> None:
    """What the triggers would have derived: which authority knows which family, and the words to find it under."""
    connection.execute(
        "insert into office.household_authority (household_id, authority_id)"
        " select distinct household_id, authority_id from office.access_request"
    )
    connection.execute(
        "insert into office.household_token (household_id, authority_id, token)"
        " select distinct l.household_id, l.authority_id, w.token from office.household_authority l"
        " join (select h.id, regexp_split_to_table(office.fold(concat_ws(' ', h.name, a.last_name, a.first_name)), ' ')"
        "         as token from office.household h join office.account a on a.id = h.account_id"
        "       union select b.household_id, regexp_split_to_table("
        "         office.fold(concat_ws(' ', b.last_name, b.first_name)), ' ') from office.beneficiary b) w"
        " on w.id = l.household_id where w.token <> ''"
    )
    connection.execute(
        "select setval('office.request_number', coalesce(max(split_part(number, '-', 2)::int), 1)) from"
        " office.access_request"
    )
