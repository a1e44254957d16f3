"""Sheets that went through a scanner or a fax: pictures of pages, without a text layer."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from dombes_office.demo.papers.grain import noisy
from dombes_office.demo.papers.pixels import rasterised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from dombes_office.demo.papers.drawing import Sheet

_SCAN_DPI = 150
_FAX_DPI = 200
_FAX_LEVEL = 168
_NO_CLOCK = time.gmtime(0)
"""The day that scanners print whose clock nobody set."""


def scanned_pdf(sheets: Sequence[Sheet], dice: Random, *, dpi: int = _SCAN_DPI, coloured: bool = False) -> bytes:
    """The sheets scanned, grey or coloured, one JPEG a page: a little turned, a little dirty, never quite white."""
    pages = [scanned_page(sheet, dice, dpi, coloured=coloured) for sheet in sheets]
    target = io.BytesIO()
    pages[0].save(
        target,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=dpi,
        quality=62,
        producer="Numérisation",
        creationDate=_NO_CLOCK,
        modDate=_NO_CLOCK,
    )
    return target.getvalue()


def scanned_page(sheet: Sheet, dice: Random, dpi: int = _SCAN_DPI, *, coloured: bool = False) -> Image.Image:
    """One page as the scanner's glass gives it, upright."""
    page = rasterised(sheet, dpi, dice).convert("YCbCr" if coloured else "L")
    glass: int | tuple[int, int, int] = (226, 128, 128) if coloured else 226
    turned = page.rotate(dice.uniform(-1.3, 1.3), Image.Resampling.BILINEAR, fillcolor=glass)
    luma, *colours = turned.split()
    grey = noisy(luma.filter(ImageFilter.BoxBlur(0.6)), 4.5, dice)
    return Image.merge("YCbCr", (grey, *colours)).convert("RGB") if coloured else grey


def faxed_tiff(sheets: Sequence[Sheet], dice: Random) -> bytes:
    """The sheets as a TIFF of black and white pages (CCITT group 4), as an office's copier sends them."""
    pages = [
        scanned_page(sheet, dice, _FAX_DPI).point(lambda level: 255 if level > _FAX_LEVEL else 0).convert("1")
        for sheet in sheets
    ]
    target = io.BytesIO()
    pages[0].save(
        target, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(_FAX_DPI, _FAX_DPI)
    )
    return target.getvalue()
