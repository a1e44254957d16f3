"""From the sign-in window to the queue: real passwords over TLS on the operating system's own PostgreSQL."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import shiboken6
from psycopg import sql
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from dombes_office import settings
from dombes_office.app import _Session, make_application
from dombes_office.credentials import SavedProfiles
from dombes_office.database import install
from dombes_office.database.engine import Database
from dombes_office.rules.connections import Profile
from dombes_office.views.messages import BugReporter
from dombes_office.views.requests.queue_page import QueuePage
from dombes_office.views.sign_in.window import SignInWindow
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.window import MainWindow
from tests.builders import build_office
from tests.stories.clerk import ENTER, PATIENCE
from tests.stories.families import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.postgres import InstalledServer

BASE = "office_signing_in"
LOGIN = "lea.morandat"
PASSWORD = "Étang-01 du matin"


@pytest.fixture
def installed(pg15: InstalledServer) -> Iterator[InstalledServer]:
    """An office with one family, and Léa with her password."""
    with pg15.connect() as admin:
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(BASE)))
    with Database(pg15.target(BASE), pg15.password) as database:
        install.initialise(database)
    with pg15.connect(BASE) as raw:
        town = build_office(raw)
        ask(town, "Berthollet", "Manon", by_debit=False)
        verifier = raw.pgconn.encrypt_password(PASSWORD.encode(), LOGIN.encode(), b"scram-sha-256").decode()
        raw.execute(
            sql.SQL("create role {} login password {} in role office_reviewer").format(
                sql.Identifier(LOGIN), sql.Literal(verifier)
            )
        )
        raw.execute("insert into office.staff_member (login, display_name) values (%s, 'Léa Morandat')", [LOGIN])
        raw.execute("insert into office.agent_scope (login, authority_id) values (%s, %s)", [LOGIN, town.authority_id])
    yield pg15
    with pg15.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(BASE)))
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(LOGIN)))


@dataclass
class Desk:
    """A desk where nobody is signed in yet."""

    qtbot: QtBot
    session: _Session

    def window(self, kind: type[SignInWindow] | type[MainWindow]) -> SignInWindow | MainWindow:
        """The window of that kind that is open; waits for it."""
        self.qtbot.waitUntil(lambda: bool(self.open_windows(kind)), timeout=PATIENCE)
        found = self.open_windows(kind)[0]
        found.activateWindow()
        return found

    def open_windows(self, kind: type[SignInWindow] | type[MainWindow]) -> list[SignInWindow | MainWindow]:
        """The windows of that kind that are open."""
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    def type(self, words: str) -> None:
        """Type where the focus is, accents too."""
        window = QApplication.activeWindow()
        assert window is not None
        for sign in words:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, ord(sign.upper()), Qt.KeyboardModifier.NoModifier, sign)
                QApplication.sendEvent(window.windowHandle(), event)

    def press(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        window = QApplication.activeWindow()
        assert window is not None
        QTest.keyClick(window.windowHandle(), key)


@pytest.fixture
def desk(qtbot: QtBot, installed: InstalledServer) -> Iterator[Desk]:
    """Two saved connections: the right one first, then one to a base that does not exist."""
    right = replace(installed.target(BASE), login=LOGIN)
    SavedProfiles().save(Profile("CC de la Dombes", right))
    SavedProfiles().save(Profile("Ancienne base", replace(right, database="office_of_last_year")))
    session = _Session(make_application(), BugReporter(version=settings.VERSION))
    made = Desk(qtbot, session)
    yield made
    for window in QApplication.topLevelWidgets():
        if isinstance(window, SignInWindow | MainWindow):
            window.hide()
    session.end()
    for window in QApplication.topLevelWidgets():
        if isinstance(window, SignInWindow | MainWindow):
            window.close()
            window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_right_password_opens_the_office_and_a_wrong_one_does_not(desk: Desk) -> None:
    desk.session.sign_in()
    window = desk.window(SignInWindow)
    assert isinstance(window, SignInWindow)
    form = window.form
    desk.qtbot.waitUntil(lambda: form.reach.text == "Serveur joignable", timeout=PATIENCE)
    assert form.profiles.currentText() == "CC de la Dombes"
    assert form.login.text() == LOGIN
    desk.qtbot.waitUntil(form.password.hasFocus)

    desk.type("Etang-01")
    desk.press(ENTER)
    desk.qtbot.waitUntil(lambda: bool(form.password_error.text()) and form.submit.isEnabled(), timeout=PATIENCE)
    assert "L’identifiant ou le mot de passe est faux." in form.password_error.text()

    form.profiles.setFocus()
    desk.press(Qt.Key.Key_Down)
    assert form.profiles.currentText() == "Ancienne base"
    form.password.setFocus()
    form.password.selectAll()
    desk.type(PASSWORD)
    desk.press(ENTER)
    desk.qtbot.waitUntil(lambda: "n’y existe pas" in told(window), timeout=PATIENCE)
    desk.qtbot.waitUntil(form.submit.isEnabled, timeout=PATIENCE)

    form.profiles.setFocus()
    desk.press(Qt.Key.Key_Up)
    form.password.setFocus()
    form.password.selectAll()
    desk.type(PASSWORD)
    desk.press(ENTER)
    office = desk.window(MainWindow)
    assert isinstance(office, MainWindow)
    queue = next(page for page in office.pages.values() if isinstance(page, QueuePage))
    desk.qtbot.waitUntil(lambda: [row.family_name for row in queue.table.rows] == ["Berthollet"], timeout=PATIENCE)
    assert not desk.open_windows(SignInWindow)

    QTest.keyClick(office.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: office.locked)
    desk.type("Etang-01")
    desk.press(ENTER)
    desk.qtbot.waitUntil(lambda: "est faux" in told(office), timeout=PATIENCE)
    assert office.locked
    desk.type(PASSWORD)
    desk.press(ENTER)
    desk.qtbot.waitUntil(lambda: not office.locked, timeout=PATIENCE)


def sign_in(desk: Desk) -> MainWindow:
    """Type the password in the window that asks for it; the office that opens, its queue read."""
    window = desk.window(SignInWindow)
    assert isinstance(window, SignInWindow)
    desk.qtbot.waitUntil(lambda: window.form.reach.text == "Serveur joignable", timeout=PATIENCE)
    desk.qtbot.waitUntil(window.form.password.hasFocus)
    desk.type(PASSWORD)
    desk.press(ENTER)
    office = desk.window(MainWindow)
    assert isinstance(office, MainWindow)
    queue = next(page for page in office.pages.values() if isinstance(page, QueuePage))
    desk.qtbot.waitUntil(lambda: bool(queue.table.rows), timeout=PATIENCE)
    return office


def connections(installed: InstalledServer) -> int:
    """How many of Léa's connections the server knows."""
    with installed.connect() as admin:
        row = admin.execute("select count(*) from pg_stat_activity where usename = %s", [LOGIN]).fetchone()
    assert row is not None
    return int(row[0])


