"""Where the agent stands in the queue, and the two steps from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dombes_office.rules.french import NBSP
from dombes_office.views.widgets.header import CONTROL_GAP
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.views.requests.position import QueuePosition


class QueueSteps(QWidget):
    """`1 sur 38`, Précédente, Suivante."""

    previous_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = words("", "context")
        self._previous = ActionButton("Précédente", icon_name="caret-left")
        self._next = ActionButton("Suivante", icon_name="caret-right", keys="Alt+→")
        self._previous.setToolTip("Demande précédente (Alt+←)")
        self._next.setToolTip("Demande suivante (Alt+→)")
        self._previous.clicked.connect(self.previous_wanted)
        self._next.clicked.connect(self.next_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(CONTROL_GAP)
        for widget in (self._place, self._previous, self._next):
            row.addWidget(widget)

    @property
    def place(self) -> str:
        """What stands before the buttons."""
        return self._place.text()

    def show_position(self, position: QueuePosition, *, free: bool) -> None:
        """Show another place; without `free` no step can be taken now."""
        total = max(position.total, len(position.request_ids))
        self._place.setText(f"{position.number}{NBSP}sur{NBSP}{total}" if position.number else "")
        self._previous.setEnabled(free and position.previous_before(position.request_id) is not None)
        self._next.setEnabled(free and position.next_after(position.request_id) is not None)
