"""Writes the requests of the demonstration, their pieces and decisions, as the database's triggers would make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from dombes_office.demo.copying import copy_rows
from dombes_office.demo.requirements import REQUIREMENTS, applies
from dombes_office.demo.staff import AGENTS
from dombes_office.rules.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import psycopg

    from dombes_office.demo.checked import KeptChecks
    from dombes_office.demo.decided import Decided
    from dombes_office.demo.people import Family
    from dombes_office.demo.pieces import GivenPiece
    from dombes_office.demo.plan import PlannedRequest

    Connection = psycopg.Connection[Any]
    Row = tuple[Any, ...]

_SEEN = 2
"""The version that a decision sees: entered, then its pieces given."""
_NOT_CHECKED = 3


@dataclass(frozen=True, slots=True)
class CatalogueIds:
    """Where things are found again: services by (place, position), requirements by (service id, code)."""

    services: Mapping[tuple[int, int], int]
    requirements: Mapping[tuple[int, str], int]


def write_requests(
    connection: Connection,
    planned: Sequence[PlannedRequest],
    given: Sequence[tuple[GivenPiece, ...]],
    checked: Sequence[KeptChecks | None],
    everybody: Sequence[Family],
    children: Mapping[tuple[int, int], int],
    ids: CatalogueIds,
) -> None:
    """The requests and what the checks said of them; the version counts the pieces and decisions so far."""
    rows: list[Row] = []
    checks: list[Row] = []
    for request, pieces, found in zip(planned, given, checked, strict=True):
        family = everybody[request.family]
        child = family.children[request.child]
        needed = sum(applies(r, by_debit=request.by_debit) for r in REQUIREMENTS)
        version = _SEEN + (request.decided_at is not None) + (request.answered_at is not None)
        rows.append(
            (request.number, request.written_number, request.family + 1, children[request.family, request.child],
             ids.services[request.place, request.service], request.place + 1, request.status.value, version,
             request.by_debit, request.submitted_at, request.answered_at, fold(f"{family.name} {child.first_name}"),
             len(pieces), needed,
             *((version, found.failures, found.warnings, found.rank) if found else (None, None, None, _NOT_CHECKED)))
        )  # fmt: skip
        if found:
            checks.append((request.number, request.place + 1, version, found.failures, found.warnings,
                           Jsonb(found.results), AGENTS[0].login, found.checked_at))  # fmt: skip
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
         "results": "jsonb", "checked_by": "text", "checked_at": "timestamptz"},
        checks,
    )  # fmt: skip


def write_documents(
    connection: Connection,
    planned: Sequence[PlannedRequest],
    given: Sequence[tuple[GivenPiece, ...]],
    ids: CatalogueIds,
) -> int:
    """The pieces, numbered from 1 in the order of the requests; how many there are."""

    def rows() -> Iterable[Row]:
        document = 0
        for request, pieces in zip(planned, given, strict=True):
            service = ids.services[request.place, request.service]
            for piece in pieces:
                document += 1
                yield (
                    document, request.number, ids.requirements[service, piece.code], request.place + 1,
                    piece.sensitivity, piece.sha256, piece.file_name, piece.byte_count, piece.text_value,
                    piece.signed_on, piece.valid_until, piece.given_at,
                )  # fmt: skip

    return copy_rows(
        connection,
        "supporting_document",
        {"id": "int8", "request_id": "int8", "requirement_id": "int8", "authority_id": "int8", "sensitivity": "text",
         "file_sha256": "bytea", "file_name": "text", "byte_count": "int4", "text_value": "text", "signed_on": "date",
         "valid_until": "date", "given_at": "timestamptz"},
        rows(),
    )  # fmt: skip


def write_decisions(
    connection: Connection, decided: Sequence[Decided], ids: CatalogueIds, planned: Sequence[PlannedRequest]
) -> None:
    """Decisions, their verdicts and their e-mails, all sent."""
    copy_rows(
        connection,
        "decision",
        {"id": "int8", "request_id": "int8", "authority_id": "int8", "kind": "text", "reason_code": "text",
         "words": "text", "seen_version": "int4", "previous_status": "text", "decided_by": "text",
         "decided_at": "timestamptz"},
        ((n, d.request + 1, planned[d.request].place + 1, d.kind, d.reason_code, d.words, _SEEN, "pending",
          d.decided_by, d.decided_at) for n, d in enumerate(decided, 1)),
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
