"""The view of every list: rows of one height, the selected one with a colour and a bar, column titles, its own bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

import shiboken6
from PySide6.QtCore import QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollBar,
    QTableView,
    QWidget,
)
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import HEADER_HEIGHT, ROW_HEIGHT, SECONDARY, text_font
from dombes_office.views.widgets.cells import CellDelegate, RingedView, content_rect
from dombes_office.views.widgets.row_table import Row, RowTable

if TYPE_CHECKING:
    from collections.abc import Hashable


WIDE = 1200
"""From so many pixels on, the columns for wide windows are shown."""
_LEAST = 0.6
"""A stretching column gives up so much of its width before the list scrolls sideways."""
_ROWS_AHEAD = 20
"""The next page is asked for when so few rows are left below the last one on screen."""


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
        if not shiboken6.isValid(self._own):
            # The view is being taken down, and its own bar went first.
            return
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


class TableView(RingedView, Generic[Row]):
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
        self._left_out: frozenset[str] = frozenset()
        self._ordered = (-1, Qt.SortOrder.AscendingOrder)
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
        self.horizontalHeader().setSortIndicator(*self._ordered)
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
        self._ordered = (keys.index(key) if key in keys else -1, order)
        self.horizontalHeader().setSortIndicator(*self._ordered)

    def leave_out(self, keys: frozenset[str]) -> None:
        """Leave out the columns of these keys, and show all others, which share the room."""
        if keys != self._left_out:
            self._left_out = keys
            self._lay_columns_out()

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
            self.setColumnHidden(at, (column.wide_only and not wide) or column.key in self._left_out)
        shown = [(at, column) for at, column in enumerate(self.table.columns) if not self.isColumnHidden(at)]
        rest = room - sum(column.width for _, column in shown)
        stretching = [at for at, column in shown if column.stretch]
        for at, column in shown:
            share = 0
            if at in stretching:
                # What does not part evenly goes to the last ones, so that the rows reach the edge.
                share = rest // len(stretching)
                stretching.remove(at)
                rest -= share
            self.setColumnWidth(at, max(column.width + share, round(column.width * _LEAST)))

    @Slot(int)
    def _sort_by(self, section: int) -> None:
        """Order by a column, or the other way round; the header has moved its caret by itself, even to no avail."""
        sortable = self.table.columns[section].sort_value is not None
        if sortable:
            again = self._ordered == (section, Qt.SortOrder.AscendingOrder)
            self._ordered = (section, Qt.SortOrder.DescendingOrder if again else Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSortIndicator(*self._ordered)
        if sortable:
            self.table.sort(*self._ordered)

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
