"""What stands in the middle in place of a page: a typed value with its checks, or why there is nothing to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dombes_office.errors import Outage
from dombes_office.rules.french import group_iban, numeric_date, office_day, typeset
from dombes_office.views.icons import icon
from dombes_office.views.requests.examination.check_lines import check_line
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.errors import OfficeError
    from dombes_office.rules.requests import CheckResult, PieceRow

_WIDTH = 460


class _Sheet(QFrame):
    """A card in the middle of the desk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self.card = QFrame()
        self.card.setProperty("kind", "card")
        self.card.setFixedWidth(_WIDTH)
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(8)
        # Stretches, not an alignment: an aligned widget is never asked how high its wrapped words are.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addLayout(middle)
        whole.addStretch(3)

    def empty(self) -> None:
        """Take away what the card shows."""
        while (item := self.column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class TypedSheet(_Sheet):
    """A value that the family typed: an IBAN in groups of four, a BIC, a text or a date."""

    def show_value(self, piece: PieceRow, checks: tuple[CheckResult, ...]) -> None:
        """Show the value of a piece and what its checks said."""
        self.empty()
        value = piece.text_value or ""
        self.column.addWidget(words(piece.label, "section"))
        shown = words(group_iban(value) if piece.kind == "iban" else value, "typed", wrap=piece.kind == "text")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setAccessibleName(f"{piece.label} : {shown.text()}")
        self.column.addWidget(shown)
        if piece.given_at is not None:
            self.column.addWidget(
                words(f"Saisi le {numeric_date(office_day(piece.given_at))} par la famille", "secondary")
            )
        for check in checks:
            self.column.addSpacing(4)
            self.column.addWidget(check_line(check, with_reason=True))
        if not checks:
            self.column.addWidget(words("Aucun contrôle automatique pour cette valeur.", "secondary"))


class MessageSheet(_Sheet):
    """Why there is nothing to see, and what to do."""

    def show_trouble(self, error: OfficeError) -> None:
        """A file that cannot be shown, for good or for now."""
        if isinstance(error, Outage):
            self._say("cloud-slash", "verify", error.sentence, error.way_out)
            advice = "Appuyez sur F5 pour essayer de nouveau."
        else:
            self._say("x-circle-fill", "failure", error.sentence, error.way_out)
            advice = typeset("Marquez la pièce non conforme (N) : la famille la renverra.")
        self.column.addWidget(words(advice, "secondary", wrap=True))

    def show_missing(self, piece: PieceRow) -> None:
        """A piece that was not given."""
        if piece.needed:
            self._say(
                "minus-circle",
                "neutral",
                typeset(f"La famille n’a pas donné « {piece.label} »."),
                "Demandez-la (N), ou prenez-la au guichet.",
            )
        else:
            self._say(
                "minus-circle",
                "neutral",
                "Cette pièce n’est pas demandée à cette famille.",
                "Elle ne concerne que les familles qui paient par prélèvement mensuel.",
            )

    def _say(self, icon_name: str, role: str, sentence: str, way_out: str) -> None:
        self.empty()
        picture = QLabel()
        picture.setPixmap(icon(icon_name, role).pixmap(32, 32))
        self.column.addWidget(picture)
        self.column.addWidget(words(sentence, "strong", wrap=True))
        if way_out:
            self.column.addWidget(words(way_out, wrap=True))
        self.setAccessibleName(f"{sentence} {way_out}".strip())
