"""One file as the window knows it: how a page is wanted, what has come of it, and the reader's work on it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.documents.pages import DocumentSummary, PageImage, TextSpan
    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import OfficeError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a page is wanted: `width` in device pixels of the page as it is shown, turned by `rotation`."""

    page: int
    width: int
    rotation: int = 0


@dataclass(slots=True)
class Paper:
    """One file, known by its SHA-256: what it is, its text, its pages drawn so far, or why it cannot be shown.

    `source` is the operation that brings its bytes, and its key. `outage` is a failure of the reader, not of the file:
    it may be tried again.
    """

    sha256: str
    source: tuple[Callable[[Any, int], bytes | None], int] | None = None
    summary: DocumentSummary | None = None
    refusal: OfficeError | None = None
    outage: OfficeError | None = None
    spans: tuple[TextSpan, ...] | None = None
    pictures: OrderedDict[Drawing, QImage] = field(default_factory=OrderedDict)
    asked: bool = False

    @property
    def known(self) -> bool:
        """Whether the file has been opened or refused."""
        return self.summary is not None or self.refusal is not None

    @property
    def read(self) -> bool:
        """Whether all that the checks need has been read."""
        return self.refusal is not None or self.spans is not None


Opened = tuple["DocumentSummary", "Drawing | None", "PageImage | None"]


def open_and_draw(renderer: Renderer, content: bytes, first: Drawing | None) -> Opened:
    """In the documents' lane: open a file and draw its first page."""
    summary = renderer.open(content)
    return summary, first, None if first is None else draw_page(renderer, summary, first)


def open_and(renderer: Renderer, content: bytes, work: Callable[[], T]) -> T:
    """In the documents' lane: open a file once more, and do at once what it was wanted for."""
    renderer.open(content)
    return work()


def draw_page(renderer: Renderer, summary: DocumentSummary, wanted: Drawing) -> PageImage:
    """In the documents' lane: one page of an open file."""
    width, height = summary.page_sizes[wanted.page]
    across = height if wanted.rotation % 180 else width
    return renderer.render(summary.sha256, wanted.page, wanted.width / max(across, 1.0), wanted.rotation)


def to_picture(page: PageImage) -> QImage:
    """The page as a picture that owns its pixels."""
    layout = QImage.Format[page.format.value]
    return QImage(page.pixels, page.width, page.height, page.stride, layout).copy()
