"""The table model of every list: frozen rows in columns, read page by page, the selection kept by identity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from dombes_office.views.widgets.marks import Mark

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex


class CellRole(IntEnum):
    """What a table answers beside Qt's own roles."""

    SORT = Qt.ItemDataRole.UserRole + 1
    """The native value to sort by: a date, cents, a number; never the text."""
    RECORD = Qt.ItemDataRole.UserRole + 2
    """The frozen row itself."""
    CELL = Qt.ItemDataRole.UserRole + 3
    """A `Cell`: all that the delegate paints, in one call."""


class Tone(StrEnum):
    """How a cell's text is written."""

    PLAIN = "plain"
    STRONG = "strong"
    SECONDARY = "secondary"
    MONO = "mono"
    LINK = "link"


class Align(StrEnum):
    """Where a cell's text stands; amounts stand right."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)  # Not slots: a generic frozen dataclass with slots fails to build on Python 3.11.
class Column(Generic[Row]):
    """One column: what it says of a row, and how.

    `second` is written smaller and paler after the text ("7 ans, CE1" after "Manon"). `mark` draws a state mark in
    place of the text, `icon` a small icon (name, role) before it. `key` names the column for sorting and remembering; a
    column without `sort_value` is not sortable. `width` is in logical pixels; columns with `stretch` share what is
    left. `wide_only` columns appear where the table is at least 1200 pixels wide. `spoken` is what a screen reader
    says, the text otherwise.
    """

    title: str
    text: Callable[[Row], str]
    key: str = ""
    width: int = 100
    second: Callable[[Row], str] | None = None
    mark: Callable[[Row], Mark | None] | None = None
    icon: Callable[[Row], tuple[str, str] | None] | None = None
    sort_value: Callable[[Row], Any] | None = None
    tooltip: Callable[[Row], str] | None = None
    spoken: Callable[[Row], str] | None = None
    tone: Tone | Callable[[Row], Tone] = Tone.PLAIN
    align: Align = Align.LEFT
    stretch: bool = False
    wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """All that is painted in one cell."""

    text: str
    second: str
    mark: Mark | None
    icon: tuple[str, str] | None
    indented: bool
    """The column has icons, so text without one stands below text with one."""
    tone: Tone
    align: Align


_ALIGNMENTS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class RowTable(QAbstractTableModel, Generic[Row]):
    """Rows of one kind, in the order the database gave them.

    When the view nears the end and the rows are not exhausted, `more_wanted` is emitted once; answer with `append`.
    Sorting asks the database too: `sort_wanted(column key, descending)`, since the rows here are only the first pages.
    With `sorts_itself` (short lists that are complete) the table sorts by the columns' `sort_value`.
    """

    more_wanted = Signal()
    sort_wanted = Signal(str, bool)
    replaced = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        identity: Callable[[Row], Hashable],
        *,
        sorts_itself: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._identity = identity
        self._rows: list[Row] = []
        self._exhausted = True
        self._asked = False
        self._sorts_itself = sorts_itself
        self._order: tuple[int, Qt.SortOrder] | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows read so far."""
        return tuple(self._rows)

    @property
    def exhausted(self) -> bool:
        """Whether every row has been read."""
        return self._exhausted

    def row(self, position: int) -> Row:
        """The row at a position."""
        return self._rows[position]

    def identity(self, row: Row) -> Hashable:
        """What tells a row from all others."""
        return self._identity(row)

    def position(self, identity: Hashable) -> int | None:
        """Where the row of that identity stands, None where it is not here."""
        return next((at for at, row in enumerate(self._rows) if self._identity(row) == identity), None)

    def append(self, rows: Sequence[Row], *, exhausted: bool) -> None:
        """Add the next page below; rows that are here already (they moved meanwhile) are left out."""
        self._asked = False
        self._exhausted = exhausted
        known = {self._identity(row) for row in self._rows}
        fresh = [row for row in rows if self._identity(row) not in known]
        if fresh:
            self._insert(fresh)

    def replace(self, rows: Sequence[Row], *, exhausted: bool) -> None:
        """Show these rows instead: those that stay keep their selection, others leave or arrive around them."""
        self._asked = False
        self._exhausted = exhausted
        rows = self._sorted(rows)
        wanted = {self._identity(row) for row in rows}
        kept = [row for row in self._rows if self._identity(row) in wanted]
        if kept:
            self._remove_all_but(wanted)
            here = {self._identity(row) for row in kept}
            self._insert([row for row in rows if self._identity(row) not in here])
            self._reorder(list(rows))
        else:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
        self.replaced.emit()

    def failed(self) -> None:
        """The page that was wanted did not come: let the view ask again."""
        self._asked = False

    def _insert(self, rows: list[Row]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def _remove_all_but(self, wanted: set[Hashable]) -> None:
        """Remove the rows that left, in runs from the bottom up."""
        gone = [at for at, row in enumerate(self._rows) if self._identity(row) not in wanted]
        while gone:
            last = first = gone.pop()
            while gone and gone[-1] == first - 1:
                first = gone.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()

    def _reorder(self, rows: list[Row]) -> None:
        """Put the rows in their new order with their new content, and what points at them with them."""
        places = {self._identity(row): at for at, row in enumerate(rows)}
        moved = [places[self._identity(row)] for row in self._rows]
        if all(one < next_one for one, next_one in pairwise(moved)):
            self._rows = rows
        else:
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            after = [self.index(moved[index.row()], index.column()) for index in before]
            self._rows = rows
            self.changePersistentIndexList(before, after)
            self.layoutChanged.emit()
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def _sorted(self, rows: Sequence[Row]) -> Sequence[Row]:
        if not self._sorts_itself or self._order is None:
            return rows
        value = self.columns[self._order[0]].sort_value
        descending = self._order[1] == Qt.SortOrder.DescendingOrder
        return rows if value is None else sorted(rows, key=value, reverse=descending)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._exhausted and not self._asked

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self.columns) or self.columns[column].sort_value is None:
            return
        self._order = (column, order)
        if self._sorts_itself:
            self._reorder(list(self._sorted(self._rows)))
        else:
            self.sort_wanted.emit(self.columns[column].key, order == Qt.SortOrder.DescendingOrder)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[column.align] | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(column, row)


