"""A table and the panel beside it: the panel keeps its width, the table takes the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

PANEL, PANEL_WIDE, WIDE_FROM = 283, 363, 1500


class Beside(QSplitter):
    """Two parts with a movable line between; on a wide window the panel is 80 pixels wider, unless it was moved."""

    def __init__(
        self, main: QWidget, panel: QWidget, *, panel_width: int = PANEL, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._panel_width = panel_width
        self._moved = False
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(main)
        self.addWidget(panel)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.splitterMoved.connect(self._keep)

    @override
    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        if not self._moved:
            panel = self._panel_width + (PANEL_WIDE - PANEL if self.width() >= WIDE_FROM else 0)
            self.setSizes([max(1, self.width() - panel), panel])

    @Slot()
    def _keep(self) -> None:
        """She moved the line: it stays where she put it."""
        self._moved = True
