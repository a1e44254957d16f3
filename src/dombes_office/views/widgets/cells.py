"""How a table's cells are painted: row background, selection bar and ring, then mark, icon, text and second text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import Palette, current_palette
from dombes_office.views.style import BODY, MARGIN_LEFT, ROW_HEIGHT, SECONDARY, mono_font, text_font
from dombes_office.views.widgets.marks import mark_width, paint_mark
from dombes_office.views.widgets.row_table import Align, Cell, CellRole, Index, Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

PADDING, _GAP, _ICON, _BAR = 8, 7, 14, 3
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


class RingedView(QTableView):
    """A table whose current row wears the focus ring, drawn by its delegate."""

    def is_first(self, column: int) -> bool:
        """Whether a column is the leftmost on screen."""
        return self.horizontalHeader().visualIndex(column) == 0

    def is_last(self, column: int) -> bool:
        """Whether a column is the rightmost on screen."""
        shown = [at for at in range(self.model().columnCount()) if not self.isColumnHidden(at)]
        return bool(shown) and shown[-1] == column

    def ring_on(self, index: Index) -> bool:
        """Whether the focus ring is drawn on the row of `index`."""
        return self.hasFocus() and index.row() == self.currentIndex().row()


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
        if not isinstance(view, RingedView):
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
