"""Keeps a list where it is on the screen while rows come and go around what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from collections.abc import Hashable

    from dombes_office.views.widgets.table_view import TableView


class Place(QObject):
    """`hold` before rows are replaced, `restore` after: the topmost row that is still there stays at its height.

    A list that stands at its very top stays there, so that what is new above is seen.
    """

    def __init__(self, view: TableView[Any]) -> None:
        super().__init__(view)
        self._view = view
        self._held: list[tuple[Hashable, int]] = []
        self._at = 0

    @Slot()
    def hold(self) -> None:
        """Remember which rows are on the screen, and how high each stands."""
        view, table = self._view, self._view.table
        self._at = view.verticalScrollBar().value()
        first = view.rowAt(0)
        last = view.rowAt(view.viewport().height() - 1)
        shown = range(max(0, first), (last if last >= 0 else table.rowCount() - 1) + 1)
        self._held = [(table.identity(table.row(at)), view.rowViewportPosition(at)) for at in shown]

    @Slot()
    def restore(self) -> None:
        """Scroll so that the first of those rows that is still there stands where it stood."""
        view, bar = self._view, self._view.verticalScrollBar()
        # Rows were taken away and added: the bar's range is only made anew with the layout of the view.
        view.executeDelayedItemsLayout()
        bar.setValue(self._at)
        if self._at == 0:
            return
        for identity, height in self._held:
            position = view.table.position(identity)
            if position is not None:
                bar.setValue(bar.value() + view.rowViewportPosition(position) - height)
                return
