"""The row of tools above the document: title, zoom, turning, search and pages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from dombes_office.rules.french import NBSP
from dombes_office.views.widgets.elided import ElidedLabel
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

_HEIGHT = 38


class ViewerTools(QFrame):
    """What can be done with the page on the screen."""

    zoom_wanted = Signal(int)
    turn_wanted = Signal()
    step_wanted = Signal(int)
    search_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "tabs")
        self.setFixedHeight(_HEIGHT)
        self._title = ElidedLabel("strong", least=180)
        self._facts = ElidedLabel("context")
        self._zoom_out = self._tool("magnifying-glass-minus", "Réduire (−)", "Réduire")
        self._percent = words("")
        self._percent.setAccessibleName("Agrandissement")
        self._percent.setFixedWidth(44)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom_in = self._tool("magnifying-glass-plus", "Agrandir (+)", "Agrandir")
        self._fit = self._tool("arrows-out-line-horizontal", "Ajuster à la largeur (0)", "Ajuster à la largeur")
        self._turn = self._tool("arrow-clockwise", "Tourner (R)", "Tourner la page")
        self._find = self._tool("file-search", "Chercher dans le document (Ctrl+F)", "Chercher dans le document")
        self._find.setShortcut("Ctrl+F")
        self._field = QLineEdit()
        self._field.setPlaceholderText("Chercher dans le document…")
        self._field.setAccessibleName("Mots à chercher dans le document")
        self._field.setFixedWidth(190)
        self._field.hide()
        self._found = words("", "secondary")
        self._before = self._tool("caret-left", "Page précédente (PgPréc)", "Page précédente")
        self._page = words("")
        self._page.setAccessibleName("Page")
        # As wide as the longest number, so that no tool moves when another piece is shown.
        self._page.setFixedWidth(QFontMetrics(self._page.font()).horizontalAdvance(f"00{NBSP}/{NBSP}00"))
        self._page.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._after = self._tool("caret-right", "Page suivante (PgSuiv)", "Page suivante")
        self._lay_out()
        self._connect()

    @staticmethod
    def _tool(icon_name: str, tip: str, name: str) -> ActionButton:
        button = ActionButton("", kind="quiet", icon_name=icon_name, size="panel")
        button.setToolTip(tip)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(2)
        row.addWidget(self._title)
        row.addSpacing(8)
        row.addWidget(self._facts)
        row.addStretch(1)
        row.addWidget(self._found)
        row.addSpacing(6)
        row.addWidget(self._field)
        for tool in (self._zoom_out, self._percent, self._zoom_in, self._fit, self._turn, self._find):
            row.addWidget(tool)
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedSize(1, 18)
        row.addSpacing(4)
        row.addWidget(line)
        row.addSpacing(4)
        for tool in (self._before, self._page, self._after):
            row.addWidget(tool)

    def _connect(self) -> None:
        self._zoom_out.clicked.connect(self._smaller)
        self._zoom_in.clicked.connect(self._larger)
        self._fit.clicked.connect(self._fitted)
        self._turn.clicked.connect(self.turn_wanted)
        self._before.clicked.connect(self._back)
        self._after.clicked.connect(self._forward)
        self._find.clicked.connect(self._toggle_search)
        self._field.returnPressed.connect(self._search)

    @property
    def title(self) -> str:
        """The name of the piece."""
        return self._title.whole

    @property
    def searching(self) -> bool:
        """Whether the search field is open."""
        return not self._field.isHidden()

    def set_title(self, title: str, facts: str, *, warned: bool = False) -> None:
        """Name the piece, and say what is known of its file; a warning is written in its colour, with its sign."""
        self._title.set_words(title)
        self._facts.set_words(f"⚠ {facts}" if warned else facts)

    def set_page(self, page: int, count: int) -> None:
        """Say which page is shown, counted from 0."""
        self._page.setText(f"{page + 1}{NBSP}/{NBSP}{count}")
        self._before.setEnabled(page > 0)
        self._after.setEnabled(page < count - 1)

    def set_zoom(self, percent: int) -> None:
        """Say how large the page is shown."""
        self._percent.setText(f"{percent}{NBSP}%")

    def allow(self, *, paged: bool, searchable: bool) -> None:
        """Enable the tools that mean something for what is shown."""
        for tool in (self._zoom_out, self._zoom_in, self._fit, self._turn):
            tool.setEnabled(paged)
        self._find.setEnabled(searchable)
        self._find.setToolTip(
            "Chercher dans le document (Ctrl+F)" if searchable else "Ce document est une image\u00a0: rien à chercher"
        )
        if not paged:
            self._page.setText("–")
            self._percent.setText("–")
            self._before.setEnabled(False)
            self._after.setEnabled(False)
        if not searchable:
            self.close_search()

    def say_found(self, told: str) -> None:
        """Say how many places were found."""
        self._found.setText(told)

    def close_search(self) -> bool:
        """Put the search field away; True when it was open."""
        if self._field.isHidden():
            return False
        self._field.hide()
        self._field.clear()
        self._found.setText("")
        self.search_wanted.emit("")
        return True

    @Slot()
    def _toggle_search(self) -> None:
        if self._field.isVisible() and self._field.hasFocus():
            self.close_search()
        else:
            self._field.show()
            self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._field.selectAll()

    @Slot()
    def _search(self) -> None:
        self.search_wanted.emit(self._field.text())

    @Slot()
    def _smaller(self) -> None:
        self.zoom_wanted.emit(-1)

    @Slot()
    def _larger(self) -> None:
        self.zoom_wanted.emit(1)

    @Slot()
    def _fitted(self) -> None:
        self.zoom_wanted.emit(0)

    @Slot()
    def _back(self) -> None:
        self.step_wanted.emit(-1)

    @Slot()
    def _forward(self) -> None:
        self.step_wanted.emit(1)
