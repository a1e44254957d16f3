"""What the sign-in window does aside from its own thread: one piece of work at a time, and it never waits for it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from dombes_office.views.work import WorkLane

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.errors import OfficeError
    from dombes_office.views.busy import Busy

T = TypeVar("T")


class Errand(QObject):
    """Runs one piece of work; beginning another gives up the first without waiting for it.

    A server that does not answer keeps its thread for some seconds, a vault that asks to be unlocked for as long as
    nobody answers: the next piece of work must not stand behind it. The thread begins with the first piece of work.
    `broke` tells that work ended by a bug, which is reported as any other.
    """

    broke = Signal()

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._name = name
        self._lane: WorkLane | None = None

    def start(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        busy: Busy | None = None,
    ) -> None:
        """Run `work`; `done` or `refused`, methods of a QObject, is called once unless it is given up."""
        if self._lane is not None and self._lane.is_busy:
            self.give_up()
        if self._lane is None:
            self._lane = WorkLane(self._name, bug=self._report, parent=self)
        self._lane.start(work, done=done, refused=refused, busy=busy)

    @property
    def under_way(self) -> bool:
        """Whether an answer is awaited."""
        return self._lane is not None and self._lane.is_busy

    def _report(self, error: Exception) -> None:
        self.broke.emit()
        sys.excepthook(type(error), error, error.__traceback__)

    def give_up(self) -> None:
        """Want no answer any more; the thread ends by itself as soon as its work does."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close(0)
            lane.deleteLater()


class Attempt(Generic[T]):
    """One try at a door. What it opened is taken once, or closed again by `discard` where nobody wants it any more."""

    def __init__(self, door: Callable[[], T], discard: Callable[[Any], object]) -> None:
        self._door = door
        self._discard = discard
        self._lock = threading.Lock()
        self._opened: list[T] = []
        self._over = False

    def __call__(self) -> None:
        """Open the door; called aside."""
        opened = self._door()
        with self._lock:
            if not self._over:
                self._opened.append(opened)
                return
        self._discard(opened)

    def take(self) -> T:
        """What was opened; from now on it belongs to the caller. IndexError where nothing is."""
        with self._lock:
            self._over = True
            return self._opened.pop()

    def give_up(self) -> None:
        """Close what was opened, now or once it is; does nothing after `take`."""
        with self._lock:
            self._over = True
            unwanted, self._opened = self._opened, []
        for opened in unwanted:
            self._discard(opened)
