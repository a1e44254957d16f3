"""Checks by itself what nobody has opened yet, while nobody does anything at this desk: the queue says it by morning.

One request in each quiet second, one file at a time. It stops between two files as soon as somebody is there, so that
whoever opens a request waits for one file at most, and for a slow one only a moment.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from typing_extensions import override

from dombes_office.documents.piece_reading import read_piece
from dombes_office.errors import Outage
from dombes_office.rules.checks import PieceReading, run_checks
from dombes_office.rules.requests import OPEN_STATUSES
from dombes_office.views.announcements import EVERYTHING
from dombes_office.views.lock import IdleWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import OfficeError
    from dombes_office.rules.requests import CheckResult, RequestDossier
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk, WorkLane

QUIET = 1.0
"""Seconds without a key or the mouse before anything begins, and between two requests."""
PATIENCE = 600
"""Milliseconds that the reading of a file may go on once somebody is there."""
_A_FEW = 10
_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class _Hands(IdleWatch):
    """Emits `idle` once in each quiet stretch of time, and `touched` when somebody is there."""

    touched = Signal()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self.touched.emit()
        return super().eventFilter(watched, event)


@dataclass(slots=True)
class _Work:
    """One request under way: the files that are still to be read, what was read, what the checks said."""

    dossier: RequestDossier
    files: list[int]
    readings: dict[int, PieceReading] = field(default_factory=dict)
    results: tuple[CheckResult, ...] | None = None


class IdleChecker(QObject):
    """Works while the window of `page` is open; `announced` wakes it, and it sleeps once nothing is left.

    A file that is refused is a finding. A request that could not be read for any other reason is left to whoever opens
    it, until it changes.
    """

    def __init__(
        self,
        desk: Desk,
        documents: WorkLane,
        renderer: Renderer,
        acts: RequestActs,
        *,
        today: Callable[[], date],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._desk = desk
        self._documents = documents
        self._renderer = renderer
        self._acts = acts
        self._today = today
        self._page = page
        self._news = False
        """There may be requests that nobody has checked."""
        self._ids: list[int] = []
        self._work: _Work | None = None
        self._left: dict[int, int] = {}
        """The version of each request that could not be read through."""
        self._asked = False
        self._quiet = False
        self._guard = threading.Lock()
        self._reading = False
        """A file is being read in the documents' lane; written there, under the guard."""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._cut_short)
        self._hands = _Hands(QUIET, self)
        self._hands.pause()
        self._hands.idle.connect(self._quiet_now)
        self._hands.touched.connect(self._touched)

    @Slot(str)
    def announced(self, subject: str) -> None:
        """Requests came or changed: look for unchecked ones in the next quiet second."""
        if subject in {EVERYTHING, "access_request"}:
            self._news = True
            self._watch()

    # When ---------------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Wait for a quiet second."""
        self._hands.watch(self._page.window().windowHandle())
        self._hands.touch()

    @Slot()
    def _quiet_now(self) -> None:
        self._quiet = True
        if self._asked or self._news or self._ids or self._work is not None:
            self._hands.touch()
            self._go_on()

    @Slot()
    def _touched(self) -> None:
        self._quiet = False
        if self._asked and not self._patience.isActive():
            self._patience.start()

    @Slot()
    def _cut_short(self) -> None:
        """Stop the reading of a slow file: somebody may be waiting for another one."""
        with self._guard:
            # Held until the reader knows, so that it cannot be the next file that is stopped.
            if self._reading:
                self._renderer.cancel()

    def _free(self) -> bool:
        """Whether nobody wants anything."""
        busy = self._desk.lane.is_busy or self._documents.is_busy
        return self._quiet and not self._asked and not busy and self._page.window().isVisible()

    # One step after the other -------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Do the next step, if nobody is in the way; if somebody is, the next quiet second goes on from here."""
        if not self._free():
            return
        run, work = self._desk.run, self._work
        self._asked = True
        if work is None and self._ids:
            run(self._acts.open_dossier, self._ids.pop(), done=self._opened, refused=self._not_done)
        elif work is None and self._news:
            self._news = False
            run(self._acts.find_unchecked, _A_FEW, done=self._found, refused=self._not_done)
        elif work is None:
            self._asked = False
        elif work.files:
            run(self._acts.read_to_check, work.files[0], done=self._bytes_came, refused=self._not_done)
        elif work.results is None:
            check = partial(run_checks, work.dossier, work.readings, self._today())
            self._documents.start(check, done=self._checked, refused=self._not_done)
        else:
            request, keep = work.dossier.request, self._acts.keep_checks
            number, version = request.request_id, request.version
            run(keep, number, version, work.results, done=self._kept, refused=self._not_done)

    @Slot(object)
    def _found(self, ids: tuple[int, ...]) -> None:
        self._asked = False
        self._ids = list(ids)
        self._go_on()

    @Slot(object)
    def _opened(self, dossier: RequestDossier) -> None:
        self._asked = False
        request = dossier.request
        done = dossier.checks or request.status not in OPEN_STATUSES
        if not done and request.opened_by is None and self._left.get(request.request_id) != request.version:
            files = [p.document_id for p in dossier.pieces if p.sha256 is not None and p.document_id is not None]
            self._work = _Work(dossier, files)
        self._go_on()

    @Slot(object)
    def _bytes_came(self, content: bytes) -> None:
        self._asked = False
        if self._free():
            self._asked = True
            self._documents.start(partial(self._read, content), done=self._file_read, refused=self._not_done)

    def _read(self, content: bytes) -> PieceReading:
        """In the documents' lane: read one file through."""
        with self._guard:
            self._reading = True
        try:
            return read_piece(self._renderer, content)
        finally:
            with self._guard:
                self._reading = False

    @Slot(object)
    def _file_read(self, reading: PieceReading) -> None:
        self._asked = False
        if self._work is not None and self._work.files:
            self._work.readings[self._work.files.pop(0)] = reading
        self._go_on()

    @Slot(object)
    def _checked(self, results: tuple[CheckResult, ...]) -> None:
        self._asked = False
        if self._work is not None:
            self._work.results = results
        self._go_on()

    @Slot(object)
    def _kept(self, _nothing: None) -> None:
        """The request is done. There may be more than were found: there is news until there are none."""
        self._asked, self._work, self._news = False, None, True
        self._hands.touch()

    @Slot(object)
    def _not_done(self, error: OfficeError) -> None:
        """Leave this request as it is; after an outage wait until something is announced again."""
        if self._work is not None:
            request = self._work.dossier.request
            self._left[request.request_id] = request.version
        self._asked, self._work = False, None
        if isinstance(error, Outage):
            self._ids, self._news = [], False
        self._hands.touch()
