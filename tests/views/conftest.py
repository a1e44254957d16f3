"""What the tests of windows share: the real look, a lane that is closed afterwards, and a desk without a database."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from dombes_office.views.style import apply_style
from dombes_office.views.work import Desk, WorkLane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's screenless platform warns of what only a real screen can do; that is no fault of ours."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The kind of application that pytest-qt makes."""
    return QApplication


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    """The application's own colours and fonts, light; garbage is collected between tests only, as in the application.

    qtbot keeps its windows weakly, so a window that a test function leaves behind in a cycle would else be destroyed
    while it paints itself.
    """
    apply_style(qapp, Qt.ColorScheme.Light)
    gc.disable()
    yield
    qapp.processEvents()
    gc.collect()
    gc.enable()


@pytest.fixture
def lane(qapp: QApplication) -> Iterator[WorkLane]:
    """A lane whose thread must end with the test."""
    made = WorkLane("test")
    yield made
    assert made.close()
    made.deleteLater()
    qapp.processEvents()


def _no_database(action: Callable[[Any], T], **_: object) -> T:
    """Run an operation with None in place of a session."""
    return action(None)


@pytest.fixture
def desk(lane: WorkLane) -> Desk:
    """A desk whose operations are plain functions that get None as their session."""
    return Desk(lane, _no_database)
