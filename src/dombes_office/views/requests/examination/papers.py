"""The files of the open request: fetched, opened in the isolated reader, drawn page by page, and forgotten after.

Everything lives in memory, within bounds, and nothing is written to a disk. Bytes come by the lane of the database,
pages by a lane of their own, so a slow or hostile file delays neither the window nor the database.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from dombes_office.errors import FileRefused, OfficeError, WorkCancelled
from dombes_office.views.requests.examination.paper import (
    Drawing,
    Paper,
    draw_page,
    open_and,
    open_and_draw,
    to_picture,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from PySide6.QtGui import QImage

    from dombes_office.documents.pages import PageImage, TextSpan
    from dombes_office.documents.renderer import Renderer
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.paper import Opened
    from dombes_office.views.work import Desk, WorkLane

T = TypeVar("T")

_LONG = 600
"""Milliseconds that the reading of a file may go on once nobody wants it any more."""
_MOST_PICTURE_BYTES = 160 * 1024 * 1024
_LET_GO = "not_open"
"""The reader's code for a file that it does not hold any more: it holds few."""


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
        self._under_way: tuple[str, float] | None = None
        """The file that the reader is busy with, and since when; written by the documents' lane."""
        self._impatience = QTimer(self, interval=_LONG, singleShot=True)
        self._impatience.timeout.connect(self._cut_short)

    def paper(self, sha256: str) -> Paper:
        """What is known of a file now; nothing, for one that was never fetched or has been forgotten."""
        return self._papers.get(sha256) or Paper(sha256)

    def holds(self, sha256: str) -> bool:
        """Whether a file is still wanted."""
        return sha256 in self._papers

    # What is wanted ---------------------------------------------------------------------------------------------

    def fetch(self, document_id: int, sha256: str, first: Drawing | None = None) -> None:
        """Bring a file, open it, draw its first page, and read its text; does nothing for one that is on its way."""
        self._fetch((self._acts.read_document, document_id), sha256, first, text=True)

    def fetch_photo(self, beneficiary_id: int, sha256: str, first: Drawing) -> None:
        """Bring a child's identity photo."""
        self._fetch((self._acts.read_photo, beneficiary_id), sha256, first, text=False)

    def _fetch(
        self, source: tuple[Callable[..., bytes | None], int], sha256: str, first: Drawing | None, *, text: bool
    ) -> None:
        paper = self._papers.setdefault(sha256, Paper(sha256))
        self._papers.move_to_end(sha256)
        if paper.known or paper.asked:
            if paper.outage is not None:
                # The page on the screen is asked for again by whoever shows it.
                paper.outage = None
                self.opened.emit(sha256)
            return
        paper.asked, paper.outage, paper.source = True, None, source
        answer = self._answer(sha256, first, text=text)
        read, key = source
        self._desk.run(read, key, done=answer.bytes_came, refused=answer.bytes_refused)

    def draw(self, sha256: str, wanted: Drawing) -> QImage | None:
        """The picture of a page, or None: `drawn` tells when it has come."""
        paper = self._papers.get(sha256)
        if paper is None:
            return None
        picture = paper.pictures.get(wanted)
        if picture is not None:
            paper.pictures.move_to_end(wanted)
        elif paper.summary is not None:
            answer = self._answer(sha256, wanted, key=f"draw {sha256}")
            work = partial(draw_page, self._renderer, paper.summary, wanted)
            self._start(answer, work, answer.page_came, answer.page_refused)
        return picture

    def search(self, sha256: str, words: str, *, exactly: bool = False) -> None:
        """Look for words in a file's text; `found`, or `found_exactly` for a check, tells where they stand."""
        answer = self._answer(sha256, None, key="" if exactly else "search")
        work = partial(self._renderer.search, sha256, words)
        done = answer.value_found if exactly else answer.words_found
        self._start(answer, work, done, answer.search_refused)

    def keep_only(self, kept: AbstractSet[str]) -> None:
        """Forget every other file: its bytes, its pages and its text."""
        for sha256 in [known for known in self._papers if known not in kept]:
            del self._papers[sha256]
            self.keep_out(self._answer(sha256, None))
        if self._under_way is not None:
            self._impatience.start()

    @Slot()
    def _cut_short(self) -> None:
        """Stop a long reading of a file that nobody wants any more: the next request must not wait for it."""
        busy_with = self._under_way
        if busy_with is not None and busy_with[0] not in self._papers:
            if time.monotonic() - busy_with[1] >= _LONG / 1000:
                self._renderer.cancel()
            self._impatience.start()

    def _errand(self, sha256: str, work: Callable[[], T]) -> T:
        """In the documents' lane: the work, unless its file was forgotten while it waited."""
        if sha256 not in self._papers:
            raise WorkCancelled("Ce fichier n’est plus demandé.")
        self._under_way = (sha256, time.monotonic())
        try:
            return work()
        finally:
            self._under_way = None

    # What the answers go on with -----------------------------------------------------------------------------------

    def open(self, answer: _Answer, content: bytes) -> None:
        """Have the isolated reader open the bytes, then draw the first page, then read the text."""
        work = partial(open_and_draw, self._renderer, content, answer.drawing)
        errand = partial(self._errand, answer.sha256, work)
        self._lane.start(errand, done=answer.file_opened, refused=answer.file_refused)

    def read_text(self, answer: _Answer) -> None:
        """Read the text of an open file."""
        work = partial(self._renderer.text, answer.sha256)
        self._start(answer, work, answer.text_came, answer.text_refused)

    def keep_out(self, answer: _Answer) -> None:
        """Have the reader forget a file that nobody wants any more."""
        work = partial(self._renderer.forget, answer.sha256)
        self._lane.start(work, done=answer.forgotten, refused=answer.forgotten)

    def brings_again(self, answer: _Answer, error: OfficeError) -> bool:
        """Bring a file that the reader has let go once more, with what it was wanted for; False for any other error."""
        paper = self._papers.get(answer.sha256)
        let_go = isinstance(error, FileRefused) and error.code == _LET_GO
        if not let_go or answer.brought_again or paper is None or paper.source is None:
            return False
        answer.brought_again = True
        read, key = paper.source
        self._desk.run(read, key, done=answer.bytes_came_again, refused=answer.bytes_refused)
        return True

    def open_again(self, answer: _Answer, content: bytes) -> None:
        """Open the bytes once more and do in the same breath what the file was wanted for."""
        work, done, refused = answer.wish
        errand = partial(self._errand, answer.sha256, partial(open_and, self._renderer, content, work))
        self._lane.start(errand, done=done, refused=refused)

    def keep_picture(self, sha256: str, drawing: Drawing, picture: QImage) -> None:
        """Keep a drawn page, and let the oldest ones go where there are too many bytes."""
        paper = self._papers[sha256]
        paper.pictures[drawing] = picture
        every = [(p, d) for p in self._papers.values() for d in p.pictures]
        size = sum(p.pictures[d].sizeInBytes() for p, d in every)
        for owner, oldest in every:
            if size <= _MOST_PICTURE_BYTES or (owner is paper and oldest == drawing):
                break
            size -= owner.pictures.pop(oldest).sizeInBytes()

    def settle(self, answer: _Answer) -> None:
        """An answer has said all it had to say."""
        self._answers.discard(answer)
        answer.wish = _NO_WISH
        answer.deleteLater()

    def _answer(self, sha256: str, drawing: Drawing | None, *, text: bool = False, key: str = "") -> _Answer:
        # The lane is silent about work that newer work of the same key has overtaken.
        for older in [a for a in self._answers if key and a.key == key]:
            self.settle(older)
        answer = _Answer(self, sha256, drawing, text=text, key=key)
        self._answers.add(answer)
        return answer

    def _start(
        self,
        answer: _Answer,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        refused: Callable[[OfficeError], None],
    ) -> None:
        answer.wish = (work, done, refused)
        self._lane.start(partial(self._errand, answer.sha256, work), done=done, refused=refused, key=answer.key)


