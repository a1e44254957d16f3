"""The files of the open request: fetched, opened in the isolated reader, drawn page by page, and forgotten after.

Everything lives in memory, within bounds, and nothing is written to a disk. Bytes come by the lane of the database,
pages by a lane of their own, so a slow or hostile file delays neither the window nor the database.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from dombes_office.errors import FileRefused, OfficeError, WorkCancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from dombes_office.documents.pages import DocumentSummary, PageImage, TextSpan
    from dombes_office.documents.renderer import Renderer
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk, WorkLane

_MOST_PICTURE_BYTES = 160 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a page is wanted: `width` in device pixels of the page as it is shown, turned by `rotation`."""

    page: int
    width: int
    rotation: int = 0


@dataclass(slots=True)
class Paper:
    """One file, known by its SHA-256: what it is, its text, its pages drawn so far, or why it cannot be shown."""

    sha256: str
    summary: DocumentSummary | None = None
    refusal: OfficeError | None = None
    spans: tuple[TextSpan, ...] | None = None
    pictures: OrderedDict[Drawing, QImage] = field(default_factory=OrderedDict)
    first_drawing: Drawing | None = None
    asked: bool = False

    @property
    def known(self) -> bool:
        """Whether the file has been opened or refused."""
        return self.summary is not None or self.refusal is not None

    @property
    def read(self) -> bool:
        """Whether all that the checks need has been read."""
        return self.refusal is not None or self.spans is not None


class Papers(QObject):
    """The files of the request on the screen and of the next one."""

    opened = Signal(str)
    """A file's summary, or its refusal, is known."""
    drawn = Signal(str)
    """A page that was wanted is there."""
    read = Signal(str)
    """A file's text is known (or it has none)."""
    found = Signal(str, object)
    """Where the words that the agent looks for stand: a tuple of `TextSpan`."""
    found_exactly = Signal(str, object)
    """Where a value that a check read stands: a tuple of `TextSpan`."""
    failed = Signal(object)
    """An `OfficeError` of the database on the way to the bytes: the file itself is not to blame."""

    def __init__(self, desk: Desk, lane: WorkLane, renderer: Renderer, acts: RequestActs) -> None:
        super().__init__()
        self._desk = desk
        self._lane = lane
        self._renderer = renderer
        self._acts = acts
        self._papers: OrderedDict[str, Paper] = OrderedDict()
        self._answers: set[_Answer] = set()

    def paper(self, sha256: str) -> Paper:
        """What is known of a file now."""
        return self._papers.setdefault(sha256, Paper(sha256))

    def fetch(self, document_id: int, sha256: str, first: Drawing | None = None, *, text: bool = True) -> None:
        """Bring a file, open it, draw its first page, and read its text; does nothing for one that is on its way."""
        self._fetch(self._acts.read_document, document_id, sha256, first, text=text)

    def fetch_photo(self, beneficiary_id: int, sha256: str, first: Drawing) -> None:
        """Bring a child's identity photo."""
        self._fetch(self._acts.read_photo, beneficiary_id, sha256, first, text=False)

    def _fetch(
        self, read: Callable[..., bytes | None], key: int, sha256: str, first: Drawing | None, *, text: bool
    ) -> None:
        paper = self.paper(sha256)
        self._papers.move_to_end(sha256)
        if paper.known or paper.asked:
            return
        paper.asked = True
        answer = self._answer(sha256, first, text=text)
        self._desk.run(read, key, done=answer.bytes_came, refused=answer.bytes_refused)

    def draw(self, sha256: str, wanted: Drawing) -> QImage | None:
        """The picture of a page, or None: `drawn` tells when it has come."""
        paper = self.paper(sha256)
        picture = paper.pictures.get(wanted)
        if picture is not None:
            paper.pictures.move_to_end(wanted)
        elif paper.summary is not None:
            answer = self._answer(sha256, wanted, text=False)
            work = partial(_draw, self._renderer, paper.summary, wanted)
            self._lane.start(work, done=answer.page_came, refused=answer.page_refused, key=f"draw {sha256}")
        return picture

    def search(self, sha256: str, words: str, *, exactly: bool = False) -> None:
        """Look for words in a file's text; `found`, or `found_exactly` for a check, tells where they stand."""
        answer = self._answer(sha256, None, text=False)
        work = partial(self._renderer.search, sha256, words)
        if exactly:
            self._lane.start(work, done=answer.value_found, refused=answer.text_unread)
        else:
            self._lane.start(work, done=answer.words_found, refused=answer.page_refused, key="search")

    def keep_only(self, kept: AbstractSet[str]) -> None:
        """Forget every other file: its bytes, its pages and its text."""
        for sha256 in [known for known in self._papers if known not in kept]:
            del self._papers[sha256]
            self.keep_out(self._answer(sha256, None, text=False))

    def holds(self, sha256: str) -> bool:
        """Whether a file is still wanted."""
        return sha256 in self._papers

    def keep_out(self, answer: _Answer) -> None:
        """Have the reader forget a file that nobody wants any more."""
        work = partial(self._renderer.forget, answer.sha256)
        self._lane.start(work, done=answer.forgotten, refused=answer.forgotten)

    def _answer(self, sha256: str, drawing: Drawing | None, *, text: bool) -> _Answer:
        answer = _Answer(self, sha256, drawing, text=text)
        self._answers.add(answer)
        return answer

    def settle(self, answer: _Answer) -> None:
        """An answer has said all it had to say."""
        self._answers.discard(answer)
        answer.deleteLater()

    def open(self, answer: _Answer, content: bytes) -> None:
        """Have the isolated reader open the bytes, then draw the first page, then read the text."""
        work = partial(_open, self._renderer, content, answer.drawing)
        self._lane.start(work, done=answer.file_opened, refused=answer.file_refused)

    def read_text(self, answer: _Answer) -> None:
        """Read the text of an open file."""
        work = partial(self._renderer.text, answer.sha256)
        self._lane.start(work, done=answer.text_came, refused=answer.text_refused)

    def keep_picture(self, sha256: str, drawing: Drawing, picture: QImage) -> None:
        """Keep a drawn page, and let the oldest ones go where there are too many bytes."""
        paper = self.paper(sha256)
        paper.pictures[drawing] = picture
        every = [(p, d) for p in self._papers.values() for d in p.pictures]
        size = sum(p.pictures[d].sizeInBytes() for p, d in every)
        for owner, oldest in every:
            if size <= _MOST_PICTURE_BYTES or (owner is paper and oldest == drawing):
                break
            size -= owner.pictures.pop(oldest).sizeInBytes()


