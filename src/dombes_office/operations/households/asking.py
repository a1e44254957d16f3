"""Asking for a service at the counter: what each commune offers to a child, the request, and its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from dombes_office.models.catalogue import Authority, DocumentRequirement, Service
from dombes_office.models.requests import AccessRequest
from dombes_office.rules.services import AskedPiece, OfferedService

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def list_offers(db: Session) -> tuple[OfferedService, ...]:
    """The open services of the agent's authorities, by authority, then by name, each with the pieces it asks for."""
    s, q = Service, DocumentRequirement
    pieces: dict[int, list[AskedPiece]] = {}
    asked = db.execute(
        select(
            q.service_id,
            q.id.label("requirement_id"),
            q.code,
            q.label,
            q.kind,
            q.needed,
            q.validity_months,
            q.form_name,
        )
        .where(q.closed_at.is_(None))
        .order_by(q.service_id, q.position, q.id)
    )
    for row in asked:
        values = row._asdict()
        pieces.setdefault(values.pop("service_id"), []).append(AskedPiece(**values))
    rows = db.execute(
        select(
            s.id.label("service_id"),
            s.name,
            s.authority_id,
            Authority.name.label("authority_name"),
            s.description,
            s.min_age,
            s.max_age,
            s.min_level,
            s.max_level,
            s.requests_from,
            s.requests_until,
            s.residence,
        )
        .join(Authority, Authority.id == s.authority_id)
        .where(s.closed_at.is_(None))
        .order_by(Authority.kind, Authority.name, s.name)
    )
    return tuple(OfferedService(**row._asdict(), pieces=tuple(pieces.get(row.service_id, ()))) for row in rows)


def ask_access(db: Session, household_id: int, beneficiary_id: int, service_id: int, *, by_debit: bool) -> int:
    """Enter a request for access on a family's behalf; its id.

    Raises:
        Refusal: the service is closed, or a request for it is already open.
    """
    values = {
        "household_id": household_id,
        "beneficiary_id": beneficiary_id,
        "service_id": service_id,
        "by_debit": by_debit,
    }
    return int(db.execute(insert(AccessRequest).values(values).returning(AccessRequest.id)).scalar_one())


def give_file(
    db: Session, request_id: int, requirement_id: int, file_name: str, content: bytes, signed_on: date | None = None
) -> int:
    """Give a file for a piece of an open request; one that was given before is replaced. The piece's id.

    Raises:
        FileRefused: too large, empty, or neither a PDF nor a picture; AlreadyDecided: the request is decided.
    """
    given = func.office.give_piece(request_id, requirement_id, file_name, content, None, signed_on)
    return int(db.execute(select(given)).scalar_one())


def give_text(db: Session, request_id: int, requirement_id: int, value: str) -> int:
    """Give a typed value (IBAN, BIC) for a piece of an open request; the piece's id."""
    given = func.office.give_piece(request_id, requirement_id, None, None, value, None)
    return int(db.execute(select(given)).scalar_one())


def read_blank_form(db: Session, requirement_id: int) -> tuple[str, bytes] | None:
    """(file name, PDF) of the blank form that goes with a piece; None where there is none."""
    form = func.office.read_blank_form(requirement_id).table_valued("name", "content")
    row = db.execute(select(form.c.name, form.c.content)).one_or_none()
    return None if row is None else (str(row.name), bytes(row.content))


def prepare_mandate(db: Session, household_id: int, authority_id: int) -> str:
    """A new mandate reference (RUM) for this family towards this creditor."""
    return str(db.execute(select(func.office.prepare_mandate(household_id, authority_id))).scalar_one())
