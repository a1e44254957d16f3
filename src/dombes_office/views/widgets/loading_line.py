"""The thin line under the header while a page reads: nothing at first, a line after 200 ms, words after a second."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from dombes_office.views.palette import current_palette

LINE_AFTER, WORDS_AFTER = 200, 1000
"""Milliseconds; quicker answers show nothing, since a flash tires the eye."""


class LoadingLine(QWidget):
    """Two pixels of height that are always there, so that nothing below moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2)
        self._shown = False
        self._ruled = False
        self._words = QLabel("Chargement…")
        self._words.setProperty("kind", "secondary")
        self._line_timer = QTimer(self, singleShot=True, interval=LINE_AFTER)
        self._line_timer.timeout.connect(self._show_line)
        self._words_timer = QTimer(self, singleShot=True, interval=WORDS_AFTER)
        self._words_timer.timeout.connect(self._show_words)

    @property
    def words(self) -> QLabel:
        """The label "Chargement…", hidden until it is due; the page may put it where it likes."""
        return self._words

    @property
    def line_shown(self) -> bool:
        """Whether the line is drawn."""
        return self._shown

    def set_ruled(self, *, ruled: bool) -> None:
        """Draw the page's line under the header here while nothing is read, for a page without tabs."""
        self._ruled = ruled
        self.update()

    def start(self) -> None:
        """Reading begins."""
        self._line_timer.start()
        self._words_timer.start()

    @Slot()
    def stop(self) -> None:
        """Reading is over."""
        self._line_timer.stop()
        self._words_timer.stop()
        self._shown = False
        self._words.hide()
        self.update()

    @Slot()
    def _show_line(self) -> None:
        self._shown = True
        self.update()

    @Slot()
    def _show_words(self) -> None:
        self._words.show()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._shown:
            painter.fillRect(QRect(0, 0, self.width(), 2), current_palette().color("accent"))
        elif self._ruled:
            painter.fillRect(QRect(0, 1, self.width(), 1), current_palette().color("border"))
        painter.end()
