"""The list of entries at the left, as high as they are: its model, how an entry is painted, and the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import BODY, SECONDARY, text_font
from dombes_office.views.widgets.marks import STATE_ICONS

if TYPE_CHECKING:
    from dombes_office.views.requests.examination.pieces.piece_entry import Entry
    from dombes_office.views.widgets.row_table import Index

WIDTH, PADDING = 212, 12
_LINE, _ICON, _MARK = 17, 16, 16


class _Entries(QAbstractListModel):
    """The entries as Qt's model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show other entries; as many as before keep the selection where it is."""
        if len(entries) == len(self.entries):
            self.entries = entries
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
        else:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.entries)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return entry.title
        return entry.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None


class _EntryDelegate(QStyledItemDelegate):
    """Paints icon, title, smaller lines and the verdict's mark."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        entry = model.entries[index.row()] if isinstance(model, _Entries) else None
        return QSize(WIDTH, 31 + _LINE * (len(entry.lines) if entry else 1))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Entries):
            return
        entry, palette = model.entries[index.row()], current_palette()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, palette.color("select"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), palette.color("accent"))
        quiet = "text2" if entry.dimmed else "text"
        top = rect.top() + 7
        left = rect.left() + PADDING + _ICON + 11
        icon(entry.icon_name, "text2").paint(painter, QRect(rect.left() + PADDING, top + 1, _ICON, _ICON))
        room = rect.right() - left - _MARK - 18
        self._write(painter, QRect(left, top, room, 18), entry.title, quiet, strong=True)
        for number, line in enumerate(entry.lines):
            at = QRect(left, top + 18 + number * _LINE, rect.right() - left - 8, _LINE)
            self._write(painter, at, line, "text2", strong=False)
        if entry.state is not None:
            place = QRect(rect.right() - _MARK - 13, top + 1, _MARK, _MARK)
            icon(STATE_ICONS[entry.state], entry.state).paint(painter, place)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, place: QRect, text: str, role: str, *, strong: bool) -> None:
        font = text_font(BODY if strong else SECONDARY, strong=strong)
        painter.setFont(font)
        painter.setPen(current_palette().color(role))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class EntryList(QListView):
    """A list as high as its entries."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = _Entries(self)
        self.setModel(self.entries)
        self.setItemDelegate(_EntryDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setProperty("kind", "pieces")

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        self.entries.show(entries)
        heights = (self.sizeHintForRow(row) for row in range(len(entries)))
        self.setFixedHeight(sum(heights))
        self.setVisible(bool(entries))
