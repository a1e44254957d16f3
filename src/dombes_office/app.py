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
    from dombes_office.views.page import Page
    from dombes_office.views.window import MainWindow

LOCK_SECONDS = 10 * 60
"""After so long without a key or the mouse the window locks, where a password guards it."""
SUBJECTS = ("access_request", "request_opening", "outbox_mail")
"""What the database announces; after a lost connection all of them may have changed."""


class Heard(QObject):
    """Brings what the notices' thread hears into the window's thread."""

    subjects = Signal(object)

    def __init__(self, announcements: Announcements) -> None:
        super().__init__()
        self._announcements = announcements
        self.subjects.connect(self._announce, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _announce(self, subjects: frozenset[str]) -> None:
        for subject in SUBJECTS:
            if subject in subjects or "*" in subjects:
                self._announcements.changed.emit(subject)


class Office(QObject):
    """One agent at work: lanes, reader, notices, pages and the window, from opening to close."""

    def __init__(self, opening: Opening, *, now: Callable[[], datetime], bugs: BugReporter) -> None:
        super().__init__()
        # These bring SQLAlchemy, the icon font and the whole window: the sign-in window must not wait for them.
        from dombes_office.database.notices import Notices  # noqa: PLC0415
        from dombes_office.documents.renderer import Renderer  # noqa: PLC0415

        self._opening = opening
        self._now = now
        self.lane = WorkLane("database", bug=bugs.report)
        self.documents = WorkLane("documents", bug=bugs.report)
        self.renderer = Renderer()
        self.desk = Desk(self.lane, opening.database.transact)
        self.announcements = Announcements()
        self._heard = Heard(self.announcements)
        self._notices = Notices(opening.database.settings, self._heard.subjects.emit)
        self.pages = self._make_pages()
        self.window = self._make_window()
        bugs.set_window(self.window)

    def start(self) -> None:
        """Begin to listen and have the reader ready."""
        self.documents.start(self.renderer.warm, done=self._nothing, refused=self._nothing)
        self._notices.start()

    def _make_pages(self) -> list[Page]:
        from dombes_office.rules.letters import TEMPLATES  # noqa: PLC0415 - see above.
        from dombes_office.views.memory import AgentMemory  # noqa: PLC0415 - see above.
        from dombes_office.views.no_page import NoPage  # noqa: PLC0415 - see above.
        from dombes_office.views.requests.examination.page import ExaminationPage  # noqa: PLC0415 - see above.
        from dombes_office.views.requests.queue_page import QueuePage  # noqa: PLC0415 - see above.

        agent = self._opening.agent
        if not agent.may_see_requests:
            return [NoPage()]
        habits = AgentMemory(settings.configuration_folder(), agent.login)
        queue = QueuePage(self.desk, agent, remembered=habits.page("requests"), now=self._now)
        # The window refreshes the page in front only, and the counter is read beside every page.
        self.announcements.changed.connect(queue.reader.recount)
        pages: list[Page] = [queue]
        if agent.may_decide:
            templates = {kind: settings.resource(name).read_text("utf-8") for kind, name in TEMPLATES.items()}
            pages.append(
                ExaminationPage(self.desk, self.documents, self.renderer, agent, templates=templates, now=self._now)
            )
        return pages

    def _make_window(self) -> MainWindow:
        from dombes_office.rules.french import NBSP, hour  # noqa: PLC0415 - see above.
        from dombes_office.views.office_status import OfficeStatusKeeper  # noqa: PLC0415 - see above.
        from dombes_office.views.window import AgentCard, LockRule, MainWindow  # noqa: PLC0415 - see above.

        agent, unlock = self._opening.agent, self._opening.unlock
        window = MainWindow(
            self.pages,
            AgentCard(agent.display_name, agent.scope_words),
            self.lane,
            self.announcements,
            lock=None if unlock is None else LockRule(LOCK_SECONDS, unlock),
            freshness=lambda: f"Données à jour à{NBSP}{hour(self._now())}",
        )
        window.closing.connect(self.close)
        OfficeStatusKeeper(window, self.desk, agent, self.announcements, self._now)
        return window

    @Slot(object)
    def _nothing(self, _anything: object) -> None:
        """A reader that does not start says so when the first file is opened."""

    @Slot()
    def close(self) -> None:
        """Let go of everything: the work under way is finished or given up, the connections are closed."""
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
    """From the sign-in window to the main window."""

    def __init__(self, application: QApplication, bugs: BugReporter) -> None:
        super().__init__(application)
        self._bugs = bugs
        self._office: Office | None = None
        self._sign_in: QObject | None = None

    @Slot()
    def keep_log(self) -> None:
        """Begin the log, once there is something to see."""
        incidents.keep_log()

    def sign_in(self) -> None:
        """Ask who it is."""
        window = make_sign_in_window()
        window.signed_in.connect(self._signed_in)
        self._sign_in = window
        window.show()

    @Slot(object)
    def _signed_in(self, opening: Opening) -> None:
        self.begin(opening)
        if self._sign_in is not None:
            self._sign_in.deleteLater()
            self._sign_in = None

    def begin(self, opening: Opening) -> None:
        """Show the main window."""
        self._office = Office(opening, now=now, bugs=self._bugs)
        self._office.window.resize(1366, 768)
        self._office.window.show()
        self._office.start()

    def end(self) -> None:
        """Close what is still open."""
        if self._office is not None:
            self._office.close()
            self._office = None
