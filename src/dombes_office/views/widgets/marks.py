"""State marks: an icon and a word, never a colour alone, as a widget and as painting code for tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import MEDIUM, text_font

if TYPE_CHECKING:
    from dombes_office.views.palette import Palette


class State(StrEnum):
    """The states that a mark can show; the value is the palette role of its colour."""

    GOOD = "good"
    VERIFY = "verify"
    FAILURE = "failure"
    WAITING = "waiting"
    NEUTRAL = "neutral"


STATE_ICONS = {
    State.GOOD: "check-circle",
    State.VERIFY: "warning-fill",
    State.FAILURE: "x-circle-fill",
    State.WAITING: "hourglass",
    State.NEUTRAL: "circle",
}
"""Each state has a shape of its own, for eyes that do not tell the colours apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A state and its words. `soft` puts the soft background behind it, meant for what needs a hand."""

    state: State
    words: str
    icon: str = ""
    soft: bool | None = None
    tooltip: str = ""

    @property
    def icon_name(self) -> str:
        """The icon: the state's own unless another one was chosen."""
        return self.icon or STATE_ICONS[self.state]

    @property
    def is_soft(self) -> bool:
        """Whether the soft background is drawn; failures have it by themselves."""
        return self.state is State.FAILURE if self.soft is None else self.soft


_PADDING, _GAP, _HEIGHT, _ICON = 6, 5, 20, 14


def mark_font(mark: Mark) -> QFont:
    """The font of a mark's words: heavier where a hand is needed."""
    return text_font(MEDIUM, strong=mark.is_soft or mark.state is State.FAILURE)


def mark_width(mark: Mark) -> int:
    """How wide a mark is, in pixels."""
    words = QFontMetrics(mark_font(mark)).horizontalAdvance(mark.words)
    return _ICON + _GAP + words + (2 * _PADDING if mark.is_soft else 0)


def paint_mark(painter: QPainter, rect: QRect, mark: Mark, palette: Palette) -> None:
    """Draw a mark at the left of `rect`, centred in its height, its words elided where it is too narrow."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = rect.left()
    font = mark_font(mark)
    if mark.is_soft:
        box = QRectF(left, rect.center().y() - _HEIGHT / 2 + 1, min(mark_width(mark), rect.width()), _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(f"{mark.state}_soft"))
        painter.drawRoundedRect(box, 4, 4)
        left += _PADDING
    icon(mark.icon_name, mark.state).paint(painter, QRect(left, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON))
    painter.setFont(font)
    painter.setPen(palette.color(mark.state if mark.is_soft else "text"))
    room = QRect(left + _ICON + _GAP, rect.top(), rect.right() - left - _ICON - _GAP + 1, rect.height())
    words = QFontMetrics(font).elidedText(mark.words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
    painter.restore()


class StateMark(QWidget):
    """A mark that stands alone in a panel or a header."""

    def __init__(self, mark: Mark | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._mark = mark
        self.set_mark(mark)

    def set_mark(self, mark: Mark | None) -> None:
        """Show another mark; None shows nothing."""
        self._mark = mark
        if mark is None or self.parentWidget() is not None:
            self.setVisible(mark is not None)
        else:
            # Showing it now would open it as a window of its own, which takes the focus: its layout shows it later.
            self.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, on=False)
        self.setAccessibleName("" if mark is None else mark.words)
        self.setToolTip("" if mark is None else mark.tooltip)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(0 if self._mark is None else mark_width(self._mark) + 1, _HEIGHT + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark is not None:
            painter = QPainter(self)
            paint_mark(painter, self.rect().adjusted(0, 0, 0, -1), self._mark, current_palette())
            painter.end()
