"""A hostile file among honest ones: the window answers all the while, and the clerk goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

from tests.documents import pieces
from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.conftest import SitDown

GENEROUS = 100
"""Milliseconds within which the window answers."""


class Pulse:
    """Notes how long the window did not answer, again and again."""

    def __init__(self) -> None:
        self.gaps: list[int] = []
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        self.gaps.append(self._clock.restart())

    def stop(self) -> list[int]:
        """The gaps in milliseconds, the first one left out: it began before the first beat."""
        self._timer.stop()
        return self.gaps[1:]


def test_an_endless_drawing_delays_neither_window_nor_work(town: Office, sit_down: SitDown) -> None:
    given = ask(town, "Berthollet", "Manon", paper=lambda _paper: pieces.endless_pdf())
    lea = sit_down()
    lea.see_queue(1)
    lea.press(ENTER)
    lea.until(lambda: lea.window.page is lea.examination and bool(lea.request))
    viewer = lea.examination.bench.viewer
    form = lea.piece
    lea.until(lambda: viewer.shown == form.sha256)
    papers = lea.examination.papers
    hostile = next(p for p in lea.examination.bench.pieces.pieces if p.code == "mandate")
    assert hostile.sha256 is not None

    pulse = Pulse()
    lea.press(Qt.Key.Key_4)
    lea.until(lambda: len(pulse.gaps) > 60)
    assert lea.office.documents.is_busy
    lea.press(Qt.Key.Key_1)
    assert viewer.shown == form.sha256
    lea.press(Qt.Key.Key_C)
    assert lea.verdicts()["health_form"] == "compliant"
    lea.until(lambda: papers.paper(hostile.sha256 or "").refusal is not None)
    gaps = pulse.stop()
    late = [gap for gap in gaps if gap >= GENEROUS]
    assert len(late) <= len(gaps) / 100, late
    assert max(gaps) < 3 * GENEROUS

    lea.see_request()
    lea.press(Qt.Key.Key_4)
    assert viewer.shown is None
    lea.press(Qt.Key.Key_N)
    assert lea.see_why().currentText() == "Document illisible"
    lea.press(ENTER)
    lea.ctrl(ENTER)
    lea.see_queue(0)
    assert town.one("select kind from office.decision") == "complement"
    verdict = "select v.kind || ' ' || v.reason_code from office.document_verdict v where v.document_id = %s"
    assert town.one(verdict, given.documents["mandate"]) == "non_compliant unreadable"
