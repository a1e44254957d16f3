"""The document in the middle: real files through the real reader, its tools, what is kept in memory and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from dombes_office.documents.renderer import Renderer
from dombes_office.errors import RendererFailed
from dombes_office.rules.requests import Outcome, RequestStatus
from dombes_office.views.requests.examination.canvas import turned
from dombes_office.views.requests.examination.sheets import MessageSheet, TypedSheet
from dombes_office.views.style import apply_style
from tests.documents import pieces
from tests.views.requests.examination_desk import (
    OTHER_IBAN,
    Bench,
    FakeOffice,
    digest,
    form,
    mandate,
    pdf,
    photograph,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from dombes_office.views.requests.examination.viewer import Viewer
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


def size(bench: Bench) -> tuple[int, int]:
    """How large the page is shown."""
    canvas = viewer(bench)._canvas
    return canvas.width(), canvas.height()


# Files of every kind --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (photograph(), "photo.jpg"),
        (pieces.picture("PNG"), "scan.png"),
        (pieces.picture("WEBP"), "scan.webp"),
        (pieces.picture("HEIF"), "IMG_0001.HEIC"),
        (pieces.tiff(3), "scan.tif"),
        (form(), "fiche.pdf"),
    ],
)
def test_every_kind_of_file_is_shown(bench: Bench, content: bytes, name: str) -> None:
    sha256 = give(bench.office, content, name)
    bench.show(1)
    assert bench.shown() == sha256
    assert viewer(bench)._stack.currentWidget() is viewer(bench)._area


def test_a_phone_photograph_stands_upright(bench: Bench) -> None:
    give(bench.office, photograph(600, 800), "photo.jpg")
    bench.show(1)
    width, height = size(bench)
    assert height / width == pytest.approx(800 / 600, abs=0.01)
    assert not viewer(bench).tools._find.isEnabled()
    assert "image" in viewer(bench).tools._find.toolTip()


@pytest.mark.parametrize("content", [b"MZ\x90\x00" + b"\0" * 600, b"%PDF-1.7\n%cut", b"", b"hello, I am text"])
def test_a_refused_file_says_why_and_what_to_do(bench: Bench, content: bytes) -> None:
    give(bench.office, content, "fiche.pdf")
    bench.show(1)
    sheet = viewer(bench)._stack.currentWidget()
    assert isinstance(sheet, MessageSheet)
    assert sheet.accessibleName()
    assert bench.shown() is None
    assert not viewer(bench).tools._zoom_in.isEnabled()
    draft = bench.page.bench.draft
    assert draft is not None
    assert any(c.code == "file_unreadable" and c.outcome is Outcome.FAIL for c in draft.dossier.checks)
    bench.press("n")
    assert bench.verdicts()[1] == "non_compliant unreadable"


def test_a_typed_value_is_shown_with_its_checks(bench: Bench) -> None:
    bench.show(1)
    bench.press("2")
    assert isinstance(viewer(bench)._stack.currentWidget(), TypedSheet)
    for key in ("+", "r", "-"):
        bench.press(key)
    assert isinstance(viewer(bench)._stack.currentWidget(), TypedSheet)


def test_the_photo_of_the_child_is_shown_and_can_be_looked_at(bench: Bench) -> None:
    office = bench.office
    office.photos[1] = photograph(300, 400, 1)
    child = replace(office.dossiers[1].child, photo_sha256=digest(office.photos[1]))
    office.dossiers[1] = replace(office.dossiers[1], child=child)
    bench.show(1)
    picture = bench.page.bench.facts.photo._picture
    assert picture is not None
    assert picture.pixelColor(5, 5).blue() > 100
    also = bench.page.bench.pieces._also
    also.setFocus()
    also.setCurrentIndex(also.entries.index(0))
    bench.press(Qt.Key.Key_Return)
    bench.settle()
    assert bench.shown() == digest(office.photos[1])
    said = bench.verdicts()
    bench.page.bench.show_draft()
    bench.press("c")
    assert bench.verdicts() == said
    bench.press("1")
    assert bench.piece == "Fiche santé"
    assert bench.shown() == office.dossiers[1].pieces[0].sha256


# Tools ----------------------------------------------------------------------------------------------------------------


def test_pages_zoom_and_turning_by_keys(bench: Bench) -> None:
    bench.show(1)
    fitted = size(bench)
    bench.press(Qt.Key.Key_PageDown)
    assert viewer(bench)._page == 1
    bench.press(Qt.Key.Key_PageDown)
    assert viewer(bench)._page == 1
    bench.press(Qt.Key.Key_PageUp)
    assert viewer(bench)._page == 0
    bench.press("+")
    assert size(bench)[0] == pytest.approx(fitted[0] * 1.25, abs=2)
    bench.press("-")
    bench.press("0")
    assert size(bench) == fitted
    bench.press("r")
    bench.settle()
    assert size(bench)[0] > size(bench)[1]
    bench.press("à")
    for _ in range(3):
        bench.press("r")
    assert size(bench) == fitted
    for _ in range(40):
        bench.press("+")
    assert viewer(bench)._zoom == pytest.approx(6.0)
    bench.settle()


def test_what_a_check_found_is_framed_and_turns_with_the_page(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1)
    bench.press("4")
    bench.settle()
    upright = viewer(bench)._canvas._boxes
    assert [role for _, role in upright] == ["failure"]
    (left, top, right, bottom), _ = upright[0]
    assert 0.1 < top < bottom < 0.25
    assert left < right
    bench.press("r")
    bench.settle()
    assert viewer(bench)._canvas._boxes == ((turned(upright[0][0], 90), "failure"),)
    bench.press("1")
    assert viewer(bench)._canvas._boxes == ()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_box_stays_on_what_it_frames(rotation: int) -> None:
    left, top, right, bottom = turned((0.1, 0.2, 0.3, 0.25), rotation)
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert (right - left) * (bottom - top) == pytest.approx(0.2 * 0.05)


def test_words_are_searched_and_each_place_is_visited(bench: Bench) -> None:
    give(bench.office, pdf("lundi", "mardi lundi", "lundi"), "fiche.pdf")
    bench.show(1)
    bench.ctrl(Qt.Key.Key_F)
    bench.qtbot.wait(150)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    bench.press("lundi")
    assert bench.piece == "Fiche santé"
    bench.press(Qt.Key.Key_Return)
    bench.settle()
    places = []
    for _ in range(4):
        places.append((viewer(bench)._page, viewer(bench).tools._found.text()))
        bench.press(Qt.Key.Key_Return)
        bench.settle()
    assert places == [(n % 3, f"{n % 3 + 1}\u00a0sur\u00a03") for n in range(4)]
    field.setText("jeudi")
    bench.press(Qt.Key.Key_Return)
    bench.settle()
    assert viewer(bench).tools._found.text() == "Rien trouvé"
    bench.press(Qt.Key.Key_Escape)
    assert not viewer(bench).tools.searching
    assert bench.window.page is bench.page


def test_another_piece_closes_the_search(bench: Bench) -> None:
    bench.show(1)
    bench.ctrl(Qt.Key.Key_F)
    bench.qtbot.wait(150)
    bench.press("IBAN")
    bench.press(Qt.Key.Key_Return)
    bench.settle()
    bench.page.bench.choose_piece(4)
    bench.settle()
    assert not viewer(bench).tools.searching
    assert viewer(bench)._canvas._boxes == ()


def test_the_tools_stay_where_they_are(bench: Bench) -> None:
    bench.show(1)
    tools = viewer(bench).tools
    places = []
    for key in "12":
        bench.press(key)
        bench.qtbot.wait(20)
        places.append([w.x() for w in (tools._zoom_out, tools._zoom_in, tools._turn, tools._after)])
    assert places[0] == places[1]


# Memory ---------------------------------------------------------------------------------------------------------------


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
    monkeypatch.setattr("dombes_office.views.requests.examination.papers._MOST_PICTURE_BYTES", 12_000_000)
    bench.show(1)
    for key in "++++000+r":
        bench.press(key)
        bench.settle()
    held = [p for paper in bench.page.papers._papers.values() for p in paper.pictures.values()]
    assert sum(p.sizeInBytes() for p in held[:-1]) < 12_000_000
    assert not bench.page.papers._answers


# Checks ---------------------------------------------------------------------------------------------------------------


def test_checks_are_kept_only_where_they_say_something_new(bench: Bench) -> None:
    bench.show(1)
    assert [(request_id, version) for request_id, version, _ in bench.office.kept] == [(1, 5)]
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    bench.office.dossiers[1] = replace(bench.office.dossiers[1], checks=bench.office.kept[0][2])
    bench.window.open("examination", bench.queue.shown[-1])
    bench.settle()
    assert len(bench.office.kept) == 1


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


# A reader in trouble --------------------------------------------------------------------------------------------------


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
    assert isinstance(viewer(bench)._stack.currentWidget(), MessageSheet)
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
    assert isinstance(sheet, MessageSheet)
    assert any("F5" in label.text() for label in sheet.findChildren(QLabel))
    assert bench.office.kept == []
    monkeypatch.undo()
    bench.press(Qt.Key.Key_F5)
    bench.settle()
    assert bench.shown() == bench.office.dossiers[1].pieces[0].sha256
    assert len(bench.office.kept) == 1


def test_the_paper_stays_light_in_the_dark(bench: Bench, qapp: QApplication) -> None:
    apply_style(qapp, Qt.ColorScheme.Dark)
    bench.show(1)
    shown = viewer(bench)._canvas.grab().toImage()
    assert QColor(shown.pixel(3, 3)).lightness() > 200
    assert bench.window.palette().window().color().lightness() < 60
