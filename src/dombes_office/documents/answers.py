"""Checks what the reading process answers, field by field, before a row is made of it: that process is not trusted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dombes_office.documents.intake import MAX_PAGES
from dombes_office.documents.pages import DocumentSummary, Hazard, PageImage, PixelFormat, TextSpan
from dombes_office.documents.reading import MAX_LINE_LENGTH, MAX_LINES, MAX_PICTURE_PIXELS
from dombes_office.documents.refusals import HAZARDS, REFUSALS, refuse, warning
from dombes_office.documents.wire import BrokenFrame

if TYPE_CHECKING:
    from dombes_office.documents.intake import FileKind

_MAX_SIDE = 10_000_000.0
_PAIR, _BOX = 2, 4
_PIXEL_BYTES = 4


def check_refusal(told: dict[str, Any]) -> None:
    """Raise the `FileRefused` that the answer is, if it is one; the sentence is ours, only the code is theirs."""
    if "refused" not in told:
        return
    code = told["refused"]
    raise refuse(code) if isinstance(code, str) and code in REFUSALS else BrokenFrame("unknown refusal")


def summary(told: dict[str, Any], kind: FileKind, sha256: str, byte_count: int) -> DocumentSummary:
    """The row of an answer to 'open'; `BrokenFrame` where a field is missing, of another type or out of bounds."""
    sizes = [_numbers(size, _PAIR, 0.0, _MAX_SIDE) for size in _list(told.get("sizes"), MAX_PAGES)]
    codes = _list(told.get("hazards"), len(HAZARDS))
    if not sizes or not isinstance(told.get("has_text"), bool):
        raise BrokenFrame("summary")
    if any(not isinstance(code, str) or code not in HAZARDS for code in codes):
        raise BrokenFrame("unknown hazard")
    return DocumentSummary(
        kind=kind,
        sha256=sha256,
        byte_count=byte_count,
        page_count=len(sizes),
        page_sizes=tuple((size[0], size[1]) for size in sizes),
        hazards=tuple(Hazard(code, warning(code)) for code in codes),
        has_text=told["has_text"],
    )


def page_image(told: dict[str, Any], pixels: bytes, page: int) -> PageImage:
    """The row of an answer to 'render': as many pixels as it says, within `MAX_PICTURE_PIXELS`."""
    width, height = _whole(told.get("width")), _whole(told.get("height"))
    if width < 1 or height < 1 or width * height > MAX_PICTURE_PIXELS or len(pixels) != width * height * _PIXEL_BYTES:
        raise BrokenFrame("picture")
    return PageImage(page, width, height, width * _PIXEL_BYTES, pixels, PixelFormat.RGB32)


def spans(told: dict[str, Any], page_count: int) -> list[TextSpan]:
    """The rows of an answer to 'text' or 'search'."""
    return [_span(line, page_count) for line in _list(told.get("lines"), MAX_LINES)]


def _span(line: object, page_count: int) -> TextSpan:
    page, text, box = _list(line, 3) if isinstance(line, list) and len(line) == 3 else (None, None, None)  # noqa: PLR2004 - page, text, box
    number = _whole(page)
    if not 0 <= number < page_count or not isinstance(text, str) or len(text) > MAX_LINE_LENGTH:
        raise BrokenFrame("text")
    left, top, right, bottom = _numbers(box, _BOX, 0.0, 1.0)
    return TextSpan(number, text, (left, top, right, bottom))


def _list(thing: object, most: int) -> list[Any]:
    if not isinstance(thing, list) or len(thing) > most:
        raise BrokenFrame("list")
    return thing


def _whole(thing: object) -> int:
    if not isinstance(thing, int) or isinstance(thing, bool):
        raise BrokenFrame("number")
    return thing


def _numbers(thing: object, count: int, low: float, high: float) -> tuple[float, ...]:
    """Exactly `count` finite numbers from `low` to `high`."""
    parts = _list(thing, count)
    if len(parts) != count:
        raise BrokenFrame("numbers")
    for part in parts:
        if (
            not isinstance(part, int | float)
            or isinstance(part, bool)
            or not math.isfinite(part)
            or not low <= part <= high
        ):
            raise BrokenFrame("number out of bounds")
    return tuple(float(part) for part in parts)
