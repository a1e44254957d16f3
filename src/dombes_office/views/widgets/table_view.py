"""The view of every list: rows of one height, the selected one with a colour and a bar, cells painted by tone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import Palette, current_palette
from dombes_office.views.style import BODY, HEADER_HEIGHT, MARGIN_LEFT, ROW_HEIGHT, SECONDARY, mono_font, text_font
from dombes_office.views.widgets.marks import mark_width, paint_mark
from dombes_office.views.widgets.row_table import Align, Cell, CellRole, Index, Row, RowTable, Tone

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtGui import QFont

PADDING, _GAP, _ICON, _BAR, WIDE = 8, 7, 14, 3, 1200
_LEAST = 0.6
"""A stretching column gives up so much of its width before the list scrolls sideways."""
_ROWS_AHEAD = 20
"""The next page is asked for when so few rows are left below the last one on screen."""

_VERTICAL = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


def _font(tone: Tone) -> QFont:
    """The font of a cell's text."""
    if tone is Tone.MONO:
        return mono_font()
    font = text_font(BODY, strong=tone is Tone.STRONG)
    font.setUnderline(tone is Tone.LINK)
    return font


def _text_role(tone: Tone) -> str:
    """The palette role of a cell's text."""
    return {Tone.SECONDARY: "text2", Tone.LINK: "accent"}.get(tone, "text")


class CellDelegate(QStyledItemDelegate):
    """Paints one cell: row background, selection bar, line below, then mark, icon, text and second text."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CellRole.CELL)
        rect: QRect = option.rect
        palette = current_palette()
        painter.save()
        self._paint_row(painter, rect, option, index, palette)
        if isinstance(cell, Cell):
            paint_cell(painter, content_rect(rect, index.column()), cell, palette)
        painter.restore()

    def _paint_row(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index, palette: Palette
    ) -> None:
        """Background, line below, bar of the selected row and ring of the current row."""
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, palette.color("select" if selected else "surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), palette.color("border"))
        view = option.widget
        if not isinstance(view, TableView):
            return
        if selected and view.is_first(index.column()):
            painter.fillRect(QRect(rect.left(), rect.top(), _BAR, rect.height() - 1), palette.color("accent"))
        if view.ring_on(index):
            _paint_ring(painter, rect, palette, first=view.is_first(index.column()), last=view.is_last(index.column()))

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell = index.data(CellRole.CELL)
        return QSize(natural_width(cell) if isinstance(cell, Cell) else 40, ROW_HEIGHT)

    @override
    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        words = index.data(Qt.ItemDataRole.ToolTipRole)
        cell = index.data(CellRole.CELL)
        room = content_rect(view.visualRect(index), index.column()).width()
        if not words and isinstance(cell, Cell) and natural_width(cell) > room:
            words = index.data(Qt.ItemDataRole.DisplayRole)
        QToolTip.showText(event.globalPos(), words or "", view)
        return bool(words)


def content_rect(rect: QRect, column: int) -> QRect:
    """Where a cell's content stands: the first column keeps the page's margin."""
    return rect.adjusted(MARGIN_LEFT if column == 0 else PADDING, 0, -PADDING // 2, -1)


def natural_width(cell: Cell) -> int:
    """How wide a cell's content would like to be."""
    if cell.mark is not None:
        return mark_width(cell.mark)
    width = QFontMetrics(_font(cell.tone)).horizontalAdvance(cell.text) + (_ICON + 4 if cell.indented else 0)
    if cell.second:
        width += _GAP + QFontMetrics(text_font(SECONDARY)).horizontalAdvance(cell.second)
    return width


