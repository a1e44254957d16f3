"""Reading: the bytes of a piece or a photo, and the notes that somebody has the request open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from dombes_office.errors import NotFound
from dombes_office.models.documents import Reading
from dombes_office.models.requests import RequestOpening

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def read_document(db: Session, document_id: int) -> bytes:
    """The bytes of a piece as the family sent them; the database writes down who received them.

    Raises:
        NotFound: no such file in the agent's scope.
    """
    found = select(func.office.read_document(document_id).table_valued("sha256", "content").c.content)
    content = db.execute(found).scalar_one_or_none()
    if content is None:
        raise NotFound("Cette pièce n’existe plus.", "Actualisez la demande (F5).")
    return bytes(content)


def read_to_check(db: Session, document_id: int) -> bytes:
    """The bytes of a piece for the automatic checks of this desk; the database writes down that a machine reads them.

    Raises:
        NotFound: no such file in the agent's scope.
    """
    found = select(func.office.read_to_check(document_id).table_valued("sha256", "content").c.content)
    content = db.execute(found).scalar_one_or_none()
    if content is None:
        raise NotFound("Cette pièce n’existe plus.")
    return bytes(content)


def read_photo(db: Session, beneficiary_id: int) -> bytes | None:
    """The identity photo of a child as it was sent, or None."""
    found = select(func.office.read_photo(beneficiary_id).table_valued("sha256", "content").c.content)
    content = db.execute(found).scalar_one_or_none()
    return None if content is None else bytes(content)


def note_opening(db: Session, request_id: int) -> None:
    """Tell the other desks that this agent has the request open, and write down that she opened it."""
    arrived = insert(RequestOpening).values(request_id=request_id)
    db.execute(
        arrived.on_conflict_do_update(
            index_elements=[RequestOpening.request_id, RequestOpening.login],
            set_={"seen_at": func.now()},
        )
    )
    db.execute(insert(Reading).values(request_id=request_id, what="opened"))


def note_revealed(db: Session, request_id: int, document_id: int | None) -> None:
    """Write down that this agent had an IBAN in full before her eyes, or without a document what is said of the child.

    The complementary information (PAI) belongs to no piece.
    """
    db.execute(insert(Reading).values(request_id=request_id, document_id=document_id, what="revealed"))


def keep_open(db: Session, request_id: int) -> None:
    """Say again that the request is still open, every few minutes: a silent desk is forgotten."""
    db.execute(
        update(RequestOpening)
        .where(RequestOpening.request_id == request_id, RequestOpening.login == text("session_user"))
        .values(seen_at=func.now())
    )


def note_closing(db: Session, request_id: int) -> None:
    """The agent has left the request."""
    db.execute(select(func.office.close_request(request_id)))
