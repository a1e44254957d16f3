"""The window: menus and search above, navigation at the left, one page in front, the status bar below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.views.icons import application_icon
from dombes_office.views.lock import IdleWatch, LockPage
from dombes_office.views.menu import MenuRow
from dombes_office.views.navigation import Navigation
from dombes_office.views.page import Page, Shortcut
from dombes_office.views.status_bar import StatusBar, StatusRow
from dombes_office.views.widgets.focus_ring import FocusRing
from dombes_office.views.widgets.shortcut_list import ShortcutList
from dombes_office.views.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dombes_office.views.announcements import Announcements
    from dombes_office.views.work import WorkLane

APPLICATION = "Dombes Office"
_EVERYWHERE = (
    Shortcut("Ctrl+1…9", "Aller à une page"),
    Shortcut("Ctrl+K", "Rechercher"),
    Shortcut("Ctrl+F", "Filtrer la liste"),
    Shortcut("F5", "Actualiser"),
    Shortcut("F6", "Zone suivante"),
    Shortcut("Échap", "Fermer, revenir"),
    Shortcut("Ctrl+Z", "Annuler le dernier geste"),
    Shortcut("Ctrl+B", "Réduire ou déplier la navigation"),
    Shortcut("Ctrl+L", "Verrouiller"),
    Shortcut("?", "Cette liste"),
)


@dataclass(frozen=True, slots=True)
class AgentCard:
    """Who is signed in, and what she sees ("CC de la Dombes")."""

    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class LockRule:
    """After how many seconds without input the window locks (0: never), and what a password is tried with."""

    seconds: float
    unlock: Callable[[str], None]


class MainWindow(QMainWindow):
    """Shows the pages that it is given, the first one in front.

    `search` is called with the words typed in the search field, which is hidden without it. `freshness` answers the
    sentence about how old the figures are, asked each time a page has been read. `closing` comes before the end.
    """

    closing = Signal()
    locked_changed = Signal(bool)
    about_wanted = Signal()
    detail_wanted = Signal(str)

    def __init__(
        self,
        pages: Sequence[Page],
        agent: AgentCard,
        lane: WorkLane,
        announcements: Announcements,
        *,
        search: Callable[[str], object] | None = None,
        lock: LockRule | None = None,
        freshness: Callable[[], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowIcon(application_icon())
        self.pages = {page.key: page for page in pages}
        self._agent = agent
        self._search = search
        self._freshness = freshness
        self._folded_by_hand = False
        self._hidden_by_lock: list[QWidget] = []
        entries = [page.entry for page in pages]
        self.menu_row = MenuRow(entries, agent.name, agent.scope, search=search is not None)
        self.navigation = Navigation([entry for entry in entries if entry.listed])
        self.stack = QStackedWidget()
        self.undo_bar = UndoBar()
        self.status_bar = StatusBar()
        self._lock_page = None if lock is None else LockPage(agent.name, lock.unlock, lane)
        self._idle = IdleWatch(0 if lock is None else lock.seconds, self)
        self._lay_out()
        self._ring = FocusRing(self)
        self._connect(announcements)
        if pages:
            self.go(pages[0].key)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self.undo_bar)
        self._content = QFrame()
        self._content.setProperty("kind", "frame")
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(right, 1)
        self._root = QStackedWidget()
        self._root.addWidget(self._content)
        if self._lock_page is not None:
            self._root.addWidget(self._lock_page)
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.setMenuWidget(self.menu_row)
        self.setCentralWidget(self._root)
        self.setStatusBar(self.status_bar)
        self.setMinimumSize(1024, 600)

    def _connect(self, announcements: Announcements) -> None:
        menu = self.menu_row
        menu.page_wanted.connect(self.go)
        menu.searched.connect(self._searched)
        menu.lock_wanted.connect(self.lock)
        menu.quit_wanted.connect(self.close)
        menu.refresh_wanted.connect(self.refresh)
        menu.fold_wanted.connect(self._fold_by_hand)
        menu.area_wanted.connect(self.next_area)
        menu.keys_wanted.connect(self.show_shortcuts)
        menu.about_wanted.connect(self.about_wanted)
        self.navigation.opened.connect(self.go)
        self.status_bar.keys_wanted.connect(self.show_shortcuts)
        self.status_bar.detail_wanted.connect(self.detail_wanted)
        announcements.changed.connect(self._announced)
        self._idle.idle.connect(self.lock)
        if self._lock_page is not None:
            self._lock_page.unlocked.connect(self.unlock)
        self._escape = QShortcut(QKeySequence("Escape"), self)
        self._escape.activated.connect(self._go_back)
        for page in self.pages.values():
            page.counter_changed.connect(self._counted)
            page.title_changed.connect(self._tell_title)
            page.open_wanted.connect(self.open)
            page.undo_offered.connect(self.undo_bar.offer)
            page.fresh.connect(self._tell_freshness)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._ring.follow)

    @property
    def page(self) -> Page | None:
        """The page in front."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    @property
    def locked(self) -> bool:
        """Whether the lock page hides everything."""
        return self._lock_page is not None and self._root.currentWidget() is self._lock_page

    @Slot(str)
    def go(self, key: str) -> None:
        """Bring a page to the front and let it read what it shows."""
        self.open(key, None)

    @Slot(str, object)
    def open(self, key: str, what: object) -> None:
        """Bring a page to the front, showing `what` if that is not None; a page with unsaved words may refuse to go."""
        page = self.pages[key]
        before = self.page
        if before is not None and before is not page and before.isVisible() and not before.may_leave():
            return
        if what is not None:
            page.open(what)
        self.stack.setCurrentWidget(page)
        self.navigation.light(page.entry.under or key)
        self.navigation.fold(folded=self._folded_by_hand or page.entry.folds_navigation)
        self.menu_row.show_actions(page.actions())
        self._tell_title()
        if page is not before and page.areas():
            _focus_into(page.areas()[0])
        page.activated()

    @Slot()
    def refresh(self) -> None:
        """Read the page in front again (F5)."""
        if self.page is not None:
            self.page.refresh()

    @Slot()
    def next_area(self) -> None:
        """Give the focus to the next part of the window (F6): search, navigation, the areas of the page."""
        areas: list[QWidget] = [] if self.page is None else [area for area in self.page.areas() if area.isVisible()]
        areas.append(self.navigation.list)
        if self.menu_row.search.isVisible():
            areas.append(self.menu_row.search)
        now = QApplication.focusWidget()
        at = next(
            (i for i, area in enumerate(areas) if now is not None and (area is now or area.isAncestorOf(now))), -1
        )
        _focus_into(areas[(at + 1) % len(areas)])

    @Slot()
    def show_shortcuts(self) -> None:
        """Open the list of keys (?)."""
        page = self.page
        parts = [] if page is None else [(page.entry.title, page.shortcuts())]
        shown = ShortcutList([*parts, ("Partout", _EVERYWHERE)], self)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.open()

    def show_status(self, row: StatusRow) -> None:
        """Say in the status bar how connection, mailer and backup are."""
        self.status_bar.show_row(row)

    @Slot()
    def lock(self) -> None:
        """Hide everything behind the lock page (Ctrl+L, or nobody there for a while)."""
        if self._lock_page is None or self.locked:
            return
        self._idle.pause()
        # Dialogs stand in windows of their own: they are hidden too, and come back with what was typed in them.
        self._hidden_by_lock = [w for w in QApplication.topLevelWidgets() if w is not self and w.isVisible()]
        for widget in self._hidden_by_lock:
            widget.setVisible(False)
        self._show_all(shown=False)
        self._root.setCurrentWidget(self._lock_page)
        self.setWindowTitle(APPLICATION)
        self._lock_page.begin()
        self.locked_changed.emit(True)

    @Slot()
    def unlock(self) -> None:
        """Show everything again, after the right password."""
        self._root.setCurrentWidget(self._content)
        self._show_all(shown=True)
        for widget in self._hidden_by_lock:
            widget.setVisible(True)
        self._hidden_by_lock = []
        self._tell_title()
        self._idle.touch()
        self.locked_changed.emit(False)

    def _show_all(self, *, shown: bool) -> None:
        """Show or hide what surrounds the content, and its keys with it."""
        self.menu_row.set_active(active=shown)
        self._escape.setEnabled(shown)
        self.status_bar.setVisible(shown)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The first page came up before there was a window: nothing in it could take the focus then.
        QTimer.singleShot(0, self._focus_page)
        self._idle.watch(self.windowHandle())

    @Slot()
    def _focus_page(self) -> None:
        """Give the focus to the page in front, unless it has it."""
        page, now = self.page, QApplication.focusWidget()
        if page is not None and page.areas() and not self.locked and not (now is not None and page.isAncestorOf(now)):
            _focus_into(page.areas()[0])

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        # Every page is asked, in front or not, locked or not: a decision or an undo under way must not be lost.
        if [page for page in self.pages.values() if not page.may_leave()]:
            event.ignore()
            return
        for page in self.pages.values():
            page.closing()
        self.closing.emit()
        super().closeEvent(event)

    @Slot(str)
    def _searched(self, words: str) -> None:
        if self._search is not None:
            self._search(words)

    @Slot()
    def _fold_by_hand(self) -> None:
        self.navigation.toggle()
        self._folded_by_hand = self.navigation.folded

    @Slot(str)
    def _announced(self, subject: str) -> None:
        """Something changed: the page in front reads again if it shows such things; the others do when they come up."""
        page = self.page
        if page is not None and subject in page.subjects() and page.isVisible():
            page.refresh()

    @Slot(int)
    def _counted(self, count: int) -> None:
        page = self.sender()
        if isinstance(page, Page) and page.entry.listed:
            self.navigation.set_counter(page.key, count)

    @Slot()
    def _tell_title(self) -> None:
        if self.page is not None and not self.locked:
            self.setWindowTitle(f"{self.page.title} – {APPLICATION}")

    @Slot()
    def _tell_freshness(self) -> None:
        if self._freshness is not None:
            self.status_bar.set_freshness(self._freshness())

    @Slot()
    def _go_back(self) -> None:
        if self.page is not None:
            self.page.go_back()


def _focus_into(area: QWidget) -> None:
    """Give the focus to an area, or to the first control in it that takes it."""
    wants = [area, *area.findChildren(QWidget)]
    for widget in wants:
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return
