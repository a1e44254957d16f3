"""The base of every page: header, loading line, message band, and the room below for what the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from dombes_office.views.widgets.header import PageHeader
from dombes_office.views.widgets.loading_line import LoadingLine
from dombes_office.views.widgets.message_band import MessageBand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dombes_office.errors import OfficeError


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A line of the list of shortcuts: the keys as people read them ("Ctrl+Entrée") and what they do."""

    keys: str
    does: str


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """Something just done that can be taken back for `seconds` more; none are left of one to put away.

    One that is not `usable` now stays in sight and counts on: something else must be over first.
    """

    sentence: str
    seconds: float
    undo: Callable[[], object]
    usable: bool = True


@dataclass(frozen=True, slots=True)
class PageEntry:
    """Where a page stands in the navigation.

    `icon` is Phosphor's name, drawn filled for the current page. Pages with the same `group` stand together. A page
    that is reached from others (`listed` False) lights the entry that it was reached from, and the entry `under` where
    it was reached from nowhere.
    """

    key: str
    title: str
    icon: str
    group: int = 0
    listed: bool = True
    under: str = ""
    folds_navigation: bool = False


class Page(QFrame):
    """One page of the window. Put what it shows into `body`; offer what it does in `header`.

    The window calls `activated` each time the page comes to the front, `refresh` on F5 and when something that the page
    shows has changed while it is visible, and `go_back` on Échap.
    """

    counter_changed = Signal(int)
    """Work that waits here, shown beside the page's name."""
    title_changed = Signal(str)
    fresh = Signal()
    """The page has just been read anew from the database."""
    open_wanted = Signal(str, object)
    """Another page, by its key, with what it should show. Asking for the entry `under` which a page stands means back:
    to the page that this one was reached from, whichever it was."""
    undo_offered = Signal(object)
    """An `UndoOffer`."""

    def __init__(self, entry: PageEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.setProperty("kind", "surface")
        self.setAccessibleName(entry.title)
        self.header = PageHeader(entry.title)
        self.loading = LoadingLine()
        self.band = MessageBand()
        self.band.retry.connect(self.refresh)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        room = QVBoxLayout(self)
        room.setContentsMargins(0, 0, 0, 0)
        room.setSpacing(0)
        room.addWidget(self.header)
        room.addWidget(self.loading)
        room.addWidget(self.band)
        room.addLayout(self.body, 1)

    @property
    def key(self) -> str:
        """The page's name in the program."""
        return self.entry.key

    @property
    def title(self) -> str:
        """What the window's title bar says while this page is in front."""
        return self.header.title

    def set_title(self, title: str, context: str | None = None) -> None:
        """Change the title (and the line of context beside it)."""
        self.header.set_title(title)
        if context is not None:
            self.header.set_context(context)
        self.title_changed.emit(title)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The page's own keys, for the list that `?` opens."""
        return ()

    def areas(self) -> Sequence[QWidget]:
        """The parts that F6 goes through, in order; the first has the focus when the page comes to the front."""
        return ()

    def subjects(self) -> frozenset[str]:
        """The subjects of announcements (see `announcements.py`) that make this page out of date."""
        return frozenset()

    def open(self, what: object) -> None:
        """Show `what`, for pages that others open."""

    def activated(self) -> None:
        """The page has come to the front: read what it shows."""
        self.refresh()

    def refresh(self) -> None:
        """Read again what the page shows."""

    def go_back(self) -> bool:
        """Answer Échap; True when the page has used it, else the window goes back to where it was reached from."""
        if self.band.isVisible() and self.band.closable:
            self.band.clear()
            return True
        return False

    def may_leave(self) -> bool:
        """Whether the page may be left now; a page with unsaved words can keep the agent, and says why."""
        return True

    def closing(self) -> None:
        """The window closes for good: tell the database what it should still know; nobody waits for an answer."""

    def show_error(self, error: OfficeError) -> None:
        """Show a refusal or an outage in the band; what was typed stays. Use it as `refused` of a lane."""
        self.loading.stop()
        self.band.show_error(error)
