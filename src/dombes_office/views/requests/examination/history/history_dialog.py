"""The history of a request: who gave, opened, decided, undid and was told, when, and with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.rules.french import hour, numeric_date, office_day
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.row_table import Column, RowTable, Tone
from dombes_office.views.widgets.table_view import TableView

if TYPE_CHECKING:
    from dombes_office.rules.requests import HistoryEvent

_ICONS = {
    "submitted": ("tray", "text2"),
    "given": ("file-plus", "text2"),
    "replaced": ("arrows-clockwise", "text2"),
    "opened": ("eye", "text2"),
    "received": ("eye", "text2"),
    "checked": ("cpu", "text2"),
    "revealed": ("eye", "text2"),
    "decided": ("check-square", "accent"),
    "undone": ("arrow-counter-clockwise", "verify"),
    "mail": ("envelope-simple", "text2"),
}


class HistoryDialog(QDialog):
    """One table, the latest first; of the selected line all that it says, and the e-mail where it tells of one."""

    letter_wanted = Signal(int)
    """The decision whose e-mail is to be read."""

    def __init__(self, number: str, events: tuple[HistoryEvent, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Historique de la demande n°\u00a0{number}")
        self.resize(1000, 480)
        numbered = tuple(enumerate(events))
        self.table = RowTable(_COLUMNS, identity=lambda row: row[0], parent=self)
        self.table.replace(numbered, exhausted=True)
        self.view: TableView[Row] = TableView(self.table, name="Historique")
        self._whole = words("", wrap=True)
        self._whole.setContentsMargins(20, 4, 16, 0)
        self._whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.read_letter = ActionButton("&Lire le courriel", icon_name="envelope-simple")
        self.read_letter.clicked.connect(self._want_letter)
        self._lay_out(number)
        self.view.row_changed.connect(self._tell_whole)
        self._tell_whole()

    def _lay_out(self, number: str) -> None:
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 0, 16, 12)
        foot.addWidget(words("Chaque lecture d’une pièce est enregistrée.", "secondary"), 1)
        foot.addWidget(self.read_letter)
        foot.addWidget(close)
        title = words(f"Historique de la demande n°\u00a0{number}", "panel-title")
        title.setContentsMargins(20, 16, 16, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addWidget(self.view, 1)
        column.addWidget(self._whole)
        column.addSpacing(8)
        column.addLayout(foot)

    def say(self, sentence: str) -> None:
        """Say why an e-mail could not be read."""
        self._whole.setText(sentence)
        self._whole.show()

    @Slot()
    def _tell_whole(self, *_: object) -> None:
        """What the selected line says in full: a column is too narrow for many words."""
        row = self.view.current_row()
        event = None if row is None else row[1]
        self.say("" if event is None else " ".join(filter(None, (f"{event.what}.", event.words))))
        self._whole.setVisible(event is not None)
        self.read_letter.setVisible(event is not None and event.letter_of is not None)

    @Slot()
    def _want_letter(self) -> None:
        row = self.view.current_row()
        if row is not None and row[1].letter_of is not None:
            self.letter_wanted.emit(row[1].letter_of)


Row = tuple[int, "HistoryEvent"]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(
        "Quand",
        lambda row: f"{numeric_date(office_day(row[1].at))} {hour(row[1].at)}",
        width=150,
        tone=Tone.SECONDARY,
    ),
    Column("Qui", lambda row: row[1].who, width=150),
    Column(
        "Quoi",
        lambda row: row[1].what,
        width=330,
        icon=lambda row: _ICONS.get(row[1].kind),
        tone=Tone.STRONG,
        tooltip=lambda row: row[1].what,
    ),
    Column(
        "Avec quels mots",
        lambda row: row[1].words,
        width=300,
        stretch=True,
        tooltip=lambda row: row[1].words,
    ),
)
