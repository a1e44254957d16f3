"""What the readers of the reading process share: a refusal by its code, a picture, and what a document can do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

MAX_PICTURE_PIXELS = 24_000_000  # 96 MB through the pipe: A4 at 500 %, or a photograph of 24 megapixels
MAX_LINES = 4000
MAX_MATCHES = 500
MAX_LINE_LENGTH = 2000

Box = tuple[float, float, float, float]


class Unreadable(Exception):
    """The file cannot be shown; `code` is one of `refusals.REFUSALS`, the sentence is chosen by the other process."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """Opaque pixels, 4 bytes each in the order of `PixelFormat.RGB32` (blue, green, red, 255)."""

    width: int
    height: int
    pixels: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Line:
    """Some text on one line of page `page`, with its box from 0 to 1."""

    page: int
    text: str
    box: Box


class OpenDocument(Protocol):
    """A file that is open in the reading process."""

    sizes: list[tuple[float, float]]
    hazards: list[str]
    has_text: bool

    def render(self, page: int, scale: float, rotation: int) -> Picture:
        """The page at `scale`, turned clockwise by `rotation` degrees; `Unreadable` where nothing can be drawn."""

    def lines(self, page: int) -> list[Line]:
        """The text of a page, row by row from the top, from left to right within a row."""

    def find(self, words: str) -> list[Line]:
        """Where `words` stand, accents and case ignored."""

    def lighten(self) -> None:
        """Let go of what can be computed again."""


def pixel_size(width: float, height: float, scale: float) -> tuple[int, int]:
    """Pixels of a page at `scale`, at least 1 x 1, reduced as a whole to stay within `MAX_PICTURE_PIXELS`."""
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    if wide * high <= MAX_PICTURE_PIXELS:
        return wide, high
    fitted = math.sqrt(MAX_PICTURE_PIXELS / (wide * high))
    # A ribbon whose short side is one pixel is the only shape that is still too large after this.
    wide, high = max(1, int(wide * fitted)), max(1, int(high * fitted))
    return min(wide, MAX_PICTURE_PIXELS // high), min(high, MAX_PICTURE_PIXELS)
