"""The checks that a desk runs by itself: slowly, one file at a time, and never in anybody's way."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from dombes_office.documents.piece_reading import reading_of
from dombes_office.errors import OfficeError, RendererFailed, ServerUnreachable
from dombes_office.rules.checks import run_checks
from dombes_office.rules.requests import CheckResult, Outcome, RequestDossier, RequestStatus
from dombes_office.views.requests import idle_checker
from dombes_office.views.requests.idle_checker import PATIENCE, IdleChecker
from tests.documents import pieces
from tests.views.requests.examination_office import NOW, FakeOffice

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from dombes_office.documents.renderer import Renderer
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk, WorkLane

GONE = ServerUnreachable("Le serveur ne répond pas.")


@dataclass
class Overnight(FakeOffice):
    """An office to which requests came while nobody was there."""

    results: dict[int, tuple[CheckResult, ...]] = field(default_factory=dict)

    def acts(self) -> RequestActs:
        return replace(super().acts(), find_unchecked=self.find_unchecked, read_to_check=self.read_to_check)

    def find_unchecked(self, _db: None, limit: int) -> tuple[int, ...]:
        self._called("find_unchecked", limit)
        return tuple(number for number in self.dossiers if number not in self.results)[:limit]

    def open_dossier(self, _db: None, request_id: int) -> RequestDossier:
        return replace(super().open_dossier(None, request_id), checks=self.results.get(request_id, ()))

    def read_to_check(self, _db: None, document_id: int) -> bytes:
        self._called("read_to_check", document_id)
        return self.files[document_id]

    def keep_checks(self, _db: None, request_id: int, version: int, results: tuple[CheckResult, ...]) -> None:
        super().keep_checks(None, request_id, version, results)
        self.results[request_id] = results


class Room(QObject):
    """A desk with a window, at which nobody sits."""

    def __init__(self, qtbot: QtBot, desk: Desk, documents: WorkLane, renderer: Renderer, office: Overnight) -> None:
        super().__init__()
        self.qtbot, self.desk, self.documents, self.office, self.renderer = qtbot, desk, documents, office, renderer
        self.window = QWidget()
        qtbot.addWidget(self.window, before_close_func=self.put_away)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.checker = IdleChecker(desk, documents, renderer, office.acts(), today=NOW.date, page=self.window)
        self.answered: list[object] = []

    def put_away(self, _window: QWidget) -> None:
        """Nothing begins in a window that is closed."""
        self.window.hide()
        self.renderer.cancel()
        self.qtbot.waitUntil(lambda: not (self.desk.lane.is_busy or self.documents.is_busy), timeout=20_000)

    @Slot(object)
    def heard(self, answer: object) -> None:
        """What an agent waited for has come."""
        self.answered.append(answer)

    def touch(self) -> None:
        """Somebody presses a key."""
        QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Down)

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait for what the checker does."""
        self.qtbot.waitUntil(seen, timeout=20_000)


