"""The pages of a window: each made when it is first opened, one of them in front, and the way back to where one was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from dombes_office.errors import NotAllowed
from dombes_office.views.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dombes_office.views.page import PageEntry


@dataclass(frozen=True, slots=True)
class PageOffer:
    """A page that this agent may open, and how it is made."""

    entry: PageEntry
    make: Callable[[], Page]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where somebody was: a page, and what it was opened with."""

    key: str
    what: object = None


class PageStack(QStackedWidget):
    """Shows one page at a time, and remembers through which ones it was reached.

    `made` carries a page that has just been made, `shown` the one that has just come to the front.
    """

    made = Signal(object)
    shown = Signal(object)

    def __init__(self, offers: Sequence[Page | PageOffer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = [offer.entry for offer in offers]
        self._offers = {offer.entry.key: offer for offer in offers}
        self.pages: dict[str, Page] = {}
        """The pages that have been made, by their keys."""
        self._here: _Place | None = None
        self._trail: list[_Place] = []
        self._opened: dict[str, object] = {}
        """What each page was last opened with."""

    @property
    def page(self) -> Page | None:
        """The page in front."""
        front = self.currentWidget()
        return front if isinstance(front, Page) else None

    @property
    def root(self) -> str:
        """The entry of the navigation under which one is: the list that this page was reached from, or itself."""
        if self._trail:
            return self._trail[0].key
        return "" if self.page is None else self.page.entry.under or self.page.key

    def may_open(self, key: str) -> bool:
        """Whether this agent has such a page."""
        return key in self._offers

    def page_for(self, key: str) -> Page:
        """The page of that key, made if need be; KeyError for one that this agent may not open."""
        if key not in self.pages:
            offer = self._offers[key]
            page = offer if isinstance(offer, Page) else offer.make()
            self.pages[key] = page
            self.addWidget(page)
            page.open_wanted.connect(self._open_from)
            self.made.emit(page)
        return self.pages[key]

    def go(self, key: str) -> None:
        """Open a page as one of the navigation: there is no way back from it."""
        if self._leave_for(key):
            self._trail.clear()
            self._show(_Place(key))

    def open(self, key: str, what: object = None) -> None:
        """Open a page from the one in front, with what it should show; from there the way back leads here again."""
        if not self._leave_for(key):
            return
        here, there = self._here, _Place(key, what)
        if there in self._trail:
            # She has gone round in a circle: the way back does not grow with each turn.
            del self._trail[self._trail.index(there) :]
        elif here is not None and here.key != key:
            self._trail.append(here)
        self._show(there)

    def go_back(self, what: object = None) -> bool:
        """Return to the page that this one was reached from; False where there is none.

        `what` is for the entry above this page, when that is where the way leads: the row to select.
        """
        if not self._trail or self.page is None:
            return False
        place, above = self._trail[-1], self.page.entry.under
        if self._leave_for(place.key):
            self._trail.pop()
            self._return_to(place, what if place.key == above else None)
        return True

    def bring(self, page: Page) -> None:
        """Have a page in front because it has something to say, whatever stands there now."""
        if page is not self.page:
            self._trail.clear()
            self._here = _Place(page.key, self._opened.get(page.key))
            self.setCurrentWidget(page)
            self.shown.emit(page)

    def _leave_for(self, key: str) -> bool:
        """Whether the page in front lets go, and the other one may be opened."""
        before = self.page
        if not self.may_open(key):
            if before is not None:
                before.show_error(
                    NotAllowed("Vos droits n’ouvrent pas cet écran.", "Demandez à l’administrateur de les compléter.")
                )
            return False
        return before is None or before.key == key or not before.isVisible() or before.may_leave()

    def _show(self, place: _Place) -> None:
        page = self.page_for(place.key)
        if place.what is not None:
            self._opened[place.key] = place.what
            page.open(place.what)
        self._bring_up(page, place)

    def _return_to(self, place: _Place, handed: object) -> None:
        """Show a page as it was left: it is opened anew only where it has shown something else meanwhile."""
        page = self.page_for(place.key)
        if handed is not None:
            page.open(handed)
        elif place.what is not None and self._opened.get(place.key) != place.what:
            self._opened[place.key] = place.what
            page.open(place.what)
        self._bring_up(page, place)

    def _bring_up(self, page: Page, place: _Place) -> None:
        self._here = place
        self.setCurrentWidget(page)
        self.shown.emit(page)
        page.activated()

    @Slot(str, object)
    def _open_from(self, key: str, what: object) -> None:
        """A page asks for another one; the entry above itself means back to wherever it was reached from."""
        front = self.page
        if front is not None and front is self.sender() and key == front.entry.under and self.go_back(what):
            return
        self.open(key, what)
