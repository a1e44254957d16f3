"""Counts the work that waits behind a page, for the navigation: seldom, and not where another reading has told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.errors import OfficeError
    from dombes_office.views.lists.plan import Db
    from dombes_office.views.work import Desk

PAUSE = 2000
"""Milliseconds between two counts: each goes through the agent's whole scope."""


class WaitingCounter(QObject):
    """`counted` carries the number, `failed` an `OfficeError`."""

    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, desk: Desk, count: Callable[[Db], int], *, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._count = count
        self._key = f"{name} waiting"
        self.known = False
        """Whether a number has been told or asked for."""
        self._asked = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._go_on)

    def ask(self) -> None:
        """Count at once, or when the pause is over."""
        self._asked = self.known = True
        if not self._pause.isActive():
            self._go_on()

    def tell(self, count: int) -> None:
        """Another reading has counted: what was asked is answered."""
        self._asked, self.known = False, True
        self.counted.emit(count)

    @Slot()
    def _go_on(self) -> None:
        if self._asked:
            self._asked = False
            self._pause.start()
            self._desk.run(self._count, done=self._came, refused=self._not_counted, key=self._key)

    @Slot(object)
    def _came(self, count: int) -> None:
        self.counted.emit(count)

    @Slot(object)
    def _not_counted(self, error: OfficeError) -> None:
        self.known = False
        self.failed.emit(error)
