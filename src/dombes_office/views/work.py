"""Background lanes: work runs on its own thread, its answer arrives at a method of a QObject in the window's thread.

A plain callback to a closed page raises "Internal C++ object already deleted"; a lane keeps its receivers weakly, asks
Qt whether they still live, and drops the answer in silence where nobody is left to hear it.
"""

from __future__ import annotations

import queue
import sys
import threading
import weakref
from dataclasses import dataclass, field
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from typing_extensions import TypeVarTuple

from dombes_office.errors import OfficeError, Outage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QAbstractButton

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


INCIDENT = (
    "Cette action s’est arrêtée sur une erreur de l’application, qui est signalée.",
    "Votre saisie est gardée. Vérifiez si l’action est enregistrée avant de la refaire.",
)
"""What the page says where the work met a bug: the apology stands in a window of its own."""


class Transact(Protocol):
    """Opens a transaction, gives its session to the action, commits, and returns what the action returned."""

    def __call__(self, action: Callable[[Any], T], /) -> T:
        """Run `action` in one transaction."""


class Busy:
    """A button that waits for its work: disabled, saying so, and as wide as before."""

    def __init__(self, button: QAbstractButton, words: str = "") -> None:
        self._button = button
        self._words = button.text()
        self._least, self._most = button.minimumWidth(), button.maximumWidth()
        self._enabled = button.isEnabled()
        self._had_focus = button.hasFocus()
        button.setFixedWidth(button.width())
        button.setEnabled(False)
        if words:
            button.setText(words)

    def end(self) -> None:
        """Give the button back; does nothing when its window has been closed meanwhile, or the second time."""
        button = self._button
        if not shiboken6.isValid(button) or not self._enabled:
            return
        self._enabled = False
        button.setText(self._words)
        button.setMinimumWidth(self._least)
        button.setMaximumWidth(self._most)
        button.setEnabled(True)
        if self._had_focus and button.window().focusWidget() is None:
            button.setFocus()


def busy(button: QAbstractButton, words: str = "") -> Busy:
    """Disable `button` until `end()` is called; `words` ("Envoi…") stand on it meanwhile."""
    return Busy(button, words)


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
    _work: Callable[[], object] = field(repr=False)
    _done: _Receiver = field(repr=False)
    _refused: _Receiver = field(repr=False)
    _cancelled: _Receiver | None = field(repr=False)
    _busy: Busy | None = field(repr=False)
    key: str = ""
    over: bool = False
    """Nothing more will be told: answered, cancelled, or overtaken by newer work of the same key."""

    def cancel(self) -> None:
        """Want no answer any more: work that waits is not begun, work that runs is interrupted if it can be."""
        if self.over:
            return
        self._lane.drop(self)
        if self._cancelled is not None:
            self._cancelled.tell()


class WorkLane(QObject):
    """One thread that does one piece of work after another, in the order they were given.

    `interrupt` stops the work that is running (it cancels the statement on the server), and is called from the window's
    thread. `bug` is told, in the window's thread, of every exception that is not an `OfficeError`.
    """

    busy_changed = Signal(bool)
    _answered = Signal(object, object, object)

    def __init__(
        self,
        name: str = "database",
        *,
        bug: Callable[[Exception], object] | None = None,
        interrupt: Callable[[], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bug = bug or _tell_excepthook
        self._interrupt = interrupt
        self._waiting: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._open: list[Ticket] = []
        self._running: Ticket | None = None
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work_off, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def start(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], object],
        refused: Callable[[OfficeError], object],
        cancelled: Callable[[], object] | None = None,
        key: str = "",
        busy: Busy | None = None,
    ) -> Ticket:
        """Put `work` in the lane; `done` or `refused` is called once in the window's thread, unless it is cancelled.

        The three receivers are methods of QObjects (TypeError otherwise). Newer work with the same `key` makes the
        answer of the older one void. `busy` is ended whatever the outcome. Raises RuntimeError once the lane is closed.
        """
        if self._closed:
            raise RuntimeError("This lane is closed.")
        ticket = Ticket(
            self,
            work,
            _Receiver(done),
            _Receiver(refused),
            None if cancelled is None else _Receiver(cancelled),
            busy,
            key,
        )
        for older in [t for t in self._open if key and t.key == key]:
            self.drop(older)
        self._open.append(ticket)
        if len(self._open) == 1:
            self.busy_changed.emit(True)
        self._waiting.put(ticket)
        return ticket

    def drop(self, ticket: Ticket) -> None:
        """Make a ticket's answer void without telling anybody; what runs is interrupted if it can be."""
        if ticket.over:
            return
        running = self._running is ticket
        self._finish(ticket)
        if running and self._interrupt is not None:
            self._interrupt()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still awaited."""
        return bool(self._open)

    def close(self, seconds: float = 5.0, *, finish: bool = False) -> bool:
        """End the thread; False if it did not end in `seconds`.

        What waits is dropped and what runs is interrupted; with `finish` all of it is still done, unanswered: a desk
        that closes has things to write down.
        """
        self._closed = True
        if not finish:
            for ticket in list(self._open):
                self.drop(ticket)
        self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work_off(self) -> None:
        """The lane's thread: take a ticket, do its work, send the answer to the window's thread."""
        while (ticket := self._waiting.get()) is not None:
            if ticket.over:
                continue
            self._running = ticket
            answer: object = None
            failure: Exception | None = None
            try:
                answer = ticket._work()  # noqa: SLF001 - the ticket belongs to this lane.
            except Exception as error:  # noqa: BLE001 - a refusal is told, a bug is reported, and the lane lives on.
                failure = error
            self._running = None
            # The work's closure is freed here: it may hold widgets, which must not die in this thread later.
            if not self._closed:
                self._answered.emit(ticket, answer, failure)
            del ticket, answer, failure

    @Slot(object, object, object)
    def _deliver(self, ticket: Ticket, answer: object, failure: Exception | None) -> None:
        """In the window's thread: tell the receiver, unless the ticket is over."""
        if ticket.over:
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

    def _finish(self, ticket: Ticket) -> None:
        """Mark a ticket as over and give its button back."""
        ticket.over = True
        if ticket in self._open:
            self._open.remove(ticket)
        if ticket._busy is not None:  # noqa: SLF001 - the ticket belongs to this lane.
            ticket._busy.end()  # noqa: SLF001 - the ticket belongs to this lane.
        if not self._open:
            self.busy_changed.emit(False)


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
        cancelled: Callable[[], object] | None = None,
        key: str = "",
        busy: Busy | None = None,
    ) -> Ticket:
        """Run `operation(session, *arguments)`; for keyword arguments bind them with `functools.partial`."""
        work: Callable[[], T] = partial(self._transact, partial(_with_session, operation, arguments))
        return self.lane.start(work, done=done, refused=refused, cancelled=cancelled, key=key, busy=busy)


def _with_session(operation: Callable[..., T], arguments: tuple[object, ...], session: object) -> T:
    """Call an operation with the session of its transaction first."""
    return operation(session, *arguments)


def _tell_excepthook(error: Exception) -> None:
    """What a lane without a bug reporter does: the same as for any unexpected exception."""
    sys.excepthook(type(error), error, error.__traceback__)