def running_clocks() -> int:
    """How many of Qt's clocks run."""
    clocks = [one for one in gc.get_objects() if isinstance(one, QTimer)]
    return sum(shiboken6.isValid(clock) and clock.isActive() for clock in clocks)


def own_threads() -> set[str]:
    """The threads that the application has begun."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(("lane-", "notices", "reader"))}


def test_another_agent_takes_the_desk_and_nothing_of_the_first_one_stays(
    desk: Desk, installed: InstalledServer
) -> None:
    clocks = running_clocks()
    desk.session.sign_in()
    first = sign_in(desk)
    desk.qtbot.waitUntil(lambda: connections(installed) >= 2, timeout=PATIENCE)
    QTest.keyClick(first.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: first.locked)
    change = next(b for b in first.cover.findChildren(ActionButton) if "agent" in b.text())
    QTest.mouseClick(change, Qt.MouseButton.LeftButton)
    assert not first.isVisible()
    desk.qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    desk.qtbot.waitUntil(lambda: connections(installed) == 0, timeout=PATIENCE)

    second = sign_in(desk)
    next(a for a in second.menu_row.findChildren(QAction) if "agent" in a.text()).trigger()
    assert not second.isVisible()
    window = desk.window(SignInWindow)
    window.close()
    desk.qtbot.waitUntil(lambda: connections(installed) == 0, timeout=PATIENCE)
    desk.qtbot.waitUntil(lambda: own_threads() == set(), timeout=PATIENCE)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    desk.qtbot.waitUntil(lambda: running_clocks() == clocks)


def told(window: SignInWindow | MainWindow) -> str:
    """All that a window says."""
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
