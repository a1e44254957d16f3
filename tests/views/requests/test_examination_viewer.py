"""The document in the middle: real files through the real reader, its tools, what is kept in memory and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLineEdit

from dombes_office.rules.requests import Outcome
from dombes_office.views.papers.canvas import turned
from dombes_office.views.papers.sheet import TroubleSheet
from dombes_office.views.requests.examination.pieces.sheets import TypedSheet
from dombes_office.views.style import apply_style
from tests.documents import pieces
from tests.views.requests.examination_office import OTHER_IBAN, FakeOffice, digest, form, mandate, pdf, photograph

if TYPE_CHECKING:
    from dombes_office.views.papers.viewer import Viewer
    from tests.views.requests.examination_desk import Bench

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
    assert isinstance(sheet, TroubleSheet)
    assert sheet.accessibleName()
    assert bench.shown() is None
    assert not viewer(bench).tools._zoom_in.isEnabled()
    draft = bench.page.bench.draft
    assert draft is not None
    assert any(c.code == "file_unreadable" and c.outcome is Outcome.FAIL for c in draft.dossier.checks)
    # Nobody has seen it, so nobody can find it compliant.
    bench.press("c")
    assert 1 not in bench.verdicts()
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


def test_each_failed_check_has_its_frame(bench: Bench) -> None:
    lines = ("MANDAT DE PRÉLÈVEMENT SEPA", f"IBAN {OTHER_IBAN}", "Fait à Baneins, le 16/11/2027")
    bench.office.give_mandate(1, pdf("\n".join(lines)))
    bench.show(1)
    bench.press("4")
    bench.settle()
    draft = bench.page.bench.draft
    assert draft is not None
    assert [c.code for c in draft.dossier.checks if c.outcome is Outcome.FAIL] == ["mandate_iban", "mandate_signed"]
    tops = [box[1] for box, _ in viewer(bench)._canvas._boxes]
    assert len(tops) == 2
    assert tops == sorted(tops)


def test_a_value_that_cannot_be_found_leaves_the_frames_of_the_others(bench: Bench) -> None:
    lines = ("MANDAT DE PRÉLÈVEMENT SEPA", f"IBAN {OTHER_IBAN}", "Fait à Baneins, le 16 novembre 2027")
    bench.office.give_mandate(1, pdf("\n".join(lines)))
    bench.show(1)
    bench.press("4")
    bench.settle()
    assert len(viewer(bench)._canvas._boxes) == 1


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
    bench.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
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
    bench.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
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


def test_the_paper_stays_light_in_the_dark(bench: Bench, qapp: QApplication) -> None:
    apply_style(qapp, Qt.ColorScheme.Dark)
    bench.show(1)
    shown = viewer(bench)._canvas.grab().toImage()
    assert QColor(shown.pixel(3, 3)).lightness() > 200
    assert bench.window.palette().window().color().lightness() < 60
