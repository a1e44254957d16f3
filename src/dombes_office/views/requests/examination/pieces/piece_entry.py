"""How a piece stands in the list at the left: its title, the lines below it, its icon and the mark of its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.french import counted, numeric_date, office_day
from dombes_office.rules.requests import VerdictKind
from dombes_office.views.widgets.marks import State

if TYPE_CHECKING:
    from dombes_office.rules.requests import PieceRow
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.requests.examination.draft import Draft

_KINDS = {"iban": "bank", "bic": "bank", "text": "text-aa", "date": "calendar-blank"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: a piece, or the photo (`piece` None)."""

    piece: PieceRow | None
    title: str
    lines: tuple[str, ...]
    icon_name: str
    state: State | None
    spoken: str
    dimmed: bool = False


def piece_entry(piece: PieceRow, draft: Draft, papers: Papers) -> Entry:
    """How a piece stands in the list."""
    said = draft.verdict(piece)
    state = None
    spoken = "pas encore jugée"
    if said is not None:
        state = State.GOOD if said.kind is VerdictKind.COMPLIANT else State.FAILURE
        spoken = "conforme" if said.kind is VerdictKind.COMPLIANT else "non conforme"
    elif piece.needed and not piece.given:
        state, spoken = State.VERIFY, "manquante"
    lines = _lines(piece, papers)
    return Entry(
        piece,
        piece.label,
        lines,
        _icon_of(piece, papers),
        state,
        f"{piece.label}, {', '.join(lines)}, {spoken}",
        dimmed=not piece.needed,
    )


def _icon_of(piece: PieceRow, papers: Papers) -> str:
    if piece.kind != "file":
        return _KINDS.get(piece.kind, "file")
    summary = papers.paper(piece.sha256).summary if piece.sha256 else None
    if summary is None:
        return "file-pdf" if (piece.file_name or "").lower().endswith(".pdf") else "file"
    return "file-pdf" if summary.kind.value == "pdf" else "image-square"


def _lines(piece: PieceRow, papers: Papers) -> tuple[str, ...]:
    if not piece.needed and not piece.given:
        return ("pas demandée\u00a0: ne paie pas", "par prélèvement")
    if not piece.given:
        return ("manquante",)
    if piece.kind == "file":
        return tuple(filter(None, (_file_line(piece, papers), _date_line(piece))))
    first = piece.text_value if piece.kind == "bic" else None
    given = "" if piece.given_at is None else f"saisi le {numeric_date(office_day(piece.given_at))}"
    return (first or given,)


def _file_line(piece: PieceRow, papers: Papers) -> str:
    if piece.sha256 is None:
        return ""
    paper = papers.paper(piece.sha256)
    if paper.refusal is not None:
        return "fichier illisible"
    if paper.summary is None:
        return "fichier"
    return f"{paper.summary.kind.value.upper()}, {counted(paper.summary.page_count, 'page')}"


def _date_line(piece: PieceRow) -> str:
    """A mandate counts by its signature, any other paper by the day to which it is good."""
    if piece.signed_on is not None and (piece.code == "mandate" or piece.valid_until is None):
        return f"signé le {numeric_date(piece.signed_on)}"
    if piece.valid_until is not None:
        return f"jusqu’au {numeric_date(piece.valid_until)}"
    return ""
