"""The ring around the control that has the focus: two pixels, one pixel away, so that it shows on any colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFocusFrame, QMainWindow, QMenu, QMenuBar, QScrollArea, QWidget
from typing_extensions import override

from dombes_office.views.palette import current_palette

_WIDTH, _MARGIN, _RADIUS = 2, 3, 6
_DRAW_THEIR_OWN = (QAbstractItemView, QMenu, QMenuBar, QMainWindow, QScrollArea)
"""Lists draw the ring on their current row; the others show where they are by themselves."""


class FocusRing(QFocusFrame):
    """Follows the focus inside one window; connect `follow` to `QApplication.focusChanged`.

    The margin of three pixels comes from the application's style.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # Qt shows children with their window: without a control to surround there is nothing to show.
        self.hide()

    @Slot(QWidget, QWidget)
    def follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Lie around the control that has the focus now, if it is in this ring's window and wants a ring."""
        host = self.parentWidget() if self.widget() is None else self.widget()
        if new is None or host is None:
            self.setWidget(None)  # type: ignore[arg-type]  # Qt takes a null pointer; its stubs do not say so.
            return
        ringed = not isinstance(new, _DRAW_THEIR_OWN) and not new.property("no_ring")
        self.setWidget(new if ringed else None)  # type: ignore[arg-type]  # The same.

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Without a mask the frame would cover the control that it surrounds.
        inside = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self.setMask(QRegion(self.rect()) - QRegion(inside))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(current_palette().color("accent"))
        pen.setWidth(_WIDTH)
        painter.setPen(pen)
        half = _WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), _RADIUS, _RADIUS)
        painter.end()