_Wish = tuple["Callable[[], Any]", "Callable[[Any], None]", "Callable[[OfficeError], None]"]


def _nothing(*_: object) -> None:
    """What an answer wants that has been settled."""


_NO_WISH: _Wish = (_nothing, _nothing, _nothing)


class _Answer(QObject):
    """Receives, in the window's thread, what became of one wish; it knows which file the answer speaks of.

    What comes for a file that was forgotten meanwhile is dropped: nothing of it may stay.
    """

    def __init__(self, papers: Papers, sha256: str, drawing: Drawing | None, *, text: bool, key: str) -> None:
        super().__init__(papers)
        self._papers = papers
        self.sha256 = sha256
        self.drawing = drawing
        self.key = key
        self.wish = _NO_WISH
        self.brought_again = False
        self._text = text

    @property
    def _wanted(self) -> bool:
        """Whether anybody still wants the file; if not, this answer is settled."""
        if self._papers.holds(self.sha256):
            return True
        self._papers.settle(self)
        return False

    @Slot(object)
    def bytes_came(self, content: bytes | None) -> None:
        if not self._wanted:
            return
        if content is None:
            self._papers.settle(self)
        else:
            self._papers.open(self, content)

    @Slot(object)
    def bytes_came_again(self, content: bytes | None) -> None:
        if not self._wanted:
            return
        if content is None:
            self._papers.settle(self)
        else:
            self._papers.open_again(self, content)

    @Slot(object)
    def bytes_refused(self, error: OfficeError) -> None:
        if self._wanted:
            self._papers.paper(self.sha256).asked = False
            self._papers.failed.emit(error)
            self._papers.settle(self)

    @Slot(object)
    def file_opened(self, answer: Opened) -> None:
        summary, drawing, page = answer
        if not self._papers.holds(self.sha256):
            # The agent has gone on meanwhile: the reader must not keep the file either.
            self._papers.keep_out(self)
            return
        self._papers.paper(self.sha256).summary = summary
        if drawing is not None and page is not None:
            self._papers.keep_picture(self.sha256, drawing, to_picture(page))
        self._papers.opened.emit(self.sha256)
        if self._text:
            self._papers.read_text(self)
        else:
            self._papers.settle(self)

    @Slot(object)
    def file_refused(self, error: OfficeError) -> None:
        if not self._wanted:
            return
        paper = self._papers.paper(self.sha256)
        paper.asked = False
        if isinstance(error, FileRefused):
            paper.refusal = error
        elif not isinstance(error, WorkCancelled):
            paper.outage = error
        self._papers.opened.emit(self.sha256)
        self._papers.settle(self)

    @Slot(object)
    def text_came(self, spans: tuple[TextSpan, ...]) -> None:
        if self._wanted:
            self._papers.paper(self.sha256).spans = spans
            self._papers.read.emit(self.sha256)
            self._papers.settle(self)

    @Slot(object)
    def text_refused(self, error: OfficeError) -> None:
        if self._wanted and not self._papers.brings_again(self, error):
            # The pages can be shown although their text cannot be read: the checks say that nothing was read.
            self.text_came(())

    @Slot(object)
    def page_came(self, page: PageImage) -> None:
        if self._wanted:
            if self.drawing is not None:
                self._papers.keep_picture(self.sha256, self.drawing, to_picture(page))
            self._papers.drawn.emit(self.sha256)
            self._papers.settle(self)

    @Slot(object)
    def page_refused(self, error: OfficeError) -> None:
        if self._wanted and not self._papers.brings_again(self, error):
            self.file_refused(error)

    @Slot(object)
    def value_found(self, spans: tuple[TextSpan, ...]) -> None:
        if self._wanted:
            self._papers.found_exactly.emit(self.sha256, spans)
            self._papers.settle(self)

    @Slot(object)
    def words_found(self, spans: tuple[TextSpan, ...]) -> None:
        if self._wanted:
            self._papers.found.emit(self.sha256, spans)
            self._papers.settle(self)

    @Slot(object)
    def search_refused(self, error: OfficeError) -> None:
        if self._wanted and not self._papers.brings_again(self, error):
            # A search that fails finds nothing; what the checks found is still said in words.
            self.wish[1](())

    @Slot(object)
    def forgotten(self, _anything: object) -> None:
        self._papers.settle(self)
