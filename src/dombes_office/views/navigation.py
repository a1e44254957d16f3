"""The navigation at the left: the pages that the role may open, with the work that waits in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import Palette, current_palette
from dombes_office.views.style import BODY, SECONDARY, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.views.page import PageEntry
    from dombes_office.views.widgets.row_table import Index

OPEN, FOLDED = 176, 48
_PITCH, _RULE, _ICON, _MARGIN, _FOLDED_MARGIN = 34, 15, 18, 8, 6
_ENTRY = Qt.ItemDataRole.UserRole + 1
_COUNTER = Qt.ItemDataRole.UserRole + 2


class _EntryDelegate(QStyledItemDelegate):
    """Paints icon, name and counter; folded, the icon alone with a dot where work waits."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(FOLDED, _PITCH if index.data(_ENTRY) else _RULE)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette = current_palette()
        entry: PageEntry | None = index.data(_ENTRY)
        view = option.widget
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry is None:
            rule = QRect(option.rect.left() + 16, option.rect.center().y(), option.rect.width() - 32, 1)
            painter.fillRect(rule, palette.color("border"))
        elif isinstance(view, _EntryList):
            margin = _FOLDED_MARGIN if view.folded else _MARGIN
            box = option.rect.adjusted(margin, 0, -margin, -2)
            current = entry.key == view.lit
            self._paint_box(painter, box, palette, option, current=current)
            paint = self._paint_folded if view.folded else self._paint_open
            paint(painter, box, palette, entry, int(index.data(_COUNTER) or 0), current=current)
        painter.restore()

    def _paint_box(
        self, painter: QPainter, box: QRect, palette: Palette, option: QStyleOptionViewItem, *, current: bool
    ) -> None:
        """The ground of an entry: lit with a bar for the current page, a ring under the keyboard's cursor."""
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        if current or hovered:
            painter.setBrush(palette.color("accent_soft" if current else "hover"))
            painter.drawRoundedRect(box, 4, 4)
        if current:
            painter.fillRect(QRect(box.left(), box.top() + 8, 3, box.height() - 16), palette.color("accent"))
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(palette.color("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)

    def _paint_open(
        self, painter: QPainter, box: QRect, palette: Palette, entry: PageEntry, counter: int, *, current: bool
    ) -> None:
        at = QRect(box.left() + 10, box.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        icon(f"{entry.icon}-fill" if current else entry.icon, "accent" if current else "text2").paint(painter, at)
        painter.setFont(text_font(BODY, strong=current))
        painter.setPen(palette.color("text"))
        painter.drawText(box.adjusted(38, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), entry.title)
        if counter:
            painter.setFont(text_font(SECONDARY, strong=True))
            painter.setPen(palette.color("accent" if current else "text2"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box.adjusted(0, 0, -10, 0), int(flags), str(counter))

    def _paint_folded(
        self, painter: QPainter, box: QRect, palette: Palette, entry: PageEntry, counter: int, *, current: bool
    ) -> None:
        at = QRect(QPoint(), QSize(_ICON, _ICON))
        at.moveCenter(box.center())
        icon(f"{entry.icon}-fill" if current else entry.icon, "accent" if current else "text2").paint(painter, at)
        if counter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color("accent"))
            painter.drawEllipse(QPoint(at.right() + 1, at.top() + 2), 3, 3)


class _EntryList(QListView):
    """The list itself: the mouse or Entrée opens, the arrows only move the cursor."""

    opened = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.folded = False
        self.lit = ""
        self.setAccessibleName("Pages")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setItemDelegate(_EntryDelegate(self))
        self.setProperty("kind", "pages")
        self.clicked.connect(self._open)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        entry: PageEntry | None = index.data(_ENTRY)
        if entry is not None:
            self.opened.emit(entry.key)


class Navigation(QFrame):
    """`opened` carries the key of the page that was chosen."""

    opened = Signal(str)

    def __init__(self, entries: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "navigation")
        self._items: dict[str, QStandardItem] = {}
        self._model = QStandardItemModel(self)
        group = entries[0].group if entries else 0
        for entry in entries:
            if entry.group != group:
                self._model.appendRow(_rule())
                group = entry.group
            item = QStandardItem(entry.title)
            item.setData(entry, _ENTRY)
            item.setToolTip(entry.title)
            item.setEditable(False)
            self._items[entry.key] = item
            self._model.appendRow(item)
        self.list = _EntryList(self)
        self.list.setModel(self._model)
        self.list.opened.connect(self.opened)
        self._fold = _FoldButton(self)
        self._fold.clicked.connect(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self._fold)
        self.fold(folded=False)
        for key in self._items:
            self.set_counter(key, 0)

    @property
    def folded(self) -> bool:
        """Whether only the icons are shown."""
        return self.list.folded

    @Slot()
    def toggle(self) -> None:
        """Fold or unfold."""
        self.fold(folded=not self.folded)

    def fold(self, *, folded: bool) -> None:
        """Show icons alone, or icons and names."""
        self.list.folded = folded
        self.setFixedWidth(FOLDED if folded else OPEN)
        self._fold.set_folded(folded=folded)
        self.list.doItemsLayout()

    def light(self, key: str) -> None:
        """Show which page is in front."""
        self.list.lit = key
        item = self._items.get(key)
        if item is not None:
            self.list.setCurrentIndex(item.index())
        self.list.viewport().update()

    def set_counter(self, key: str, count: int) -> None:
        """Write how much work waits in a page."""
        item = self._items[key]
        entry: PageEntry = item.data(_ENTRY)
        item.setData(count, _COUNTER)
        said = f"{entry.title}, {count} en attente" if count else entry.title
        item.setData(said, Qt.ItemDataRole.AccessibleTextRole)

    def counter(self, key: str) -> int:
        """How much work waits in a page."""
        return int(self._items[key].data(_COUNTER) or 0)


class _FoldButton(QPushButton):
    """The foot of the navigation, "Réduire" (Ctrl+B)."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "quiet")
        self.setFixedHeight(50)
        self._folded = False

    def set_folded(self, *, folded: bool) -> None:
        """Say what a click would do."""
        self._folded = folded
        does = "Déplier la navigation" if folded else "Réduire la navigation"
        self.setAccessibleName(does)
        self.setToolTip(f"{does} (Ctrl+B)")
        self.update()

    @override
    def paintEvent(self, arg__1: object) -> None:
        painter = QPainter(self)
        palette = current_palette()
        if self.underMouse():
            painter.fillRect(self.rect(), palette.color("hover"))
        left = (self.width() - _ICON) // 2 if self._folded else 18
        box = QRect(left, (self.height() - _ICON) // 2, _ICON, _ICON)
        icon("caret-double-right" if self._folded else "caret-double-left", "text2").paint(painter, box)
        if not self._folded:
            painter.setFont(text_font(BODY))
            painter.setPen(palette.color("text2"))
            painter.drawText(self.rect().adjusted(46, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), "Réduire")
        painter.end()


def _rule() -> QStandardItem:
    """The line between two groups of pages."""
    item = QStandardItem()
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setData("", Qt.ItemDataRole.AccessibleTextRole)
    return item
