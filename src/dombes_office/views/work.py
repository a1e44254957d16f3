"""Background lanes: work runs on its own thread, its answer arrives at a method of a QObject in the window's thread.

A plain callback to a closed page raises "Internal C++ object already deleted"; a lane keeps its receivers weakly, asks
Qt whether they still live, and drops the answer in silence where nobody is left to hear it.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import weakref
from dataclasses import dataclass, field
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from typing_extensions import TypeVarTuple

from dombes_office.errors import OfficeError, Outage, WorkCancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.operations.transaction import Transact
    from dombes_office.views.busy import Busy

    Report = Callable[[int, int, str], None]
    """How work says how far it is: how much is done, of how much, and what it is at."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_SLOW = 4_000
"""Milliseconds without an answer after which the lane says that it is long in coming."""
_TELL_EVERY = 0.1
"""Seconds between two words about how far the work is."""
_LAST_SECONDS = 1.0
"""For what was finishing and is asked to stop after all."""

INCIDENT = (
    "Cette action s’est arrêtée sur une erreur de l’application, qui est signalée.",
    "Votre saisie est gardée. Vérifiez si l’action est enregistrée avant de la refaire.",
)
"""What the page says where the work met a bug: the apology stands in a window of its own."""


class _Receiver:
    """A method of a QObject, held weakly."""

    def __init__(self, method: Callable[..., object]) -> None:
        if not (isinstance(method, MethodType) and isinstance(method.__self__, QObject)):
            raise TypeError(f"{method!r} is not a method of a QObject, so nobody would know when it must not be called")
        self._method: weakref.WeakMethod[MethodType] = weakref.WeakMethod(method)

    def tell(self, *arguments: object) -> None:
        """Call the method, unless its object is gone in Python or in Qt."""
        method = self._method()
        if method is not None and shiboken6.isValid(method.__self__):
            method(*arguments)


@dataclass(eq=False)
class Ticket:
    """One piece of work under way."""

    _lane: WorkLane = field(repr=False)
    _work: Callable[[Report], object] = field(repr=False)
    _done: _Receiver = field(repr=False)
    _refused: _Receiver = field(repr=False)
    _progress: _Receiver | None = field(repr=False)
    _busy: Busy | None = field(repr=False)
    _stop: threading.Event = field(repr=False)
    key: str = ""
    must_finish: bool = False
    over: bool = False
    """Nothing more will be told: answered, or overtaken by newer work of the same key."""
    begun: bool = False
    _told_at: float = 0.0

    def cancel(self) -> None:
        """Stop the work at the wish of whoever waits for it.

        What has not begun is refused at once as `WorkCancelled`. What runs is asked to stop, and says itself what
        became of it: refused likewise, or done, for it may have been too late.
        """
        if not self.over:
            self._stop.set()
            self._lane.refuse_waiting(self)

    def report(self, done: int, total: int, words: str = "") -> None:
        """Called by the work, as often as it likes: how much of it is done, and what it is at.

        Raises:
            WorkCancelled: nobody wants it any more.
        """
        if self._stop.is_set():
            raise WorkCancelled
        now = time.monotonic()
        if self._progress is not None and (done >= total or now - self._told_at > _TELL_EVERY):
            self._told_at = now
            self._lane.reported.emit(self, done, total, words)