class _Answer(QObject):
    """Receives, in the window's thread, what became of one wish; it knows which file the answer speaks of."""

    def __init__(self, papers: Papers, sha256: str, drawing: Drawing | None, *, text: bool) -> None:
        super().__init__(papers)
        self._papers = papers
        self.sha256 = sha256
        self.drawing = drawing
        self._text = text

    @Slot(object)
    def bytes_came(self, content: bytes | None) -> None:
        if content is None or not self._papers.holds(self.sha256):
            self._papers.settle(self)
        else:
            self._papers.open(self, content)

    @Slot(object)
    def bytes_refused(self, error: OfficeError) -> None:
        self._papers.paper(self.sha256).asked = False
        self._papers.failed.emit(error)
        self._papers.settle(self)

    @Slot(object)
    def file_opened(self, answer: tuple[DocumentSummary, Drawing | None, PageImage | None]) -> None:
        summary, drawing, page = answer
        if not self._papers.holds(self.sha256):
            # The agent has gone on meanwhile: the reader must not keep the file either.
            self._papers.keep_out(self)
            return
        paper = self._papers.paper(self.sha256)
        paper.summary = summary
        if drawing is not None and page is not None:
            paper.first_drawing = drawing
            self._papers.keep_picture(self.sha256, drawing, to_picture(page))
        self._papers.opened.emit(self.sha256)
        if self._text:
            self._papers.read_text(self)
        else:
            self._papers.settle(self)

    @Slot(object)
    def file_refused(self, error: OfficeError) -> None:
        paper = self._papers.paper(self.sha256)
        paper.asked = False
        if not isinstance(error, WorkCancelled):
            paper.refusal = error
        self._papers.opened.emit(self.sha256)
        self._papers.settle(self)

    @Slot(object)
    def text_came(self, spans: tuple[TextSpan, ...]) -> None:
        self._papers.paper(self.sha256).spans = spans
        self._papers.read.emit(self.sha256)
        self._papers.settle(self)

    @Slot(object)
    def text_refused(self, _error: OfficeError) -> None:
        # The pages can be shown although their text cannot be read: the checks say that nothing was read.
        self._papers.paper(self.sha256).spans = ()
        self._papers.read.emit(self.sha256)
        self._papers.settle(self)

    @Slot(object)
    def page_came(self, page: PageImage) -> None:
        if self.drawing is not None:
            self._papers.keep_picture(self.sha256, self.drawing, to_picture(page))
        self._papers.drawn.emit(self.sha256)
        self._papers.settle(self)

    @Slot(object)
    def page_refused(self, error: OfficeError) -> None:
        if isinstance(error, FileRefused):
            self._papers.paper(self.sha256).refusal = error
            self._papers.opened.emit(self.sha256)
        elif not isinstance(error, WorkCancelled):
            self._papers.failed.emit(error)
        self._papers.settle(self)

    @Slot(object)
    def value_found(self, spans: tuple[TextSpan, ...]) -> None:
        self._papers.found_exactly.emit(self.sha256, spans)
        self._papers.settle(self)

    @Slot(object)
    def text_unread(self, _error: OfficeError) -> None:
        # Nothing is framed then; the check still says in words what it found.
        self._papers.settle(self)

    @Slot(object)
    def words_found(self, spans: tuple[TextSpan, ...]) -> None:
        self._papers.found.emit(self.sha256, spans)
        self._papers.settle(self)

    @Slot(object)
    def forgotten(self, _anything: object) -> None:
        self._papers.settle(self)


def _open(
    renderer: Renderer, content: bytes, first: Drawing | None
) -> tuple[DocumentSummary, Drawing | None, PageImage | None]:
    """In the documents' lane: open a file and draw its first page."""
    summary = renderer.open(content)
    if first is None:
        return summary, None, None
    return summary, first, _draw(renderer, summary, first)


def _draw(renderer: Renderer, summary: DocumentSummary, wanted: Drawing) -> PageImage:
    width, height = summary.page_sizes[wanted.page]
    across = height if wanted.rotation % 180 else width
    return renderer.render(summary.sha256, wanted.page, wanted.width / max(across, 1.0), wanted.rotation)


def to_picture(page: PageImage) -> QImage:
    """The page as a picture that owns its pixels."""
    layout = QImage.Format[page.format.value]
    return QImage(page.pixels, page.width, page.height, page.stride, layout).copy()
