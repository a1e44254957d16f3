"""What stands on a sheet of paper, told once and drawn by two backends: as a PDF with its text, or as pixels.

All lengths are in points (1/72 inch), from the upper left corner; a text stands on its baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

A4 = (595.28, 841.89)
"""Width and height of a sheet."""

Ink: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

BLACK: Ink = (26, 31, 37)
GREY: Ink = (96, 104, 114)
PALE: Ink = (232, 236, 240)
BLUE: Ink = (27, 42, 110)
BIRO: Ink = (34, 48, 128)
"""The ink of those who fill a form by hand."""

Face: TypeAlias = Literal["regular", "bold", "italic"]

_TICK = 8.5


@dataclass(frozen=True, slots=True)
class Text:
    """Words on one line. `hand` is what a person wrote: the pixels then show handwriting, the PDF typing."""

    x: float
    y: float
    words: str
    size: float = 9
    face: Face = "regular"
    ink: Ink = BLACK
    hand: bool = False
    right: bool = False
    """The words end at `x` instead of beginning there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float = 0.6
    ink: Ink = GREY
    hand: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, stroked, filled or both."""

    x: float
    y: float
    width: float
    height: float
    stroke: Ink | None = GREY
    fill: Ink | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of the pen through cubic Bézier pieces: one point, then three for each piece."""

    points: tuple[tuple[float, float], ...]
    width: float = 1.2
    ink: Ink = BLUE
    hand: bool = True


Mark: TypeAlias = Text | Rule | Box | Curve
Sheet: TypeAlias = tuple[Mark, ...]
"""One side of A4, its marks in reading order."""


def ticked(x: float, y: float, words: str, *, yes: bool, size: float = 9) -> tuple[Mark, ...]:
    """A box to tick with its words at the right, on the baseline `y`; crossed by hand where `yes`."""
    top = y - _TICK + 1.2
    cross = (
        Rule(x + 1.2, top + 1.2, x + _TICK - 1.2, top + _TICK - 1.2, 1.1, BLUE, hand=True),
        Rule(x + 1.2, top + _TICK - 1.2, x + _TICK - 1.2, top + 1.2, 1.1, BLUE, hand=True),
    )
    return (
        Box(x, top, _TICK, _TICK, BLACK),
        *(cross if yes else ()),
        Text(x + _TICK + 4, y, words, size),
    )


def answered(x: float, y: float, words: str, size: float = 10.5) -> Text:
    """What the family wrote, on the baseline `y`."""
    return Text(x, y, words, size, ink=BLUE, hand=True)
