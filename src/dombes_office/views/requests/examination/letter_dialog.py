"""The e-mail as the family will read it, before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.rules.letters import Letter


class LetterDialog(QDialog):
    """Shows one e-mail; `state` says whether it has left."""

    def __init__(self, address: str, letter: Letter, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Le courriel à la famille")
        self.setMinimumWidth(620)
        head = QGridLayout()
        head.setHorizontalSpacing(12)
        head.setVerticalSpacing(4)
        head.setColumnStretch(1, 1)
        for row, (label, value) in enumerate((("À", address), ("Objet", letter.subject), ("État", state))):
            head.addWidget(words(label, "context"), row, 0)
            head.addWidget(words(value, "strong" if label == "Objet" else "", wrap=True), row, 1)
        body = QPlainTextEdit(letter.body)
        body.setReadOnly(True)
        body.setAccessibleName("Texte du courriel")
        body.setTabChangesFocus(True)
        line = QFontMetrics(body.font()).lineSpacing()
        body.setMinimumHeight(line * 20)
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(body, 1)
        column.addLayout(foot)
