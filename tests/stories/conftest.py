"""What the stories share: the application's look, an office with families, and desks at which clerks sit down."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from dombes_office.rules.agents import RECEPTION, REVIEWER
from dombes_office.views.style import apply_style
from tests.builders import Office, build_office
from tests.stories.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytestqt.qtbot import QtBot

    from tests.postgres import MakeAgent, OfficeDatabase


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
    """The application's own colours and fonts; garbage is collected between two stories only, in this thread."""
    apply_style(qapp, Qt.ColorScheme.Light)
    gc.disable()
    yield
    qapp.processEvents()
    gc.collect()
    gc.enable()


@pytest.fixture
def town(database: OfficeDatabase) -> Office:
    """The communauté de communes and its service, no family yet."""
    return build_office(database.raw())


class SitDown(Protocol):
    """How the fixture `sit_down` is called."""

    def __call__(
        self,
        name: str = "lea",
        *,
        groups: Sequence[str] = (REVIEWER, RECEPTION),
        authorities: Sequence[int] = (),
        unlock: Callable[[str], None] | None = None,
        lock_seconds: float | None = None,
    ) -> Clerk:
        """Open the application as this agent, who works for the communauté unless `authorities` say otherwise."""


@pytest.fixture
def sit_down(qtbot: QtBot, database: OfficeDatabase, town: Office, make_agent: MakeAgent) -> Iterator[SitDown]:
    """Opens desks; whoever sits there goes home after the story."""
    clerks: list[Clerk] = []

    def sit(
        name: str = "lea",
        *,
        groups: Sequence[str] = (REVIEWER, RECEPTION),
        authorities: Sequence[int] = (),
        unlock: Callable[[str], None] | None = None,
        lock_seconds: float | None = None,
    ) -> Clerk:
        login = make_agent(name, groups=groups, authorities=authorities or [town.authority_id])
        clerks.append(Clerk(qtbot, database.open(login), unlock=unlock, lock_seconds=lock_seconds))
        return clerks[-1]

    yield sit
    for clerk in clerks:
        clerk.go_home()
