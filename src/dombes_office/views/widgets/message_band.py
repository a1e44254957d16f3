"""The band under the header that tells of a refusal or an outage: it pushes the page down and never covers it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from dombes_office.errors import ChangedMeanwhile, OfficeError, Outage
from dombes_office.views.icons import shipped_icon
from dombes_office.views.style import MARGIN_LEFT, MARGIN_RIGHT, set_kind
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import IconLabel


class MessageBand(QFrame):
    """Icon, sentence, way out, the differences where something changed meanwhile, "Réessayer" for an outage."""

    retry = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Message")
        self._icon = IconLabel()
        self._sentence = QLabel()
        self._sentence.setProperty("kind", "strong")
        self._way_out = QLabel()
        for label in (self._sentence, self._way_out):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._way_out.setWordWrap(True)
        self._way_out.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._differences = QLabel()
        self._differences.setTextFormat(Qt.TextFormat.PlainText)
        self._differences.setWordWrap(True)
        self._retry = ActionButton("Réessayer", icon_name="arrows-clockwise", size="panel")
        self._retry.clicked.connect(self.retry)
        self._close = ActionButton("", kind="quiet", icon_name="x", size="panel")
        self._close.setAccessibleName("Fermer le message")
        self._close.setToolTip("Fermer le message (Échap)")
        self._close.clicked.connect(self.clear)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._sentence)
        words.addWidget(self._way_out, 1)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(words)
        column.addWidget(self._differences)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_LEFT, 5, MARGIN_RIGHT, 5)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addLayout(column, 1)
        row.addWidget(self._retry)
        row.addWidget(self._close)

    @property
    def closable(self) -> bool:
        """An outage stays until it is over; a refusal can be put away."""
        return not self._close.isHidden()

    @property
    def words(self) -> str:
        """All that the band says, "" while it is hidden."""
        shown = (self._sentence.text(), self._way_out.text(), self._differences.text())
        return "" if self.isHidden() else " ".join(part for part in shown if part)

    def show_error(self, error: OfficeError) -> None:
        """Tell of a refusal, or of an outage with "Réessayer"."""
        outage = isinstance(error, Outage)
        differences = error.differences if isinstance(error, ChangedMeanwhile) else ()
        self._say("outage" if outage else "refusal", error.sentence, error.way_out, differences)
        self._retry.setVisible(outage)

    def show_notice(self, sentence: str, more: str = "") -> None:
        """Say something that is neither: what another desk did meanwhile, for example."""
        self._say("notice", sentence, more, ())
        self._retry.hide()

    def _say(self, kind: str, sentence: str, more: str, differences: tuple[str, ...]) -> None:
        names = {"outage": ("cloud-slash", "verify"), "refusal": ("x-circle-fill", "failure")}
        name, role = names.get(kind, ("warning-fill", "verify"))
        self._icon.set_icon(shipped_icon(name, role))
        self._sentence.setText(sentence)
        self._way_out.setText(more)
        self._differences.setText("\n".join(f"• {line}" for line in differences))
        self._differences.setVisible(bool(differences))
        set_kind(self, kind)
        self.setAccessibleDescription(" ".join((sentence, more, *differences)).strip())
        self.show()

    def clear(self) -> None:
        """Put the band away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()
