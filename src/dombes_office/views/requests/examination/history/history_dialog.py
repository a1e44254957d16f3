"""The history of a request: who gave, opened, decided, undid and was told, when, and with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.rules.french import hour, numeric_date, office_day
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.row_table import Column, RowTable, Tone
from dombes_office.views.widgets.table_view import TableView

if TYPE_CHECKING:
    from dombes_office.errors import OfficeError
    from dombes_office.rules.requests import HistoryEvent
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.workbench import Workbench
    from dombes_office.views.work import Desk

_ICONS = {
    "submitted": ("tray", "text2"),
    "given": ("file-plus", "text2"),
    "replaced": ("arrows-clockwise", "text2"),
    "opened": ("eye", "text2"),
    "received": ("eye", "text2"),
    "revealed": ("eye", "text2"),
    "decided": ("check-square", "accent"),
    "undone": ("arrow-counter-clockwise", "verify"),
    "mail": ("envelope-simple", "text2"),
}


class HistoryDialog(QDialog):
    """One table, the latest first."""

    def __init__(self, number: str, events: tuple[HistoryEvent, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Historique de la demande n°\u00a0{number}")
        self.resize(1000, 480)
        numbered = tuple(enumerate(events))
        self.table = RowTable(_COLUMNS, identity=lambda row: row[0], parent=self)
        self.table.replace(numbered, exhausted=True)
        view: TableView[tuple[int, HistoryEvent]] = TableView(self.table, name="Historique")
        self._whole = words("", wrap=True)
        self._whole.setContentsMargins(20, 4, 16, 0)
        self._whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._view = view
        view.row_changed.connect(self._tell_whole)
        self._tell_whole()
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 0, 16, 12)
        foot.addWidget(words("Chaque lecture d’une pièce est enregistrée.", "secondary"), 1)
        foot.addWidget(close)
        title = words(f"Historique de la demande n°\u00a0{number}", "panel-title")
        title.setContentsMargins(20, 16, 16, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addWidget(view, 1)
        column.addWidget(self._whole)
        column.addSpacing(8)
        column.addLayout(foot)

    @Slot()
    def _tell_whole(self, *_: object) -> None:
        """What the selected line says in full: a column is too narrow for many words."""
        row = self._view.current_row()
        told = "" if row is None else " ".join(filter(None, (f"{row[1].what}.", row[1].words)))
        self._whole.setText(told)
        self._whole.setVisible(bool(told))


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


class HistoryReader(QObject):
    """Reads the history of the request on the screen, and shows it."""

    failed = Signal(object)
    """An `OfficeError`."""

    def __init__(self, desk: Desk, acts: RequestActs, bench: Workbench, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._acts = acts
        self._bench = bench
        self._page = page

    @Slot()
    def show_history(self) -> None:
        """Open the dialog once the history has been read."""
        draft = self._bench.draft
        if draft is not None:
            read, request_id = self._acts.read_history, draft.dossier.request.request_id
            self._desk.run(read, request_id, done=self._came, refused=self._refused, key="history")

    @Slot(object)
    def _refused(self, error: OfficeError) -> None:
        self.failed.emit(error)

    @Slot(object)
    def _came(self, events: tuple[HistoryEvent, ...]) -> None:
        draft = self._bench.draft
        if draft is not None:
            dialog = HistoryDialog(draft.dossier.request.number, events, self._page)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
