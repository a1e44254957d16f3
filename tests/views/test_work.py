"""The lane: answers arrive in the window's thread, at whoever still lives, and nothing is left running."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QPushButton

from dombes_office.errors import OfficeError, Outage, ServerUnreachable, WorkCancelled
from dombes_office.views.work import Desk, WorkLane, busy

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Listener(QObject):
    """Keeps what it is told, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.errors: list[OfficeError] = []
        self.threads: list[threading.Thread] = []
        self.cancelled = 0

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.append(threading.current_thread())

    def refused(self, error: OfficeError) -> None:
        self.errors.append(error)

    def stopped(self) -> None:
        self.cancelled += 1


class Gate:
    """Work that begins when it is called and ends when it is let go."""

    def __init__(self, answer: str = "answer") -> None:
        self.began = threading.Event()
        self.go = threading.Event()
        self.answer = answer

    def __call__(self) -> str:
        self.began.set()
        self.go.wait(5)
        return self.answer


def test_the_answer_arrives_in_the_windows_thread(qtbot: QtBot, lane: WorkLane) -> None:
    listener, workers = Listener(), []

    def work() -> str:
        workers.append(threading.current_thread())
        return "answer"

    lane.start(work, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: bool(listener.answers))
    assert listener.answers == ["answer"]
    assert listener.threads == [threading.main_thread()]
    assert workers[0] is not threading.main_thread()


def test_a_refusal_arrives_as_such(qtbot: QtBot, lane: WorkLane) -> None:
    listener, error = Listener(), ServerUnreachable("Serveur injoignable.")

    def work() -> None:
        raise error

    lane.start(work, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: bool(listener.errors))
    assert listener.errors == [error]
    assert listener.answers == []


def test_any_other_exception_goes_to_the_bug_reporter_and_the_lane_lives_on(qtbot: QtBot) -> None:
    bugs: list[Exception] = []
    lane, listener = WorkLane(bug=bugs.append), Listener()

    def work() -> None:
        raise ZeroDivisionError

    lane.start(work, done=listener.done, refused=listener.refused)
    lane.start(lambda: "next", done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: bool(listener.answers))
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    # Whoever waited is let go, with a sentence.
    assert [type(error) for error in listener.errors] == [Outage]
    assert lane.close()


def test_without_a_reporter_a_bug_is_an_uncaught_exception(qtbot: QtBot, lane: WorkLane) -> None:
    listener = Listener()

    def work() -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        lane.start(work, done=listener.done, refused=listener.refused)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


class Page(QLabel):
    """A page that writes its answer on itself, as pages do."""

    def done(self, answer: str) -> None:
        self.setText(answer)

    def refused(self, error: OfficeError) -> None:
        self.setText(str(error))


def test_a_page_that_qt_destroyed_is_not_called(qtbot: QtBot, lane: WorkLane) -> None:
    page, gate, after = Page(), Gate(), Listener()
    lane.start(gate, done=page.done, refused=page.refused)
    assert gate.began.wait(5)
    shiboken6.delete(page)
    gate.go.set()
    lane.start(lambda: "after", done=after.done, refused=after.refused)
    qtbot.waitUntil(lambda: bool(after.answers))
    assert not shiboken6.isValid(page)
    # What a plain callback would have met.
    with pytest.raises(RuntimeError, match="already deleted"):
        page.done("answer")


def test_a_page_that_python_forgot_is_not_kept_alive(qtbot: QtBot, lane: WorkLane) -> None:
    page, gate, after = Page(), Gate(), Listener()
    gone: list[bool] = []
    page.destroyed.connect(lambda: gone.append(True))
    lane.start(gate, done=page.done, refused=page.refused)
    assert gate.began.wait(5)
    del page
    assert gone == [True]
    gate.go.set()
    lane.start(lambda: "after", done=after.done, refused=after.refused)
    qtbot.waitUntil(lambda: bool(after.answers))


def test_only_methods_of_qobjects_may_listen(lane: WorkLane) -> None:
    listener, answers = Listener(), list[object]()
    with pytest.raises(TypeError, match="QObject"):
        lane.start(lambda: 1, done=answers.append, refused=listener.refused)
    with pytest.raises(TypeError, match="QObject"):
        lane.start(lambda: 1, done=lambda _: None, refused=listener.refused)
    assert not lane.is_busy


def test_newer_work_of_the_same_key_makes_the_older_answer_void(qtbot: QtBot, lane: WorkLane) -> None:
    listener, first, waiting = Listener(), Gate("first"), Gate("second")
    lane.start(first, done=listener.done, refused=listener.refused, key="queue")
    assert first.began.wait(5)
    lane.start(waiting, done=listener.done, refused=listener.refused, key="queue")
    lane.start(lambda: "other", done=listener.done, refused=listener.refused, key="panel")
    lane.start(lambda: "third", done=listener.done, refused=listener.refused, key="queue")
    first.go.set()
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert listener.answers == ["other", "third"]
    assert not waiting.began.is_set()


