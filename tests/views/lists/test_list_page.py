"""The list page itself, on walks and a plain function: what every screen of rows gets without a line of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from dombes_office.errors import ServerUnreachable
from dombes_office.rules.lists import PAGE_ROWS
from dombes_office.views.widgets.key_hint import ActionButton
from tests.views.accessibility import assert_accessible
from tests.views.lists.walks import Walk, WalkFilter, Walks, WalksPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import Desk

EVERYTHING = WalkFilter()
GONE = ServerUnreachable("Le serveur ne répond pas.", "Vérifiez le réseau.")


class Screen:
    """The page on a screen, and hands on its keyboard."""

    def __init__(self, qtbot: QtBot, desk: Desk, walks: Walks, remembered: dict[str, Any] | None = None) -> None:
        self.qtbot, self.walks, self._desk = qtbot, walks, desk
        self.page = WalksPage(desk, walks, remembered)
        qtbot.addWidget(self.page, before_close_func=self.put_away)
        self.page.resize(900, 600)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)
        self.page.view.setFocus()
        self.page.activated()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way or about to be."""
        reader, typing = self.page.reader, self.page.filters.line._pause
        self.qtbot.waitUntil(
            lambda: not (self._desk.lane.is_busy or reader.due or reader._pause.isActive() or typing.isActive())
        )

    def put_away(self, _page: QWidget) -> None:
        """Hide the page before its lane ends."""
        self.settle()
        self.page.hide()

    @property
    def names(self) -> list[str]:
        """The walks in the table."""
        return [walk.name for walk in self.page.table.rows]

    @property
    def selected(self) -> str | None:
        """The walk that is selected."""
        row = self.page.view.current_row()
        return None if row is None else row.name

    def words(self, widget: QWidget | None = None) -> str:
        """All that can be read."""
        labels = (widget or self.page).findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible() and label.text())

    def choose_length(self, key: str) -> None:
        """Set the filter."""
        menu = self.page.filters.line.button("longest").menu()
        next(action for action in menu.actions() if action.data() == key).trigger()
        self.settle()

    def click_title(self, at: int) -> None:
        """Click on a column's title."""
        header = self.page.view.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(at) + 12, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        self.settle()

    def press(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.page, key)

    def button(self, text: str) -> ActionButton:
        """The button on screen that says this."""
        return next(b for b in self.page.findChildren(ActionButton) if b.isVisible() and b.text() == text)


@pytest.fixture
def open_screen(qtbot: QtBot, desk: Desk) -> Callable[..., Screen]:
    return partial(Screen, qtbot, desk)


@pytest.fixture
def screen(open_screen: Callable[..., Screen]) -> Screen:
    """130 walks, the n-th of n kilometres."""
    return open_screen(Walks([Walk(f"Étang {number:03}", number) for number in range(1, 131)]))


def test_pages_follow_each_other_by_the_cursor(screen: Screen) -> None:
    assert screen.walks.asked == [(EVERYTHING, None, PAGE_ROWS)]
    assert (len(screen.names), screen.selected) == (PAGE_ROWS, "Étang 001")
    assert "130\u00a0promenades, de A à Z" in screen.words()
    bar = screen.page.view.verticalScrollBar()
    while not screen.page.table.exhausted:
        bar.setValue(bar.maximum())
        screen.settle()
    assert [after for _, after, _ in screen.walks.asked] == [None, "Étang 050", "Étang 100"]
    assert (len(screen.names), screen.selected) == (130, "Étang 001")


def test_a_list_without_tabs_and_panel_has_neither(screen: Screen) -> None:
    page = screen.page
    assert not page.filters.tabs.isVisible()
    assert page.areas() == (page.view, page.filters.line)
    assert_accessible(page)


def test_titles_and_menu_order_through_the_function(screen: Screen) -> None:
    screen.click_title(1)
    assert screen.walks.asked[-1][0] == WalkFilter(by_length=True)
    screen.click_title(1)
    assert (screen.walks.asked[-1][0].descending, screen.names[0]) == (True, "Étang 130")
    assert "la plus longue d’abord" in screen.words()
    titles = [action.text().replace("&", "") for action in screen.page.actions()]
    assert titles == ["Trier par nom", "Trier par longueur", "Effacer les filtres"]
    screen.page.actions()[0].trigger()
    screen.settle()
    assert screen.walks.asked[-1][0] == EVERYTHING


