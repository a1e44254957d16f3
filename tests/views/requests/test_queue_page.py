"""The page Demandes, with plain functions in place of the database."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from dombes_office.errors import NotFound, ServerUnreachable
from dombes_office.rules.lists import PAGE_ROWS
from dombes_office.rules.requests import Outcome, RequestFilter, RequestStatus, SortKey
from dombes_office.views.requests.position import QueuePosition
from tests.views.accessibility import assert_accessible
from tests.views.requests.queue_desk import RECEPTIONIST, FakeQueue, Screen, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtWidgets import QWidget
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
GONE = ServerUnreachable("Le serveur ne répond pas.", "Vérifiez le réseau.")


@pytest.fixture
def open_screen(qtbot: QtBot, desk: Desk) -> Callable[..., Screen]:
    """Opens the page on a queue, as often as a test likes."""
    return partial(Screen, qtbot, desk)


@pytest.fixture
def screen(open_screen: Callable[..., Screen]) -> Screen:
    """130 pending requests, 3 with a complement, 2 validated."""
    rows = [row(number) for number in range(1, 131)]
    rows += [row(number, status=RequestStatus.COMPLEMENT_RECEIVED) for number in range(201, 204)]
    rows += [row(number, status=RequestStatus.VALIDATED) for number in (301, 302)]
    return open_screen(FakeQueue(rows))


def texts(widget: QWidget) -> str:
    """All that can be read in a widget."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text())


def test_the_first_page_comes_before_the_counts(screen: Screen) -> None:
    assert screen.queue.log == ["read_choices", "list_requests", "count_by_status"]
    assert screen.queue.asked == [(RequestFilter(), None, PAGE_ROWS)]
    assert screen.ids == list(range(1, 51))
    assert screen.selected == 1
    bar = screen.page.filters.tabs.bar
    spoken = [bar.accessibleTabName(at) for at in range(bar.count())]
    assert spoken == [
        "À examiner, 130",
        "Compléments reçus, 3",
        "En attente de la famille, 0",
        "Validées, 2",
        "Refusées, 0",
        "Toutes, 135",
    ]
    assert "130\u00a0demandes, la plus ancienne d’abord" in texts(screen.page)


def test_a_narrow_page_says_the_number_alone(screen: Screen) -> None:
    screen.page.resize(900, 600)
    screen.qtbot.waitUntil(lambda: "130\u00a0demandes" in texts(screen.page).splitlines())
    screen.page.resize(1190, 600)
    screen.qtbot.waitUntil(lambda: "130\u00a0demandes, la plus ancienne d’abord" in texts(screen.page).splitlines())
    screen.page.resize(880, 600)
    screen.qtbot.waitUntil(lambda: "130\u00a0demandes" in texts(screen.page).splitlines())
    assert screen.page.width() == 880


def scope_counts(screen: Screen) -> int:
    """How often the whole scope was counted."""
    return screen.queue.log.count("count_unfiltered")


def test_the_list_in_front_tells_the_navigation_how_many_wait(screen: Screen) -> None:
    told: list[int] = []
    screen.page.counter_changed.connect(told.append)
    screen.queue.rows.append(row(131))
    for subject in ("access_request", "request_opening", "outbox_mail"):
        screen.page.announced(subject)
    screen.refresh()
    assert (told, scope_counts(screen)) == ([131], 0)


def test_a_narrowed_list_has_the_scope_counted_seldom(screen: Screen) -> None:
    told: list[int] = []
    screen.page.counter_changed.connect(told.append)
    screen.page.filters.line.field.setText("Famille 00")
    screen.settle()
    for subject in ("request_opening", "outbox_mail", "service"):
        screen.page.announced(subject)
    screen.settle()
    assert (told, scope_counts(screen)) == ([], 0)
    counter = screen.page._counter
    assert counter is not None
    counter._pause.setInterval(200)
    for _ in range(20):
        screen.page.announced("access_request")
    screen.settle()
    assert (told, scope_counts(screen)) == ([130], 1)
    screen.queue.rows.append(row(131))
    screen.qtbot.waitUntil(lambda: told == [130, 131])
    screen.qtbot.wait(400)
    assert scope_counts(screen) == 2


