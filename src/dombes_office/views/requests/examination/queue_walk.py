"""Going through the queue: to the request beside, to the next after a decision, and on behind what the list read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from dombes_office.rules.lists import PAGE_ROWS

if TYPE_CHECKING:
    from dombes_office.rules.requests import RequestPage
    from dombes_office.views.requests.acts import ListRequests
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk


class QueueWalk(QObject):
    """Knows where the agent stands, and tells where she goes.

    The queue is read on from its beginning, and what is known of it left out: what was decided meanwhile has gone from
    it, and the checks of what was opened may have moved it.
    """

    wanted = Signal(object)
    """The `QueuePosition` to open."""
    ended = Signal()
    """Nothing waits any more behind the request that was decided."""
    longer = Signal()
    """More is known of the queue than before."""

    def __init__(self, desk: Desk, list_requests: ListRequests, *, everything: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._list_requests = list_requests
        self._everything = everything
        self._reading: QueuePosition | None = None
        self._waiting = False
        """The last request that was known is decided, and what follows it is awaited."""
        self.position: QueuePosition | None = None

    def stand_at(self, position: QueuePosition | None) -> None:
        """Be at a request of the queue, or at none."""
        self.position = position
        self._waiting = False

    @Slot()
    def step_on(self) -> None:
        """To the next request, if there is one."""
        here = self.position
        self._want(None if here is None else here.next_after(here.request_id))

    @Slot()
    def step_back(self) -> None:
        """To the request before, if there is one."""
        here = self.position
        self._want(None if here is None else here.previous_before(here.request_id))

    def _want(self, request_id: int | None) -> None:
        if self.position is not None and request_id is not None:
            self.wanted.emit(self.position.at(request_id))

    def leave_behind(self, request_id: int) -> None:
        """This request is decided: go on to the one that follows, as soon as it is known."""
        here = self.position
        if here is None:
            return
        following, more = here.next_after(request_id), here.runs_out
        self.position = here.without(request_id)
        if following is not None:
            self._want(following)
        elif more:
            self._waiting = True
            self.read_on()
        else:
            self.ended.emit()

    def read_on(self) -> None:
        """Read what follows the last known request, unless that is under way or this is not the last one."""
        here = self.position
        if here is None or here.wanted is None or self._reading == here or not (self._waiting or here.runs_out):
            return
        self._reading = here
        reading = partial(self._list_requests, limit=len(here.known) + PAGE_ROWS, everything=self._everything)
        self._desk.run(reading, here.wanted, done=self._rows_came, refused=self._not_read, key="queue walk")

    @Slot(object)
    def _rows_came(self, page: RequestPage) -> None:
        self._reading = None
        here = self.position
        if here is None:
            return
        found = tuple(row.request_id for row in page.rows if row.request_id not in here.known)
        self.position = here.followed_by(found)
        self.longer.emit()
        self._go_on(found)

    @Slot(object)
    def _not_read(self, _error: object) -> None:
        """What could not be read ahead is read when it is wanted; what is wanted now waits in the list."""
        self._reading = None
        self._go_on(())

    def _go_on(self, found: tuple[int, ...]) -> None:
        waiting, self._waiting = self._waiting, False
        if waiting and found:
            self._want(found[0])
        elif waiting:
            self.ended.emit()