def paint_cell(painter: QPainter, room: QRect, cell: Cell, palette: Palette) -> None:
    """Draw a cell's content in `room`, elided where it does not fit."""
    if cell.mark is not None:
        paint_mark(painter, room, cell.mark, palette)
        return
    if cell.icon is not None:
        name, role = cell.icon
        icon(name, role).paint(painter, QRect(room.left(), room.center().y() - _ICON // 2 + 1, _ICON, _ICON))
    if cell.indented:
        room = room.adjusted(_ICON + 4, 0, 0, 0)
    font = _font(cell.tone)
    painter.setFont(font)
    painter.setPen(palette.color(_text_role(cell.tone)))
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(_VERTICAL[cell.align]), shown)
    used = metrics.horizontalAdvance(shown) + _GAP
    if cell.second and used < room.width():
        rest = room.adjusted(used, 0, 0, 0)
        painter.setFont(text_font(SECONDARY))
        painter.setPen(palette.color("text2"))
        shown = QFontMetrics(painter.font()).elidedText(cell.second, Qt.TextElideMode.ElideRight, rest.width())
        # On the line of the larger text: the smaller font would float by itself.
        painter.drawText(rest.left(), room.top() + (room.height() + metrics.ascent() - metrics.descent()) // 2, shown)


def _paint_ring(painter: QPainter, rect: QRect, palette: Palette, *, first: bool, last: bool) -> None:
    """The part of the current row's focus ring that lies in one cell."""
    color = palette.color("accent")
    painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), color)
    painter.fillRect(QRect(rect.left(), rect.bottom() - 2, rect.width(), 2), color)
    if first:
        painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height() - 1), color)
    if last:
        painter.fillRect(QRect(rect.right() - 1, rect.top(), 2, rect.height() - 1), color)


class ColumnHeader(QHeaderView):
    """The row of column titles: quiet, with a caret at the column that orders the list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setSortIndicatorShown(False)
        self.setAccessibleName("Titres des colonnes")

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        palette = current_palette()
        painter.save()
        painter.fillRect(rect, palette.color("raised"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), palette.color("border"))
        room = content_rect(rect, logicalIndex)
        title = self.model().headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.DisplayRole) or ""
        flags = self.model().headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        painter.setFont(text_font(SECONDARY, strong=True))
        painter.setPen(palette.color("text2"))
        painter.drawText(room, int(flags or Qt.AlignmentFlag.AlignVCenter), str(title))
        if self.sortIndicatorSection() == logicalIndex:
            descending = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            left = room.left() + QFontMetrics(painter.font()).horizontalAdvance(str(title)) + 3
            box = QRect(left, room.center().y() - 4, 11, 11)
            icon("caret-down" if descending else "caret-up", "text2").paint(painter, box)
        painter.restore()

    @override
    def paintEvent(self, e: Any) -> None:
        super().paintEvent(e)
        # The part to the right of the last column belongs to the header too.
        palette = current_palette()
        used = self.length() - self.offset()
        if used < self.viewport().width():
            painter = QPainter(self.viewport())
            painter.fillRect(used, 0, self.viewport().width(), self.height(), palette.color("raised"))
            painter.fillRect(used, self.height() - 1, self.viewport().width(), 1, palette.color("border"))
            painter.end()


class OverlaidScrollBar(QScrollBar):
    """Stands over the right edge of the rows, below the header, so that columns and header keep the whole width."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._own = view.verticalScrollBar()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._own.rangeChanged.connect(self._follow_range)
        self._own.valueChanged.connect(self.setValue)
        self.valueChanged.connect(self._own.setValue)
        self.hide()

    @Slot(int, int)
    def _follow_range(self, least: int, most: int) -> None:
        self.setRange(least, most)
        self.setPageStep(self._own.pageStep())
        self.setSingleStep(self._own.singleStep())
        self.setVisible(most > least)
        self.place()

    def place(self) -> None:
        """Take the right edge below the header."""
        view = self.parent()
        if not isinstance(view, QTableView):
            return
        width = self.sizeHint().width()
        area = view.viewport().geometry()
        self.setGeometry(area.right() - width + 1, area.top(), width, area.height())
        self.raise_()


