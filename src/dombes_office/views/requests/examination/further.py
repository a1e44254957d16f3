"""Reads on in the queue when the agent comes to the end of what the list had read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.rules.requests import RequestPage
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk

_ROWS = 50


class Further(QObject):
    """Asks for as many more as the list reads at once.

    The queue is read from its beginning, and what is known of it left out: what was decided meanwhile has gone from it,
    and the checks of what was opened may have moved it.
    """

    came = Signal(object)
    """The ids that follow, in their order: none where nothing follows, None where the queue could not be read."""

    def __init__(
        self, desk: Desk, list_requests: Callable[..., RequestPage], *, everything: bool, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._list_requests = list_requests
        self._everything = everything
        self._asked: QueuePosition | None = None

    def read(self, position: QueuePosition) -> None:
        """Begin to read what follows the last known request; does nothing while that is under way."""
        if self._asked == position or position.wanted is None:
            return
        self._asked = position
        reading = partial(self._list_requests, limit=len(position.known) + _ROWS, everything=self._everything)
        self._desk.run(reading, position.wanted, done=self._rows_came, refused=self._not_read, key="further")

    @Slot(object)
    def _rows_came(self, page: RequestPage) -> None:
        position, self._asked = self._asked, None
        if position is not None:
            self.came.emit(tuple(row.request_id for row in page.rows if row.request_id not in position.known))

    @Slot(object)
    def _not_read(self, _error: object) -> None:
        self._asked = None
        self.came.emit(None)
