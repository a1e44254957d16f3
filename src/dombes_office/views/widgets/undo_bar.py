"""The bar that offers to take back what was just done, for some seconds."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from dombes_office.views.style import MARGIN_LEFT, MARGIN_RIGHT
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.views.page import UndoOffer

HEIGHT = 40
_TICK = 200
"""Milliseconds: the number changes when its second is over, not up to a second later."""


class UndoBar(QFrame):
    """Sentence, countdown, Ctrl+Z. A newer offer takes the place of the older one, which then stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "undo")
        self.setFixedHeight(HEIGHT)
        self._offer: UndoOffer | None = None
        self._until = 0.0
        self._sentence = words("")
        self._button = ActionButton("", kind="link", keys="Ctrl+Z")
        self._button.setShortcut(QKeySequence("Ctrl+Z"))
        self._button.clicked.connect(self._undo)
        self._tick = QTimer(self, interval=_TICK)
        self._tick.timeout.connect(self._count_down)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_LEFT, 0, MARGIN_RIGHT, 0)
        row.setSpacing(12)
        row.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._button)
        row.addStretch(1)
        self.hide()

    @property
    def sentence(self) -> str:
        """What can be taken back now, "" when nothing can."""
        return "" if self._offer is None else self._offer.sentence

    def offer(self, offer: UndoOffer) -> None:
        """Show an offer and count down the seconds that are left of it."""
        if offer.seconds <= 0:
            self.withdraw()
            return
        self._offer = offer
        self._until = time.monotonic() + offer.seconds
        self._sentence.setText(offer.sentence)
        self._button.setEnabled(offer.usable)
        self._count_down()
        self.setAccessibleName(offer.sentence)
        self._tick.start()
        self.show()

    def withdraw(self) -> None:
        """Put the bar away: the act stands."""
        self._tick.stop()
        self._offer = None
        self.hide()

    @Slot()
    def _count_down(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            self.withdraw()
        else:
            self._button.setText(f"Annuler ({math.ceil(left)}\u00a0s)")

    @Slot()
    def _undo(self) -> None:
        offer = self._offer
        if offer is not None:
            self.withdraw()
            offer.undo()
