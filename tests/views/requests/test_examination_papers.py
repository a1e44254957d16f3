"""The files behind Examen: what is read when, what the checks make of it, what stays in memory, a reader in trouble."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QLabel

from dombes_office.documents.renderer import Renderer
from dombes_office.errors import RendererFailed
from dombes_office.rules.checks import run_checks
from dombes_office.rules.requests import RequestStatus
from dombes_office.views.papers.sheet import TroubleSheet
from dombes_office.views.requests.examination.pieces.sheets import TypedSheet
from tests.documents import pieces
from tests.views.requests.examination_desk import Bench
from tests.views.requests.examination_office import FakeOffice, digest, pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from dombes_office.rules.requests import CheckResult
    from dombes_office.views.papers.viewer import Viewer
    from dombes_office.views.work import Desk, WorkLane

GENEROUS = 100
"""Milliseconds within which the window must answer."""


def give(office: FakeOffice, content: bytes, name: str, request_id: int = 1) -> str:
    """Put a file in place of the health form; its SHA-256."""
    office.files[request_id * 10 + 1] = content
    old = office.dossiers[request_id]
    first = office.file_piece(1, "health_form", "Fiche santé", request_id * 10 + 1, name)
    office.dossiers[request_id] = replace(old, pieces=(first, *old.pieces[1:]))
    return digest(content)


def viewer(bench: Bench) -> Viewer:
    """The middle of the page."""
    return bench.page.bench.viewer


def test_only_the_first_file_of_the_next_request_is_read_ahead(bench: Bench) -> None:
    bench.show(1, 2, 3)
    assert bench.office.asked("read_document") == [11, 14, 21]
    assert bench.office.asked("note_opening") == [1]
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.office.asked("read_document") == [11, 14, 21, 24, 31]


def test_the_next_request_is_read_ahead_although_this_one_has_no_file(bench: Bench) -> None:
    old = bench.office.dossiers[1]
    bench.office.dossiers[1] = replace(old, pieces=old.pieces[1:3])
    bench.show(1, 2)
    assert bench.office.asked("read_document") == [21]


def test_nothing_of_a_request_stays_after_leaving(bench: Bench, renderer: Renderer) -> None:
    bench.show(1, 2)
    bench.press("+")
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    assert bench.window.page is bench.queue
    assert not bench.page.papers._papers
    assert not bench.page.papers._answers
    assert not renderer._held
    assert viewer(bench)._canvas._picture is None


def test_pages_that_come_after_leaving_are_dropped(bench: Bench, renderer: Renderer) -> None:
    bench.show(1)
    bench.press("+")
    bench.press("4")
    bench.press("r")
    bench.page.leave()
    bench.settle()
    assert not bench.page.papers._papers
    assert not renderer._held


def test_files_that_come_after_leaving_are_dropped(bench: Bench, renderer: Renderer) -> None:
    bench.office.reading_gate.clear()
    bench.show(1, wait=False)
    bench.office.reading_gate.set()
    bench.qtbot.waitUntil(lambda: bench.page.bench.draft is not None)
    bench.page.leave()
    bench.settle()
    assert not bench.page.papers._papers
    assert not renderer._held


def test_a_file_that_the_reader_let_go_is_brought_again(bench: Bench, renderer: Renderer) -> None:
    bench.show(1)
    renderer.forget(bench.office.dossiers[1].pieces[0].sha256 or "")
    bench.press("+")
    bench.settle()
    assert bench.office.asked("read_document") == [11, 14, 11]
    assert bench.shown() is not None
    canvas = viewer(bench)._canvas
    assert canvas._picture is not None
    assert canvas._picture.width() == pytest.approx(canvas.width(), abs=2)


def test_pictures_are_kept_within_bounds(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dombes_office.views.papers.cache._MOST_PICTURE_BYTES", 12_000_000)
    bench.show(1)
    for key in "++++000+r":
        bench.press(key)
        bench.settle()
    held = [p for paper in bench.page.papers._papers.values() for p in paper.pictures.values()]
    assert sum(p.sizeInBytes() for p in held[:-1]) < 12_000_000
    assert not bench.page.papers._answers


def test_checks_are_kept_only_where_they_say_something_new(bench: Bench) -> None:
    bench.show(1)
    assert [(request_id, version) for request_id, version, _ in bench.office.kept] == [(1, 5)]
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    bench.office.dossiers[1] = replace(bench.office.dossiers[1], checks=bench.office.kept[0][2])
    bench.window.open("examination", bench.queue.shown[-1])
    bench.settle()
    assert len(bench.office.kept) == 1


def test_the_window_does_not_run_the_checks(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ran_by: list[threading.Thread] = []

    def run(*arguments: Any) -> tuple[CheckResult, ...]:  # noqa: ANN401 - as called.
        ran_by.append(threading.current_thread())
        return run_checks(*arguments)

    monkeypatch.setattr("dombes_office.views.requests.examination.pieces.checker.run_checks", run)
    bench.show(1)
    assert ran_by
    assert threading.main_thread() not in ran_by


def test_checks_that_come_after_leaving_are_dropped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, begun = threading.Event(), threading.Event()

    def run(*arguments: Any) -> tuple[CheckResult, ...]:  # noqa: ANN401 - as called.
        begun.set()
        assert gate.wait(20)
        return run_checks(*arguments)

    monkeypatch.setattr("dombes_office.views.requests.examination.pieces.checker.run_checks", run)
    bench.show(1, wait=False)
    bench.qtbot.waitUntil(begun.is_set, timeout=20_000)
    bench.press(Qt.Key.Key_Escape)
    gate.set()
    bench.settle()
    assert bench.office.kept == []


def test_checks_of_a_decided_request_are_not_written(bench: Bench) -> None:
    bench.office.change(1, status=RequestStatus.VALIDATED)
    bench.show(1)
    assert bench.office.kept == []


def test_nine_files_are_all_read_by_the_checks(bench: Bench) -> None:
    office = bench.office
    for number in range(5, 10):
        office.files[100 + number] = pdf("page", mark=str(number))
    more = tuple(office.file_piece(n, f"more{n}", f"Pièce {n}", 100 + n, "x.pdf") for n in range(5, 10))
    office.dossiers[1] = replace(office.dossiers[1], pieces=(*office.dossiers[1].pieces, *more))
    bench.show(1)
    papers = bench.page.papers
    spans = [papers.paper(p.sha256).spans for p in office.dossiers[1].pieces if p.sha256]
    assert all(spans)
    bench.press("1")
    bench.press("+")
    bench.settle()
    assert all(papers.paper(p.sha256).refusal is None for p in office.dossiers[1].pieces if p.sha256)


@pytest.fixture
def hostile_bench(qtbot: QtBot, desk: Desk, documents: WorkLane, office: FakeOffice) -> Iterator[Bench]:
    """A bench whose reader gives each command little time."""
    with Renderer(limit=1.5) as renderer:
        renderer.warm()
        yield Bench(qtbot, desk, documents, renderer, office)


class Pulse:
    """Measures the longest time for which the window did not answer."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._last = 0
        self.beats = 0
        self.longest = 0
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = self._clock.elapsed()
        if self.beats:
            self.longest = max(self.longest, now - self._last)
        self._last = now
        self.beats += 1


