"""Verifying the trail: seal what can be sealed, then walk the whole chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from dombes_office.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

VERIFY = text("select v.*, v.oldest_unsealed < now() - interval '1 hour' as overdue from office.verify_audit() v")


@dataclass(frozen=True, slots=True)
class TrailReport:
    """A trail that holds: how many events, how many of them in the chain, and its last link in hexadecimal.

    Written down elsewhere, the link proves later that nobody has rewritten what lies before it.
    """

    events: int
    sealed: int
    head: str


def seal_trail(db: Session) -> int:
    """Chain some events of finished transactions; how many. Call again until 0: none is left, or she may not."""
    if not db.execute(text("select pg_has_role(session_user, 'office_mailer', 'MEMBER')")).scalar_one():
        return 0
    return int(db.execute(text("select office.seal_audit()")).scalar_one())


def verify_trail(db: Session) -> TrailReport:
    """Walk the chain from its first event.

    Raises:
        Refusal: an event was changed, removed or added behind the database's back, or has long waited for its seal.
    """
    found = db.execute(VERIFY).one()
    if found.broken_event is not None or found.broken_position is not None:
        where = f"événement {found.broken_event}" if found.broken_event else f"maillon {found.broken_position}"
        raise Refusal(
            f"Le journal a été modifié en dehors de l’application ({where}).",
            "Ne touchez plus à la base et prévenez le délégué à la protection des données.",
        )
    if found.overdue:
        waiting = found.events - found.sealed
        raise Refusal(
            f"Le journal est intact, mais {waiting} événements attendent leur sceau, dont un depuis plus d’une heure.",
            "Vérifiez que l’envoi des courriels tourne, car c’est lui qui scelle, et qu’aucune connexion ne reste"
            " ouverte au milieu d’une transaction.",
        )
    return TrailReport(found.events, found.sealed, bytes(found.head).hex())
