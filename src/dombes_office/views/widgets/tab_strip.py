"""The tabs of a page, each with the number of what is behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QTabBar, QWidget
from typing_extensions import override

from dombes_office.views.palette import current_palette
from dombes_office.views.style import BODY, MARGIN_LEFT, MARGIN_RIGHT, SECONDARY, text_font

HEIGHT, _BETWEEN, _COUNT_GAP, _LINE = 34, 18, 6, 3


class _Bar(QTabBar):
    """Draws names and counts, and a line below the current tab."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[int, str] = {}
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    def _width(self, index: int) -> int:
        """Measured in the strong font, so that nothing moves when another tab is chosen."""
        width = QFontMetrics(text_font(BODY, strong=True)).horizontalAdvance(self.tabText(index))
        count = self.counts.get(index, "")
        if count:
            width += _COUNT_GAP + QFontMetrics(text_font(SECONDARY, strong=True)).horizontalAdvance(count)
        return width

    @override
    def tabSizeHint(self, index: int) -> QSize:
        return QSize(self._width(index) + _BETWEEN, HEIGHT)

    @override
    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            self._paint_tab(painter, index, self.tabRect(index))
        painter.end()

    def _paint_tab(self, painter: QPainter, index: int, rect: QRect) -> None:
        palette = current_palette()
        current = index == self.currentIndex()
        hovered = rect.contains(self.mapFromGlobal(self.cursor().pos())) and self.underMouse()
        font = text_font(BODY, strong=current)
        painter.setFont(font)
        painter.setPen(palette.color("text" if current or hovered else "text2"))
        middle = rect.adjusted(0, 0, 0, -2)
        painter.drawText(middle, int(Qt.AlignmentFlag.AlignVCenter), self.tabText(index))
        count = self.counts.get(index, "")
        if count:
            left = QFontMetrics(font).horizontalAdvance(self.tabText(index)) + _COUNT_GAP
            painter.setFont(text_font(SECONDARY, strong=True))
            painter.setPen(palette.color("text2"))
            painter.drawText(middle.adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), count)
        if current:
            width = rect.width() - _BETWEEN
            painter.fillRect(QRect(rect.left(), rect.bottom() - _LINE + 1, width, _LINE), palette.color("accent"))


class TabStrip(QFrame):
    """Tabs by key; `chosen` carries the key of the new one. Ctrl+Tab goes to the next."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "tabs")
        self._keys: list[str] = []
        self._bar = _Bar()
        self._bar.setAccessibleName(name)
        self._bar.currentChanged.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_LEFT, 0, MARGIN_RIGHT, 0)
        row.addWidget(self._bar)
        row.addStretch(1)
        for keys, step in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(self._next if step > 0 else self._previous)

    @property
    def bar(self) -> QTabBar:
        """The tab bar, to give it the focus."""
        return self._bar

    @property
    def key(self) -> str:
        """The key of the current tab."""
        at = self._bar.currentIndex()
        return self._keys[at] if at >= 0 else ""

    def add(self, key: str, words: str) -> None:
        """Add a tab at the right."""
        self._keys.append(key)
        self._bar.addTab(words)

    def set_count(self, key: str, count: str | None) -> None:
        """Write a number (already in French digits) behind a tab's name; None takes it away."""
        at = self._keys.index(key)
        self._bar.counts[at] = count or ""
        words = self._bar.tabText(at)
        self._bar.setAccessibleTabName(at, f"{words}, {count}" if count else words)
        # Qt lays the tabs out anew when a text is set, even the same one.
        self._bar.setTabText(at, words)
        self._bar.update()

    def choose(self, key: str) -> None:
        """Go to a tab; `chosen` follows if it was another one."""
        self._bar.setCurrentIndex(self._keys.index(key))

    @Slot(int)
    def _tell(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.chosen.emit(self._keys[index])

    @Slot()
    def _next(self) -> None:
        self._step(1)

    @Slot()
    def _previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._keys:
            self._bar.setCurrentIndex((self._bar.currentIndex() + by) % len(self._keys))
