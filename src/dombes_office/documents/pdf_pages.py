"""PDF pages drawn and read by PDFium, through QtPdf; runs in the reading process only."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions

from dombes_office.documents.folding import matches
from dombes_office.documents.hazards import FORM, lacks_end, named_in
from dombes_office.documents.intake import MAX_PAGES
from dombes_office.documents.reading import (
    MAX_LINE_LENGTH,
    MAX_LINES,
    MAX_MATCHES,
    Box,
    Line,
    Picture,
    Unreadable,
    pixel_size,
)

_PASSWORD = {QPdfDocument.Error.IncorrectPassword, QPdfDocument.Error.UnsupportedSecurityScheme}
_TURNS = {
    0: QPdfDocumentRenderOptions.Rotation.None_,
    90: QPdfDocumentRenderOptions.Rotation.Clockwise90,
    180: QPdfDocumentRenderOptions.Rotation.Clockwise180,
    270: QPdfDocumentRenderOptions.Rotation.Clockwise270,
}
_MAX_SIDE = 20_000.0  # points; the format itself allows 14,400
_MARGIN = 1.0  # points around a text, so that a frame drawn on the box does not touch the letters
_PAGES_LOOKED_FOR_TEXT = 10
_BOXES_SECONDS = 3.0  # each box makes PDFium read its page again: a page of small print takes 0.1 s
_ANYWHERE = (0.0, 0.0, 1.0, 1.0)
_WHITE = 0xFFFFFFFF


class PdfDocument:
    """An open PDF. Scripts, launches and links are never followed: QtPdf only draws pages and gives their text."""

    def __init__(self, content: bytes) -> None:
        self._buffer, self._document = _load(content)
        self._refuse_unreadable(content)
        named = named_in(content)
        self.hazards = [code for code in named if code != FORM]
        if FORM in named:
            self._lay_form(content)
        self.sizes = [self._size(page) for page in range(self._document.pageCount())]
        if lacks_end(content):
            self.hazards.append("truncated")
        looked_at = range(min(len(self.sizes), _PAGES_LOOKED_FOR_TEXT))
        self.has_text = any(self._text(page).strip() for page in looked_at)

    def render(self, page: int, scale: float, rotation: int) -> Picture:
        """See `reading.OpenDocument`."""
        wide, high = pixel_size(*self.sizes[page], scale)
        size = QSize(high, wide) if rotation in {90, 270} else QSize(wide, high)
        options = QPdfDocumentRenderOptions()
        options.setRotation(_TURNS[rotation])
        options.setRenderFlags(QPdfDocumentRenderOptions.RenderFlag.Annotations)
        drawn = self._document.render(page, size, options)
        if drawn.isNull():
            raise Unreadable("blank_picture")
        return _on_white_paper(drawn)

    def lines(self, page: int) -> list[Line]:
        """See `reading.OpenDocument`; at most `MAX_LINES`, and after `_BOXES_SECONDS` a box is the whole page."""
        text = self._text(page)
        placed: list[Line] = []
        elsewhere: list[Line] = []
        start, until = 0, time.monotonic() + _BOXES_SECONDS
        for row in text.splitlines(keepends=True)[:MAX_LINES]:
            words = row.strip()[:MAX_LINE_LENGTH]
            if words and time.monotonic() < until:
                boxes = self._boxes(page, text, start, start + len(row.rstrip()))
                placed.append(Line(page, words, _around(boxes)))
            elif words:
                elsewhere.append(Line(page, words, _ANYWHERE))
            start += len(row)
        return _in_reading_order(placed) + elsewhere

    def find(self, words: str) -> list[Line]:
        """See `reading.OpenDocument`; one line per row that a match covers.

        At most `MAX_MATCHES`, and those that were placed within `_BOXES_SECONDS`.
        """
        found: list[Line] = []
        until = time.monotonic() + _BOXES_SECONDS
        for page in range(len(self.sizes)):
            text = self._text(page)
            for start, end in matches(text, words, MAX_MATCHES - len(found)):
                if time.monotonic() > until:
                    return found
                shown = " ".join(text[start:end].split())[:MAX_LINE_LENGTH]
                found += [Line(page, shown, box) for box in _rows(self._boxes(page, text, start, end))]
            if len(found) >= MAX_MATCHES:
                break
        return found[:MAX_MATCHES]

    def lighten(self) -> None:
        """Nothing is kept besides the file."""

    def _lay_form(self, content: bytes) -> None:
        """Read from a copy that shows what was typed into the form, where one can be made."""
        # Only a file with a form pays for importing pypdf.
        from dombes_office.documents.forms import with_form_values  # noqa: PLC0415 - see above

        if filled := with_form_values(content):
            buffer, document = _load(filled)
            if document.pageCount() == self._document.pageCount():
                self._document, self._buffer = document, buffer

    def _refuse_unreadable(self, content: bytes) -> None:
        error, pages = self._document.error(), self._document.pageCount()
        if error in _PASSWORD:
            raise Unreadable("encrypted")
        if error != QPdfDocument.Error.None_ or pages < 1:
            raise Unreadable("truncated" if lacks_end(content) else "unreadable")
        if pages > MAX_PAGES:
            raise Unreadable("too_many_pages")

    def _size(self, page: int) -> tuple[float, float]:
        """Points; a page without a usable size is one point, and is refused when it is drawn."""
        size = self._document.pagePointSize(page)
        sides = (size.width(), size.height())
        return (
            (min(sides[0], _MAX_SIDE), min(sides[1], _MAX_SIDE))
            if all(math.isfinite(side) and side > 0 for side in sides)
            else (1.0, 1.0)
        )

    def _text(self, page: int) -> str:
        return self._document.getAllText(page).text()

    def _boxes(self, page: int, text: str, start: int, end: int) -> list[Box]:
        """The boxes of text[start:end]; QtPdf counts in UTF-16, where a rare character takes two places."""
        offset = len(text[:start].encode("utf-16-le", "surrogatepass")) // 2
        length = len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2
        selection = self._document.getSelectionAtIndex(page, offset, length)
        parts = [polygon.boundingRect() for polygon in selection.bounds()] or [selection.boundingRectangle()]
        return [self._normalised(page, part) for part in parts]

    def _normalised(self, page: int, part: QRectF) -> Box:
        width, height = self.sizes[page]
        return (
            _within((part.left() - _MARGIN) / width),
            _within((part.top() - _MARGIN) / height),
            _within((part.right() + _MARGIN) / width),
            _within((part.bottom() + _MARGIN) / height),
        )


def _load(content: bytes) -> tuple[QBuffer, QPdfDocument]:
    """The document and the buffer that it reads from, which must live as long."""
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    return buffer, document


def _on_white_paper(drawn: QImage) -> Picture:
    paper = QImage(drawn.size(), QImage.Format.Format_RGB32)
    if paper.isNull():
        raise MemoryError
    paper.fill(_WHITE)
    painter = QPainter(paper)
    painter.drawImage(0, 0, drawn)
    painter.end()
    return Picture(paper.width(), paper.height(), bytes(paper.constBits()))


def _within(share: float) -> float:
    return round(min(1.0, max(0.0, share)), 5) if math.isfinite(share) else 0.0


def _around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _rows(boxes: list[Box]) -> list[Box]:
    """One box per row: PDFium cuts a row where letters are far apart, as in an IBAN printed in cells."""
    rows: list[list[Box]] = []
    for box in boxes:
        if rows and _same_row(_around(rows[-1]), box):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [_around(row) for row in rows]


def _same_row(one: Box, other: Box) -> bool:
    """Whether two boxes overlap vertically by half of the lower one."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _in_reading_order(lines: list[Line]) -> list[Line]:
    """Rows from the top; a form often draws all its labels first and all its values afterwards."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box[1], line.box[0])):
        if rows and _same_row(rows[-1][0].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[0])]