def test_a_page_behind_has_the_scope_counted(screen: Screen) -> None:
    screen.page.hide()
    screen.page.announced("outbox_mail")
    screen.settle()
    assert scope_counts(screen) == 0
    screen.page.announced("access_request")
    screen.settle()
    assert scope_counts(screen) == 1
    # After a lost connection anything may have changed.
    screen.page.announced("*")
    screen.qtbot.waitUntil(lambda: scope_counts(screen) == 2)


def test_a_remembered_filter_has_the_scope_counted_once(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(FakeQueue([row(1)]), remembered={"filters": {"age": ["5"]}})
    assert scope_counts(screen) == 1
    screen.refresh()
    assert scope_counts(screen) == 1


def test_a_page_is_asked_for_when_the_end_comes_near_and_only_then(screen: Screen) -> None:
    screen.scroll_to(10 * 32)
    assert len(screen.queue.asked) == 1
    screen.scroll_to_end()
    wanted, after, limit = screen.queue.asked[1]
    assert after is not None
    assert (wanted, after.request_id, limit) == (RequestFilter(), 50, PAGE_ROWS)
    assert screen.ids == list(range(1, 101))
    assert len(screen.queue.asked) == 2
    for _ in range(4):
        screen.scroll_to_end()
    assert screen.ids == list(range(1, 131))
    assert len(screen.queue.asked) == 3
    assert screen.selected == 1


def test_another_tab_begins_at_its_top(screen: Screen) -> None:
    screen.scroll_to_end()
    screen.page.filters.tabs.choose("complement_received")
    screen.settle()
    assert screen.queue.asked[-1] == (RequestFilter(status=RequestStatus.COMPLEMENT_RECEIVED), None, PAGE_ROWS)
    assert (screen.ids, screen.selected, screen.top) == ([201, 202, 203], 201, 201)
    screen.page.filters.tabs.choose("pending")
    screen.settle()
    assert (len(screen.ids), screen.top) == (PAGE_ROWS, 1)


def test_a_filter_that_keeps_the_first_row_begins_at_the_top_too(screen: Screen) -> None:
    screen.scroll_to_end()
    screen.page.filters.line.field.setText("Famille 0")
    screen.settle()
    assert (screen.selected, screen.top, len(screen.ids)) == (1, 1, PAGE_ROWS)


def test_the_list_of_all_says_where_each_stands(screen: Screen) -> None:
    titles = [column.title for column in screen.page.table.columns]
    state, opened = titles.index("État"), titles.index("Ouverte par")
    assert screen.page.view.isColumnHidden(state)
    screen.page.filters.tabs.choose("all")
    screen.settle()
    assert screen.queue.asked[-1][0].status is None
    assert not screen.page.view.isColumnHidden(state)
    assert screen.page.view.isColumnHidden(opened)


def test_filters_are_asked_of_the_database(screen: Screen) -> None:
    line = screen.page.filters.line
    for key, chosen in (("service", "2"), ("authority", "1"), ("age", "10"), ("checks", "fail")):
        menu = line.button(key).menu()
        next(action for action in menu.actions() if action.data() == chosen).trigger()
    screen.settle()
    assert screen.queue.asked[-1][0] == RequestFilter(
        service_ids=(2,), authority_ids=(1,), waiting_days=10, outcome=Outcome.FAIL
    )
    next(action for action in line.button("checks").menu().actions() if action.data() == "incomplete").trigger()
    screen.settle()
    assert (screen.queue.asked[-1][0].outcome, screen.queue.asked[-1][0].incomplete) == (None, True)


def test_the_same_filter_again_asks_nothing(screen: Screen) -> None:
    line = screen.page.filters.line
    line.changed.emit()
    line.field.setText("  ")
    screen.settle()
    assert len(screen.queue.asked) == 1


def test_only_the_last_wish_is_shown(screen: Screen) -> None:
    shown: list[list[int]] = []
    screen.page.table.replaced.connect(lambda: shown.append(screen.ids))
    screen.queue.gate = threading.Event()
    for key in ("complement_received", "refused", "validated"):
        screen.page.filters.tabs.choose(key)
    screen.queue.gate.set()
    screen.settle()
    assert shown == [[301, 302]]
    assert screen.page.reader.shown == RequestFilter(status=RequestStatus.VALIDATED)


def test_old_rows_stay_while_new_ones_are_read(screen: Screen) -> None:
    screen.queue.gate = threading.Event()
    screen.page.filters.tabs.choose("validated")
    screen.qtbot.waitUntil(lambda: screen.page.loading.line_shown)
    assert screen.ids == list(range(1, 51))
    screen.qtbot.waitUntil(screen.page.loading.words.isVisible, timeout=3000)
    screen.queue.gate.set()
    screen.settle()
    assert not screen.page.loading.line_shown
    assert not screen.page.loading.words.isVisible()


def test_an_error_keeps_the_rows_and_offers_to_try_again(screen: Screen) -> None:
    screen.queue.failure = GONE
    screen.page.filters.tabs.choose("validated")
    screen.settle()
    page = screen.page
    assert page.band.words == "Le serveur ne répond pas. Vérifiez le réseau."
    assert screen.ids == list(range(1, 51))
    assert not page.loading.line_shown
    screen.queue.failure = None
    page.band.retry.emit()
    screen.settle()
    assert screen.ids == [301, 302]
    assert not page.band.isVisible()


def test_an_error_below_is_mended_by_trying_again(screen: Screen) -> None:
    screen.queue.failure = GONE
    screen.scroll_to_end()
    assert (len(screen.ids), screen.page.band.isVisible()) == (PAGE_ROWS, True)
    screen.queue.failure = None
    screen.page.band.retry.emit()
    screen.settle()
    assert screen.ids == list(range(1, 101))
    assert not screen.page.band.isVisible()


def test_an_error_at_the_very_start_is_no_empty_queue(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(FakeQueue([row(1)], failure=GONE))
    assert screen.page.band.isVisible()
    assert not screen.page.empty.isVisible()
    screen.queue.failure = None
    screen.refresh()
    assert screen.ids == [1]


# Changes elsewhere ----------------------------------------------------------------------------------------------


def test_a_change_elsewhere_shows_in_place(screen: Screen) -> None:
    screen.scroll_to_end()
    screen.page.view.select(70)
    screen.scroll_to(60 * 32 + 5)
    before, asked = screen.page.view.verticalScrollBar().value(), len(screen.queue.asked)
    screen.change(65, opened_by="Sophie Berthelier", version=2)
    screen.refresh()
    assert screen.queue.asked[asked:] == [(RequestFilter(), None, len(screen.ids))]
    assert (screen.selected, screen.top) == (70, 61)
    assert screen.page.view.verticalScrollBar().value() == before
    titles = [column.title for column in screen.page.table.columns]
    assert screen.page.table.index(64, titles.index("Ouverte par")).data() == "S.\u00a0Berthelier"


def test_rows_that_leave_above_do_not_move_what_is_looked_at(screen: Screen) -> None:
    screen.scroll_to_end()
    screen.page.view.select(70)
    screen.scroll_to(60 * 32 + 5)
    for gone in (3, 4, 20, 61):
        screen.change(gone, status=RequestStatus.VALIDATED)
    screen.refresh()
    # 61 stood at the top, cut by five pixels, and has left: 62 keeps its height on the screen.
    assert screen.page.view.rowViewportPosition(screen.ids.index(62)) == 32 - 5
    assert screen.selected == 70


def test_a_list_at_its_top_shows_what_is_new_there(screen: Screen) -> None:
    screen.queue.rows.append(row(0))
    screen.refresh()
    assert (screen.top, screen.selected) == (0, 1)


def test_when_the_selected_request_leaves_the_next_one_is_selected(screen: Screen) -> None:
    screen.page.view.select(7)
    screen.change(7, status=RequestStatus.VALIDATED)
    screen.change(8, status=RequestStatus.REFUSED)
    screen.refresh()
    assert screen.selected == 9
    assert 7 not in screen.ids


def test_the_last_row_hands_the_selection_upwards(screen: Screen) -> None:
    screen.page.filters.tabs.choose("validated")
    screen.settle()
    screen.page.view.select(302)
    screen.change(302, status=RequestStatus.PENDING)
    screen.refresh()
    assert screen.selected == 301


def test_a_new_request_below_a_complete_list_appears(screen: Screen) -> None:
    screen.page.filters.tabs.choose("complement_received")
    screen.settle()
    screen.queue.rows.append(row(204, status=RequestStatus.COMPLEMENT_RECEIVED))
    screen.refresh()
    assert screen.ids == [201, 202, 203, 204]


def test_many_announcements_are_few_readings_and_none_is_lost(screen: Screen) -> None:
    asked = len(screen.queue.asked)
    screen.queue.gate = threading.Event()
    for _ in range(50):
        screen.page.refresh()
    screen.qtbot.waitUntil(lambda: len(screen.queue.asked) > asked)
    # This one comes after the reading has begun: its change must show all the same.
    screen.change(5, family_name="Ștefan")
    screen.page.refresh()
    screen.queue.gate.set()
    screen.settle()
    assert len(screen.queue.asked) - asked == 2
    assert screen.page.table.row(4).family_name == "Ștefan"


def test_a_refresh_waits_for_the_page_below(screen: Screen) -> None:
    screen.queue.gate = threading.Event()
    bar = screen.page.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    screen.page.refresh()
    screen.queue.gate.set()
    screen.settle()
    assert screen.ids == list(range(1, 101))
    assert [limit for _, _, limit in screen.queue.asked] == [PAGE_ROWS, PAGE_ROWS, 2 * PAGE_ROWS]


def test_a_bug_in_one_reading_does_not_end_all_readings(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[Exception] = []
    monkeypatch.setattr(screen.page._desk.lane, "_bug", bugs.append)
    screen.queue.failure = ZeroDivisionError()  # type: ignore[assignment] # A bug is no OfficeError.
    screen.refresh()
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    screen.queue.failure = None
    screen.change(1, family_name="Ștefan")
    screen.refresh()
    assert screen.page.table.row(0).family_name == "Ștefan"


# Nothing there ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tab", "sentence"),
    [
        ("pending", "Aucune demande à examiner. Les nouvelles arrivent ici seules."),
        ("complement_received", "Aucun complément reçu. Les réponses des familles arrivent ici seules."),
        ("awaiting_family", "Aucune famille ne doit de complément."),
        ("validated", "Aucune demande validée pour le moment."),
        ("refused", "Aucune demande refusée pour le moment."),
        ("all", "Aucune demande pour le moment. Les nouvelles arrivent ici seules."),
    ],
)
def test_an_empty_tab_says_why(open_screen: Callable[..., Screen], tab: str, sentence: str) -> None:
    screen = open_screen(FakeQueue())
    screen.page.filters.tabs.choose(tab)
    screen.settle()
    assert sentence in texts(screen.page.empty)
    assert "Effacer" not in [
        b.text() for b in screen.page.empty.findChildren(type(screen.page.examine)) if b.isVisible()
    ]
    assert not screen.page.detail.isVisible()
    assert not screen.page.examine.isEnabled()
    screen.qtbot.waitUntil(lambda: "0\u00a0demande" in texts(screen.page))


def test_a_filter_without_a_result_offers_to_clear_it(screen: Screen) -> None:
    page = screen.page
    page.filters.line.field.setText("personne")
    screen.settle()
    assert "Aucune demande ne correspond à ces filtres." in texts(page.empty)
    button = next(b for b in page.empty.findChildren(type(page.examine)) if b.isVisible())
    assert button.text() == "Effacer les filtres"
    button.setFocus()
    screen.press(Qt.Key.Key_Space)
    screen.settle()
    assert page.filters.line.field.text() == ""
    assert len(screen.ids) == PAGE_ROWS
    assert page.view.hasFocus()


def test_arrows_act_again_when_rows_come_to_an_empty_list(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(FakeQueue([row(1)]))
    screen.queue.rows = []
    screen.refresh()
    assert screen.page.empty.hasFocus()
    screen.queue.rows = [row(2), row(3)]
    screen.refresh()
    screen.press(Qt.Key.Key_Down)
    assert screen.selected == 3


# What the filters offer -------------------------------------------------------------------------------------------


def offered(screen: Screen) -> list[str]:
    """What the filter of services offers."""
    return [action.text() for action in screen.page.filters.line.button("service").menu().actions()]


def test_a_service_that_a_colleague_makes_is_offered_at_once(screen: Screen) -> None:
    line = screen.page.filters.line
    next(a for a in line.button("service").menu().actions() if a.data() == "2").trigger()
    screen.settle()
    screen.queue.services = (*screen.queue.services, (3, "Garderie"))
    readings = len(screen.queue.asked)
    screen.page.announced("service")
    screen.settle()
    assert offered(screen) == ["Mercredis sportifs", "Service cantine", "Garderie"]
    assert line.values("service") == ("2",)
    assert len(screen.queue.asked) == readings


def test_the_choices_are_read_again_when_the_page_comes_back_and_on_f5(screen: Screen) -> None:
    screen.page.hide()
    screen.queue.services = (*screen.queue.services, (3, "Garderie"))
    screen.page.announced("authority")
    screen.settle()
    assert screen.queue.log.count("read_choices") == 1
    screen.page.show()
    screen.page.activated()
    screen.settle()
    assert "Garderie" in offered(screen)
    # F5, or a notice: not at each of them.
    screen.refresh()
    assert screen.queue.log.count("read_choices") == 2
    screen.page.choices_kept = 0
    screen.refresh()
    assert screen.queue.log.count("read_choices") == 3


def test_a_chosen_service_that_is_gone_narrows_no_more(screen: Screen) -> None:
    next(a for a in screen.page.filters.line.button("service").menu().actions() if a.data() == "2").trigger()
    screen.settle()
    screen.queue.services = ((1, "Mercredis sportifs"), (3, "Garderie"))
    screen.page.announced("service")
    screen.settle()
    assert screen.queue.asked[-1][0] == RequestFilter()


# By keyboard -----------------------------------------------------------------------------------------------------


def opened(screen: Screen) -> list[tuple[str, QueuePosition]]:
    """What the page asks the window to open."""
    wanted: list[tuple[str, QueuePosition]] = []
    screen.page.open_wanted.connect(lambda key, what: wanted.append((key, what)))
    return wanted


def test_the_queue_is_driven_without_the_mouse(screen: Screen) -> None:
    wanted = opened(screen)
    screen.press(Qt.Key.Key_Tab, CTRL)
    screen.press(Qt.Key.Key_Tab, CTRL | SHIFT)
    screen.press(Qt.Key.Key_F, CTRL)
    QTest.keyClicks(screen.page.focusWidget(), "Famille 12")
    screen.press(Qt.Key.Key_Return)
    screen.settle()
    assert screen.page.view.hasFocus()
    screen.press(Qt.Key.Key_Down)
    screen.press(Qt.Key.Key_Return)
    assert len(wanted) == 1
    key, position = wanted[0]
    assert key == "examination"
    assert position == QueuePosition(121, tuple(range(120, 130)), 10, RequestFilter(words="Famille 12"))
    assert (position.number, position.next_after(121), position.previous_before(120)) == (2, 122, None)


def test_the_primary_button_opens_the_selected_request(screen: Screen) -> None:
    wanted = opened(screen)
    screen.page.examine.click()
    (_, position), *_ = wanted
    assert (position.request_id, position.number, position.total) == (1, 1, 130)
    assert len(position.request_ids) == PAGE_ROWS


def test_who_cannot_decide_only_looks(open_screen: Callable[..., Screen], screen: Screen) -> None:
    assert screen.page.examine.text() == "Examiner"
    screen.page.filters.tabs.choose("validated")
    screen.settle()
    assert screen.page.examine.text() == "Consulter"
    reception = open_screen(screen.queue, who=RECEPTIONIST)
    assert not reception.page.examine.isVisible()
    reception.page._open_current()
    assert reception.page.detail.isVisible()


def test_back_from_the_examination_its_request_is_selected(screen: Screen) -> None:
    screen.page.open(QueuePosition(12))
    assert screen.selected == 12
    screen.page.open(QueuePosition(999))
    screen.refresh()
    assert screen.selected == 12


def test_a_request_that_is_gone_is_not_jumped_to_much_later(screen: Screen) -> None:
    screen.page.open(QueuePosition(90))
    screen.page.activated()
    screen.settle()
    screen.scroll_to_end()
    assert 90 in screen.ids
    assert screen.selected == 1


def test_every_control_has_a_name_and_is_reached(screen: Screen) -> None:
    assert_accessible(screen.page)
    screen.page.filters.line.field.setText("personne")
    screen.settle()
    assert_accessible(screen.page)


def test_f6_and_the_list_of_keys_know_the_page(screen: Screen) -> None:
    assert screen.page.areas()[0] is screen.page.view
    assert "Ctrl+Tab" in {shortcut.keys for shortcut in screen.page.shortcuts()}
    assert screen.page.subjects() == {"access_request", "request_opening"}


# Order and habits ------------------------------------------------------------------------------------------------


def click_title(screen: Screen, title: str) -> None:
    """Click on a column's title."""
    header = screen.page.view.horizontalHeader()
    at = [column.title for column in screen.page.table.columns].index(title)
    place = QPoint(header.sectionViewportPosition(at) + 12, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    screen.settle()


def order(screen: Screen) -> tuple[SortKey, bool]:
    """The order that was asked of the database last."""
    wanted = screen.queue.asked[-1][0]
    return wanted.sort, wanted.descending


def caret(screen: Screen) -> tuple[str, Qt.SortOrder]:
    """Where the caret stands in the titles, and its direction."""
    header = screen.page.view.horizontalHeader()
    return screen.page.table.columns[header.sortIndicatorSection()].title, header.sortIndicatorOrder()


def test_titles_order_through_the_database(screen: Screen) -> None:
    down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
    assert caret(screen) == ("Attente", down)
    click_title(screen, "Famille")
    assert (order(screen), caret(screen)) == ((SortKey.FAMILY, False), ("Famille", up))
    click_title(screen, "Famille")
    assert (order(screen), caret(screen), screen.ids[0]) == ((SortKey.FAMILY, True), ("Famille", down), 130)
    click_title(screen, "Contrôles")
    assert order(screen) == (SortKey.CHECKS, False)
    # Back to ages: the oldest first, as in the morning, and only then turned round.
    click_title(screen, "Attente")
    assert (order(screen), caret(screen)) == ((SortKey.WAITING, False), ("Attente", down))
    click_title(screen, "Attente")
    assert (order(screen), caret(screen), screen.ids[0]) == ((SortKey.WAITING, True), ("Attente", up), 130)
    asked = len(screen.queue.asked)
    click_title(screen, "Enfant")
    assert len(screen.queue.asked) == asked


def test_the_menu_orders_too(screen: Screen) -> None:
    by_title = {action.text().replace("&", ""): action for action in screen.page.actions()}
    by_title["Trier par famille"].trigger()
    screen.settle()
    by_title["Trier par famille"].trigger()
    screen.settle()
    assert order(screen) == (SortKey.FAMILY, True)
    assert caret(screen) == ("Famille", Qt.SortOrder.DescendingOrder)
    screen.qtbot.waitUntil(lambda: "par famille, de Z à A" in texts(screen.page))


def test_habits_are_kept_and_names_are_not(open_screen: Callable[..., Screen], screen: Screen) -> None:
    kept: dict[str, Any] = {}
    before = open_screen(screen.queue, remembered=kept)
    line = before.page.filters.line
    next(a for a in line.button("authority").menu().actions() if a.data() == "1").trigger()
    next(a for a in line.button("age").menu().actions() if a.data() == "5").trigger()
    click_title(before, "Famille")
    before.page.filters.tabs.choose("validated")
    line.field.setText("Berthollet")
    before.settle()
    assert "Berthollet" not in str(kept)
    asked = len(screen.queue.asked)
    after = open_screen(screen.queue, remembered=kept)
    # One reading, with the remembered filter: never first everything and then less.
    assert len(screen.queue.asked) == asked + 1
    assert screen.queue.asked[-1][0] == RequestFilter(authority_ids=(1,), waiting_days=5, sort=SortKey.FAMILY)
    assert caret(after)[0] == "Famille"
    assert after.page.filters.line.button("authority").accessibleName() == "Collectivité\u00a0: CC Dombes"


@pytest.mark.parametrize(
    "odd",
    [
        {"order": ["weight", 1], "filters": 5},
        {"order": 3, "filters": {"authority": "12", "age": [4, "999"], "nonsense": []}},
        {"filters": {"authority": ["77"], "service": ["x"]}},
    ],
)
def test_odd_habits_do_no_harm(open_screen: Callable[..., Screen], odd: dict[str, Any]) -> None:
    screen = open_screen(FakeQueue([row(1)]), remembered=odd)
    assert screen.queue.asked == [(RequestFilter(), None, PAGE_ROWS)]


def test_an_early_choice_does_not_wipe_what_is_remembered(open_screen: Callable[..., Screen]) -> None:
    kept: dict[str, Any] = {"filters": {"authority": ["2"]}}
    screen = open_screen(FakeQueue([row(1, authority_id=2)], failure=GONE), remembered=kept)
    screen.page.filters.tabs.choose("validated")
    screen.page.filters.tabs.choose("pending")
    screen.queue.failure = None
    screen.refresh()
    assert kept["filters"]["authority"] == ["2"]
    assert screen.queue.asked[0][0] == RequestFilter(authority_ids=(2,))


def test_the_table_keeps_qts_rules(screen: Screen, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(screen.page.table, force_py=False)  # type: ignore[no-untyped-call] # pytest-qt's own.
    screen.scroll_to_end()
    screen.change(3, status=RequestStatus.REFUSED)
    screen.queue.rows.append(row(0))
    screen.refresh()
    screen.page.filters.tabs.choose("refused")
    screen.settle()
    assert screen.ids == [3]


# The panel -------------------------------------------------------------------------------------------------------


def test_the_panel_reads_only_where_one_rests(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1])
    for _ in range(5):
        screen.press(Qt.Key.Key_Down)
    assert "FAMILLE 006 Manon" in texts(screen.page.detail)
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))
    assert screen.queue.opened == [1, 6]


def test_the_panel_shows_request_pieces_and_checks(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))
    shown = texts(screen.page.detail).splitlines()
    expected = (
        "N°\u00a02026-0001, reçue dim. 15\u00a0nov.",
        "7\u00a0ans, CE1",
        "Prélèvement mensuel",
        "Fiche santé",
        "PDF, 184\u00a0ko",
        "IBAN et BIC",
        "saisis en ligne",
        "manquante",
        "IBAN du mandat ≠ IBAN saisi",
        "1\u00a0demande déjà validée",
    )
    # The day of the week and the month are kept together in their own ways: compare without kinds of blanks.
    flat = " ".join(shown).replace("\u00a0", " ")
    missing = [words for words in expected if words.replace("\u00a0", " ") not in flat]
    assert missing == []
    spoken = [label.accessibleName() for label in screen.page.detail.findChildren(QLabel)]
    assert "Échec\u00a0: IBAN du mandat ≠ IBAN saisi" in spoken
    assert "Mandat\u00a0: manquante" in spoken


@pytest.mark.parametrize(
    ("status", "said"),
    [("pending", "Pas encore faits\u00a0: ils se font seuls"), ("validated", "Aucun contrôle n’est gardé")],
)
def test_the_panel_says_why_there_are_no_checks(open_screen: Callable[..., Screen], status: str, said: str) -> None:
    queue = FakeQueue([row(1, status=RequestStatus(status))], checked=False)
    screen = open_screen(queue)
    screen.page.filters.tabs.choose(status)
    screen.qtbot.waitUntil(lambda: said in texts(screen.page.detail))


def test_the_panel_reads_again_only_what_changed(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))
    screen.change(2, version=2)
    screen.refresh()
    screen.qtbot.wait(250)
    assert screen.queue.opened == [1]
    screen.change(1, version=2, opened_by="Sophie Berthelier")
    screen.refresh()
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1, 1])
    screen.qtbot.waitUntil(lambda: "Sophie Berthelier" in texts(screen.page.detail))


