"""Authorities, services and the pieces that they ask for: read, made, changed, closed; never deleted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from dombes_office.errors import ChangedMeanwhile
from dombes_office.models.catalogue import Authority, DocumentRequirement, Service
from dombes_office.models.requests import AccessRequest
from dombes_office.rules.catalogue import (
    AuthorityRow,
    RequirementEntry,
    RequirementRow,
    ServiceEntry,
    ServiceRow,
    code_of,
)
from dombes_office.rules.entries import clean_words
from dombes_office.rules.french import typeset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


def list_authorities(db: Session) -> tuple[AuthorityRow, ...]:
    """The authorities of the agent's scope, the communauté de communes first."""
    a = Authority
    rows = db.execute(
        select(
            a.id, a.kind, a.name, a.short_name, a.postcode, a.email, a.phone, func.coalesce(a.creditor_id, "")
        ).order_by(a.kind.desc(), a.name)
    )
    return tuple(AuthorityRow(*row) for row in rows)


def open_authority(db: Session, kind: str, name: str, short_name: str) -> int:
    """A new authority ('community' or 'commune'); only who sees them all may. Its id."""
    return int(db.execute(select(func.office.open_authority(kind, name, short_name))).scalar_one())


def change_authority(db: Session, row: AuthorityRow) -> None:
    """Write an authority's names and coordinates."""
    values = {name: value for name, value in asdict(row).items() if name not in {"authority_id", "kind"}}
    db.execute(
        update(Authority)
        .where(Authority.id == row.authority_id)
        .values({**values, "creditor_id": row.creditor_id or None})
    )


def list_services(db: Session, *, with_closed: bool = False) -> tuple[ServiceRow, ...]:
    """The services of the agent's scope, by authority, then by name."""
    s = Service
    used = (
        select(func.count())
        .select_from(AccessRequest)
        .where(AccessRequest.service_id == s.id)
        .correlate(s)
        .scalar_subquery()
    )
    statement = (
        select(s, Authority.short_name, used)
        .join(Authority, Authority.id == s.authority_id)
        .order_by(Authority.kind.desc(), Authority.name, s.closed_at.is_not(None), s.name)
    )
    if not with_closed:
        statement = statement.where(s.closed_at.is_(None))
    return tuple(
        ServiceRow(
            service_id=service.id,
            authority_id=service.authority_id,
            authority_name=authority,
            entry=ServiceEntry(**{name: getattr(service, name) for name in asdict(ServiceEntry())}),
            closed_at=service.closed_at,
            in_use=in_use,
            version=service.version,
        )
        for service, authority, in_use in db.execute(statement)
    )


def add_service(db: Session, authority_id: int, entry: ServiceEntry) -> int:
    """A new service; its id."""
    values = {"authority_id": authority_id, **_clean(entry)}
    return int(db.execute(insert(Service).values(values).returning(Service.id)).scalar_one())


def change_service(db: Session, service_id: int, seen: int, entry: ServiceEntry) -> None:
    """Change a service that was seen in version `seen`.

    Raises:
        ChangedMeanwhile: somebody was faster.
    """
    _change(db, Service, service_id, seen, _clean(entry))


def close_service(db: Session, service_id: int, seen: int, *, closed: bool) -> None:
    """Close a service, so that nobody asks for it any more, or open it again."""
    _change(db, Service, service_id, seen, {"closed_at": func.now() if closed else None})


def list_requirements(db: Session, service_id: int, *, with_closed: bool = False) -> tuple[RequirementRow, ...]:
    """The pieces that a service asks for, in their order."""
    q = DocumentRequirement
    statement = select(q).where(q.service_id == service_id).order_by(q.position, q.id)
    if not with_closed:
        statement = statement.where(q.closed_at.is_(None))
    return tuple(
        RequirementRow(
            requirement_id=piece.id,
            service_id=piece.service_id,
            code=piece.code,
            entry=RequirementEntry(**{name: getattr(piece, name) for name in asdict(RequirementEntry())}),
            form_name=piece.form_name or "",
            closed_at=piece.closed_at,
            version=piece.version,
        )
        for piece in db.execute(statement).scalars()
    )


def add_requirement(db: Session, service_id: int, entry: RequirementEntry) -> int:
    """A further piece; its id."""
    q = DocumentRequirement
    taken = frozenset(db.execute(select(q.code).where(q.service_id == service_id)).scalars())
    values = {"service_id": service_id, "code": code_of(entry.label, entry.kind, taken), **_clean(entry)}
    return int(db.execute(insert(q).values(values).returning(q.id)).scalar_one())


def change_requirement(db: Session, requirement_id: int, seen: int, entry: RequirementEntry) -> None:
    """Change a piece that was seen in version `seen`; its kind stays, since pieces of that kind were given."""
    values = _clean(entry)
    del values["kind"]
    _change(db, DocumentRequirement, requirement_id, seen, values)


def close_requirement(db: Session, requirement_id: int, seen: int, *, closed: bool) -> None:
    """Ask for a piece no more, or again."""
    _change(db, DocumentRequirement, requirement_id, seen, {"closed_at": func.now() if closed else None})


def set_blank_form(db: Session, requirement_id: int, name: str, content: bytes | None) -> None:
    """The form (PDF) that families download for a piece, or none.

    Raises:
        FileRefused: no PDF, or too large.
    """
    db.execute(select(func.office.set_blank_form(requirement_id, name, content)))


def _clean(entry: ServiceEntry | RequirementEntry) -> dict[str, Any]:
    return {name: clean_words(value) if isinstance(value, str) else value for name, value in asdict(entry).items()}


def _change(
    db: Session, table: type[Service | DocumentRequirement], row_id: int, seen: int, values: Mapping[str, Any]
) -> None:
    statement = update(table).where(table.id == row_id, table.version == seen).values(values).returning(table.id)
    if db.execute(statement).scalar_one_or_none() is None:
        raise ChangedMeanwhile(
            "Un collègue vient de changer cette ligne.", typeset("Relisez-la : votre saisie est gardée.")
        )