def test_a_filter_narrows_and_a_column_may_leave(screen: Screen) -> None:
    screen.choose_length("5")
    assert screen.names == [f"Étang {number:03}" for number in range(1, 6)]
    assert screen.page.view.isColumnHidden(1)
    assert "5\u00a0promenades" in screen.words()
    screen.button("Effacer les filtres").click()
    screen.settle()
    assert not screen.page.view.isColumnHidden(1)
    assert screen.page.wanted == EVERYTHING


def test_habits_are_kept_and_words_are_not(open_screen: Callable[..., Screen], screen: Screen) -> None:
    kept: dict[str, Any] = {}
    before = open_screen(screen.walks, kept)
    before.choose_length("5")
    before.page.filters.line.field.setText("Étang")
    before.click_title(0)
    assert kept == {"filters": {"longest": ["5"]}, "order": ["name", True]}
    after = open_screen(screen.walks, kept)
    assert screen.walks.asked[-1] == (WalkFilter(5, descending=True), None, PAGE_ROWS)
    assert after.names[0] == "Étang 005"


def test_an_empty_list_says_why_and_leads_on(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(Walks([]))
    assert "Aucune promenade n’est tracée." in screen.words(screen.page.empty)
    assert not screen.page.opening.isEnabled()
    screen.button("Tracer une promenade…").click()
    assert screen.page.drawn == 1
    screen.page.filters.line.field.setText("x")
    screen.settle()
    assert "Aucune promenade ne correspond à ces filtres." in screen.words(screen.page.empty)
    screen.page.empty.wanted.emit()
    screen.settle()
    assert (screen.page.drawn, screen.page.filters.line.words) == (1, "")


def test_enter_and_the_button_open_the_selected_row(screen: Screen) -> None:
    screen.press(Qt.Key.Key_Down)
    screen.press(Qt.Key.Key_Return)
    screen.button("Ouvrir").click()
    assert [walk.name for walk in screen.page.opened] == ["Étang 002", "Étang 002"]


def test_the_quiet_buttons_stand_before_the_primary_one(screen: Screen) -> None:
    assert screen.page.export.x() < screen.page.opening.x()


def test_a_change_shows_in_place_and_the_next_row_takes_the_selection(screen: Screen) -> None:
    screen.page.view.select("Étang 030")
    screen.page.view.verticalScrollBar().setValue(20 * 32 + 5)
    screen.walks.walks = [walk for walk in screen.walks.walks if walk.name not in {"Étang 002", "Étang 030"}]
    assert screen.page.subjects() == {"walk"}
    screen.page.refresh()
    screen.settle()
    assert screen.selected == "Étang 031"
    assert screen.page.view.rowViewportPosition(screen.names.index("Étang 021")) == -5


def test_a_row_can_be_chosen_before_it_has_come(screen: Screen) -> None:
    screen.walks.walks.append(Walk("Étang 0", 1))
    screen.page.choose("Étang 0")
    screen.page.refresh()
    screen.settle()
    assert screen.selected == "Étang 0"


def test_an_outage_keeps_the_rows_and_is_mended(screen: Screen) -> None:
    screen.walks.failure = GONE
    screen.choose_length("5")
    assert screen.page.band.words == "Le serveur ne répond pas. Vérifiez le réseau."
    assert len(screen.names) == PAGE_ROWS
    screen.walks.failure = None
    screen.page.band.retry.emit()
    screen.settle()
    assert (len(screen.names), screen.page.band.isVisible()) == (5, False)


def test_an_outage_of_the_first_reading_is_mended(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(Walks([Walk("Étang", 1)], failure=GONE))
    assert not screen.page.empty.isVisible()
    screen.walks.failure = None
    screen.page.refresh()
    screen.settle()
    assert screen.names == ["Étang"]


def test_the_one_number_of_a_list_without_tabs_is_its_counter(screen: Screen) -> None:
    told: list[int] = []
    screen.page.counter_changed.connect(told.append)
    screen.page.refresh()
    screen.settle()
    screen.page.hide()
    screen.page.announced("walk")
    screen.settle()
    assert told == [130, 130]


def test_two_lists_on_one_lane_do_not_overtake_each_other(open_screen: Callable[..., Screen], screen: Screen) -> None:
    other = open_screen(Walks([Walk("Étang", 1)]))
    other.page.reader._name = "others"
    screen.page.refresh()
    other.page.refresh()
    other.settle()
    screen.settle()
    assert len(screen.walks.asked) == 2
    assert len(other.walks.asked) == 2