def test_cancelled_work_that_waits_is_never_begun(qtbot: QtBot, lane: WorkLane) -> None:
    listener, first, second = Listener(), Gate(), Gate()
    lane.start(first, done=listener.done, refused=listener.refused)
    ticket = lane.start(second, done=listener.done, refused=listener.refused, cancelled=listener.stopped)
    ticket.cancel()
    ticket.cancel()
    first.go.set()
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert listener.cancelled == 1
    assert listener.answers == ["answer"]
    assert not second.began.is_set()


def test_cancelled_work_that_runs_is_interrupted_and_says_nothing(qtbot: QtBot) -> None:
    listener, after = Listener(), Listener()
    gate = Gate()

    def work() -> None:
        gate()
        raise WorkCancelled("Interrompu.")

    lane = WorkLane(interrupt=gate.go.set)
    ticket = lane.start(work, done=listener.done, refused=listener.refused, cancelled=listener.stopped)
    assert gate.began.wait(5)
    ticket.cancel()
    lane.start(lambda: "after", done=after.done, refused=after.refused)
    qtbot.waitUntil(lambda: bool(after.answers))
    assert (listener.cancelled, listener.answers, listener.errors) == (1, [], [])
    assert lane.close()


def test_an_answered_ticket_cannot_be_cancelled(qtbot: QtBot, lane: WorkLane) -> None:
    listener = Listener()
    ticket = lane.start(lambda: 1, done=listener.done, refused=listener.refused, cancelled=listener.stopped)
    qtbot.waitUntil(lambda: ticket.over)
    ticket.cancel()
    assert listener.cancelled == 0


def test_the_lane_says_when_it_is_busy(qtbot: QtBot, lane: WorkLane) -> None:
    listener, told = Listener(), list[bool]()
    lane.busy_changed.connect(told.append)
    for _ in range(3):
        lane.start(lambda: 1, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: len(listener.answers) == 3)
    assert told == [True, False]


def test_closing_drops_what_waits_and_ends_the_thread(qtbot: QtBot) -> None:
    gate, listener = Gate(), Listener()
    lane = WorkLane("short", interrupt=gate.go.set)
    lane.start(gate, done=listener.done, refused=listener.refused)
    lane.start(lambda: "never", done=listener.done, refused=listener.refused)
    assert gate.began.wait(5)
    begun = time.monotonic()
    assert lane.close()
    assert time.monotonic() - begun < 2
    assert not any(thread.name == "lane-short" for thread in threading.enumerate())
    qtbot.wait(20)
    assert listener.answers == []
    with pytest.raises(RuntimeError, match="closed"):
        lane.start(lambda: 1, done=listener.done, refused=listener.refused)


def test_a_lane_that_cannot_end_says_so() -> None:
    gate, listener = Gate(), Listener()
    lane = WorkLane("stuck")
    lane.start(gate, done=listener.done, refused=listener.refused)
    assert gate.began.wait(5)
    assert not lane.close(0.05)
    gate.go.set()
    assert lane.close()


@pytest.mark.parametrize("fails", [False, True])
def test_a_button_is_disabled_while_its_work_runs_and_keeps_its_width(
    qtbot: QtBot, lane: WorkLane, *, fails: bool
) -> None:
    button, gate, listener = QPushButton("Valider la demande"), Gate(), Listener()
    qtbot.addWidget(button)
    button.show()
    width = button.width()

    def work() -> None:
        gate()
        if fails:
            raise ServerUnreachable("Serveur injoignable.")

    lane.start(work, done=listener.done, refused=listener.refused, busy=busy(button, "Envoi…"))
    assert (button.isEnabled(), button.text(), button.width()) == (False, "Envoi…", width)
    gate.go.set()
    qtbot.waitUntil(lambda: bool(listener.answers or listener.errors))
    assert (button.isEnabled(), button.text(), button.width()) == (True, "Valider la demande", width)


def test_a_button_that_is_gone_is_left_in_peace(qtbot: QtBot, lane: WorkLane) -> None:
    button, gate, listener = QPushButton("Valider"), Gate(), Listener()
    lane.start(gate, done=listener.done, refused=listener.refused, busy=busy(button))
    shiboken6.delete(button)
    gate.go.set()
    qtbot.waitUntil(lambda: bool(listener.answers))


def test_the_desk_runs_an_operation_in_one_transaction(qtbot: QtBot, lane: WorkLane) -> None:
    steps: list[str] = []

    def transact(action: Any) -> Any:  # noqa: ANN401 - as generic as the real one.
        steps.append("begin")
        answer = action("session")
        steps.append("commit")
        return answer

    def add(session: str, one: int, two: int) -> tuple[str, int]:
        return session, one + two

    listener = Listener()
    Desk(lane, transact).run(add, 1, 2, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: bool(listener.answers))
    assert listener.answers == [("session", 3)]
    assert steps == ["begin", "commit"]
