"""The sheet of paper in the middle: one page as a picture, with what is to be looked at framed on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from dombes_office.views.palette import DARK, LIGHT, current_palette

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a page to be looked at: `box` as fractions of the page before it is turned."""

    page: int
    box: Box
    role: str
    """"failure" for what a check found wrong, "verify" for what was searched."""


def turned(box: Box, rotation: int) -> Box:
    """The same part of a page that has been turned clockwise by `rotation` degrees."""
    left, top, right, bottom = box
    return {
        90: (1 - bottom, left, 1 - top, right),
        180: (1 - right, 1 - bottom, 1 - left, 1 - top),
        270: (top, 1 - right, bottom, 1 - left),
    }.get(rotation, box)


class Canvas(QWidget):
    """Shows a picture at a size in logical pixels; an older picture is stretched until the sharp one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._picture: QImage | None = None
        self._boxes: tuple[tuple[Box, str], ...] = ()

    @property
    def has_picture(self) -> bool:
        """Whether a page is shown, sharp or not."""
        return self._picture is not None

    def show_size(self, size: QSize) -> None:
        """Take a size, before the picture of that size is there."""
        self.setFixedSize(size)

    def show_picture(self, picture: QImage | None) -> None:
        """Show a page; None shows blank paper."""
        self._picture = picture
        self.update()

    def show_boxes(self, boxes: tuple[tuple[Box, str], ...]) -> None:
        """Frame parts of the page, each with the role of its colour."""
        self._boxes = boxes
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Paper stays light in the dark: a document is shown as it would lie on the desk.
        dark = current_palette() == DARK
        painter.fillRect(self.rect(), Qt.GlobalColor.white if not dark else LIGHT.color("window"))
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, role in self._boxes:
            self._paint_box(painter, box, role)
        painter.end()

    def _paint_box(self, painter: QPainter, box: Box, role: str) -> None:
        left, top, right, bottom = box
        place = QRectF(
            left * self.width(),
            top * self.height(),
            (right - left) * self.width(),
            (bottom - top) * self.height(),
        ).adjusted(-6, -4, 6, 4)
        colour = LIGHT.color(role)
        painter.setPen(QPen(colour, 2))
        colour.setAlpha(32)
        painter.setBrush(colour)
        painter.drawRect(place)

    def place_of(self, box: Box) -> QRect:
        """Where a part of the page is in this widget, to scroll to it."""
        left, top, right, bottom = box
        return QRectF(
            left * self.width(), top * self.height(), (right - left) * self.width(), (bottom - top) * self.height()
        ).toRect()