def test_the_window_answers_while_a_hostile_file_is_drawn(hostile_bench: Bench) -> None:
    bench = hostile_bench
    give(bench.office, pieces.endless_pdf(), "fiche.pdf")
    bench.show(1, wait=False)
    bench.qtbot.waitUntil(lambda: bench.page.bench.draft is not None)
    bench.qtbot.wait(200)
    pulse = Pulse()
    bench.qtbot.wait(600)
    assert bench.documents.is_busy
    bench.press("2")
    assert isinstance(viewer(bench)._stack.currentWidget(), TypedSheet)
    bench.press("1")
    bench.settle()
    assert pulse.beats > 20
    assert pulse.longest < GENEROUS
    assert isinstance(viewer(bench)._stack.currentWidget(), TroubleSheet)
    bench.press("4")
    bench.settle()
    assert bench.shown() == bench.office.dossiers[1].pieces[3].sha256


def test_closing_while_a_hostile_file_is_drawn_is_quiet(hostile_bench: Bench) -> None:
    bench = hostile_bench
    give(bench.office, pieces.endless_pdf(), "fiche.pdf")
    bench.show(1, 2, wait=False)
    bench.qtbot.waitUntil(lambda: bench.documents.is_busy)
    bench.alt(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_Escape)
    assert bench.window.page is bench.queue
    assert bench.window.close()
    bench.settle()
    assert not bench.page.papers._papers


def test_a_reader_that_fails_is_tried_again(bench: Bench, renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_content: bytes) -> None:
        raise RendererFailed("Le lecteur de fichiers s’est arrêté.", "Réessayez.")

    monkeypatch.setattr(renderer, "open", fail)
    bench.show(1)
    sheet = viewer(bench)._stack.currentWidget()
    assert isinstance(sheet, TroubleSheet)
    assert any("F5" in label.text() for label in sheet.findChildren(QLabel))
    assert bench.office.kept == []
    monkeypatch.undo()
    bench.press(Qt.Key.Key_F5)
    bench.settle()
    assert bench.shown() == bench.office.dossiers[1].pieces[0].sha256
    assert len(bench.office.kept) == 1
