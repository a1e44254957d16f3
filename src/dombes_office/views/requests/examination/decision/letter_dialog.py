"""The e-mail as the family will read it, before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument, QTextOption
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.rules.letters import Letter

_WIDTH, _LEAST_LINES, _AROUND = 760, 6, 16


class _WholeText(QPlainTextEdit):
    """As high as its text, so that an ordinary letter is read without scrolling; it gives way on a low screen."""

    @override
    def sizeHint(self) -> QSize:
        text = QTextDocument(self.toPlainText())
        text.setDefaultFont(self.font())
        text.setDefaultTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        text.setTextWidth(_WIDTH - 48 - 2 * _AROUND)
        return QSize(_WIDTH - 48, round(text.size().height()) + 2 * _AROUND)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, QFontMetrics(self.font()).lineSpacing() * _LEAST_LINES)


class LetterDialog(QDialog):
    """Shows one e-mail; `state` says whether it has left."""

    def __init__(self, address: str, letter: Letter, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Le courriel à la famille")
        head = QGridLayout()
        head.setHorizontalSpacing(12)
        head.setVerticalSpacing(2)
        head.setColumnStretch(1, 1)
        for row, (label, value) in enumerate((("À", address), ("Objet", letter.subject), ("État", state))):
            head.addWidget(words(label, "context"), row, 0, Qt.AlignmentFlag.AlignTop)
            head.addWidget(words(value, "strong" if label == "Objet" else "", wrap=True), row, 1)
        body = _WholeText(letter.body.rstrip())
        body.setReadOnly(True)
        body.setAccessibleName("Texte du courriel")
        body.setTabChangesFocus(True)
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(body, 1)
        column.addLayout(foot)
        room = self.screen().availableGeometry().height() if parent is None else parent.window().height()
        self.resize(_WIDTH, min(self.sizeHint().height(), room - 24))