class TableView(QTableView, Generic[Row]):
    """A list of rows read from a `RowTable`.

    `row_changed` carries the current row (None when there is none), `row_opened` the row on which Entrée or a double
    click fell. When the rows are replaced and nothing is selected any more, the first row is selected.
    """

    row_changed = Signal(object)
    row_opened = Signal(object)

    def __init__(
        self, table: RowTable[Row], *, name: str, row_height: int = ROW_HEIGHT, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.table = table
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setHorizontalHeader(ColumnHeader(self))
        self.setItemDelegate(CellDelegate(self))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setMinimumSectionSize(row_height)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setModel(table)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.doubleClicked.connect(self._open)
        self.verticalScrollBar().valueChanged.connect(self._read_ahead)
        table.replaced.connect(self._select_something)
        self._scroll_bar = OverlaidScrollBar(self)
        self._lay_columns_out()

    def current_row(self) -> Row | None:
        """The row that is selected, None where there is none."""
        index = self.currentIndex()
        return self.table.row(index.row()) if index.isValid() else None

    def select(self, identity: Hashable) -> bool:
        """Select the row of that identity; False where it is not among the rows read so far."""
        position = self.table.position(identity)
        if position is not None:
            self.selectRow(position)
        return position is not None

    def show_order(self, key: str, *, descending: bool) -> None:
        """Put the caret on the column that orders the list, without sorting."""
        keys = [column.key for column in self.table.columns]
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(keys.index(key) if key in keys else -1, order)

    def is_first(self, column: int) -> bool:
        """Whether a column is the leftmost on screen."""
        return self.horizontalHeader().visualIndex(column) == 0

    def is_last(self, column: int) -> bool:
        """Whether a column is the rightmost on screen."""
        shown = [at for at in range(len(self.table.columns)) if not self.isColumnHidden(at)]
        return bool(shown) and shown[-1] == column

    def ring_on(self, index: Index) -> bool:
        """Whether the focus ring is drawn on the row of `index`."""
        return self.hasFocus() and index.row() == self.currentIndex().row()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_bar.place()
        self._lay_columns_out()

    @override
    def sizeHintForColumn(self, column: int) -> int:
        return max(super().sizeHintForColumn(column), self.table.columns[column].width)

    def _lay_columns_out(self) -> None:
        """Give each column its width; those that stretch share what is left or lacking, wide ones show if they can."""
        room = self.viewport().width()
        wide = room >= WIDE
        for at, column in enumerate(self.table.columns):
            self.setColumnHidden(at, column.wide_only and not wide)
        shown = [(at, column) for at, column in enumerate(self.table.columns) if not self.isColumnHidden(at)]
        rest = room - sum(column.width for _, column in shown)
        stretching = [at for at, column in shown if column.stretch]
        for at, column in shown:
            share = rest // len(stretching) if at in stretching else 0
            self.setColumnWidth(at, max(column.width + share, round(column.width * _LEAST)))

    @Slot(int)
    def _sort_by(self, section: int) -> None:
        if self.table.columns[section].sort_value is None:
            return
        header = self.horizontalHeader()
        again = header.sortIndicatorSection() == section
        ascending = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if again and ascending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(section, order)
        self.table.sort(section, order)

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.row_changed.emit(self.table.row(current.row()) if current.isValid() else None)
        self.viewport().update()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.row_opened.emit(self.table.row(index.row()))

    @Slot(int)
    def _read_ahead(self, value: int) -> None:
        """Ask for the next page a little before the end comes into sight."""
        bar = self.verticalScrollBar()
        height = self.verticalHeader().defaultSectionSize()
        if bar.maximum() - value < _ROWS_AHEAD * height and self.table.canFetchMore(QModelIndex()):
            self.table.fetchMore(QModelIndex())

    @Slot()
    def _select_something(self) -> None:
        """Rows were replaced: keep the selection, else begin at the top, and tell what is current now."""
        if not self.currentIndex().isValid() and self.table.rowCount():
            self.selectRow(0)
        else:
            self.row_changed.emit(self.current_row())