@pytest.fixture(autouse=True)
def short_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiet second is a tenth of one."""
    monkeypatch.setattr(idle_checker, "QUIET", 0.1)


@pytest.fixture
def overnight() -> Overnight:
    """Three requests of two files each."""
    made = Overnight()
    for request_id in (1, 2, 3):
        made.add(request_id)
    return made


@pytest.fixture
def open_room(qtbot: QtBot, desk: Desk, documents: WorkLane, renderer: Renderer) -> Callable[[Overnight], Room]:
    return partial(Room, qtbot, desk, documents, renderer)


@pytest.fixture
def room(open_room: Callable[[Overnight], Room], overnight: Overnight) -> Room:
    return open_room(overnight)


def test_what_nobody_has_opened_is_checked_and_kept(room: Room, overnight: Overnight, renderer: Renderer) -> None:
    room.checker.announced("access_request")
    room.until(lambda: len(overnight.results) == 3)
    dossier = overnight.dossiers[1]
    files = {p.document_id: overnight.files[p.document_id] for p in dossier.pieces if p.sha256 and p.document_id}
    readings = {number: reading_of(*renderer.read_through(content)) for number, content in files.items()}
    assert overnight.results[1] == run_checks(dossier, readings, NOW.date())
    assert ("keep_checks", 1) in overnight.log
    assert [(number, version) for number, version, _ in overnight.kept] == [(3, 5), (2, 5), (1, 5)]
    # One request after the other, and nothing that would say that somebody was there.
    assert {name for name, _ in overnight.log} == {"find_unchecked", "open_dossier", "read_to_check", "keep_checks"}
    assert overnight.asked("read_to_check") == [31, 34, 21, 24, 11, 14]
    assert renderer._held == {}


def test_it_sleeps_when_nothing_is_left_and_wakes_when_something_comes(room: Room, overnight: Overnight) -> None:
    room.checker.announced("access_request")
    room.until(lambda: len(overnight.results) == 3)
    room.until(lambda: overnight.log[-1][0] == "find_unchecked")
    asked = len(overnight.log)
    room.qtbot.wait(400)
    room.checker.announced("outbox_mail")
    room.qtbot.wait(300)
    assert len(overnight.log) == asked
    overnight.add(4)
    room.checker.announced("*")
    room.until(lambda: 4 in overnight.results)


def test_hostile_files_are_findings_and_stop_nothing(room: Room, overnight: Overnight) -> None:
    for number, content in ((1, b"MZ" + bytes(300)), (2, pieces.swelling_pdf()), (3, pieces.endless_pdf())):
        overnight.give_mandate(number, content, document=number * 10 + 4)
    room.checker.announced("access_request")
    room.until(lambda: len(overnight.results) == 3)
    unreadable = {
        number: [r.requirement_code for r in results if r.code == "file_unreadable" and r.outcome is Outcome.FAIL]
        for number, results in overnight.results.items()
    }
    # An endless drawing is only drawn where somebody looks at it.
    assert unreadable == {1: ["mandate"], 2: ["mandate"], 3: []}


def test_nothing_begins_while_somebody_is_there(room: Room, overnight: Overnight) -> None:
    room.checker.announced("access_request")
    room.touch()
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        room.touch()
        room.qtbot.wait(30)
    assert overnight.log == []
    room.until(lambda: len(overnight.results) == 3)


def test_nothing_begins_while_a_lane_is_busy(room: Room, overnight: Overnight) -> None:
    for lane in (room.desk.lane, room.documents):
        gate = threading.Event()
        lane.start(partial(gate.wait, 20), done=room.heard, refused=room.heard)
        before = list(overnight.log)
        room.checker.announced("access_request")
        room.qtbot.wait(400)
        assert overnight.log == before
        gate.set()
        room.until(lambda: len(overnight.results) == 3)
        overnight.results.clear()


def test_who_opens_a_file_waits_for_one_file_at_most_and_not_long_for_a_slow_one(
    room: Room, overnight: Overnight
) -> None:
    overnight.files[31] = pieces.mandate(60, lines=90)
    began = time.monotonic()
    room.renderer.read_through(overnight.files[31])
    alone = time.monotonic() - began
    room.checker.announced("access_request")
    room.until(lambda: room.checker._reading)
    read = overnight.asked("read_to_check")
    room.touch()
    began = time.monotonic()
    opening = partial(room.renderer.open, pieces.mandate())
    room.documents.start(opening, done=room.heard, refused=room.heard)
    while not room.answered:
        room.touch()
        room.qtbot.wait(20)
    waited = time.monotonic() - began
    assert not isinstance(room.answered[0], OfficeError)
    assert overnight.asked("read_to_check") == read
    # A moment of patience, and a new reading process.
    assert PATIENCE / 1000 * 0.9 < waited < alone / 2
    # What was cut short is left to whoever opens it; the others are read in the next quiet time.
    room.until(lambda: sorted(overnight.results) == [1, 2])


def test_a_reader_that_fails_leaves_the_request_until_it_changes(
    room: Room, overnight: Overnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = {overnight.files[34]}
    read_through = room.renderer.read_through

    def read_or_fail(content: bytes) -> object:
        if content in failing:
            raise RendererFailed("Le lecteur de fichiers s’est arrêté.")
        return read_through(content)

    monkeypatch.setattr(room.renderer, "read_through", read_or_fail)
    room.checker.announced("access_request")
    room.until(lambda: 34 in overnight.asked("read_to_check"))
    room.checker.announced("access_request")
    room.until(lambda: sorted(overnight.results) == [1, 2])
    room.checker.announced("access_request")
    room.qtbot.wait(500)
    assert overnight.asked("read_to_check").count(34) == 1
    failing.clear()
    overnight.change(3)
    room.checker.announced("access_request")
    room.until(lambda: 3 in overnight.results)


def test_after_an_outage_it_waits_to_be_told(room: Room, overnight: Overnight) -> None:
    overnight.failures["open_dossier"] = GONE
    room.checker.announced("access_request")
    room.until(lambda: "open_dossier" in {name for name, _ in overnight.log})
    asked = len(overnight.log)
    room.qtbot.wait(500)
    assert len(overnight.log) == asked
    overnight.failures.clear()
    room.checker.announced("*")
    room.until(lambda: len(overnight.results) == 3)


def test_what_a_colleague_has_open_or_has_decided_is_left_alone(room: Room, overnight: Overnight) -> None:
    overnight.dossiers[1] = replace(
        overnight.dossiers[1], request=replace(overnight.dossiers[1].request, opened_by="Sophie Berthelier")
    )
    overnight.change(2, status=RequestStatus.VALIDATED)
    room.checker.announced("access_request")
    room.until(lambda: 3 in overnight.results)
    room.qtbot.wait(300)
    assert sorted(overnight.results) == [3]
    assert overnight.asked("read_to_check") == [31, 34]


def test_a_window_that_is_closed_begins_nothing(room: Room, overnight: Overnight) -> None:
    room.window.hide()
    room.checker.announced("access_request")
    room.qtbot.wait(300)
    assert overnight.log == []
