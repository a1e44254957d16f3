"""Sheets as pixels: the form printed, what the family wrote in a hand of its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from dombes_office.demo.papers.drawing import A4, BIRO, Box, Curve, Rule, Text
from dombes_office.settings import resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from dombes_office.demo.papers.drawing import Ink, Sheet

_FACES = {"regular": "OpenSans-Regular", "bold": "OpenSans-Bold", "italic": "OpenSans-Italic"}
_HAND_SIZE = 1.12
_PIECES = 8
"""Straight lines for one Bézier piece."""

_CELL = 28
"""Points between two knots of the net by which the handwriting is bent."""


def rasterised(sheet: Sheet, dpi: int, dice: Random, ink: Ink = BIRO) -> Image.Image:
    """The sheet as an RGB picture of `dpi` pixels per inch, all that is marked `hand` bent and uneven."""
    scale = dpi / 72
    size = (round(A4[0] * scale), round(A4[1] * scale))
    paper = Image.new("RGB", size, (254, 254, 252))
    written = Image.new("L", size, 0)
    printing, writing = _Pen(ImageDraw.Draw(paper), scale), _Pen(ImageDraw.Draw(written), scale)
    for mark in sheet:
        if isinstance(mark, Text):
            if mark.hand:
                writing.scribble(mark, dice)
            else:
                printing.text(mark)
        elif isinstance(mark, Box):
            printing.box(mark)
        else:
            pen = writing if mark.hand else printing
            pen.polyline(_flat(mark.points) if isinstance(mark, Curve) else _ends(mark), mark.width, _shade(mark))
    paper.paste(ink, (0, 0), _bent(written, scale, dice))
    return paper


def _shade(mark: Curve | Rule) -> Ink | int:
    """The ink of what is printed; on the layer of the handwriting, how much of it."""
    return 235 if mark.hand else mark.ink


def _ends(mark: Rule) -> list[tuple[float, float]]:
    return [(mark.x, mark.y), (mark.to_x, mark.to_y)]


@cache
def _font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    # The basic layout is the same with and without the shaping library that Pillow finds on some machines.
    path = resource(f"fonts/{_FACES[face]}.ttf")
    return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.BASIC)


class _Pen:
    """Draws marks in pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale

    def text(self, mark: Text) -> None:
        font = _font(mark.face, round(mark.size * self._scale))
        at = (mark.x * self._scale, mark.y * self._scale)
        self._draw.text(at, mark.words, mark.ink, font, anchor="rs" if mark.right else "ls")

    def scribble(self, mark: Text, dice: Random) -> None:
        """Letter by letter, none quite on the line nor quite as large as the one before."""
        size = mark.size * _HAND_SIZE * self._scale
        x, y = mark.x * self._scale, mark.y * self._scale
        for letter in mark.words:
            font = _font("italic", round(size * dice.choice((0.94, 1, 1, 1.07))))
            self._draw.text((x, y + size * dice.uniform(-0.045, 0.045)), letter, dice.randint(205, 250), font, "ls")
            x += font.getlength(letter) * dice.uniform(0.93, 1.03)

    def box(self, mark: Box) -> None:
        left, top = mark.x * self._scale, mark.y * self._scale
        corner = (left + mark.width * self._scale, top + mark.height * self._scale)
        self._draw.rectangle((left, top, *corner), mark.fill, mark.stroke, max(1, round(0.6 * self._scale)))

    def polyline(self, points: Sequence[tuple[float, float]], width: float, ink: Ink | int) -> None:
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, ink, max(1, round(width * self._scale)), joint="curve")


def _flat(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The Bézier pieces as short straight lines."""
    flat = [points[0]]
    for at in range(0, len(points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[at : at + 4]
        for piece in range(1, _PIECES + 1):
            t = piece / _PIECES
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            flat.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return flat


def _bent(layer: Image.Image, scale: float, dice: Random) -> Image.Image:
    """The layer pulled by a net whose knots lie a little beside their places, as a hand never goes straight."""
    cell = round(_CELL * scale)
    columns, rows = layer.width // cell + 2, layer.height // cell + 2
    pull = 0.055 * cell
    knots = [
        [
            (column * cell + dice.uniform(-pull, pull), row * cell + dice.uniform(-pull, pull))
            for column in range(columns)
        ]
        for row in range(rows)
    ]
    mesh = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            left, top = column * cell, row * cell
            box = (left, top, min(left + cell, layer.width), min(top + cell, layer.height))
            upper, lower = knots[row], knots[row + 1]
            if box[2] > left and box[3] > top:
                mesh.append((box, (*upper[column], *lower[column], *lower[column + 1], *upper[column + 1])))
    return layer.transform(layer.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
