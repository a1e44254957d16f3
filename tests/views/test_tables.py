"""The table model and its view: order, identity, paging and what is said of each cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from dombes_office.views.widgets.cells import natural_width
from dombes_office.views.widgets.marks import Mark, State
from dombes_office.views.widgets.row_table import Align, Cell, CellRole, Column, RowTable, Tone
from dombes_office.views.widgets.table_view import TableView

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


@dataclass(frozen=True, slots=True)
class Child:
    """A row to show."""

    number: int
    family: str
    first_name: str = "Manon"
    cents: int = 415
    failures: int = 0


def mark_of(child: Child) -> Mark:
    return Mark(State.FAILURE, f"{child.failures} échec") if child.failures else Mark(State.GOOD, "Tout est bon")


COLUMNS = (
    Column[Child](
        "Famille", lambda c: c.family, key="family", tone=Tone.STRONG, sort_value=lambda c: c.family, stretch=True
    ),
    Column[Child]("Enfant", lambda c: c.first_name, second=lambda _: "7 ans, CE1", width=140),
    Column[Child](
        "Montant",
        lambda c: f"{c.cents // 100},{c.cents % 100:02}\u00a0€",
        key="amount",
        sort_value=lambda c: c.cents,
        align=Align.RIGHT,
    ),
    Column[Child]("Contrôles", lambda _: "", mark=mark_of, width=110),
    Column[Child]("Reçue le", lambda _: "17/11/2026", wide_only=True),
)


def children(*numbers: int) -> list[Child]:
    return [Child(number, f"FAMILLE {number}") for number in numbers]


def table_of(*numbers: int, exhausted: bool = True, sorts_itself: bool = False) -> RowTable[Child]:
    table = RowTable[Child](COLUMNS, lambda c: c.number, sorts_itself=sorts_itself)
    table.replace(children(*numbers), exhausted=exhausted)
    return table


def numbers(table: RowTable[Child]) -> list[int]:
    return [child.number for child in table.rows]


def shown(qtbot: QtBot, table: RowTable[Child], width: int = 800) -> TableView[Child]:
    view = TableView(table, name="Enfants")
    qtbot.addWidget(view)
    view.resize(width, 300)
    view.show()
    return view


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    table = table_of(exhausted=False)
    qtmodeltester.check(table)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped.
    table.replace(children(1, 2, 3, 4, 5), exhausted=False)
    table.append(children(6, 7), exhausted=True)
    table.replace(children(7, 3, 9, 1), exhausted=True)
    table.replace(children(20, 21), exhausted=True)
    table.replace([], exhausted=True)
    table.replace(children(1), exhausted=True)


def test_a_cell_answers_words_value_record_and_speech() -> None:
    table = table_of(1)
    amount, checks, child = table.index(0, 2), table.index(0, 3), table.index(0, 1)
    assert amount.data() == "4,15\u00a0€"
    assert amount.data(CellRole.SORT) == 415
    assert amount.data(CellRole.RECORD) is table.row(0)
    assert amount.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert amount.data(Qt.ItemDataRole.AccessibleTextRole) == "Montant\u00a0: 4,15\u00a0€"
    assert checks.data() == "Tout est bon"
    assert checks.data(Qt.ItemDataRole.AccessibleTextRole) == "Contrôles\u00a0: Tout est bon"
    assert child.data() == "Manon 7 ans, CE1"
    assert isinstance(child.data(CellRole.CELL), Cell)
    assert table.headerData(0, Qt.Orientation.Horizontal) == "Famille"


def test_more_is_wanted_once_until_it_comes(qtbot: QtBot) -> None:
    table, asked = table_of(1, 2, exhausted=False), list[bool]()
    table.more_wanted.connect(lambda: asked.append(True))
    root = QModelIndex()
    assert table.canFetchMore(root)
    table.fetchMore(root)
    table.fetchMore(root)
    assert asked == [True]
    table.append(children(2, 3), exhausted=False)
    assert numbers(table) == [1, 2, 3]
    table.fetchMore(root)
    table.failed()
    table.fetchMore(root)
    assert asked == [True] * 3
    table.append([], exhausted=True)
    assert not table.canFetchMore(root)
    assert qtbot is not None


def test_scrolling_asks_for_the_next_page_before_the_end(qtbot: QtBot) -> None:
    table = table_of(*range(200), exhausted=False)
    view = shown(qtbot, table)
    bar = view.verticalScrollBar()
    with qtbot.assertNotEmitted(table.more_wanted):
        bar.setValue(10)
    with qtbot.waitSignal(table.more_wanted):
        bar.setValue(bar.maximum() - 5 * 32)


@pytest.mark.parametrize(
    ("after", "current"),
    [((5, 3, 1), 3), ((3,), 3), ((1, 2, 3, 4, 5, 6), 3), ((9, 3, 8), 3), ((3, 2, 1), 3), ((7, 8), 7)],
)
def test_new_rows_keep_the_selection_by_identity(qtbot: QtBot, after: tuple[int, ...], current: int) -> None:
    table = table_of(1, 2, 3, 4)
    view = shown(qtbot, table)
    view.select(3)
    table.replace(children(*after), exhausted=True)
    assert tuple(numbers(table)) == after
    row = view.current_row()
    assert row is not None
    assert row.number == current
    assert [index.row() for index in view.selectionModel().selectedRows()] == [after.index(current)]


def test_a_row_that_leaves_hands_the_selection_to_its_neighbour(qtbot: QtBot) -> None:
    table = table_of(1, 2, 3, 4)
    view = shown(qtbot, table)
    view.select(2)
    table.replace(children(1, 3, 4), exhausted=True)
    row = view.current_row()
    assert row is not None
    assert row.number in {1, 3}


def test_the_new_content_of_a_row_is_told(qtbot: QtBot) -> None:
    table = table_of(1, 2)
    view = shown(qtbot, table)
    told: list[Child | None] = []
    view.row_changed.connect(told.append)
    changed = replace(table.row(0), failures=2)
    table.replace([changed, table.row(1)], exhausted=True)
    assert told == [changed]
    assert table.index(0, 3).data() == "2 échec"


def test_no_rows_means_no_current_row(qtbot: QtBot) -> None:
    table = table_of(1)
    view = shown(qtbot, table)
    told: list[Child | None] = []
    view.row_changed.connect(told.append)
    table.replace([], exhausted=True)
    assert view.current_row() is None
    assert told[-1] is None


def test_enter_and_double_click_open_the_row(qtbot: QtBot) -> None:
    table = table_of(1, 2)
    view = shown(qtbot, table)
    view.select(2)
    with qtbot.waitSignal(view.row_opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [table.row(1)]
    with qtbot.waitSignal(view.row_opened) as opened:
        view.doubleClicked.emit(table.index(0, 0))
    assert opened.args == [table.row(0)]


def test_a_click_on_a_title_asks_the_database_for_that_order(qtbot: QtBot) -> None:
    table = table_of(2, 1)
    view = shown(qtbot, table)
    asked: list[tuple[str, bool]] = []
    table.sort_wanted.connect(lambda key, descending: asked.append((key, descending)))
    for section in (2, 2, 1):
        view.horizontalHeader().sectionClicked.emit(section)
    assert asked == [("amount", False), ("amount", True)]
    assert numbers(table) == [2, 1]


def test_a_complete_list_sorts_itself_by_value_and_keeps_the_selection(qtbot: QtBot) -> None:
    table = RowTable[Child](COLUMNS, lambda c: c.number, sorts_itself=True)
    table.replace([Child(1, "B", cents=900), Child(2, "A", cents=1000), Child(3, "C", cents=50)], exhausted=True)
    view = shown(qtbot, table)
    view.select(2)
    table.sort(2, Qt.SortOrder.AscendingOrder)
    assert numbers(table) == [3, 1, 2]
    assert view.currentIndex().row() == 2
    table.sort(2, Qt.SortOrder.DescendingOrder)
    table.replace([Child(4, "D", cents=5000), *table.rows], exhausted=True)
    assert numbers(table) == [4, 2, 1, 3]


def test_wide_columns_show_where_there_is_room(qtbot: QtBot) -> None:
    view = shown(qtbot, table_of(1))
    assert view.isColumnHidden(4)
    view.resize(1400, 300)
    assert not view.isColumnHidden(4)
    assert sum(view.columnWidth(at) for at in range(5)) == view.viewport().width()


@pytest.mark.parametrize("width", [797, 798, 799, 1397, 1398])
def test_the_rows_reach_the_right_edge(qtbot: QtBot, width: int) -> None:
    columns = [Column[Child](str(at), lambda c: c.family, width=101, stretch=at != 2) for at in range(5)]
    table = RowTable[Child](columns, lambda c: c.number)
    table.replace(children(1), exhausted=True)
    view = shown(qtbot, table, width=width)
    assert sum(view.columnWidth(at) for at in range(5)) == view.viewport().width()


def test_columns_give_way_before_the_list_scrolls_sideways(qtbot: QtBot) -> None:
    view = shown(qtbot, table_of(1), width=425)
    assert view.columnWidth(0) < COLUMNS[0].width
    assert not view.horizontalScrollBar().isVisible()


def test_text_too_long_for_its_column_has_a_tooltip(qtbot: QtBot) -> None:
    table = RowTable[Child](COLUMNS, lambda c: c.number)
    table.replace([Child(1, "DE LA SALLE-VIRIEU " * 20)], exhausted=True)
    view = shown(qtbot, table)
    cell = table.index(0, 0).data(CellRole.CELL)
    assert natural_width(cell) > view.columnWidth(0)
    view.grab()


def test_a_screen_reader_finds_the_words(qtbot: QtBot) -> None:
    view = shown(qtbot, table_of(1))
    spoken = QAccessible.queryAccessibleInterface(view)
    names = [spoken.child(at).text(QAccessible.Text.Name) for at in range(spoken.childCount())]
    assert "Contrôles\u00a0: Tout est bon" in names
