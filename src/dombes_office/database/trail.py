"""Verifying the trail: seal what can be sealed, then walk the whole chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from dombes_office.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class TrailReport:
    """A trail that holds: how many events, how many of them in the chain, and its last link in hexadecimal.

    Written down elsewhere, the link proves later that nobody has rewritten what lies before it.
    """

    events: int
    sealed: int
    head: str


def seal_trail(db: Session) -> int:
    """Chain some events of finished transactions; how many. Call again until 0."""
    return int(db.execute(text("select office.seal_audit()")).scalar_one())


def verify_trail(db: Session) -> TrailReport:
    """Walk the chain from its first event.

    Raises:
        Refusal: an event was changed, removed or added behind the database's back.
    """
    found = db.execute(text("select * from office.verify_audit()")).one()
    if found.broken_event is not None or found.broken_position is not None:
        where = f"événement {found.broken_event}" if found.broken_event else f"maillon {found.broken_position}"
        raise Refusal(
            f"Le journal a été modifié en dehors de l’application ({where}).",
            "Ne touchez plus à la base et prévenez le délégué à la protection des données.",
        )
    return TrailReport(found.events, found.sealed, bytes(found.head).hex())
