"""The window: pages, keys, counters, and the lock behind which nothing can be read."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget

from dombes_office import settings
from dombes_office.app import Heard
from dombes_office.errors import ServerUnreachable, WrongPassword
from dombes_office.incidents import outline
from dombes_office.views import window as window_module
from dombes_office.views.about import AboutDialog, Facts
from dombes_office.views.announcements import Announcements
from dombes_office.views.lock import LockPage, LockRule
from dombes_office.views.messages import BugReporter, ConfirmDialog, install_excepthook
from dombes_office.views.page import Page, PageEntry, Shortcut, UndoOffer
from dombes_office.views.page_stack import PageOffer
from dombes_office.views.status_bar import StatusRow
from dombes_office.views.status_panel import StatusPanel
from dombes_office.views.widgets.key_hint import ActionButton, KeyHint
from dombes_office.views.widgets.marks import Mark, State
from dombes_office.views.widgets.shortcut_list import ShortcutList
from dombes_office.views.window import AgentCard, MainWindow
from tests.views.accessibility import assert_accessible

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from dombes_office.views.work import WorkLane
    from tests.conftest import LogWatch

CTRL = Qt.KeyboardModifier.ControlModifier
PASSWORD = "Étang-01"


class Sheet(Page):
    """A page that counts its readings and shows a secret."""

    def __init__(self, key: str, title: str, *, group: int = 0, listed: bool = True, under: str = "") -> None:
        super().__init__(
            PageEntry(key, title, "tray", group=group, listed=listed, under=under, folds_navigation=not listed)
        )
        self.readings = 0
        self.shown: object = None
        self.stays = False
        self.field = QLineEdit()
        self.field.setAccessibleName("Remarque")
        self.body.addWidget(QLabel("SECRET"))
        self.body.addWidget(self.field)

    def refresh(self) -> None:
        self.readings += 1
        self.fresh.emit()

    def areas(self) -> tuple[QWidget, ...]:
        return (self.field,)

    def subjects(self) -> frozenset[str]:
        return frozenset({"access_request"})

    def open(self, what: object) -> None:
        self.shown = what

    def may_leave(self) -> bool:
        if self.stays:
            self.band.show_notice("Deux lignes ne sont pas enregistrées.", "Enregistrez-les.")
        return not self.stays

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (Shortcut("Entrée", "Examiner"),)


class Office:
    """A window with three pages, as a test needs it."""

    def __init__(self, qtbot: QtBot, lane: WorkLane, seconds: float = 0) -> None:
        self.requests = Sheet("requests", "Demandes")
        self.families = Sheet("families", "Familles", group=1)
        self.examination = Sheet("request", "Demande n° 2026-1187", listed=False, under="requests")
        self.searched: list[str] = []
        self.announcements = Announcements()
        self.window = MainWindow(
            [self.requests, self.families, self.examination],
            AgentCard("Léa Morandat", "CC de la Dombes"),
            lane,
            self.announcements,
            search=self.searched.append,
            lock=LockRule(seconds, unlock),
            freshness=lambda: "Données à jour à 9 h 42",
            about=Facts("1.4.0", "18.1", "office, sur bdd.example.org", "Léa Morandat (lea.morandat)"),
            may_change_agent=True,
        )
        qtbot.addWidget(self.window)
        self.window.resize(1366, 738)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)


def unlock(password: str) -> None:
    """What the database says of a password."""
    if password != PASSWORD:
        raise WrongPassword("Mot de passe refusé.", "Vérifiez la touche Verr. maj.")


@pytest.fixture
def office(qtbot: QtBot, lane: WorkLane) -> Office:
    return Office(qtbot, lane)


def texts(window: MainWindow) -> str:
    """All that can be read in a window."""
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_every_control_has_a_name_and_is_reached(office: Office) -> None:
    office.window.show_status(StatusRow(Mark(State.GOOD, "Connecté"), None, Mark(State.VERIFY, "Sauvegarde : hier")))
    assert_accessible(office.window)


def test_the_first_page_is_in_front_and_has_read(office: Office) -> None:
    assert office.window.page is office.requests
    assert office.requests.readings == 1
    assert office.window.windowTitle() == "Demandes – Dombes Office"
    assert "Données à jour à 9 h 42" in texts(office.window)


@pytest.mark.parametrize("key", [Qt.Key.Key_2, Qt.Key.Key_Eacute], ids=["2", "é"])
def test_ctrl_and_a_digit_opens_a_page_on_any_keyboard(office: Office, key: Qt.Key) -> None:
    office.press(key, CTRL)
    assert office.window.page is office.families
    assert office.families.readings == 1


def test_f5_reads_again_and_an_announcement_too(office: Office) -> None:
    office.press(Qt.Key.Key_F5)
    assert office.requests.readings == 2
    office.announcements.changed.emit("access_request")
    office.announcements.changed.emit("booking")
    assert (office.requests.readings, office.families.readings) == (3, 0)


def test_a_page_can_open_another_with_what_it_shows(office: Office) -> None:
    office.requests.open_wanted.emit("request", 1187)
    assert office.window.page is office.examination
    assert office.examination.shown == 1187
    assert office.window.navigation.list.lit == "requests"
    assert office.window.navigation.folded
    office.press(Qt.Key.Key_1, CTRL)
    assert not office.window.navigation.folded


def open_bare(qtbot: QtBot, lane: WorkLane, *offers: Page | PageOffer) -> MainWindow:
    """A window that can do nothing beside showing its pages."""
    window = MainWindow(offers, AgentCard("Léa", ""), lane, Announcements())
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_a_page_is_made_when_it_is_first_opened(qtbot: QtBot, lane: WorkLane) -> None:
    made: list[str] = []

    def offer(key: str) -> PageOffer:
        def make() -> Page:
            made.append(key)
            return Sheet(key, key.title())

        return PageOffer(PageEntry(key, key.title(), "tray"), make)

    counted = Sheet("counted", "Counted")
    window = open_bare(qtbot, lane, offer("first"), counted, offer("last"))
    assert made == ["first"]
    counted.counter_changed.emit(3)
    assert window.navigation.counter("counted") == 3, "a page that counts is there from the start"
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_3, CTRL)
        QTest.keyClick(window, Qt.Key.Key_1, CTRL)
    assert made == ["first", "last"]


def test_the_way_back_leads_to_the_list_that_one_came_from(office: Office) -> None:
    office.press(Qt.Key.Key_2, CTRL)
    office.families.open_wanted.emit("request", 1187)
    assert office.window.page is office.examination
    assert office.window.navigation.list.lit == "families"
    office.press(Qt.Key.Key_Escape)
    assert office.window.page is office.families
    assert office.window.navigation.list.lit == "families"
    office.press(Qt.Key.Key_Escape)
    assert office.window.page is office.families, "from the navigation there is no way back"


def test_a_page_that_asks_for_the_entry_above_it_goes_back_to_where_it_was_opened(office: Office) -> None:
    office.requests.open_wanted.emit("request", 1187)
    office.examination.open_wanted.emit("requests", "row 1187")
    assert office.window.page is office.requests
    assert office.requests.shown == "row 1187"
    office.requests.shown = None
    office.press(Qt.Key.Key_2, CTRL)
    office.families.open_wanted.emit("request", 1188)
    office.examination.open_wanted.emit("requests", "row 1188")
    assert office.window.page is office.families
    assert office.families.shown is None, "it knows nothing of rows of another list"
    office.window.go("request")
    office.examination.open_wanted.emit("requests", "row 1189")
    assert office.window.page is office.requests, "reached from nowhere, the entry above is meant"


def test_the_way_back_is_as_long_as_the_way(office: Office) -> None:
    office.press(Qt.Key.Key_2, CTRL)
    office.families.open_wanted.emit("request", 1187)
    office.examination.open_wanted.emit("families", "Berthollet")
    office.families.open_wanted.emit("request", 1188)
    office.press(Qt.Key.Key_Escape)
    assert (office.window.page, office.families.shown) == (office.families, "Berthollet")
    office.press(Qt.Key.Key_Escape)
    assert (office.window.page, office.examination.shown) == (office.examination, 1187)
    for turn in range(5):
        office.examination.open_wanted.emit("families", "Berthollet")
        office.families.open_wanted.emit("request", 1187)
        assert office.window.page is office.examination, turn
    office.press(Qt.Key.Key_Escape)
    assert office.window.page is office.families
    office.press(Qt.Key.Key_Escape)
    assert office.window.page is office.families, "going round in circles makes the way back no longer"


def test_a_page_that_the_role_lacks_is_refused_with_a_sentence(office: Office) -> None:
    assert office.window.may_open("families")
    assert not office.window.may_open("finance")
    office.requests.open_wanted.emit("finance", None)
    assert office.window.page is office.requests
    assert "Vos droits n’ouvrent pas cet écran." in office.requests.band.words


def test_whatever_changed_is_handed_on(office: Office) -> None:
    heard = Heard(office.announcements)
    heard.subjects.emit(frozenset({"access_request", "a_table_of_next_year"}))
    told: list[str] = []
    office.announcements.changed.connect(told.append)
    QApplication.processEvents()
    assert sorted(told) == ["a_table_of_next_year", "access_request"]
    assert office.requests.readings == 2
    office.announcements.changed.emit("*")
    assert office.requests.readings == 3, "where anything may have changed, what is seen is read again, once"


def test_a_page_that_comes_up_takes_the_focus_where_work_begins(office: Office) -> None:
    office.window.navigation.list.setFocus()
    office.press(Qt.Key.Key_2, CTRL)
    assert office.families.field.hasFocus()


def test_a_page_with_unsaved_words_keeps_the_agent(office: Office) -> None:
    office.requests.stays = True
    office.press(Qt.Key.Key_2, CTRL)
    assert office.window.page is office.requests
    assert not office.window.close()
    office.requests.stays = False
    assert office.window.close()


def test_a_page_that_refuses_is_seen_and_whoever_closes_again_means_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.press(Qt.Key.Key_2, CTRL)
    office.requests.stays = True
    assert not office.window.close()
    assert office.window.page is office.requests, "not in front, it could not be heard"
    assert "Deux lignes ne sont pas enregistrées." in office.requests.band.words
    assert "Fermez encore une fois" in office.requests.band.words
    monkeypatch.setattr(window_module, "_INSIST", 0.0)
    assert not office.window.close(), "much later it is a new question"
    monkeypatch.undo()
    closed: list[bool] = []
    office.window.closing.connect(lambda: closed.append(office.window.isVisible()))
    assert office.window.close()
    assert closed == [False], "hidden before anything else is done"


def test_a_locked_window_says_that_something_is_under_way(office: Office) -> None:
    office.window.lock()
    office.requests.stays = True
    assert not office.window.close()
    assert "Un enregistrement est en cours." in lock_page(office).error.text()
    assert "SECRET" not in texts(office.window)
    assert office.window.close()


def test_a_window_that_stops_has_no_clock_that_runs(office: Office) -> None:
    office.requests.undo_offered.emit(UndoOffer("Demande validée.", 10, lambda: None))
    clocks = office.window.findChildren(QTimer)
    assert any(clock.isActive() for clock in clocks)
    office.window.stop()
    assert not any(clock.isActive() for clock in clocks)


def test_counters_stand_in_the_navigation_and_are_spoken(office: Office) -> None:
    office.requests.counter_changed.emit(38)
    navigation = office.window.navigation
    assert navigation.counter("requests") == 38
    spoken = navigation.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Demandes, 38 en attente"


def test_the_navigation_is_driven_by_arrows_and_enter(office: Office) -> None:
    navigation = office.window.navigation.list
    navigation.setFocus()
    office.press(Qt.Key.Key_Down)
    assert office.window.page is office.requests
    office.press(Qt.Key.Key_Return)
    assert office.window.page is office.families


def test_ctrl_b_folds_and_stays_folded(office: Office) -> None:
    office.press(Qt.Key.Key_B, CTRL)
    assert office.window.navigation.width() == 48
    office.press(Qt.Key.Key_2, CTRL)
    assert office.window.navigation.folded
    office.press(Qt.Key.Key_B, CTRL)
    assert office.window.navigation.width() == 176


def test_ctrl_k_searches(office: Office) -> None:
    office.press(Qt.Key.Key_K, CTRL)
    search = office.window.menu_row.search
    assert search.hasFocus()
    QTest.keyClicks(search, "berthollet")
    office.press(Qt.Key.Key_Return)
    assert office.searched == ["berthollet"]


def menu_words(window: MainWindow) -> set[str]:
    """What stands in the menus."""
    return {action.text().replace("&", "") for action in window.menu_row.findChildren(QAction)}


def listed_keys(window: MainWindow) -> set[str]:
    """What the list of keys names."""
    window.show_shortcuts()
    shown = window.findChild(ShortcutList)
    assert isinstance(shown, ShortcutList)
    keys = {hint.text() for hint in shown.findChildren(KeyHint)}
    shown.close()
    return keys


def test_what_a_window_cannot_do_is_not_there(qtbot: QtBot, lane: WorkLane) -> None:
    window = open_bare(qtbot, lane, Sheet("a", "A"))
    assert not window.menu_row.search.isVisible()
    window.lock()
    assert not window.locked
    assert menu_words(window).isdisjoint({"Verrouiller", "Changer d’agent…", "À propos", "Rechercher"})
    assert "Verrouiller" not in {button.accessibleName() for button in window.menu_row.findChildren(ActionButton)}
    assert listed_keys(window).isdisjoint({"Ctrl+K", "Ctrl+L", "Ctrl+F", "Ctrl+1…9"})


def test_what_a_window_can_do_is_in_its_menus_and_its_list_of_keys(office: Office) -> None:
    assert {"Verrouiller", "Changer d’agent…", "À propos", "Rechercher"} <= menu_words(office.window)
    assert {"Ctrl+K", "Ctrl+L", "Ctrl+1…2", "Entrée"} <= listed_keys(office.window)


def cut_off(root: QWidget) -> list[str]:
    """The sentences below `root` of which not all lines have room."""
    labels = [label for label in root.findChildren(QLabel) if label.isVisibleTo(root) and label.wordWrap()]
    return [label.text() for label in labels if label.height() < label.heightForWidth(label.width())]


def test_no_sentence_is_cut_off(office: Office, qtbot: QtBot) -> None:
    office.window.show_about()
    long = "Une sauvegarde attend depuis longtemps que quelqu’un la fasse. " * 3
    office.window.show_status(StatusRow(backup=Mark(State.VERIFY, "Sauvegarde : hier", tooltip=long)))
    office.window.show_detail("backup")
    for kind in (AboutDialog, StatusPanel):
        shown = office.window.findChild(kind)
        assert isinstance(shown, QDialog)
        qtbot.waitUntil(shown.isVisible)
        assert cut_off(shown) == []
        shown.close()
    office.window.lock()
    page = lock_page(office)
    page.say("L’identifiant ou le mot de passe est faux. Vérifiez la touche Verr. Maj, puis saisissez-les à nouveau.")
    qtbot.wait(50)
    assert cut_off(page) == []


def test_about_tells_what_an_administrator_asks_first(office: Office, qtbot: QtBot) -> None:
    next(a for a in office.window.menu_row.findChildren(QAction) if a.text() == "À &propos").trigger()
    dialog = office.window.findChild(AboutDialog)
    assert isinstance(dialog, AboutDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert_accessible(dialog)
    said = " ".join(label.text() for label in dialog.findChildren(QLabel)).replace("\u00a0", " ")
    for fact in ("1.4.0", "PostgreSQL 18.1", "office, sur bdd.example.org", "Léa Morandat (lea.morandat)"):
        assert fact in said
    for font in ("Open Sans", "DejaVu", "Phosphor"):
        assert re.search(rf"{font}[^.]* : licence [A-Z]", said), font
    shipped = {file.stem.partition("-")[0] for file in settings.resource("fonts").glob("*-LICENSE.txt")}
    assert all(name[:6] in said.replace(" ", "") for name in shipped), "each font that is shipped is named"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_place_of_the_status_bar_opens_into_whole_sentences(office: Office, qtbot: QtBot) -> None:
    told = "La dernière sauvegarde date de plus de deux jours. Prévenez l’administrateur."
    office.window.show_status(StatusRow(backup=Mark(State.VERIFY, "Sauvegarde : hier", tooltip=told)))
    place = office.window.status_bar.place("backup")
    place.setFocus()
    QTest.keyClick(place, Qt.Key.Key_Space)
    panel = office.window.findChild(StatusPanel)
    assert isinstance(panel, StatusPanel)
    qtbot.waitUntil(panel.isVisible)
    assert_accessible(panel)
    assert told in [label.text() for label in panel.findChildren(QLabel)]
    assert panel.geometry().bottom() <= place.mapToGlobal(QPoint(0, 0)).y()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: office.window.findChild(StatusPanel) is None)


def test_somebody_else_may_sign_in_from_the_menu_and_from_the_lock(office: Office, qtbot: QtBot) -> None:
    with qtbot.waitSignal(office.window.agent_change_wanted):
        next(a for a in office.window.menu_row.findChildren(QAction) if "agent" in a.text()).trigger()
    office.window.lock()
    assert lock_page(office).change.isVisible()
    with qtbot.waitSignal(office.window.agent_change_wanted):
        QTest.mouseClick(lock_page(office).change, Qt.MouseButton.LeftButton)


def test_f6_goes_round_the_areas(office: Office) -> None:
    office.window.menu_row.search.setFocus()
    seen = []
    for _ in range(3):
        office.press(Qt.Key.Key_F6)
        seen.append(QApplication.focusWidget())
    assert seen == [office.requests.field, office.window.navigation.list, office.window.menu_row.search]


def test_escape_puts_the_band_away(office: Office) -> None:
    office.requests.show_error(ServerUnreachable("Serveur injoignable."))
    assert office.requests.band.isVisible()
    with_retry = office.requests.readings
    office.requests.band.retry.emit()
    assert office.requests.readings == with_retry + 1
    office.press(Qt.Key.Key_Escape)
    assert not office.requests.band.isVisible()


def test_the_question_mark_lists_keys_but_not_while_typing(office: Office, qtbot: QtBot) -> None:
    def lists() -> list[ShortcutList]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, ShortcutList) and w.isVisible()]

    office.requests.field.setFocus()
    QTest.keyClicks(office.requests.field, "?")
    assert office.requests.field.text() == "?"
    assert lists() == []
    office.window.navigation.list.setFocus()
    QTest.keyClicks(office.window.navigation.list, "?")
    assert len(lists()) == 1
    lists()[0].close()
    qtbot.waitUntil(lambda: lists() == [])


def test_undo_is_offered_by_the_window_whatever_page_comes_next(office: Office, qtbot: QtBot) -> None:
    taken: list[bool] = []
    office.requests.undo_offered.emit(UndoOffer("Demande validée.", 10, lambda: taken.append(True)))
    office.press(Qt.Key.Key_2, CTRL)
    assert office.window.undo_bar.isVisible()
    office.window.navigation.list.setFocus()
    office.press(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: taken == [True])


def test_the_page_in_front_fills_the_menu_of_actions(office: Office) -> None:
    action = QAction("Exporter", office.families)
    office.families.addAction(action)
    assert not office.window.menu_row.page_actions.menuAction().isVisible()
    office.window.go("families")
    assert office.window.menu_row.page_actions.actions() == [action]


def lock_page(office: Office) -> LockPage:
    page = office.window.findChild(LockPage)
    assert isinstance(page, LockPage)
    return page


def test_nothing_can_be_read_or_done_behind_the_lock(office: Office, qtbot: QtBot) -> None:
    dialog = QDialog(office.window)
    dialog.show()
    readings = office.requests.readings
    with qtbot.waitSignal(office.window.locked_changed):
        office.press(Qt.Key.Key_L, CTRL)
    assert office.window.windowTitle() == "Dombes Office"
    assert "SECRET" not in texts(office.window)
    assert not dialog.isVisible()
    assert not office.window.menu_row.isVisible()
    for key, modifier in ((Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_2, CTRL), (Qt.Key.Key_K, CTRL)):
        office.press(key, modifier)
    office.announcements.changed.emit("access_request")
    assert office.requests.readings == readings
    assert office.window.page is office.requests
    assert_accessible(lock_page(office))
    # The picture of the locked window has no pixel of the page in it: it is the same whatever the page shows.
    before = office.window.grab().toImage()
    office.requests.set_title("Autre chose")
    assert office.window.grab().toImage() == before


def test_only_the_right_password_opens_the_lock(office: Office, qtbot: QtBot) -> None:
    office.window.lock()
    page = lock_page(office)
    page.button.click()
    assert "Saisissez" in page.error.text()
    QTest.keyClicks(page.field, "faux")
    office.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Mot de passe refusé." in page.error.text())
    assert office.window.locked
    page.field.clear()
    page.field.setText(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: not office.window.locked)
    assert page.field.text() == ""
    assert "SECRET" in texts(office.window)
    assert office.window.windowTitle() == "Demandes – Dombes Office"
    office.press(Qt.Key.Key_2, CTRL)
    assert office.window.page is office.families


def test_the_window_locks_when_nobody_is_there(qtbot: QtBot, lane: WorkLane) -> None:
    office = Office(qtbot, lane, seconds=0.4)
    for _ in range(6):
        qtbot.wait(100)
        QTest.keyClick(office.window.windowHandle(), Qt.Key.Key_Shift)
    assert not office.window.locked
    qtbot.waitUntil(lambda: office.window.locked, timeout=2000)


def test_an_incident_is_logged_without_what_it_was_about(qtbot: QtBot, expect_log: LogWatch) -> None:
    expect_log(logging.CRITICAL, r"incident [0-9A-F]{6}: builtins\.ValueError .*test_window\.py:[0-9]+\Z")
    reporter = BugReporter(version="1.4.0")
    restore = install_excepthook(reporter)
    try:
        with pytest.raises(ValueError, match="BERTHOLLET") as caught:
            raise ValueError("BERTHOLLET FR76 3000 6000")
        assert "BERTHOLLET" not in outline(caught.value)
        sys.excepthook(caught.type, caught.value, caught.tb)
    finally:
        restore()
    qtbot.waitUntil(lambda: reporter.shown is not None)
    window = reporter.shown
    assert window is not None
    qtbot.addWidget(window)
    assert_accessible(window)
    window.copy()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Incident ")
    assert "ValueError" in copied
    assert "BERTHOLLET" not in copied
    window.accept()
    assert reporter.shown is None


def test_two_bugs_are_two_lines_and_one_window(qtbot: QtBot, expect_log: LogWatch) -> None:
    expect_log(logging.CRITICAL, "KeyError")
    reporter = BugReporter(version="1.4.0")
    reporter.report(KeyError("a"))
    reporter.report(KeyError("b"))
    qtbot.waitUntil(lambda: reporter.shown is not None)
    first = reporter.shown
    qtbot.wait(20)
    assert reporter.shown is first
    assert first is not None
    first.accept()


def test_what_cannot_be_undone_names_the_act_and_keeps_by_default(qtbot: QtBot) -> None:
    dialog = ConfirmDialog("Figer 412 prélèvements ?", "Les montants ne changeront plus.", "Figer 412 prélèvements")
    qtbot.addWidget(dialog)
    dialog.open()
    assert_accessible(dialog)
    assert dialog.keep.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Rejected
    dialog.open()
    with qtbot.waitSignal(dialog.accepted):
        next(b for b in dialog.findChildren(ActionButton) if b.text().startswith("Figer")).click()
