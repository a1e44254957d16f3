"""Opening a request: everything that the agent must have before her eyes, read in one transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal, or_, select

from dombes_office.errors import NotFound
from dombes_office.models.catalogue import Authority, DocumentRequirement, Service
from dombes_office.models.decisions import Decision, DocumentVerdict
from dombes_office.models.documents import SupportingDocument
from dombes_office.models.households import Account, Beneficiary, CustomerGroup, Household
from dombes_office.models.requests import AccessRequest, RequestCheck
from dombes_office.models.staff import StaffMember
from dombes_office.operations.requests.decisions import last_decision
from dombes_office.operations.requests.queue import read_request
from dombes_office.rules.requests import (
    CheckResult,
    ChildRow,
    EarlierRequest,
    FamilyRow,
    Outcome,
    PieceRow,
    RequestDossier,
    RequestRow,
    RequestStatus,
    ServiceRow,
    VerdictKind,
    is_needed,
)

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

_MOST_EARLIER = 20


def open_dossier(db: Session, request_id: int) -> RequestDossier:
    """All that a decision on this request rests on.

    Raises:
        NotFound: no such request in the agent's scope.
    """
    request = read_request(db, request_id)
    if request is None:
        raise NotFound(
            "Cette demande n’existe pas, ou elle ne relève pas de vos collectivités.",
            "Revenez à la liste des demandes.",
        )
    pieces = _pieces(db, request)
    child, family = _child_and_family(db, request)
    return RequestDossier(
        request=request,
        pieces=pieces,
        child=child,
        family=family,
        service=_service(db, request.service_id),
        earlier=_earlier(db, request, child.beneficiary_id),
        duplicates=_duplicates(db, request_id),
        checks=_checks(db, request),
        decision=last_decision(db, request_id),
    )


def _pieces(db: Session, request: RequestRow) -> tuple[PieceRow, ...]:
    q, d, v = DocumentRequirement, SupportingDocument, DocumentVerdict
    standing = (
        select(v.kind, v.reason_code, v.words)
        .join(Decision, Decision.id == v.decision_id)
        .where(v.document_id == d.id, Decision.undone_at.is_(None))
        .order_by(v.id.desc())
        .limit(1)
        .lateral("standing")
    )
    rows = db.execute(
        select(
            q,
            d.id.label("document_id"),
            d.file_sha256,
            d.file_name,
            d.byte_count,
            d.text_value,
            d.given_at,
            d.signed_on,
            d.valid_until,
            standing.c.kind.label("verdict"),
            standing.c.reason_code.label("verdict_reason"),
            standing.c.words.label("verdict_words"),
        )
        .outerjoin(d, and_(d.requirement_id == q.id, d.request_id == request.request_id, d.replaced_at.is_(None)))
        .outerjoin(standing, literal(value=True))
        .where(q.service_id == request.service_id, or_(q.closed_at.is_(None), d.id.is_not(None)))
        .order_by(q.position, q.id)
    ).all()
    return tuple(_piece(row, request) for row in rows)


def _piece(row: Row[Any], request: RequestRow) -> PieceRow:
    q: DocumentRequirement = row[0]
    return PieceRow(
        requirement_id=q.id,
        code=q.code,
        label=q.label,
        kind=q.kind,
        sensitivity=q.sensitivity,
        needed=is_needed(q.needed, closed=q.closed_at is not None, by_debit=request.by_debit),
        validity_months=q.validity_months,
        document_id=row.document_id,
        sha256=None if row.file_sha256 is None else row.file_sha256.hex(),
        file_name=row.file_name,
        byte_count=row.byte_count,
        text_value=row.text_value,
        given_at=row.given_at,
        signed_on=row.signed_on,
        valid_until=row.valid_until,
        verdict=None if row.verdict is None else VerdictKind(row.verdict),
        verdict_reason=row.verdict_reason,
        verdict_words=row.verdict_words,
    )


def _child_and_family(db: Session, request: RequestRow) -> tuple[ChildRow, FamilyRow]:
    siblings = (
        select(func.count())
        .select_from(Beneficiary)
        .where(Beneficiary.household_id == request.household_id)
        .scalar_subquery()
    )
    note = func.office.read_care_note(Beneficiary.id)
    child, household, account, group, children, care_note = db.execute(
        select(Beneficiary, Household, Account, CustomerGroup.name, siblings, note)
        .join(AccessRequest, AccessRequest.beneficiary_id == Beneficiary.id)
        .join(Household, Household.id == Beneficiary.household_id)
        .join(Account, Account.id == Household.account_id)
        .outerjoin(CustomerGroup, CustomerGroup.id == Beneficiary.customer_group_id)
        .where(AccessRequest.id == request.request_id)
    ).one()
    return (
        ChildRow(
            beneficiary_id=child.id,
            last_name=child.last_name,
            first_name=child.first_name,
            born_on=child.born_on,
            relationship=child.relationship,
            school_level=child.school_level,
            customer_group=group or "",
            care_note=care_note,
            photo_sha256=None if child.photo_sha256 is None else child.photo_sha256.hex(),
        ),
        FamilyRow(
            household_id=household.id,
            name=household.name,
            holder_last_name=account.last_name,
            holder_first_name=account.first_name,
            email=account.email,
            phone=account.phone,
            address=account.address,
            postcode=account.postcode,
            town=account.town,
            children=children,
        ),
    )


def _service(db: Session, service_id: int) -> ServiceRow:
    service, authority = db.execute(
        select(Service, Authority).join(Authority, Authority.id == Service.authority_id).where(Service.id == service_id)
    ).one()
    return ServiceRow(
        service_id=service.id,
        name=service.name,
        authority_id=authority.id,
        authority_name=authority.name,
        authority_phone=authority.phone,
        authority_email=authority.email,
        min_age=service.min_age,
        max_age=service.max_age,
    )


def _earlier(db: Session, request: RequestRow, beneficiary_id: int) -> tuple[EarlierRequest, ...]:
    r, d = AccessRequest, Decision
    rows = db.execute(
        select(
            r.id,
            r.number,
            Service.name.label("service_name"),
            r.status,
            r.submitted_at,
            d.decided_at,
            StaffMember.display_name,
            d.decided_by,
        )
        .join(Service, Service.id == r.service_id)
        .outerjoin(d, and_(d.request_id == r.id, d.undone_at.is_(None)))
        .outerjoin(StaffMember, StaffMember.login == d.decided_by)
        .where(r.beneficiary_id == beneficiary_id, r.id != request.request_id)
        .order_by(r.submitted_at.desc(), r.id, d.id)
        .limit(_MOST_EARLIER)
    ).all()
    # A request that was sent back and forth has several decisions: the last one stands.
    latest = {row.id: row for row in rows}
    return tuple(
        EarlierRequest(
            request_id=row.id,
            number=row.number,
            service_name=row.service_name,
            status=RequestStatus(row.status),
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            decided_by=row.display_name or row.decided_by,
        )
        for row in latest.values()
    )


def _duplicates(db: Session, request_id: int) -> tuple[tuple[int, str], ...]:
    """The same bytes in a request of another child: the same form may well serve one child twice."""
    here, there = SupportingDocument, SupportingDocument.__table__.alias("there")
    mine, other = AccessRequest, AccessRequest.__table__.alias("other")
    rows = db.execute(
        select(here.id, func.min(other.c.number))
        .join(mine, mine.id == here.request_id)
        .join(there, and_(there.c.file_sha256 == here.file_sha256, there.c.request_id != here.request_id))
        .join(other, and_(other.c.id == there.c.request_id, other.c.beneficiary_id != mine.beneficiary_id))
        .where(here.request_id == request_id, here.replaced_at.is_(None), here.file_sha256.is_not(None))
        .group_by(here.id)
        .order_by(here.id)
    )
    return tuple((document, number) for document, number in rows)


def _checks(db: Session, request: RequestRow) -> tuple[CheckResult, ...]:
    kept = db.get(RequestCheck, request.request_id)
    if kept is None or kept.version != request.version:
        return ()
    try:
        return tuple(_check(line) for line in kept.results)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Whoever may write checks may write anything: what cannot be read is done again.
        return ()


def _check(line: dict[str, Any]) -> CheckResult:
    if not all(isinstance(value, str) for value in line.values()):
        raise TypeError("a check is made of words")
    return CheckResult(**{**line, "outcome": Outcome(line["outcome"])})


def checks_as_json(results: tuple[CheckResult, ...]) -> list[dict[str, Any]]:
    """The checks as the table keeps them."""
    return [asdict(result) for result in results]
