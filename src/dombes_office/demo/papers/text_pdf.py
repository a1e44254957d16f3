"""Sheets as a PDF that can be searched: what a family gets when it fills the form on a screen."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dombes_office.demo.papers.drawing import A4, Box, Curve, Rule, Text
from dombes_office.settings import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.demo.papers.drawing import Ink, Mark, Sheet

_FACES = {"regular": "OpenSans-Regular", "bold": "OpenSans-Bold", "italic": "OpenSans-Italic"}
_HEIGHT = A4[1]


def text_pdf(sheets: Sequence[Sheet], title: str, password: str = "") -> bytes:
    """A PDF with a text layer, one page a sheet; the same bytes for the same sheets, whatever the clock.

    With a `password` nobody opens it without (128 bits, RC4: old, but the same bytes each time).
    """
    _register_faces()
    target = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1, encrypt=lock)
    canvas.setTitle(title)
    for sheet in sheets:
        _Pen(canvas).draw(sheet)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@cache
def _register_faces() -> None:
    """Read the fonts once: it takes 10 ms, a page takes 5."""
    for name in _FACES.values():
        pdfmetrics.registerFont(TTFont(name, str(resource(f"fonts/{name}.ttf"))))


class _Pen:
    """Draws marks on a canvas whose y axis points upwards, and changes its state only where it must."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._stroke: tuple[Ink, float] | None = None
        self._fill: Ink | None = None

    def draw(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            match mark:
                case Text():
                    self._text(mark)
                case Rule():
                    self._line(mark.ink, mark.width)
                    self._canvas.line(mark.x, _HEIGHT - mark.y, mark.to_x, _HEIGHT - mark.to_y)
                case Box():
                    self._box(mark)
                case Curve():
                    self._curve(mark)

    def _text(self, mark: Text) -> None:
        self._area(mark.ink)
        self._canvas.setFont(_FACES[mark.face], mark.size)
        write = self._canvas.drawRightString if mark.right else self._canvas.drawString
        write(mark.x, _HEIGHT - mark.y, mark.words)

    def _box(self, mark: Box) -> None:
        if mark.stroke is not None:
            self._line(mark.stroke, 0.6)
        if mark.fill is not None:
            self._area(mark.fill)
        bottom = _HEIGHT - mark.y - mark.height
        stroke, fill = int(mark.stroke is not None), int(mark.fill is not None)
        self._canvas.rect(mark.x, bottom, mark.width, mark.height, stroke=stroke, fill=fill)

    def _curve(self, mark: Curve) -> None:
        self._line(mark.ink, mark.width)
        path = self._canvas.beginPath()
        points = [(x, _HEIGHT - y) for x, y in mark.points]
        path.moveTo(*points[0])
        for at in range(1, len(points) - 2, 3):
            path.curveTo(*points[at], *points[at + 1], *points[at + 2])
        self._canvas.setLineCap(1)
        self._canvas.drawPath(path, stroke=1, fill=0)

    def _line(self, ink: Ink, width: float) -> None:
        if self._stroke != (ink, width):
            self._stroke = (ink, width)
            self._canvas.setStrokeColorRGB(*(part / 255 for part in ink))
            self._canvas.setLineWidth(width)

    def _area(self, ink: Ink) -> None:
        if self._fill != ink:
            self._fill = ink
            self._canvas.setFillColorRGB(*(part / 255 for part in ink))
