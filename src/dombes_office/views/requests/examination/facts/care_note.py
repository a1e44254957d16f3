"""The complementary information on a child: a mark, and words that only entitled agents receive."""

from __future__ import annotations

from textwrap import shorten

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.marks import Mark, State, StateMark

_SHORT = 90
"""Signs of a long note that are shown at first: the checks below it must stay in sight."""


class CareNote(QFrame):
    """A long note is folded to its beginning, and unfolds where it stands."""

    def __init__(self, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = note
        self._begun = shorten(note, _SHORT, placeholder="…")
        self._folded = True
        self.setAccessibleName(f"Informations complémentaires, PAI\u00a0: {note}")
        self._words = words(self._begun, wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = ActionButton("Tout lire", kind="link", parent=self)
        self._more.setVisible(len(note) > _SHORT)
        self._more.clicked.connect(self._unfold)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(StateMark(Mark(State.VERIFY, "PAI", soft=True)), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._words)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)

    @Slot()
    def _unfold(self) -> None:
        self._folded = not self._folded
        self._words.setText(self._begun if self._folded else self._note)
        self._more.setText("Tout lire" if self._folded else "Réduire")
