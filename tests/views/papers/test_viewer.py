"""The viewer as any page can use it: two functions that bring bytes, a title, facts and a SHA-256."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from reportlab.pdfgen import canvas

from dombes_office.documents.renderer import Renderer
from dombes_office.views.papers.cache import Papers
from dombes_office.views.papers.canvas import Frame
from dombes_office.views.papers.sheet import Sheet, TroubleSheet
from dombes_office.views.papers.viewer import Viewer
from dombes_office.views.work import WorkLane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import Desk

ADVICE = "Demandez-en une autre."


def pdf(*pages: str) -> bytes:
    """A PDF with one line on each page."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, invariant=True)
    for page in pages:
        paper.drawString(60, 700, page)
        paper.showPage()
    paper.save()
    return target.getvalue()


FILES = {1: pdf("Attestation d’assurance", "Seconde page"), 2: b"MZ no paper"}


def read_document(_db: None, document_id: int) -> bytes:
    """As the operation does."""
    return FILES[document_id]


def read_photo(_db: None, _beneficiary_id: int) -> bytes | None:
    """No child has one."""
    return None


def sha256(document_id: int) -> str:
    """The name of a file."""
    return hashlib.sha256(FILES[document_id]).hexdigest()


@pytest.fixture
def documents(qapp: QApplication) -> Iterator[WorkLane]:
    """The lane of files."""
    made = WorkLane("documents")
    yield made
    assert made.close(20)
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def viewer(qtbot: QtBot, desk: Desk, documents: WorkLane) -> Iterator[Viewer]:
    """A viewer on the screen, and both files on their way."""
    with Renderer(limit=60) as renderer:
        page = QWidget()
        qtbot.addWidget(page)
        papers = Papers(desk, documents, renderer, read_document=read_document, read_photo=read_photo, parent=page)
        shown = Viewer(papers, advice=ADVICE, parent=page)
        page.resize(700, 600)
        shown.resize(700, 600)
        with qtbot.waitExposed(page):
            page.show()
        for document_id in FILES:
            papers.fetch(document_id, sha256(document_id), shown.first_drawing())
        yield shown
        qtbot.waitUntil(lambda: not (desk.lane.is_busy or documents.is_busy), timeout=20_000)


def said(widget: QWidget) -> str:
    """All the words on a widget."""
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_a_paper_is_shown_under_its_title(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.show_paper(sha256(1), "Attestation d’assurance", "assurance.pdf")
    qtbot.waitUntil(lambda: viewer.shown == sha256(1), timeout=20_000)
    assert viewer.tools.title == "Attestation d’assurance"
    viewer.step(1)
    assert viewer._page == 1
    viewer.show_paper(sha256(1), "Attestation d’assurance", "assurance.pdf")
    assert viewer._page == 1


def test_a_file_that_cannot_be_shown_says_what_this_page_can_do(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.show_paper(sha256(2), "Attestation d’assurance")
    qtbot.waitUntil(lambda: isinstance(viewer._stack.currentWidget(), TroubleSheet), timeout=20_000)
    assert ADVICE in said(viewer)


def test_another_sheet_stands_in_place_of_a_page(qtbot: QtBot, viewer: Viewer) -> None:
    sheet = Sheet()
    viewer.add_sheet(sheet)
    viewer.show_paper(sha256(1), "Attestation d’assurance")
    qtbot.waitUntil(lambda: viewer.shown == sha256(1), timeout=20_000)
    sheet.say("minus-circle", "neutral", "Rien n’a été donné.")
    viewer.show_sheet(sheet, "Fiche santé")
    assert viewer.shown is None
    assert viewer.tools.title == "Fiche santé"
    assert not viewer.tools._zoom_in.isEnabled()
    viewer.show_paper(sha256(1), "Attestation d’assurance")
    assert viewer.shown == sha256(1)


def test_more_frames_do_not_turn_the_page_that_she_reads(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.show_paper(sha256(1), "Attestation d’assurance")
    qtbot.waitUntil(lambda: viewer.shown == sha256(1), timeout=20_000)
    first = Frame(1, (0.1, 0.1, 0.2, 0.2), "failure")
    viewer.set_frames((first,))
    assert viewer._page == 1
    viewer.step(-1)
    viewer.set_frames((first, Frame(1, (0.3, 0.3, 0.4, 0.4), "failure")))
    assert viewer._page == 0
