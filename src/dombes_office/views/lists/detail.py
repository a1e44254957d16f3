"""The panel beside a list: what the selected row says at once, the rest of it read a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from typing_extensions import override

from dombes_office.errors import Outage
from dombes_office.rules.lists import Row
from dombes_office.views.widgets.detail_panel import DetailPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from dombes_office.errors import OfficeError
    from dombes_office.views.lists.plan import Db
    from dombes_office.views.work import Desk

Whole = TypeVar("Whole")
RESTING = 150
"""Milliseconds on one row before the rest of it is read: who runs down the list with an arrow key reads nothing."""


class ListDetail(DetailPanel, Generic[Row, Whole]):
    """Shows one row: a panel derives from this and says in `describe` and `describe_whole` what is seen.

    `number` tells a row from the others, `read` reads the rest of it under that number. Without `read` what the row
    says is all. `outage` carries the error of a reading that failed and may work later.
    """

    outage = Signal(object)

    def __init__(
        self,
        name: str,
        desk: Desk,
        number: Callable[[Row], int],
        read: Callable[[Db, int], Whole] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._desk = desk
        self._number = number
        self._reading = read
        self._key = f"detail of {name}"
        self._row: Row | None = None
        self._read: Row | None = None
        """The row as it was when the rest of it was read, or refused."""
        self._asked: Row | None = None
        self._rest = QTimer(self, singleShot=True, interval=RESTING)
        self._rest.timeout.connect(self._begin)

    def describe(self, row: Row) -> None:
        """Show what the row says."""
        raise NotImplementedError

    def describe_whole(self, whole: Whole) -> None:
        """Show the rest, below what the row says."""

    @Slot(object)
    def show_row(self, row: Row | None) -> None:
        """Show another row, or the new content of the same one; the rest of it follows."""
        if row == self._row and row == self._read:
            return
        same = self._same(row, self._row)
        self._row = row
        if not same:
            self._read = None
        # What was read of the same row stays until it has been read again: nothing jumps.
        if not (same and self._reading is not None):
            self._show(None)
        self.again()

    @Slot()
    def again(self) -> None:
        """Read the rest of the row once more, after an outage."""
        if self._reading is not None and self.isVisible() and self._row is not None and self._read != self._row:
            self._rest.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.again()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        # Another page has come to the front, which may read the same: it must not wait for this reading.
        self._rest.stop()
        super().hideEvent(event)

    @Slot()
    def _begin(self) -> None:
        self._asked = self._row
        if self._row is not None and self._reading is not None:
            number = self._number(self._row)
            self._desk.run(self._reading, number, done=self._came, refused=self._not_read, key=self._key)

    @Slot(object)
    def _came(self, whole: Whole) -> None:
        if self._same(self._asked, self._row):
            self._read = self._asked
            self._show(whole)

    @Slot(object)
    def _not_read(self, error: OfficeError) -> None:
        if isinstance(error, Outage):
            self.outage.emit(error)
        elif self._same(self._asked, self._row):
            # The answer for this row as it stands: asked again when the row changes, not at each notice.
            self._read = self._asked
            self._show(None)
            self.add_section("").add_text(str(error), kind="context")

    def _show(self, whole: Whole | None) -> None:
        self.setUpdatesEnabled(False)
        self.clear()
        self.show_footer(shown=False)
        if self._row is not None:
            self.describe(self._row)
        if whole is not None:
            self.describe_whole(whole)
        self.setUpdatesEnabled(True)

    def _same(self, row: Row | None, other: Row | None) -> bool:
        """Whether two rows are the same thing, changed or not."""
        return row is not None and other is not None and self._number(row) == self._number(other)
