"""The page of a list: tabs, filters, table and panel, read as it scrolls, remembered, and kept up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

from PySide6.QtCore import QElapsedTimer, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from dombes_office.rules.lists import Cursor, Row
from dombes_office.views.announcements import EVERYTHING
from dombes_office.views.lists.counter import WaitingCounter
from dombes_office.views.lists.filters import ListFilters
from dombes_office.views.lists.place import Place
from dombes_office.views.lists.plan import Chosen, Filter, ListPlan, ListSource, Nothing
from dombes_office.views.lists.reader import ListReader, Reading
from dombes_office.views.page import Page, PageEntry
from dombes_office.views.widgets.beside import Beside
from dombes_office.views.widgets.empty_state import EmptyState
from dombes_office.views.widgets.row_table import RowTable
from dombes_office.views.widgets.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, MutableMapping, Sequence

    from dombes_office.views.lists.detail import ListDetail
    from dombes_office.views.widgets.filter_line import Choice
    from dombes_office.views.widgets.key_hint import ActionButton
    from dombes_office.views.work import Desk

CLEAR = "Effacer les filtres"


class ListPage(Page, Generic[Row, Filter, Cursor]):
    """A screen derives from this, hands over its plan and source, and says in `open_row` what Entrée does.

    `remembered` keeps filters and order between two mornings (see `memory.py`). Connect announcements to `announced`.
    """

    choices_kept = 5000
    """Milliseconds for which the choices of the filters count as read, unless a change of them is announced."""

    def __init__(
        self,
        entry: PageEntry,
        desk: Desk,
        plan: ListPlan[Row, Filter],
        source: ListSource[Row, Filter, Cursor],
        *,
        detail: ListDetail[Row, Any] | None = None,
        remembered: MutableMapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(entry, parent)
        self._desk = desk
        self._plan = plan
        self._source = source
        self._counts: Mapping[str, int] = {}
        self._choices_known = source.read_choices is None
        self._choices_age = QElapsedTimer()
        self._next: Hashable = None
        self._openings: list[ActionButton] = []
        self.filters = ListFilters(plan, {} if remembered is None else remembered)
        self.shown: Chosen | None = None
        """What was chosen for the rows in the table; None before the first ones."""
        self._asked = self.filters.chosen
        self.table = RowTable[Row](plan.columns, plan.identity)
        self.reader = ListReader[Row, Filter, Cursor](
            desk, source, self.table, wanted=self.wanted, name=entry.key, parent=self
        )
        count = source.count_waiting
        self._counter = None if count is None else WaitingCounter(desk, count, name=entry.key, parent=self)
        self.view = TableView(self.table, name=entry.title)
        self.empty = EmptyState()
        self.detail = detail
        self._place = Place(self.view)
        self._build()
        self._connect()
        self._show_order()
        self.view.leave_out(self.left_out(self._asked))

    # What a screen says or uses ---------------------------------------------------------------------------------

    def open_row(self, row: Row) -> None:
        """Entrée or a double click on a row, or the button of `add_opening`."""

    def left_out(self, shown: Chosen) -> frozenset[str]:
        """The keys of the columns that say nothing while this is chosen."""
        del shown
        return frozenset()

    def way_out(self) -> None:
        """The button of a list that is empty without any filter."""

    def add_opening(self, text: str) -> ActionButton:
        """The primary button that does what Entrée does, off while no row is selected."""
        button = self.header.add_primary(text, keys="Entrée")
        button.setEnabled(False)
        button.clicked.connect(self._open_current)
        self._openings.append(button)
        return button

    @property
    def wanted(self) -> Filter:
        """The filter that is chosen now."""
        return self._plan.wanted_of(self.filters.chosen)

    def number_of(self, shown: Chosen) -> int:
        """How many rows there are under what is chosen; those that are loaded where all of them are."""
        if self.table.exhausted:
            return len(self.table.rows)
        return self._counts.get(shown.tab, sum(self._counts.values()))

    def choose(self, identity: Hashable) -> None:
        """Select a row, if need be when the next reading has brought it."""
        self._next = None if self.view.select(identity) else identity

    # Building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.loading.words.hide()
        self.loading.set_ruled(ruled=not self._plan.tabs)
        self.header.add_widget(self.loading.words)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.body.addWidget(self.filters)
        if self.detail is None:
            self.body.addWidget(self._stack, 1)
        else:
            self.body.addWidget(Beside(self._stack, self.detail), 1)
            self.detail.hide()
        for order in self._plan.orders:
            self._add_action(order.menu, self._order_from_menu).setData(order.key)
        self._add_action(f"&{CLEAR}", self.filters.line.clear)

    def _add_action(self, title: str, does: Callable[[], object]) -> QAction:
        """An entry of the menu "Actions": what the mouse does on a title or a link, for those who have none."""
        action = QAction(title, self)
        action.triggered.connect(does)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        self.empty.wanted.connect(self._leave_empty)
        self.filters.changed.connect(self._narrowed)
        self.filters.line.field.returnPressed.connect(self._leave_field)
        self.table.sort_wanted.connect(self._order_by_title)
        self.view.row_changed.connect(self._row_changed)
        self.view.row_opened.connect(self._open)
        self.reader.began.connect(self._began)
        self.reader.replacing.connect(self._place.hold)
        self.reader.came.connect(self._came)
        self.reader.counted.connect(self._counted)
        self.reader.failed.connect(self.show_error)
        if self.detail is not None:
            self.detail.outage.connect(self.show_error)
        if self._counter is not None:
            self._counter.counted.connect(self.counter_changed)
            self._counter.failed.connect(self.show_error)

    def areas(self) -> Sequence[QWidget]:
        """Table, panel, tabs, filters."""
        panel = () if self.detail is None else (self.detail,)
        tabs = (self.filters.tabs.bar,) if self._plan.tabs else ()
        return (self.view, *panel, *tabs, self.filters.line)

    # Reading ----------------------------------------------------------------------------------------------------

    def subjects(self) -> frozenset[str]:
        """What makes the rows out of date."""
        return self._plan.rows_follow

    @Slot(str)
    def announced(self, subject: str) -> None:
        """Something changed: read the choices anew if they did, and count what waits unless a reading tells it.

        The rows themselves are read by `refresh`, which the window calls for the page in front.
        """
        if subject in {EVERYTHING, *self._plan.choices_follow}:
            self._choices_age.invalidate()
            if self.isVisible() and self._choices_known:
                self._read_choices()
        told = self.isVisible() and self.shown is not None and not self.shown.narrows
        if self._counter is not None and not told and subject in {EVERYTHING, *self._plan.counter_follows}:
            self._counter.ask()

    def refresh(self) -> None:
        """Read again what is loaded, in place; the first time the choices of the filters before the rows."""
        if not self._choices_known:
            self.loading.start()
            self._read_choices()
        elif self.shown is None:
            self._ask()
        else:
            if self._choices_age.hasExpired(self.choices_kept):
                self._read_choices()
            self.reader.refresh()
            if self.detail is not None:
                self.detail.again()

    def _read_choices(self) -> None:
        if self._source.read_choices is not None:
            key = f"{self.key} choices"
            self._desk.run(self._source.read_choices, done=self._choices_came, refused=self.show_error, key=key)

    @Slot(object)
    def _choices_came(self, choices: Mapping[str, Sequence[Choice]]) -> None:
        self._choices_known = True
        self._choices_age.start()
        self.filters.offer(choices)
        self._ask()

    def _ask(self) -> None:
        """Have what is chosen read, as soon as it is known what can be chosen."""
        self._asked = self.filters.chosen
        if self._choices_known:
            self.reader.want(self.wanted)

    # What the agent does ----------------------------------------------------------------------------------------

    @Slot()
    def _narrowed(self) -> None:
        self._show_order()
        self._ask()

    @Slot(str, bool)
    def _order_by_title(self, key: str, downwards: bool) -> None:  # noqa: FBT001 - the signal's shape.
        self.filters.order_by_title(key, downwards=downwards)
        self._show_order()

    @Slot()
    def _order_from_menu(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.filters.order_by_menu(str(action.data()))

    @Slot()
    def _leave_field(self) -> None:
        """Entrée in the field: no need to wait for the pause, and the arrow keys act on the rows."""
        self._narrowed()
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _leave_empty(self) -> None:
        """The button of the empty list."""
        if self.shown is not None and self.shown.narrows:
            self.filters.line.clear()
        else:
            self.way_out()

    @Slot()
    def _open_current(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.open_row(row)

    @Slot(object)
    def _open(self, row: Row) -> None:
        self.open_row(row)

    @Slot(object)
    def _row_changed(self, row: Row | None) -> None:
        if self.detail is not None:
            self.detail.show_row(row)
        for button in self._openings:
            button.setEnabled(row is not None)

    # What comes back --------------------------------------------------------------------------------------------

    @Slot(object)
    def _began(self, reading: Reading) -> None:
        # A reading in place is nobody's wish: the line would only flicker with each change elsewhere.
        if reading is not Reading.AGAIN:
            self.loading.start()

    @Slot(object)
    def _came(self, reading: Reading) -> None:
        self.loading.stop()
        self.band.clear()
        self.shown = self._asked
        if reading is Reading.ANEW:
            self.view.scrollToTop()
            if self.table.rowCount():
                self.view.selectRow(0)
        elif reading is Reading.AGAIN:
            self._place.restore()
        if self._next is not None and (
            self.view.select(self._next) or not (self.reader.due or reading is Reading.MORE)
        ):
            # Here, or gone: it must not jump at the agent who finds it much later.
            self._next = None
        self._show_what_there_is(self.shown)
        self.fresh.emit()

    @Slot(object)
    def _counted(self, counts: Mapping[str, int] | int) -> None:
        self._counts = counts if isinstance(counts, Mapping) else {"": counts}
        self.filters.show_counts(self._counts)
        if self.shown is None:
            return
        self.filters.show_number(self.number_of(self.shown), self.shown)
        if self._counter is not None and not self.shown.narrows:
            self._counter.tell(self._counts[self._plan.waiting_tab])
        elif self._counter is not None and not self._counter.known:
            self._counter.ask()

    def _show_order(self) -> None:
        order, descending = self.filters.order, self.filters.chosen.descending
        self.view.show_order(order.key, descending=descending != order.mirrored)

    def _show_what_there_is(self, shown: Chosen) -> None:
        """Rows and panel, or why there are none."""
        some = bool(self.table.rows)
        self.view.leave_out(self.left_out(shown))
        if self.detail is not None:
            self.detail.setVisible(some)
        focus = QApplication.focusWidget()
        if some:
            self._stack.setCurrentWidget(self.view)
            if focus is not None and (focus is self.empty or self.empty.isAncestorOf(focus)):
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        nothing = Nothing(self._plan.nothing_found, "funnel", CLEAR) if shown.narrows else self._plan.nothing[shown.tab]
        self.empty.say(nothing.sentence, icon_name=nothing.icon_name, button=nothing.button)
        self._stack.setCurrentWidget(self.empty)
        if focus is self.view:
            # Kept near, so that the arrow keys act on the rows again as soon as there are some.
            self.empty.setFocus(Qt.FocusReason.OtherFocusReason)
