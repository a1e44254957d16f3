"""How a piece is spoken of in a sentence: French wants an article, and an article wants a gender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.french import NBSP

if TYPE_CHECKING:
    from dombes_office.rules.requests import PieceRow

_KNOWN = {
    "health_form": ("Cette fiche", "la fiche", "une nouvelle fiche"),
    "iban": ("Cet IBAN", "l’IBAN", "un nouvel IBAN"),
    "bic": ("Ce BIC", "le BIC", "un nouveau BIC"),
    "mandate": ("Ce mandat", "le mandat", "un nouveau mandat"),
}


def this_piece(piece: PieceRow) -> str:
    """`Ce mandat`; `Cette pièce` for one that a service has added."""
    return _KNOWN.get(piece.code, ("Cette pièce",))[0]


def asked_piece(piece: PieceRow) -> str:
    """What the family is asked for: `un nouveau mandat`, `le mandat` where it was not given."""
    if piece.code in _KNOWN:
        return _KNOWN[piece.code][2 if piece.given else 1]
    named = f"«{NBSP}{piece.label}{NBSP}»"
    return f"de nouveau {named}" if piece.given else named
