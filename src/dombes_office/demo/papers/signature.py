"""Signatures as one draws them: a few loops that run to the right, and a flourish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.demo.papers.drawing import Curve

if TYPE_CHECKING:
    from random import Random


def signature(dice: Random, x: float, y: float, width: float = 160, height: float = 34) -> Curve:
    """A signature in the box whose upper left corner is (x, y); it may leave it a little, as they do."""
    strokes = dice.randint(5, 9)
    step = width * 0.72 / strokes
    points = [(x, y + height * dice.uniform(0.6, 0.85))]
    at = x
    for stroke in range(strokes):
        at += step * dice.uniform(0.55, 1.3)
        tall = 1 if stroke == 0 else dice.choice((0.35, 0.4, 0.55, 0.9))
        points.append((at, y + height * (0.75 - 0.7 * tall * dice.uniform(0.8, 1.1))))
        # A stroke that comes back to the left of its top makes a loop.
        back = step * dice.uniform(-0.25, 0.9)
        points.append((at + back - step * 0.45, y + height * dice.uniform(0.55, 0.98)))
    points.append((x + width * dice.uniform(0.85, 1.05), y + height * dice.uniform(0.3, 0.6)))
    if dice.random() < 0.4:  # noqa: PLR2004 - two in five underline their name.
        points.append((x + width * dice.uniform(0.1, 0.3), y + height * dice.uniform(1.0, 1.15)))
        points.append((x + width * dice.uniform(0.8, 0.98), y + height * dice.uniform(0.85, 1.0)))
    return Curve(_smooth(points), width=dice.uniform(1.0, 1.5))


def _smooth(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The Bézier pieces of the Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve = [points[0]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        curve.append((start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6))
        curve.append((end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6))
        curve.append(end)
    return tuple(curve)