class WorkLane(QObject):
    """One thread that does one piece of work after another, in the order they were given.

    `bug` is told, in the window's thread, of every exception that is not an `OfficeError`. `slow_changed` tells when an
    answer is long in coming, and when it has come.
    """

    busy_changed = Signal(bool)
    slow_changed = Signal(bool)
    reported = Signal(object, object, object, object)
    _answered = Signal(object, object, object)

    def __init__(
        self,
        name: str = "database",
        *,
        bug: Callable[[Exception], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bug = bug or _tell_excepthook
        self._waiting: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._open: list[Ticket] = []
        self._beginning = threading.Lock()
        self._closed = False
        self._slow = False
        self.impatience = QTimer(self, singleShot=True, interval=_SLOW)
        self.impatience.timeout.connect(self._tell_slow)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.reported.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work_off, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def start(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        key: str = "",
        busy: Busy | None = None,
        stop: threading.Event | None = None,
        must_finish: bool = False,
    ) -> Ticket:
        """Put `work` in the lane; `done` or `refused` is called once in the window's thread.

        Both are methods of QObjects (TypeError otherwise). Newer work with the same `key` makes the answer of the older
        one void. `stop` is set when nobody wants the work any more: it ends early if it looks there. `must_finish` is
        for what has to be written down even where the window closes meanwhile. `busy` is ended whatever the outcome.
        Raises RuntimeError once the lane is closed.
        """
        return self._enter(
            Ticket(
                self,
                lambda _report: work(),
                _Receiver(done),
                _Receiver(refused),
                None,
                busy,
                stop or threading.Event(),
                key,
                must_finish,
            )
        )

    def start_long(
        self,
        work: Callable[[Report], T],
        *,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        progress: Callable[[int, int, str], object],
        key: str = "",
        busy: Busy | None = None,
        stop: threading.Event | None = None,
    ) -> Ticket:
        """As `start`, for work that takes a while: it is given `report(done, total, words)` and calls it as it goes.

        `progress`, a method of a QObject, hears of it in the window's thread, ten times a second at most. `report` is
        also where the work notices that it was cancelled.
        """
        receivers = _Receiver(done), _Receiver(refused), _Receiver(progress)
        return self._enter(Ticket(self, work, *receivers, busy, stop or threading.Event(), key))

    def _enter(self, ticket: Ticket) -> Ticket:
        if self._closed:
            raise RuntimeError("This lane is closed.")
        for older in [t for t in self._open if ticket.key and t.key == ticket.key]:
            self.drop(older)
        self._open.append(ticket)
        if len(self._open) == 1:
            self._live()
            self.busy_changed.emit(True)
        self._waiting.put(ticket)
        return ticket

    def drop(self, ticket: Ticket) -> None:
        """Make a ticket's answer void without telling anybody: what waits is not begun, what runs is asked to stop."""
        if not ticket.over:
            ticket._stop.set()  # noqa: SLF001 - the ticket belongs to this lane.
            self._finish(ticket)

    def refuse_waiting(self, ticket: Ticket) -> None:
        """Refuse a cancelled ticket that has not begun; one that runs is left to answer for itself."""
        with self._beginning:
            if ticket.begun:
                return
            self._finish(ticket)
        ticket._refused.tell(WorkCancelled())  # noqa: SLF001 - the ticket belongs to this lane.

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still awaited."""
        return bool(self._open)

    def close(self, seconds: float = 5.0) -> bool:
        """End the thread; False if it did not end, some time after `seconds`.

        What must be finished has `seconds` for it, unanswered; everything else is dropped.
        """
        self._closed = True
        self.impatience.stop()
        for ticket in [t for t in self._open if not t.must_finish]:
            self.drop(ticket)
        self._waiting.put(None)
        self._thread.join(seconds)
        if self._thread.is_alive():
            for ticket in list(self._open):
                self.drop(ticket)
            self._thread.join(min(seconds, _LAST_SECONDS))
        return not self._thread.is_alive()

    def _work_off(self) -> None:
        """The lane's thread: take a ticket, do its work, send the answer to the window's thread."""
        while (ticket := self._waiting.get()) is not None:
            with self._beginning:
                if ticket.over:
                    continue
                ticket.begun = True
            answer: object = None
            failure: Exception | None = None
            try:
                answer = ticket._work(ticket.report)  # noqa: SLF001 - the ticket belongs to this lane.
            except Exception as error:  # noqa: BLE001 - a refusal is told, a bug is reported, and the lane lives on.
                failure = error
            # The work's closure is freed here: it may hold widgets, which must not die in this thread later.
            if not self._closed:
                self._answered.emit(ticket, answer, failure)
            del ticket, answer, failure

    @Slot(object, object, object)
    def _deliver(self, ticket: Ticket, answer: object, failure: Exception | None) -> None:
        """In the window's thread: tell the receiver, unless the ticket is over or the lane was closed meanwhile."""
        if ticket.over or self._closed:
            return
        self._finish(ticket)
        if failure is None:
            ticket._done.tell(answer)  # noqa: SLF001 - the ticket belongs to this lane.
        elif isinstance(failure, OfficeError):
            ticket._refused.tell(failure)  # noqa: SLF001 - the ticket belongs to this lane.
        else:
            self._bug(failure)
            # Whoever waits must be let go, or a page would hold on to a decision that will never be answered.
            ticket._refused.tell(Outage(*INCIDENT))  # noqa: SLF001 - the ticket belongs to this lane.

    @Slot(object, object, object, object)
    def _tell_progress(self, ticket: Ticket, done: int, total: int, words: str) -> None:
        """In the window's thread: tell how far it is, unless the ticket is over."""
        if not ticket.over and ticket._progress is not None:  # noqa: SLF001 - the ticket belongs to this lane.
            self._live()
            ticket._progress.tell(done, total, words)  # noqa: SLF001 - the ticket belongs to this lane.

    def _finish(self, ticket: Ticket) -> None:
        """Mark a ticket as over and give its button back."""
        ticket.over = True
        if ticket in self._open:
            self._open.remove(ticket)
        if ticket._busy is not None:  # noqa: SLF001 - the ticket belongs to this lane.
            ticket._busy.end()  # noqa: SLF001 - the ticket belongs to this lane.
        self._live()
        if not self._open:
            self.busy_changed.emit(False)

    def _live(self) -> None:
        """Something came, or was begun: count the time of what is still awaited anew."""
        if self._open and not self._closed:
            self.impatience.start()
        else:
            self.impatience.stop()
        if self._slow:
            self._slow = False
            self.slow_changed.emit(False)

    @Slot()
    def _tell_slow(self) -> None:
        self._slow = True
        self.slow_changed.emit(True)


class Desk:
    """Runs operations in the lane, each in one transaction: what a screen is given instead of a database."""

    def __init__(self, lane: WorkLane, transact: Transact) -> None:
        self.lane = lane
        self._transact = transact

    def run(
        self,
        operation: Callable[[Any, *Ts], T],
        *arguments: *Ts,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        key: str = "",
        busy: Busy | None = None,
        must_finish: bool = False,
        seconds: float | None = None,
    ) -> Ticket:
        """Run `operation(session, *arguments)`; for keyword arguments bind them with `functools.partial`.

        Each of its statements may take `seconds`, or as long as usual. The rest is as in `WorkLane.start`.
        """
        stop = threading.Event()
        action = partial(_with_session, operation, arguments)
        work: Callable[[], T] = partial(self._transact, action, seconds=seconds, stop=stop)
        return self.lane.start(work, done=done, refused=refused, key=key, busy=busy, stop=stop, must_finish=must_finish)

    def run_long(
        self,
        operation: Callable[[Any, Report, *Ts], T],
        *arguments: *Ts,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        progress: Callable[[int, int, str], object],
        key: str = "",
        busy: Busy | None = None,
        seconds: float | None = None,
    ) -> Ticket:
        """Run `operation(session, report, *arguments)`: see `WorkLane.start_long`. Cancelled, it is rolled back."""
        stop = threading.Event()

        def work(report: Report) -> T:
            return self._transact(lambda db: operation(db, report, *arguments), seconds=seconds, stop=stop)

        return self.lane.start_long(work, done=done, refused=refused, progress=progress, key=key, busy=busy, stop=stop)


def _with_session(operation: Callable[..., T], arguments: tuple[object, ...], session: object) -> T:
    """Call an operation with the session of its transaction first."""
    return operation(session, *arguments)


def _tell_excepthook(error: Exception) -> None:
    """What a lane without a bug reporter does: the same as for any unexpected exception."""
    sys.excepthook(type(error), error, error.__traceback__)