def _cell(column: Column[Row], row: Row) -> Cell:
    """What is painted for one row in one column."""
    return Cell(
        column.text(row),
        "" if column.second is None else column.second(row),
        None if column.mark is None else column.mark(row),
        None if column.icon is None else column.icon(row),
        column.icon is not None,
        column.tone if isinstance(column.tone, Tone) else column.tone(row),
        column.align,
    )


def _words(column: Column[Row], row: Row) -> str:
    """What a cell says in words, marks included."""
    mark = None if column.mark is None else column.mark(row)
    text = column.text(row) if mark is None else mark.words
    second = "" if column.second is None else column.second(row)
    return f"{text} {second}".strip()


def _spoken(column: Column[Row], row: Row) -> str:
    """What a screen reader says of a cell."""
    return f"{column.title}\u00a0: {_words(column, row) if column.spoken is None else column.spoken(row)}"


def _alignment(column: Column[Row], _row: Row) -> Qt.AlignmentFlag:
    return _ALIGNMENTS[column.align] | Qt.AlignmentFlag.AlignVCenter


def _tooltip(column: Column[Row], row: Row) -> str | None:
    return None if column.tooltip is None else column.tooltip(row) or None


def _sort_value(column: Column[Row], row: Row) -> object:
    return column.text(row) if column.sort_value is None else column.sort_value(row)


def _record(_column: Column[Row], row: Row) -> Row:
    return row


_ANSWERS: dict[int, Callable[[Column[Any], Any], Any]] = {
    Qt.ItemDataRole.DisplayRole: _words,
    Qt.ItemDataRole.TextAlignmentRole: _alignment,
    Qt.ItemDataRole.AccessibleTextRole: _spoken,
    Qt.ItemDataRole.ToolTipRole: _tooltip,
    CellRole.CELL: _cell,
    CellRole.SORT: _sort_value,
    CellRole.RECORD: _record,
}
"""What a cell answers for each role."""
