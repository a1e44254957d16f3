"""Wires the window to the database, the reader and the notices, and runs it; signs in first where nobody is yet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from dombes_office import incidents, settings
from dombes_office.signing_in import make_sign_in_window
from dombes_office.views.announcements import Announcements
from dombes_office.views.garbage import GarbageCollection
from dombes_office.views.messages import BugReporter, install_excepthook
from dombes_office.views.style import apply_style
from dombes_office.views.work import Desk, WorkLane

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.signing_in import Opening
    from dombes_office.views.sign_in.window import SignInWindow
    from dombes_office.views.window import MainWindow


class Heard(QObject):
    """Brings what the notices' thread hears into the window's thread."""

    subjects = Signal(object)

    def __init__(self, announcements: Announcements) -> None:
        super().__init__()
        self._announcements = announcements
        self.subjects.connect(self._announce, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _announce(self, subjects: frozenset[str]) -> None:
        for subject in sorted(subjects):
            self._announcements.changed.emit(subject)


class Office(QObject):
    """One agent at work: lanes, reader, notices, pages and the window, from opening to close.

    `lock_seconds` without a key or the mouse lock the window, where a password guards it. Where `may_change_agent`,
    `window.agent_change_wanted` tells that somebody else wants to sign in.
    """

    def __init__(
        self,
        opening: Opening,
        *,
        now: Callable[[], datetime],
        bugs: BugReporter,
        lock_seconds: float | None = None,
        may_change_agent: bool = False,
    ) -> None:
        super().__init__()
        # These bring SQLAlchemy, the icon font and the whole window: the sign-in window must not wait for them.
        from dombes_office.database.notices import Notices  # noqa: PLC0415
        from dombes_office.documents.renderer import Renderer  # noqa: PLC0415

        self._opening = opening
        self._now = now
        self._may_change_agent = may_change_agent
        self._lock_seconds = settings.lock_minutes() * 60 if lock_seconds is None else lock_seconds
        self.lane = WorkLane("database", bug=bugs.report)
        self.documents = WorkLane("documents", bug=bugs.report)
        self.renderer = Renderer()
        self.desk = Desk(self.lane, opening.database.transact)
        self.announcements = Announcements()
        self._heard = Heard(self.announcements)
        self._notices = Notices(opening.database.settings, self._heard.subjects.emit)
        self.window = self._make_window()
        bugs.set_window(self.window)

    def start(self) -> None:
        """Begin to listen and have the reader ready."""
        self.documents.start(self.renderer.warm, done=self._nothing, refused=self._nothing)
        self._notices.start()

    def _make_window(self) -> MainWindow:
        from dombes_office.pages import Means, offers_for  # noqa: PLC0415 - see above.
        from dombes_office.rules.french import NBSP, hour  # noqa: PLC0415 - see above.
        from dombes_office.views.about import Facts  # noqa: PLC0415 - see above.
        from dombes_office.views.lock import LockRule  # noqa: PLC0415 - see above.
        from dombes_office.views.office_status import OfficeStatusKeeper  # noqa: PLC0415 - see above.
        from dombes_office.views.window import AgentCard, MainWindow  # noqa: PLC0415 - see above.

        agent, unlock, target = self._opening.agent, self._opening.unlock, self._opening.database.target
        means = Means(agent, self.desk, self.documents, self.renderer, self.announcements, self._now)
        place = "ce poste" if target.on_this_machine else target.host
        window = MainWindow(
            offers_for(means),
            AgentCard(agent.display_name, agent.scope_words),
            self.lane,
            self.announcements,
            lock=None if unlock is None else LockRule(self._lock_seconds, unlock),
            freshness=lambda: f"Données à jour à{NBSP}{hour(self._now())}",
            about=Facts(
                settings.VERSION,
                agent.server_version,
                f"{target.database}, sur {place}",
                f"{agent.display_name} ({agent.login})",
            ),
            may_change_agent=self._may_change_agent,
        )
        window.closing.connect(self.close)
        where = f"la base «{NBSP}{target.database}{NBSP}» de {place}"
        OfficeStatusKeeper(window, self.desk, agent, self.announcements, self._now, where)
        return window

    @Slot(object)
    def _nothing(self, _anything: object) -> None:
        """A reader that does not start says so when the first file is opened."""

    @Slot()
    def close(self) -> None:
        """Let go of everything: what must be written down is finished, the rest given up, all connections closed."""
        # The window first: nobody is to look at one that waits, and none of its clocks may begin anything.
        self.window.hide()
        self.window.stop()
        # Nothing heard from here on may start new work: the lanes are about to close.
        self.announcements.blockSignals(True)
        self._notices.stop()
        # The lane first: a waiting reading would start the reader anew. What runs is cut short, a file can wait.
        self.renderer.cancel()
        self.documents.close()
        self.renderer.close()
        self.lane.close()
        self._opening.database.close()


def now() -> datetime:
    """The moment, aware of its zone."""
    return datetime.now(UTC)


def make_application(arguments: list[str] | None = None) -> QApplication:
    """The one QApplication, dressed."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1] if arguments is None else arguments)
    application.setApplicationName("dombes-office")
    application.setApplicationDisplayName("")
    apply_style(application)
    return application


def run(opening: Opening | None = None) -> int:
    """Show the window, after signing in where no opening is given; the exit status of the application."""
    application = make_application()
    collection = GarbageCollection(application)
    bugs = BugReporter(version=settings.VERSION, parent=application)
    restore = install_excepthook(bugs)
    session = _Session(application, bugs)
    try:
        if opening is None:
            session.sign_in()
        else:
            session.begin(opening)
        QTimer.singleShot(1000, session.keep_log)
        return application.exec()
    finally:
        session.end()
        restore()
        collection.stop()


class _Session(QObject):
    """From the sign-in window to the main window, and back where another agent takes the desk."""

    def __init__(self, application: QApplication, bugs: BugReporter) -> None:
        super().__init__(application)
        self._bugs = bugs
        self._office: Office | None = None
        self._sign_in: SignInWindow | None = None

    @Slot()
    def keep_log(self) -> None:
        """Begin the log, once there is something to see."""
        incidents.keep_log()

    def sign_in(self) -> None:
        """Ask who it is."""
        window = make_sign_in_window()
        window.signed_in.connect(self._signed_in)
        self._sign_in = window
        self._bugs.set_window(window)
        window.show()

    @Slot(object)
    def _signed_in(self, opening: Opening) -> None:
        self.begin(opening, may_change_agent=True)
        if self._sign_in is not None:
            self._sign_in.deleteLater()
            self._sign_in = None

    def begin(self, opening: Opening, *, may_change_agent: bool = False) -> None:
        """Show the main window. Who came past the sign-in window may go back there."""
        office = Office(opening, now=now, bugs=self._bugs, may_change_agent=may_change_agent)
        office.window.agent_change_wanted.connect(self._change_agent)
        self._office = office
        office.window.resize(1366, 768)
        office.window.show()
        office.start()

    @Slot()
    def _change_agent(self) -> None:
        """Close the office as its last agent would, and ask who it is now."""
        office = self._office
        if office is None or not office.window.may_close():
            return
        # Shown before the other goes: the application ends with its last window.
        self.sign_in()
        office.window.close()
        self.end()

    def end(self) -> None:
        """Close what is still open."""
        office, self._office = self._office, None
        if office is not None:
            office.close()
            office.window.deleteLater()
            office.deleteLater()
