"""Tells colleagues which request is open on this desk, as long as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk

_AGAIN_EVERY = 5 * 60 * 1000
"""Milliseconds; the database forgets an opening that is not renewed, so a desk that was cut off blocks nobody."""


class Presence(QObject):
    """One request at a time. That it was opened is written down where it is read, in the same transaction."""

    def __init__(self, desk: Desk, acts: RequestActs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._request_id: int | None = None
        self._timer = QTimer(self, interval=_AGAIN_EVERY)
        self._timer.timeout.connect(self.renew)

    def begin(self, request_id: int) -> None:
        """This request is open here now."""
        self._request_id = request_id
        self._timer.start()

    def end(self) -> None:
        """Nothing is open here any more."""
        self._timer.stop()
        if self._request_id is not None:
            noting = self._acts.note_closing
            self._desk.run(noting, self._request_id, done=self._noted, refused=self._noted, must_finish=True)
        self._request_id = None

    @Slot()
    def renew(self) -> None:
        """Say that the request is still open."""
        if self._request_id is not None:
            self._desk.run(self._acts.keep_open, self._request_id, done=self._noted, refused=self._noted)

    @Slot(object)
    def _noted(self, _anything: object) -> None:
        """Advice for colleagues only: whether it was written down changes nothing here."""
