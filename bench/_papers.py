"""Files as families send them: forms of one or two pages, and scans, each with a number of its own in it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable

SCAN = (1654, 2339)
"""An A4 page at 200 points to the inch, in pixels."""
LINES = 46


def form(number: int, title: str, *, pages: int = 1) -> bytes:
    """A PDF with text: headings, lines and boxes on every page."""

    def draw(canvas: Canvas) -> None:
        for page in range(pages):
            canvas.setFont("Helvetica-Bold", 15)
            canvas.drawString(56, 790, f"{title}, page {page + 1}")
            canvas.setFont("Helvetica", 10)
            for line in range(LINES):
                canvas.drawString(
                    56, 760 - 15 * line, f"{line + 1}. Dossier {number}: réponse de la famille, case {line}"
                )
                canvas.rect(520, 757 - 15 * line, 9, 9, fill=(number + line) % 2)
            canvas.showPage()

    return _pdf(draw)


def scan(number: int, title: str) -> bytes:
    """A PDF that is nothing but the picture of a page."""
    picture = Image.new("L", SCAN, 248)
    brush = ImageDraw.Draw(picture)
    for line in range(LINES):
        brush.text((150, 150 + 44 * line), f"{title} {number}, ligne {line}", fill=40, font_size=30)
    # The grain of paper: noise is what makes a scan large.
    grain = Image.effect_noise(SCAN, 24).filter(ImageFilter.GaussianBlur(0.6))
    picture = Image.blend(picture, grain, 0.12)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=75)

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
        canvas.showPage()

    return _pdf(draw)


def _pdf(draw: Callable[[Canvas], None]) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    draw(canvas)
    canvas.save()
    return written.getvalue()
