"""Demandes: the requests in the agent's scope, narrowed, ordered, read as the list scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from dombes_office.rules.requests import OPEN_STATUSES, QueueChoices, RequestFilter, RequestRow, RequestStatus, SortKey
from dombes_office.views.page import Page, PageEntry, Shortcut
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.requests.queue_columns import OPENED_COLUMN, STATE_COLUMN, queue_columns
from dombes_office.views.requests.queue_detail import QueueDetail
from dombes_office.views.requests.queue_filters import QueueFilters
from dombes_office.views.requests.queue_place import Place
from dombes_office.views.requests.queue_reader import QueueReader, Reading, narrows
from dombes_office.views.widgets.beside import Beside
from dombes_office.views.widgets.empty_state import EmptyState
from dombes_office.views.widgets.row_table import RowTable
from dombes_office.views.widgets.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from datetime import datetime

    from dombes_office.rules.agents import Agent
    from dombes_office.views.work import Desk

ENTRY = PageEntry("requests", "Demandes", "tray")
EXAMINATION = "examination"
SUBJECTS = frozenset({"access_request", "request_opening"})

_EMPTY = {
    RequestStatus.PENDING: "Aucune demande à examiner. Les nouvelles arrivent ici seules.",
    RequestStatus.COMPLEMENT_RECEIVED: "Aucun complément reçu. Les réponses des familles arrivent ici seules.",
    RequestStatus.AWAITING_FAMILY: "Aucune famille ne doit de complément.",
    RequestStatus.VALIDATED: "Aucune demande validée pour le moment.",
    RequestStatus.REFUSED: "Aucune demande refusée pour le moment.",
    None: "Aucune demande pour le moment. Les nouvelles arrivent ici seules.",
}
_MENU = (
    (SortKey.WAITING, "Trier par &attente"),
    (SortKey.FAMILY, "Trier par &famille"),
    (SortKey.CHECKS, "Trier par &contrôles"),
)


class QueuePage(Page):
    """Tabs, filters, table, and the panel that follows the selection.

    `remembered` keeps filters and order between two mornings (see `memory.py`). Opens the page "examination" with a
    `QueuePosition`; `open` takes one back and selects its request.
    """

    def __init__(
        self,
        desk: Desk,
        agent: Agent,
        *,
        now: Callable[[], datetime],
        acts: RequestActs | None = None,
        remembered: MutableMapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ENTRY, parent)
        self._desk = desk
        self._acts = acts or RequestActs()
        self._may_decide = agent.may_decide
        self._counts: dict[RequestStatus, int] = {}
        self._choices_known = False
        self._select_next: int | None = None
        self.table = RowTable[RequestRow](queue_columns(now), lambda row: row.request_id)
        self.reader = QueueReader(desk, self._acts, self.table, everything=agent.sees_everything, parent=self)
        self.filters = QueueFilters({} if remembered is None else remembered)
        self.view = TableView(self.table, name="Demandes")
        self.empty = EmptyState()
        self.detail = QueueDetail(desk, self._acts, now=now, reads_pieces=agent.may_decide)
        self._place = Place(self.view)
        self._build()
        self._connect()
        self._show_order()
        self.view.show_column(STATE_COLUMN, shown=False)

    def _build(self) -> None:
        self.loading.words.hide()
        self.header.add_widget(self.loading.words)
        self.examine = self.header.add_primary("Examiner", keys="Entrée")
        self.examine.setEnabled(False)
        # The pieces are read by those who decide: PostgreSQL gives the others no right on them.
        self.examine.setVisible(self._may_decide)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._beside = Beside(self._stack, self.detail)
        self.detail.hide()
        self.body.addWidget(self.filters)
        self.body.addWidget(self._beside, 1)
        self._add_actions()

    def _add_actions(self) -> None:
        """The menu "Actions": what the mouse does on a column's title, for those who have none."""
        for sort, title in _MENU:
            action = QAction(title, self)
            action.setData(sort.value)
            action.triggered.connect(self._sort_from_menu)
            self.addAction(action)
        clear = QAction("&Effacer les filtres", self)
        clear.triggered.connect(self.filters.line.clear)
        self.addAction(clear)

    def _connect(self) -> None:
        self.examine.clicked.connect(self._examine_current)
        self.empty.wanted.connect(self.filters.line.clear)
        self.filters.changed.connect(self._narrowed)
        self.filters.line.field.returnPressed.connect(self._leave_field)
        self.table.sort_wanted.connect(self._sorted_by_title)
        self.view.row_changed.connect(self._row_changed)
        self.view.row_opened.connect(self._open_row)
        self.detail.outage.connect(self.show_error)
        reader = self.reader
        reader.began.connect(self._began)
        reader.replacing.connect(self._place.hold)
        reader.came.connect(self._came)
        reader.counted.connect(self._counted)
        reader.waiting.connect(self.counter_changed)
        reader.failed.connect(self.show_error)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The keys of the queue."""
        return (
            Shortcut("↑ ↓", "Demande précédente, suivante"),
            Shortcut("Entrée", "Examiner la demande"),
            Shortcut("Ctrl+Tab", "Onglet suivant"),
            Shortcut("Ctrl+Maj+Tab", "Onglet précédent"),
            Shortcut("Ctrl+F", "Chercher un nom ou un numéro"),
        )

    def areas(self) -> Sequence[QWidget]:
        """Table, panel, tabs, filters."""
        return (self.view, self.detail, self.filters.tabs.bar, self.filters.line)

    def subjects(self) -> frozenset[str]:
        """What makes the rows out of date."""
        return SUBJECTS

    def open(self, what: object) -> None:
        """Come back from the examination at a `QueuePosition`: its request is selected, if it is still here."""
        if isinstance(what, QueuePosition) and not self.view.select(what.request_id):
            self._select_next = what.request_id

    def refresh(self) -> None:
        """Read again what is loaded, in place; the first time the choices of the filters before the rows."""
        if self._choices_known:
            self.reader.refresh()
            self.detail.again()
        else:
            self.loading.start()
            self._desk.run(
                self._acts.read_choices, done=self._choices_came, refused=self.show_error, key="queue choices"
            )

    # What the agent does ----------------------------------------------------------------------------------------

    @Slot()
    def _narrowed(self) -> None:
        self._show_order()
        if self._choices_known:
            self.reader.want(self.filters.wanted)

    @Slot(str, bool)
    def _sorted_by_title(self, key: str, descending: bool) -> None:  # noqa: FBT001 - the signal's shape.
        """A click on a title; a column of ages that grows down is a list whose newest stands first."""
        sort = SortKey(key)
        if sort is SortKey.WAITING:
            descending = not descending and self.filters.wanted.sort is SortKey.WAITING
        self.filters.order_by(sort, descending=descending)
        self._show_order()

    @Slot()
    def _sort_from_menu(self) -> None:
        """Once for an order, once more to turn it round."""
        action = self.sender()
        if isinstance(action, QAction):
            sort, wanted = SortKey(str(action.data())), self.filters.wanted
            self.filters.order_by(sort, descending=sort is wanted.sort and not wanted.descending)

    @Slot()
    def _leave_field(self) -> None:
        """Entrée in the field: no need to wait for the pause, and the arrow keys act on the rows."""
        self._narrowed()
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _examine_current(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self._open_row(row)

    @Slot(object)
    def _open_row(self, row: RequestRow) -> None:
        if not self._may_decide:
            return
        ids = tuple(known.request_id for known in self.table.rows)
        shown = self.reader.shown or self.filters.wanted
        position = QueuePosition(row.request_id, ids, max(self._count(shown), len(ids)), shown)
        self.open_wanted.emit(EXAMINATION, position)

    @Slot(object)
    def _row_changed(self, row: RequestRow | None) -> None:
        self.detail.show_row(row)
        self.examine.setEnabled(row is not None)
        decides = row is None or (self._may_decide and row.status in OPEN_STATUSES)
        self.examine.setText("Examiner" if decides else "Consulter")

    # What comes back --------------------------------------------------------------------------------------------

    @Slot(object)
    def _choices_came(self, choices: QueueChoices) -> None:
        self._choices_known = True
        self.filters.set_choices(choices)
        self.reader.want(self.filters.wanted)

    @Slot(object)
    def _began(self, reading: Reading) -> None:
        # A reading in place is nobody's wish: the line would only flicker with each change elsewhere.
        if reading is not Reading.AGAIN:
            self.loading.start()

    @Slot(object)
    def _came(self, reading: Reading) -> None:
        self.loading.stop()
        self.band.clear()
        if reading is Reading.ANEW:
            self.view.scrollToTop()
            if self.table.rowCount():
                self.view.selectRow(0)
        elif reading is Reading.AGAIN:
            self._place.restore()
        if self._select_next is not None and self.view.select(self._select_next):
            self._select_next = None
        self._show_what_there_is()
        self.fresh.emit()

    @Slot(object)
    def _counted(self, counts: dict[RequestStatus, int]) -> None:
        self._counts = counts
        self.filters.show_counts(counts)
        if self.reader.shown is not None:
            self.filters.show_number(self._count(self.reader.shown), self.reader.shown)

    def _count(self, shown: RequestFilter) -> int:
        """How many rows a filter has; those that are loaded where all of them are."""
        if self.table.exhausted:
            return len(self.table.rows)
        return sum(self._counts.values()) if shown.status is None else self._counts.get(shown.status, 0)

    def _show_order(self) -> None:
        wanted = self.filters.wanted
        self.view.show_order(wanted.sort, descending=wanted.descending != (wanted.sort is SortKey.WAITING))

    def _show_what_there_is(self) -> None:
        """Rows and panel, or why there are none."""
        some, shown = bool(self.table.rows), self.reader.shown or self.filters.wanted
        self.view.show_column(STATE_COLUMN, shown=shown.status is None)
        self.view.show_column(OPENED_COLUMN, shown=shown.status is not None)
        self.detail.setVisible(some)
        focus = QApplication.focusWidget()
        if some:
            self._stack.setCurrentWidget(self.view)
            if focus is not None and (focus is self.empty or self.empty.isAncestorOf(focus)):
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if narrows(shown):
            self.empty.say(
                "Aucune demande ne correspond à ces filtres.", icon_name="funnel", button="Effacer les filtres"
            )
        else:
            self.empty.say(_EMPTY[shown.status], icon_name="tray")
        self._stack.setCurrentWidget(self.empty)
        if focus is self.view:
            # Kept near, so that the arrow keys act on the rows again as soon as there are some.
            self.empty.setFocus(Qt.FocusReason.OtherFocusReason)
