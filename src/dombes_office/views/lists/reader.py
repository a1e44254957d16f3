"""Reads a list page by page into its table: anew for another filter, in place when something changed, more below.

One reading runs at a time. A new filter overtakes whatever runs; a change that is announced meanwhile waits for its
turn, and many of them are answered by one reading, so that a busy morning never starves the screen.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Generic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from dombes_office.rules.lists import PAGE_ROWS, Cursor, Row
from dombes_office.views.lists.plan import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dombes_office.errors import OfficeError
    from dombes_office.rules.lists import RowPage
    from dombes_office.views.lists.plan import ListSource
    from dombes_office.views.widgets.row_table import RowTable
    from dombes_office.views.work import Desk, Ticket

PAUSE = 300
"""Milliseconds between two readings in place: ten announcements in a row cost two readings."""


class Reading(Enum):
    """Why rows are read."""

    ANEW = auto()
    AGAIN = auto()
    MORE = auto()


class ListReader(QObject, Generic[Row, Filter, Cursor]):
    """Keeps `table` filled with what `wanted` lets through, from the first `want` on.

    `name` tells its work in the lane from that of other lists. `began` and `came` frame each reading, both carry its
    `Reading`; `replacing` comes just before the rows change. `counted` carries what the source counts under the filter,
    once the rows are there. `failed` carries an `OfficeError`: the rows stay, `refresh` tries again.
    """

    began = Signal(object)
    replacing = Signal(object)
    came = Signal(object)
    counted = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        source: ListSource[Row, Filter, Cursor],
        table: RowTable[Row],
        *,
        wanted: Filter,
        name: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._source = source
        self._name = name
        self.table = table
        self.wanted = wanted
        self.shown = wanted
        """The filter of the rows in the table, once there were any."""
        self._begun = self._loaded = False
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

    @property
    def due(self) -> bool:
        """Whether a reading in place is still to begin."""
        return self._again

    def want(self, wanted: Filter) -> None:
        """Read the first page under another filter or order; the same one again does nothing."""
        if wanted != self.wanted or not self._loaded:
            self.wanted = wanted
            self._begun = True
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
    def _go_on(self) -> None:
        """Do what is left to do, if nothing is under way."""
        if self.under_way or not self._begun:
            return
        if self._again and not self._pause.isActive():
            self._pause.start()
            self._read(Reading.AGAIN if self._is_shown() else Reading.ANEW)
        elif self._more and self._cursor is not None and self._is_shown():
            self._more = False
            self._read(Reading.MORE)

    def _is_shown(self) -> bool:
        """Whether the rows in the table are those that are wanted."""
        return self._loaded and self.shown == self.wanted

    def _read(self, reading: Reading) -> None:
        self._reading = reading
        if reading is not Reading.MORE:
            self._again = False
        self._ticket = self._desk.run(
            self._source.read_page,
            self.wanted,
            self._cursor if reading is Reading.MORE else None,
            self._limit(reading),
            done=self._rows_came,
            refused=self._not_read,
            key=f"{self._name} rows",
        )
        self.began.emit(reading)

    def _limit(self, reading: Reading) -> int:
        """In place as many rows as are loaded; where they were all, one more at least: new ones may stand below.

        Always whole pages, so that there are few statements to prepare.
        """
        if reading is not Reading.AGAIN:
            return PAGE_ROWS
        loaded = self.table.rowCount() + (1 if self.table.exhausted else 0)
        return max(1, -(-loaded // PAGE_ROWS)) * PAGE_ROWS

    @Slot(object)
    def _rows_came(self, page: RowPage[Row, Cursor]) -> None:
        reading = self._reading
        self._cursor = page.next_cursor
        self.shown = self.wanted
        self._loaded = True
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
        count, key = self._source.count, f"{self._name} counts"
        self._desk.run(count, self.wanted, done=self._counted, refused=self._not_counted, key=key)

    @Slot(object)
    def _counted(self, counts: Mapping[str, int] | int) -> None:
        self.counted.emit(counts)

    @Slot(object)
    def _not_counted(self, error: OfficeError) -> None:
        self.failed.emit(error)
