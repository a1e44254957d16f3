"""The head of a page: title, one line of context, quiet actions, and the one primary button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from dombes_office.views.style import MARGIN_LEFT, MARGIN_RIGHT
from dombes_office.views.widgets.elided import ElidedLabel
from dombes_office.views.widgets.key_hint import ActionButton

HEIGHT, CONTROL_GAP = 54, 8
"""With the loading line below it a header is 56 pixels high."""


class PageHeader(QFrame):
    """Title and context left; right quiet actions, then the primary button. `back` is the arrow's click."""

    back = Signal()

    def __init__(self, title: str, context: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._arrow = ActionButton("", kind="quiet", icon_name="arrow-left")
        self._arrow.setAccessibleName("Retour")
        self._arrow.setToolTip("Retour (Échap)")
        self._arrow.hide()
        self._arrow.clicked.connect(self.back)
        self._title = QLabel(title)
        self._title.setProperty("kind", "title")
        self._context = ElidedLabel("context")
        self._context.set_words(context)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.room = QHBoxLayout(self)
        self.room.setContentsMargins(MARGIN_LEFT, 2, MARGIN_RIGHT, 0)
        self.room.setSpacing(CONTROL_GAP)
        self.room.addWidget(self._arrow)
        self.room.addWidget(self._title)
        self.room.addWidget(self._context, 1)

    @property
    def title(self) -> str:
        """The title."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)

    def set_context(self, context: str) -> None:
        """Change the line of context."""
        self._context.set_words(context)

    def show_arrow(self, *, shown: bool = True) -> None:
        """Show the arrow that leads back, for a page opened from another one."""
        self._arrow.setVisible(shown)

    def add_quiet(self, text: str, *, icon_name: str = "", keys: str = "", shortcut: str = "") -> ActionButton:
        """A quiet action, at the right of those before it."""
        return self.add_button(ActionButton(text, kind="quiet", icon_name=icon_name, keys=keys, shortcut=shortcut))

    def add_primary(self, text: str, *, icon_name: str = "", keys: str = "", shortcut: str = "") -> ActionButton:
        """The page's one primary button, last in the row: it names act and count."""
        return self.add_button(ActionButton(text, kind="primary", icon_name=icon_name, keys=keys, shortcut=shortcut))

    def add_button(self, button: ActionButton) -> ActionButton:
        """Any other button or outlined action, at the right."""
        self.room.addWidget(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Something else at the right, such as "1 sur 38"."""
        self.room.addWidget(widget)
