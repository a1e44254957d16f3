"""A planned request as the office would see it: the same row that the screens and the checks read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.demo.places import PLACES
from dombes_office.demo.requirements import REQUIREMENTS, applies
from dombes_office.rules.requests import (
    ChildRow,
    FamilyRow,
    PieceRow,
    RequestDossier,
    RequestRow,
    RequestStatus,
    ServiceRow,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.demo.people import Family
    from dombes_office.demo.pieces import GivenPiece
    from dombes_office.demo.plan import PlannedRequest


def dossier_of(
    request: PlannedRequest, family: Family, pieces: Sequence[GivenPiece], duplicates: tuple[tuple[int, str], ...] = ()
) -> RequestDossier:
    """The dossier; requirements are numbered by their place, documents by theirs among `pieces`."""
    place, child = PLACES[request.place], family.children[request.child]
    offer = place.services[request.service]
    rows = tuple(_piece(number, request, pieces) for number in range(len(REQUIREMENTS)))
    return RequestDossier(
        request=RequestRow(
            request_id=request.number,
            number=request.written_number,
            status=RequestStatus.PENDING,
            version=2,
            submitted_at=request.submitted_at,
            household_id=family.number,
            family_name=family.name,
            child_last_name=child.last_name,
            child_first_name=child.first_name,
            born_on=child.born_on,
            school_level=child.school_level,
            service_id=request.service,
            service_name=offer.name,
            authority_id=request.place,
            authority_name=place.short_name,
            by_debit=request.by_debit,
            pieces_given=len(pieces),
            pieces_needed=sum(row.needed for row in rows),
            check_failures=None,
            check_warnings=None,
            opened_by=None,
        ),
        pieces=rows,
        child=ChildRow(
            beneficiary_id=request.child,
            last_name=child.last_name,
            first_name=child.first_name,
            born_on=child.born_on,
            relationship=child.relationship,
            school_level=child.school_level,
            customer_group=child.customer_group,
            care_note=child.care_note,
            photo_sha256=None,
        ),
        family=FamilyRow(
            household_id=family.number,
            name=family.name,
            holder_last_name=family.holder.last_name,
            holder_first_name=family.holder.first_name,
            email=family.holder.email,
            phone=family.holder.phone,
            address=family.address,
            postcode=family.postcode,
            town=family.town,
            children=len(family.children),
        ),
        service=ServiceRow(
            service_id=request.service,
            name=offer.name,
            authority_id=request.place,
            authority_name=place.name,
            authority_phone=place.phone,
            authority_email=place.email,
            min_age=offer.min_age,
            max_age=offer.max_age,
        ),
        earlier=(),
        duplicates=duplicates,
    )


def _piece(number: int, request: PlannedRequest, pieces: Sequence[GivenPiece]) -> PieceRow:
    requirement = REQUIREMENTS[number]
    at, given = next(
        ((at, piece) for at, piece in enumerate(pieces, 1) if piece.code == requirement.code), (None, None)
    )
    return PieceRow(
        requirement_id=number,
        code=requirement.code,
        label=requirement.label,
        kind=requirement.kind,
        sensitivity=requirement.sensitivity,
        needed=applies(requirement, by_debit=request.by_debit),
        validity_months=12,
        document_id=at,
        sha256=None if given is None or given.sha256 is None else given.sha256.hex(),
        file_name=None if given is None else given.file_name,
        byte_count=None if given is None else given.byte_count,
        text_value=None if given is None else given.text_value,
        given_at=None if given is None else given.given_at,
        signed_on=None if given is None else given.signed_on,
        valid_until=None if given is None else given.valid_until,
    )
