"""Rows that describe an uploaded file and its pages, as the window receives them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dombes_office.documents.intake import FileKind


class PixelFormat(StrEnum):
    """How the bytes of a picture are laid out; the value is the name in `QImage.Format`, which accepts it as a key."""

    RGB32 = "Format_RGB32"
    RGBX8888 = "Format_RGBX8888"


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something in a file that the agent must know; `code` is stable, `sentence` is French and carries no content.

    Codes: 'script', 'launch', 'attachment', 'media', 'form_sending', 'dynamic_form', 'truncated'.
    """

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What opening a file told.

    `page_sizes` has one (width, height) per page as shown without turning it: points (1/72 inch) for a PDF, pixels
    of the upright picture for an image. `has_text` says that `Renderer.text` has something to give.
    """

    kind: FileKind
    sha256: str
    byte_count: int
    page_count: int
    page_sizes: tuple[tuple[float, float], ...]
    hazards: tuple[Hazard, ...]
    has_text: bool


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as opaque pixels: `QImage(pixels, width, height, stride, QImage.Format[format])`.

    `number` counts from 0, `stride` is in bytes. The picture may be smaller than the scale asked for: the whole page
    is always shown, within `renderer.MAX_PICTURE_PIXELS`.
    """

    number: int
    width: int
    height: int
    stride: int
    pixels: bytes
    format: PixelFormat


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Some text and where it stands: `page` counts from 0.

    `box` is (left, top, right, bottom), each 0 to 1 of the page as `Renderer.render` shows it with rotation 0.
    """

    page: int
    text: str
    box: tuple[float, float, float, float]