def test_an_outage_of_the_panel_is_told_and_mended(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1])
    screen.queue.dossier_failure = GONE
    screen.press(Qt.Key.Key_Down)
    screen.qtbot.waitUntil(screen.page.band.isVisible)
    screen.queue.dossier_failure = None
    screen.page.band.retry.emit()
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))
    assert not screen.page.band.isVisible()


def test_a_request_out_of_reach_is_told_in_the_panel(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1])
    screen.queue.dossier_failure = NotFound("Cette demande n’existe pas.", "Revenez à la liste.")
    screen.press(Qt.Key.Key_Down)
    screen.qtbot.waitUntil(lambda: "Cette demande n’existe pas." in texts(screen.page.detail))
    assert not screen.page.band.isVisible()


def test_a_receptionist_sees_what_changes_in_the_selected_request(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(FakeQueue([row(1), row(2)]), who=RECEPTIONIST)
    screen.change(1, version=2, opened_by="Sophie Berthelier")
    screen.refresh()
    assert "Sophie Berthelier" in texts(screen.page.detail)
    assert screen.queue.opened == []


def test_a_refusal_in_the_panel_is_said_once(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1])
    screen.queue.dossier_failure = NotFound("Cette demande n’existe pas.", "Revenez à la liste.")
    screen.press(Qt.Key.Key_Down)
    screen.qtbot.waitUntil(lambda: "Cette demande n’existe pas." in texts(screen.page.detail))
    for _ in range(2):
        screen.refresh()
        screen.qtbot.wait(250)
        screen.settle()
    assert texts(screen.page.detail).count("Cette demande n’existe pas.") == 1
    screen.queue.dossier_failure = None
    screen.change(2, version=2)
    screen.refresh()
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))


def test_a_refusal_that_comes_late_is_not_said_of_the_next_request(screen: Screen) -> None:
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1])
    screen.queue.dossier_failure = NotFound("Cette demande n’existe pas.", "Revenez à la liste.")
    screen.queue.dossier_gate.clear()
    screen.press(Qt.Key.Key_Down)
    screen.qtbot.waitUntil(lambda: screen.queue.opened == [1, 2])
    screen.press(Qt.Key.Key_Down)
    screen.queue.dossier_gate.set()
    screen.qtbot.waitUntil(lambda: not screen.page._desk.lane.is_busy)
    assert "Cette demande n’existe pas." not in texts(screen.page.detail)
    screen.queue.dossier_failure = None
    screen.qtbot.waitUntil(lambda: "Contrôles" in texts(screen.page.detail))
