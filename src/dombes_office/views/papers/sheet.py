"""A card in the middle of the desk, in place of a page: the base of such sheets, and why a file cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dombes_office.errors import Outage
from dombes_office.views.icons import icon
from dombes_office.views.widgets.emptying import empty
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.errors import OfficeError

_WIDTH = 460


class Sheet(QFrame):
    """A card that is emptied and filled anew for whatever it shows."""

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
        empty(self.column)

    def say(self, icon_name: str, role: str, sentence: str, way_out: str = "", advice: str = "") -> None:
        """Show a sign, what there is to say, and what to do."""
        self.empty()
        picture = QLabel()
        picture.setPixmap(icon(icon_name, role).pixmap(32, 32))
        picture.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(picture)
        self.column.addWidget(words(sentence, "strong", wrap=True))
        if way_out:
            self.column.addWidget(words(way_out, wrap=True))
        if advice:
            self.column.addWidget(words(advice, "secondary", wrap=True))
        self.setAccessibleName(" ".join(filter(None, (sentence, way_out, advice))))


class TroubleSheet(Sheet):
    """Why there is nothing to see; `advice` is what to do about a file that never can be shown."""

    def __init__(self, advice: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._advice = advice

    def show_trouble(self, error: OfficeError) -> None:
        """A file that cannot be shown, for good or for now."""
        if isinstance(error, Outage):
            again = "Appuyez sur F5 pour essayer de nouveau."
            self.say("cloud-slash", "verify", error.sentence, error.way_out, again)
        else:
            self.say("x-circle-fill", "failure", error.sentence, error.way_out, self._advice)
