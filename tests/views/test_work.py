"""The lane: answers arrive in the window's thread, at whoever still lives, and nothing is left running."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import text

from dombes_office.errors import OfficeError, Outage, ServerUnreachable, WorkCancelled
from dombes_office.views.busy import busy
from dombes_office.views.work import Desk, WorkLane

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot
    from sqlalchemy.orm import Session

    from dombes_office.views.work import Report, Ticket
    from tests.postgres import OfficeDatabase


class Listener(QObject):
    """Keeps what it is told, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.errors: list[OfficeError] = []
        self.threads: list[threading.Thread] = []

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.append(threading.current_thread())

    def refused(self, error: OfficeError) -> None:
        self.errors.append(error)


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
    assert first.began.wait(5)
    ticket = lane.start(second, done=listener.done, refused=listener.refused)
    ticket.cancel()
    ticket.cancel()
    assert [type(error) for error in listener.errors] == [WorkCancelled], "told at once"
    first.go.set()
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert listener.answers == ["answer"]
    assert not second.began.is_set()


def test_cancelled_work_that_runs_tells_itself_what_became_of_it(qtbot: QtBot, lane: WorkLane) -> None:
    listener, late = Listener(), Gate("too late")
    stop = threading.Event()

    def work() -> None:
        stop.wait(5)
        raise WorkCancelled

    ticket = lane.start(work, done=listener.done, refused=listener.refused, stop=stop)
    qtbot.wait(20)
    ticket.cancel()
    assert listener.errors == []
    qtbot.waitUntil(lambda: bool(listener.errors))
    assert str(listener.errors[0]) == "Vous avez interrompu cette action\u00a0: rien n’a été enregistré."
    ticket = lane.start(late, done=listener.done, refused=listener.refused)
    assert late.began.wait(5)
    ticket.cancel()
    late.go.set()
    qtbot.waitUntil(lambda: listener.answers == ["too late"])


def test_an_answered_ticket_cannot_be_cancelled(qtbot: QtBot, lane: WorkLane) -> None:
    listener = Listener()
    ticket = lane.start(lambda: 1, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: ticket.over)
    ticket.cancel()
    assert listener.errors == []


def test_overtaken_work_that_runs_is_stopped(qtbot: QtBot, lane: WorkLane) -> None:
    listener, stop, stopped = Listener(), threading.Event(), list[bool]()
    began = threading.Event()

    def work() -> None:
        began.set()
        stopped.append(stop.wait(5))

    lane.start(work, done=listener.done, refused=listener.refused, key="queue", stop=stop)
    assert began.wait(5)
    lane.start(lambda: "newer", done=listener.done, refused=listener.refused, key="queue")
    qtbot.waitUntil(lambda: listener.answers == ["newer"])
    assert stopped == [True]


def test_the_lane_says_when_an_answer_is_long_in_coming(qtbot: QtBot, lane: WorkLane) -> None:
    lane.impatience.setInterval(100)
    listener, told, gate = Listener(), list[bool](), Gate()
    lane.slow_changed.connect(told.append)
    lane.start(lambda: 1, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: not lane.is_busy)
    qtbot.wait(150)
    assert told == []
    lane.start(gate, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: told == [True])
    gate.go.set()
    qtbot.waitUntil(lambda: told == [True, False])
    qtbot.wait(150)
    assert told == [True, False]


def test_the_lane_says_when_it_is_busy(qtbot: QtBot, lane: WorkLane) -> None:
    listener, told = Listener(), list[bool]()
    lane.busy_changed.connect(told.append)
    for _ in range(3):
        lane.start(lambda: 1, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: len(listener.answers) == 3)
    assert told == [True, False]


def test_closing_drops_what_only_reads_and_ends_the_thread(qtbot: QtBot) -> None:
    listener, began, stop = Listener(), threading.Event(), threading.Event()
    lane, never = WorkLane("short"), Gate("never")

    def reading() -> None:
        began.set()
        stop.wait(5)

    lane.start(reading, done=listener.done, refused=listener.refused, stop=stop)
    lane.start(never, done=listener.done, refused=listener.refused)
    assert began.wait(5)
    begun = time.monotonic()
    assert lane.close()
    assert time.monotonic() - begun < 2
    assert not never.began.is_set()
    assert not any(thread.name == "lane-short" for thread in threading.enumerate())
    qtbot.wait(20)
    assert listener.answers == []
    with pytest.raises(RuntimeError, match="closed"):
        lane.start(lambda: 1, done=listener.done, refused=listener.refused)


def test_closing_finishes_what_must_be_and_nothing_else() -> None:
    listener, first, written = Listener(), Gate(), list[str]()
    lane = WorkLane("writing")
    lane.start(first, done=listener.done, refused=listener.refused)
    assert first.began.wait(5)
    lane.start(lambda: written.append("read"), done=listener.done, refused=listener.refused)
    lane.start(lambda: written.append("decision"), done=listener.done, refused=listener.refused, must_finish=True)
    threading.Timer(0.2, first.go.set).start()
    assert lane.close()
    assert written == ["decision"]


