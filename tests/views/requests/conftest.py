"""What the tests of the examination share: one reading process, a lane for files, an office and a bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dombes_office.documents.renderer import Renderer
from dombes_office.views.work import WorkLane
from tests.views.requests.examination_desk import Bench
from tests.views.requests.examination_office import FakeOffice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import Desk


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One reading process for the honest files of a module."""
    with Renderer(limit=60) as shared:
        shared.warm()
        yield shared


@pytest.fixture
def documents(qapp: QApplication) -> Iterator[WorkLane]:
    """The lane of files, whose thread must end with the test."""
    made = WorkLane("documents")
    yield made
    assert made.close(20)
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def office() -> FakeOffice:
    """Three requests of four good pieces each."""
    made = FakeOffice()
    for request_id in (1, 2, 3):
        made.add(request_id)
    return made


@pytest.fixture
def bench(qtbot: QtBot, desk: Desk, documents: WorkLane, renderer: Renderer, office: FakeOffice) -> Bench:
    """The page in its window, not opened yet; the reader holds nothing of the tests before."""
    for sha256 in list(renderer._held):
        renderer.forget(sha256)
    return Bench(qtbot, desk, documents, renderer, office)
