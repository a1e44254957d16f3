"""The list of keys that `?` opens: those of the page in front, then those that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.views.widgets.key_hint import ActionButton, KeyHint
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.views.page import Shortcut


class ShortcutList(QDialog):
    """Two columns of keys and what they do."""

    def __init__(self, parts: Sequence[tuple[str, Sequence[Shortcut]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Raccourcis clavier")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 16)
        whole.setSpacing(16)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        for title, shortcuts in parts:
            if shortcuts:
                columns.addLayout(_column(title, shortcuts), 1)
        whole.addLayout(columns)
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        whole.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def _column(title: str, shortcuts: Sequence[Shortcut]) -> QVBoxLayout:
    """One titled column."""
    column = QVBoxLayout()
    column.setSpacing(10)
    column.addWidget(words(title, "panel-title"))
    lines = QGridLayout()
    lines.setHorizontalSpacing(16)
    lines.setVerticalSpacing(7)
    for row, shortcut in enumerate(shortcuts):
        lines.addWidget(KeyHint(shortcut.keys), row, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(words(shortcut.does), row, 1)
    lines.setColumnStretch(1, 1)
    column.addLayout(lines)
    column.addStretch(1)
    return column
