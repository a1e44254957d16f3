"""What stands in the middle in place of a page: a value that the family typed with its checks, or a missing piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from dombes_office.rules.french import NBSP, group_iban, numeric_date, office_day, typeset
from dombes_office.views.papers.sheet import Sheet
from dombes_office.views.requests.examination.facts.check_lines import check_line
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.rules.requests import CheckResult, PieceRow


class TypedSheet(Sheet):
    """A value that the family typed: an IBAN in groups of four, a BIC, a text or a date."""

    def show_value(self, piece: PieceRow, checks: tuple[CheckResult, ...]) -> None:
        """Show the value of a piece and what its checks said."""
        self.empty()
        value = piece.text_value or ""
        self.column.addWidget(words(piece.label, "section"))
        shown = words(group_iban(value) if piece.kind == "iban" else value, "typed", wrap=piece.kind == "text")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setAccessibleName(f"{piece.label}{NBSP}: {shown.text()}")
        self.column.addWidget(shown)
        if piece.given_at is not None:
            day = numeric_date(office_day(piece.given_at))
            self.column.addWidget(words(f"Saisi le {day} par la famille", "secondary"))
        for check in checks:
            self.column.addSpacing(4)
            self.column.addWidget(check_line(check, with_reason=True))
        if not checks:
            self.column.addWidget(words("Aucun contrôle automatique pour cette valeur.", "secondary"))


class MissingSheet(Sheet):
    """A piece that was not given, and what to do."""

    def show_missing(self, piece: PieceRow) -> None:
        """Say whose turn it is."""
        if piece.needed:
            sentence = typeset(f"La famille n’a pas donné « {piece.label} ».")
            way_out = "Demandez-la (N), ou prenez-la au guichet."
        else:
            sentence = "Cette pièce n’est pas demandée à cette famille."
            way_out = "Elle ne concerne que les familles qui paient par prélèvement mensuel."
        self.say("minus-circle", "neutral", sentence, way_out)
