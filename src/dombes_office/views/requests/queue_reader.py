"""Reads the queue page by page into its table: anew for another filter, in place when something changed, more below.

One reading runs at a time. A new filter overtakes whatever runs; a change that is announced meanwhile waits for its
turn, and many of them are answered by one reading, so that a busy morning never starves the screen.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QTimer, Signal, Slot

from dombes_office.rules.requests import RequestFilter, RequestRow, RequestStatus

if TYPE_CHECKING:
    from dombes_office.errors import OfficeError
    from dombes_office.rules.requests import Cursor, RequestPage
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.widgets.row_table import RowTable
    from dombes_office.views.work import Desk, Ticket

PAGE_ROWS = 50
PAUSE = 300
"""Milliseconds between two readings in place: ten announcements in a row cost two readings."""


class Reading(Enum):
    """Why rows are read."""

    ANEW = auto()
    AGAIN = auto()
    MORE = auto()


class QueueReader(QObject):
    """Keeps `table` filled with what `wanted` lets through.

    `began` and `came` frame each reading, both carry its `Reading`; `replacing` comes just before the rows change.
    `counted` carries the counts by status under the filter, once the rows are there; `waiting` how many requests wait
    in the agent's whole scope. `failed` carries an `OfficeError`: the rows stay, `refresh` tries again.
    """

    began = Signal(object)
    replacing = Signal(object)
    came = Signal(object)
    counted = Signal(object)
    waiting = Signal(int)
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        acts: RequestActs,
        table: RowTable[RequestRow],
        *,
        everything: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._everything = everything
        self.table = table
        self.wanted = RequestFilter()
        self.shown: RequestFilter | None = None
        """The filter of the rows in the table; None before the first ones."""
        self._cursor: Cursor | None = None
        self._ticket: Ticket | None = None
        self._reading = Reading.ANEW
        self._again = self._more = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._go_on)
        table.more_wanted.connect(self.read_more)

    @property
    def under_way(self) -> bool:
        """Whether rows are awaited."""
        return self._ticket is not None and not self._ticket.over

    def want(self, wanted: RequestFilter) -> None:
        """Read the first page under another filter or order; the same one again does nothing."""
        if wanted != self.wanted or self.shown is None:
            self.wanted = wanted
            self._more = False
            self._read(Reading.ANEW)

    @Slot()
    def refresh(self) -> None:
        """Read what is loaded again, soon: at once the first time, then with a pause between."""
        self._again = True
        if not self._pause.isActive():
            self._go_on()

    @Slot()
    def read_more(self) -> None:
        """Read the page below what is loaded, after what is being read now."""
        self._more = True
        if not self.under_way:
            self._go_on()

    @Slot()
    def recount(self) -> None:
        """Count anew how many requests wait, for the navigation."""
        self._desk.run(
            self._acts.count_unfiltered, done=self._scope_counted, refused=self._not_counted, key="queue scope"
        )

    @Slot()
    def _go_on(self) -> None:
        """Do what is left to do, if nothing is under way."""
        if self.under_way:
            return
        if self._again and not self._pause.isActive():
            self._pause.start()
            self._read(Reading.AGAIN if self.shown == self.wanted else Reading.ANEW)
        elif self._more and self._cursor is not None and self.shown == self.wanted:
            self._more = False
            self._read(Reading.MORE)

    def _read(self, reading: Reading) -> None:
        self._reading = reading
        if reading is not Reading.MORE:
            self._again = False
        operation = partial(self._acts.list_requests, limit=self._limit(reading), everything=self._everything)
        after = self._cursor if reading is Reading.MORE else None
        self._ticket = self._desk.run(
            operation, self.wanted, after, done=self._rows_came, refused=self._not_read, key="queue rows"
        )
        self.began.emit(reading)

    def _limit(self, reading: Reading) -> int:
        """In place as many rows as are loaded; where they were all, a page more, since new ones may stand below."""
        if reading is not Reading.AGAIN:
            return PAGE_ROWS
        loaded = self.table.rowCount(QModelIndex())
        return loaded + PAGE_ROWS if self.table.exhausted else max(loaded, PAGE_ROWS)

    @Slot(object)
    def _rows_came(self, page: RequestPage) -> None:
        reading = self._reading
        self._cursor = page.next_cursor
        self.shown = self.wanted
        exhausted = page.next_cursor is None
        if reading is Reading.MORE:
            self.table.append(page.rows, exhausted=exhausted)
        else:
            self.replacing.emit(reading)
            self.table.replace(page.rows, exhausted=exhausted)
            self._count()
        self.came.emit(reading)
        self._go_on()

    @Slot(object)
    def _not_read(self, error: OfficeError) -> None:
        self._again = self._more = False
        # The view asks again for what is below as soon as it stands at its end with rows that are fresh.
        self.table.failed()
        self.failed.emit(error)

    def _count(self) -> None:
        """Count after the rows: they are what the agent waits for."""
        self._desk.run(
            self._acts.count_by_status,
            self.wanted,
            done=self._filter_counted,
            refused=self._not_counted,
            key="queue counts",
        )
        if narrows(self.wanted):
            self.recount()

    @Slot(object)
    def _filter_counted(self, counts: dict[RequestStatus, int]) -> None:
        self.counted.emit(counts)
        if not narrows(self.wanted):
            self._scope_counted(counts)

    @Slot(object)
    def _scope_counted(self, counts: dict[RequestStatus, int]) -> None:
        self.waiting.emit(counts.get(RequestStatus.PENDING, 0))

    @Slot(object)
    def _not_counted(self, error: OfficeError) -> None:
        self.failed.emit(error)


def narrows(wanted: RequestFilter) -> bool:
    """Whether a filter leaves anything out beside the other states."""
    plain = RequestFilter()
    return replace(wanted, status=plain.status, sort=plain.sort, descending=plain.descending) != plain
