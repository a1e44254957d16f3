"""The row above everything: menus at the left, search in the middle, scope, agent and lock at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QMenuBar, QSizePolicy, QWidget

from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import icon_label, words
from dombes_office.views.widgets.search_field import SearchField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dombes_office.views.page import PageEntry

HEIGHT, SEARCH_WIDTH = 38, 400
_AZERTY_DIGITS = "&É\"'(-È_Ç"
"""What the keys 1 to 9 give on a French keyboard without Maj."""


def digit_keys(number: int, modifier: str = "Ctrl+") -> list[QKeySequence]:
    """The keys for a digit from 1 to 9, on keyboards with and without shifted digits."""
    return [QKeySequence(f"{modifier}{number}"), QKeySequence(f"{modifier}{_AZERTY_DIGITS[number - 1]}")]


@dataclass(frozen=True, slots=True)
class Offered:
    """What this window can do; the rest has no menu, no button and no key."""

    search: bool = False
    lock: bool = False
    change: bool = False
    """Let another agent sign in."""
    about: bool = False


class MenuRow(QFrame):
    """Menus, search, agent. The window connects the signals; `searched` carries the words after Entrée."""

    page_wanted = Signal(str)
    searched = Signal(str)
    lock_wanted = Signal()
    agent_change_wanted = Signal()
    quit_wanted = Signal()
    refresh_wanted = Signal()
    fold_wanted = Signal()
    area_wanted = Signal()
    keys_wanted = Signal()
    about_wanted = Signal()

    def __init__(
        self, entries: Sequence[PageEntry], agent: str, scope: str, offered: Offered, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "menu-row")
        self.setFixedHeight(HEIGHT)
        self.bar = QMenuBar()
        self.bar.setAccessibleName("Menus")
        self.bar.setNativeMenuBar(False)
        self.bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.search = SearchField(
            "Rechercher une famille, un enfant, une demande…",
            name="Rechercher",
            keys="Ctrl+K" if offered.search else "",
        )
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.setVisible(offered.search)
        self.search.returnPressed.connect(self._tell_search)
        self.page_actions = QMenu("A&ctions", self)
        self._fill(entries, offered)
        self._lay_out(agent, scope, offered)

    def _lay_out(self, agent: str, scope: str, offered: Offered) -> None:
        right = QHBoxLayout()
        right.setSpacing(6)
        right.addStretch(1)
        if scope:
            right.addWidget(icon_label("map-pin"))
            right.addWidget(words(scope, "context"))
            line = QFrame()
            line.setProperty("kind", "line")
            line.setFixedSize(1, 16)
            right.addSpacing(4)
            right.addWidget(line)
            right.addSpacing(6)
        right.addWidget(icon_label("user-circle", "text"))
        right.addWidget(words(agent, "strong"))
        if offered.lock:
            lock = ActionButton("", kind="quiet", icon_name="lock-simple", size="panel")
            lock.setAccessibleName("Verrouiller")
            lock.setToolTip("Verrouiller (Ctrl+L)")
            lock.clicked.connect(self.lock_wanted)
            right.addWidget(lock)
        row = QGridLayout(self)
        row.setContentsMargins(8, 0, 8, 1)
        row.addWidget(self.bar, 0, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.search, 0, 1)
        row.addLayout(right, 0, 2)
        row.setColumnStretch(0, 1)
        row.setColumnStretch(2, 1)

    def _fill(self, entries: Sequence[PageEntry], offered: Offered) -> None:
        office = self.bar.addMenu("&Fichier")
        if offered.lock:
            self._add(office, "&Verrouiller", self.lock_wanted.emit, "Ctrl+L")
        if offered.change:
            self._add(office, "&Changer d’agent…", self.agent_change_wanted.emit)
        if not office.isEmpty():
            office.addSeparator()
        self._add(office, "&Quitter", self.quit_wanted.emit, "Ctrl+Q")
        edit = self.bar.addMenu("&Édition")
        if offered.search:
            self._add(edit, "&Rechercher", self.search.seize)
        self._add(edit, "&Actualiser", self.refresh_wanted.emit, "F5")
        go = self.bar.addMenu("&Aller à")
        for number, entry in enumerate((entry for entry in entries if entry.listed), 1):
            action = self._add(go, entry.title, self._go)
            action.setData(entry.key)
            if number <= len(_AZERTY_DIGITS):
                action.setShortcuts(digit_keys(number))
        go.addSeparator()
        self._add(go, "&Zone suivante", self.area_wanted.emit, "F6")
        self._add(go, "&Réduire la navigation", self.fold_wanted.emit, "Ctrl+B")
        self.bar.addMenu(self.page_actions)
        more = self.bar.addMenu("&?")
        self._add(more, "&Raccourcis clavier", self.keys_wanted.emit, "?")
        if offered.about:
            self._add(more, "À &propos", self.about_wanted.emit)

    def _add(self, menu: QMenu, words_: str, does: Callable[[], object], keys: str = "") -> QAction:
        action = menu.addAction(words_)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(does)
        return action

    def show_actions(self, actions: Sequence[QAction]) -> None:
        """Offer what the page in front can do."""
        self.page_actions.clear()
        self.page_actions.addActions(list(actions))
        self.page_actions.menuAction().setVisible(bool(actions))

    def set_active(self, *, active: bool) -> None:
        """Hide the row and put its keys out of action while the window is locked."""
        self.setVisible(active)
        for action in self.findChildren(QAction):
            action.setEnabled(active)

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.page_wanted.emit(action.data())

    @Slot()
    def _tell_search(self) -> None:
        if self.search.text().strip():
            self.searched.emit(self.search.text().strip())
