"""What a sensor adds to a picture: noise, uneven light, and the turn of the hand that held the camera."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_MIDDLE = 128
_LEVELS = 256


def noisy(picture: Image.Image, deviation: float, dice: Random) -> Image.Image:
    """The grey picture with Gaussian noise of `deviation` levels, drawn by `dice` alone."""
    noise = Image.frombytes("L", picture.size, dice.randbytes(picture.width * picture.height))
    return ImageChops.add(picture, noise.point(_quantiles(deviation)), offset=-_MIDDLE)


@cache
def _quantiles(deviation: float) -> list[int]:
    """For each byte, the shift (128 = none) that turns even chances into a Gaussian curve."""
    curve = NormalDist(_MIDDLE, deviation)
    return [round(min(255, max(0, curve.inv_cdf((level + 0.5) / _LEVELS)))) for level in range(_LEVELS)]


def lit(picture: Image.Image, dice: Random, darkest: int = 150, shadow: float = 0.6) -> Image.Image:
    """The grey picture under one lamp: light slopes across it; with chance `shadow` somebody stands in that light."""
    columns, rows = 9, 12
    across, down = dice.uniform(-1, 1), dice.uniform(-1, 1)
    span = abs(across) + abs(down) or 1
    shaded = dice.random() < shadow
    edge, slant = dice.uniform(0.45, 0.8), dice.uniform(-0.5, 0.5)
    levels = []
    for row in range(rows):
        for column in range(columns):
            x, y = column / (columns - 1), row / (rows - 1)
            slope = (across * (x - 0.5) + down * (y - 0.5)) / span + 0.5
            level = 255 - (255 - darkest) * slope
            # The shadow lies below a slanted line, soft at its edge.
            depth = (y + slant * (x - 0.5) - edge) * 6 if shaded else 0
            levels.append(round(level * (1 - 0.28 * min(1, max(0, depth)))))
    field = Image.frombytes("L", (columns, rows), bytes(levels)).resize(picture.size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(picture, field)


def perspective(
    corners: Sequence[tuple[float, float]], source: tuple[int, int]
) -> tuple[float, float, float, float, float, float, float, float]:
    """Pillow's coefficients that lay a picture of size `source` on four corners (from the upper left, clockwise)."""
    width, height = source
    rows = []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    a, b, c, d, e, f, g, h = _solved(rows)
    return a, b, c, d, e, f, g, h


def _solved(rows: list[list[float]]) -> list[float]:
    """The unknowns of a linear system whose rows end with their right-hand sides (Gauss and Jordan)."""
    size = len(rows)
    for step in range(size):
        pivot = max(range(step, size), key=lambda row: abs(rows[row][step]))
        rows[step], rows[pivot] = rows[pivot], rows[step]
        head = rows[step][step]
        rows[step] = [value / head for value in rows[step]]
        for other in range(size):
            if other != step and rows[other][step]:
                factor = rows[other][step]
                rows[other] = [value - factor * own for value, own in zip(rows[other], rows[step], strict=True)]
    return [row[-1] for row in rows]
