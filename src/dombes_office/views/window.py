"""The window: menus and search above, navigation at the left, one page in front, the status bar below."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.french import NBSP
from dombes_office.views.about import AboutDialog
from dombes_office.views.announcements import EVERYTHING
from dombes_office.views.icons import application_icon
from dombes_office.views.lock import LockCover
from dombes_office.views.menu import MenuRow, Offered
from dombes_office.views.navigation import Navigation
from dombes_office.views.page import Page, Shortcut
from dombes_office.views.page_stack import PageStack
from dombes_office.views.status_bar import StatusBar, StatusRow
from dombes_office.views.status_panel import StatusPanel
from dombes_office.views.widgets.focus_ring import FocusRing
from dombes_office.views.widgets.shortcut_list import ShortcutList
from dombes_office.views.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dombes_office.views.about import Facts
    from dombes_office.views.announcements import Announcements
    from dombes_office.views.lock import LockRule
    from dombes_office.views.page_stack import PageOffer
    from dombes_office.views.work import WorkLane

APPLICATION = "Dombes Office"
_AGAIN = "Fermez encore une fois pour ne pas attendre."
_INSIST = 20.0
"""Seconds within which asking a second time to close is meant, whatever a page says."""


@dataclass(frozen=True, slots=True)
class AgentCard:
    """Who is signed in, and what she sees ("CC de la Dombes")."""

    name: str
    scope: str


class MainWindow(QMainWindow):
    """Shows the pages that it is given, the first one in front; offers are made into pages when they are first opened.

    `search` is called with the words typed in the search field, which is hidden without it. `freshness` answers the
    sentence about how old the figures are, asked each time a page has been read. Without `lock` or `about` there is no
    way to them, and the agent can be changed only where `may_change_agent`. `closing` comes before the end.
    """

    closing = Signal()
    locked_changed = Signal(bool)
    agent_change_wanted = Signal()

    def __init__(
        self,
        offers: Sequence[Page | PageOffer],
        agent: AgentCard,
        lane: WorkLane,
        announcements: Announcements,
        *,
        search: Callable[[str], object] | None = None,
        lock: LockRule | None = None,
        freshness: Callable[[], str] | None = None,
        about: Facts | None = None,
        may_change_agent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowIcon(application_icon())
        self._search = search
        self._freshness = freshness
        self._about = about
        self._folded_by_hand = False
        self._refused_at = -math.inf
        self._in_front: Page | None = None
        self.stack = PageStack(offers)
        offered = Offered(
            search=search is not None, lock=lock is not None, change=may_change_agent, about=about is not None
        )
        self._offered = offered
        self.menu_row = MenuRow(self.stack.entries, agent.name, agent.scope, offered)
        self.navigation = Navigation([entry for entry in self.stack.entries if entry.listed])
        self.undo_bar = UndoBar()
        self.status_bar = StatusBar()
        self.cover = LockCover(self._content(), agent.name, lane, lock, may_change_agent=may_change_agent)
        self._lay_out()
        self._ring = FocusRing(self)
        self._connect(announcements)
        for offer in offers:
            if isinstance(offer, Page):
                self.stack.page_for(offer.key)
        if offers:
            self.go(offers[0].entry.key)

    def _content(self) -> QFrame:
        """What the lock covers: the navigation, the page in front, what can be undone."""
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self.undo_bar)
        content = QFrame()
        content.setProperty("kind", "frame")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(right, 1)
        return content

    def _lay_out(self) -> None:
        self.setMenuWidget(self.menu_row)
        self.setCentralWidget(self.cover)
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
        menu.about_wanted.connect(self.show_about)
        menu.agent_change_wanted.connect(self.agent_change_wanted)
        self.navigation.opened.connect(self.go)
        self.status_bar.keys_wanted.connect(self.show_shortcuts)
        self.status_bar.detail_wanted.connect(self.show_detail)
        self.stack.made.connect(self._page_made)
        self.stack.shown.connect(self._page_shown)
        announcements.changed.connect(self._announced)
        self.cover.locked_changed.connect(self._show_around)
        self.cover.change_wanted.connect(self.agent_change_wanted)
        self._escape = QShortcut(QKeySequence("Escape"), self)
        self._escape.activated.connect(self._go_back)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._ring.follow)

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self.stack.page

    @property
    def pages(self) -> dict[str, Page]:
        """The pages that have been made, by their keys."""
        return self.stack.pages

    @property
    def locked(self) -> bool:
        """Whether the lock page hides everything."""
        return self.cover.locked

    def may_open(self, key: str) -> bool:
        """Whether this agent has such a page."""
        return self.stack.may_open(key)

    @Slot(str)
    def go(self, key: str) -> None:
        """Bring a page to the front and let it read what it shows; a page with unsaved words may refuse to go."""
        self.stack.go(key)

    def open(self, key: str, what: object) -> None:
        """Bring a page to the front, showing `what`; leaving it leads back to the page that is in front now."""
        self.stack.open(key, what)

    @Slot(object)
    def _page_made(self, page: Page) -> None:
        page.counter_changed.connect(self._counted)
        page.title_changed.connect(self._tell_title)
        page.undo_offered.connect(self.undo_bar.offer)
        page.fresh.connect(self._tell_freshness)

    @Slot(object)
    def _page_shown(self, page: Page) -> None:
        """Fit what surrounds the pages to the one in front."""
        self.navigation.light(self.stack.root)
        self.navigation.fold(folded=self._folded_by_hand or page.entry.folds_navigation)
        self.menu_row.show_actions(page.actions())
        self._tell_title()
        if page is not self._in_front and page.areas():
            _focus_into(page.areas()[0])
        self._in_front = page

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
        shown = ShortcutList([*parts, ("Partout", self._keys_everywhere())], self)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.open()

    def _keys_everywhere(self) -> list[Shortcut]:
        """The keys that work on every page of this window."""
        pages = sum(entry.listed for entry in self.stack.entries)
        return [
            *([Shortcut(f"Ctrl+1…{min(9, pages)}", "Aller à une page")] if pages > 1 else []),
            *([Shortcut("Ctrl+K", "Rechercher")] if self._offered.search else []),
            Shortcut("F5", "Actualiser"),
            Shortcut("F6", "Zone suivante"),
            Shortcut("Échap", "Fermer, revenir"),
            Shortcut("Ctrl+Z", "Annuler le dernier geste"),
            Shortcut("Ctrl+B", "Réduire ou déplier la navigation"),
            *([Shortcut("Ctrl+L", "Verrouiller")] if self._offered.lock else []),
            Shortcut("Ctrl+Q", "Quitter"),
            Shortcut("?", "Cette liste"),
        ]

    @Slot()
    def show_about(self) -> None:
        """Say which application this is, on which database, and by whom it was made possible."""
        if self._about is not None:
            AboutDialog(self._about, self).open()

    @Slot(str)
    def show_detail(self, key: str) -> None:
        """Say in whole sentences what a place of the status bar means, above that place."""
        mark = self.status_bar.mark(key)
        if mark is not None:
            StatusPanel(self.status_bar.name(key), mark, self).open_above(self.status_bar.place(key))

    def show_status(self, row: StatusRow) -> None:
        """Say in the status bar how connection, mailer and backup are."""
        self.status_bar.show_row(row)

    @Slot()
    def lock(self) -> None:
        """Hide everything behind the lock page (Ctrl+L)."""
        self.cover.lock()

    @Slot(bool)
    def _show_around(self, locked: bool) -> None:  # noqa: FBT001 - the signature of Qt's signal.
        """Show what surrounds the content, and its keys with it, or hide both."""
        self.menu_row.set_active(active=not locked)
        self._escape.setEnabled(not locked)
        self.status_bar.setVisible(not locked)
        if locked:
            self.setWindowTitle(APPLICATION)
        else:
            self._tell_title()
        self.locked_changed.emit(locked)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The first page came up before there was a window: nothing in it could take the focus then.
        QTimer.singleShot(0, self._focus_page)
        self.cover.watch(self.windowHandle())

    @Slot()
    def _focus_page(self) -> None:
        """Give the focus to the page in front, unless it has it."""
        page, now = self.page, QApplication.focusWidget()
        if page is not None and page.areas() and not self.locked and not (now is not None and page.isAncestorOf(now)):
            _focus_into(page.areas()[0])

    def may_close(self) -> bool:
        """Ask every page, in front or not, locked or not: a decision or an undo under way must not be lost.

        One that refuses comes to the front, so that its sentence is seen. Who asks again soon after means it.
        """
        refusing = [page for page in self.pages.values() if not page.may_leave()]
        now = time.monotonic()
        if not refusing or now - self._refused_at < _INSIST:
            return True
        self._refused_at = now
        self.stack.bring(refusing[0])
        band = refusing[0].band
        said = band.words or f"«{NBSP}{refusing[0].title}{NBSP}» n’a pas fini."
        band.show_notice(said, _AGAIN)
        self.cover.say(f"Un enregistrement est en cours. {_AGAIN}")
        return False

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        # Nobody watches a window that waits for a last word of the server's.
        self.hide()
        for page in self.pages.values():
            page.closing()
        self.closing.emit()
        super().closeEvent(event)

    def stop(self) -> None:
        """Begin nothing any more: every clock in the window stands still."""
        for clock in self.findChildren(QTimer):
            clock.stop()

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
        if page is not None and page.isVisible() and (subject == EVERYTHING or subject in page.subjects()):
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
        if self.page is not None and not self.page.go_back():
            self.stack.go_back()


def _focus_into(area: QWidget) -> None:
    """Give the focus to an area, or to the first control in it that takes it."""
    wants = [area, *area.findChildren(QWidget)]
    for widget in wants:
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return
