"""What a place of the status bar means, in whole sentences, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QFrame, QVBoxLayout, QWidget

from dombes_office.views.fitting import fit_height
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.marks import StateMark

if TYPE_CHECKING:
    from dombes_office.views.widgets.marks import Mark

_WIDTH, _GAP = 340, 4


class StatusPanel(QDialog):
    """Stands above its place until Échap, or a click anywhere else."""

    def __init__(self, name: str, mark: Mark, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(name)
        self.setAccessibleName(f"{name}\u00a0: {mark.words}")
        self.setAccessibleDescription(mark.tooltip)
        self.setFixedWidth(_WIDTH)
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(StateMark(mark))
        if mark.tooltip:
            column.addWidget(words(mark.tooltip, wrap=True))
        close = ActionButton("Fermer", keys="Échap", size="panel")
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
        close.setFocus()

    def open_above(self, place: QWidget) -> None:
        """Show it over the place that it speaks of."""
        fit_height(self)
        self.move(place.mapToGlobal(QPoint(0, -self.height() - _GAP)))
        self.show()