def test_an_answer_that_meets_a_closed_lane_is_not_told(qtbot: QtBot) -> None:
    """A page that heard it would begin the next piece of work, in a lane that takes none any more."""
    listener, gate = Listener(), Gate()
    lane = WorkLane("answered")
    lane.start(gate, done=listener.done, refused=listener.refused, must_finish=True)
    gate.go.set()
    time.sleep(0.2)
    assert lane.close()
    qtbot.wait(20)
    assert listener.answers == []


def test_what_must_be_finished_has_its_time_and_no_more() -> None:
    listener, stop = Listener(), threading.Event()
    lane = WorkLane("late")
    lane.start(lambda: stop.wait(5), done=listener.done, refused=listener.refused, stop=stop, must_finish=True)
    begun = time.monotonic()
    assert lane.close(0.3)
    assert 0.3 <= time.monotonic() - begun < 1
    assert stop.is_set()


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
    steps: list[object] = []

    def transact(action: Any, **asked: object) -> Any:  # noqa: ANN401 - as generic as the real one.
        steps.append(asked["seconds"])
        answer = action("session")
        steps.append("commit")
        return answer

    def add(session: str, one: int, two: int) -> tuple[str, int]:
        return session, one + two

    listener = Listener()
    Desk(lane, transact).run(add, 1, 2, done=listener.done, refused=listener.refused)
    qtbot.waitUntil(lambda: bool(listener.answers))
    assert listener.answers == [("session", 3)]
    assert steps == [None, "commit"]


# With a real database -------------------------------------------------------------------------------------------------

MANY = 400
ADD = text("insert into office.authority (kind, name, short_name) values ('commune', :name, 'x')")


def found_authorities(db: Session, report: Report, many: int) -> int:
    """A long piece of work: one authority after the other."""
    for number in range(many):
        report(number, many, f"Collectivité {number}")
        db.execute(ADD, {"name": str(number)})
        time.sleep(0.002)
    report(many, many, "Fini")
    return many


class Gauge(Listener):
    """Shows how far the work is; may lose patience."""

    def __init__(self, patience: int = MANY + 1) -> None:
        super().__init__()
        self.seen: list[tuple[int, int, str]] = []
        self.patience = patience
        self.ticket: Ticket | None = None

    def progress(self, done: int, total: int, words: str) -> None:
        self.seen.append((done, total, words))
        assert threading.current_thread() is threading.main_thread()
        if done >= self.patience and self.ticket is not None:
            self.ticket.cancel()


def count(database: OfficeDatabase) -> int:
    row = database.raw().execute("select count(*) from office.authority").fetchone()
    assert row is not None
    return int(row[0])


def test_long_work_says_how_far_it_is(qtbot: QtBot, lane: WorkLane, database: OfficeDatabase) -> None:
    gauge, desk = Gauge(), Desk(lane, database.open().transact)
    desk.run_long(found_authorities, MANY, done=gauge.done, refused=gauge.refused, progress=gauge.progress)
    qtbot.waitUntil(lambda: gauge.answers == [MANY], timeout=20_000)
    assert gauge.seen[0] == (0, MANY, "Collectivité 0")
    assert gauge.seen[-1] == (MANY, MANY, "Fini")
    assert [done for done, _, _ in gauge.seen] == sorted({done for done, _, _ in gauge.seen})
    assert 3 < len(gauge.seen) < MANY / 4, "often enough to be seen, too seldom to cost anything"
    assert count(database) == MANY


def test_long_work_that_is_cancelled_half_way_leaves_nothing(
    qtbot: QtBot, lane: WorkLane, database: OfficeDatabase
) -> None:
    gauge, desk = Gauge(patience=MANY // 2), Desk(lane, database.open().transact)
    gauge.ticket = desk.run_long(
        found_authorities, MANY, done=gauge.done, refused=gauge.refused, progress=gauge.progress
    )
    qtbot.waitUntil(lambda: bool(gauge.errors), timeout=20_000)
    assert [type(error) for error in gauge.errors] == [WorkCancelled]
    assert MANY // 2 <= gauge.seen[-1][0] < MANY
    assert gauge.answers == []
    assert count(database) == 0
    desk.run(lambda db: db.execute(ADD, {"name": "next"}).rowcount, done=gauge.done, refused=gauge.refused)
    qtbot.waitUntil(lambda: gauge.answers == [1])
    assert count(database) == 1


def test_a_reading_that_is_overtaken_is_stopped_on_the_server(
    qtbot: QtBot, lane: WorkLane, database: OfficeDatabase
) -> None:
    listener, desk = Listener(), Desk(lane, database.open().transact)

    def sleep(db: Session) -> str:
        db.execute(text("select pg_sleep(20)"))
        return "slept"

    sleeping = "select count(*) from pg_stat_activity where state = 'active' and query like 'select pg_sleep%%'"
    desk.run(sleep, done=listener.done, refused=listener.refused, key="queue")
    qtbot.waitUntil(lambda: database.raw().execute(sleeping).fetchone() == (1,))
    began = time.monotonic()
    desk.run(lambda _db: "newer", done=listener.done, refused=listener.refused, key="queue")
    qtbot.waitUntil(lambda: listener.answers == ["newer"])
    assert time.monotonic() - began < 2
    assert database.raw().execute(sleeping).fetchone() == (0,)
