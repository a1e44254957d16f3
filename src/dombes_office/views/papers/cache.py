"""The files that a page shows: fetched, opened in the isolated reader, drawn page by page, and forgotten after.

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
from dombes_office.views.papers.answer import NO_WISH, Answer
from dombes_office.views.papers.paper import Drawing, Paper, draw_page, open_and, open_and_draw

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from PySide6.QtGui import QImage

    from dombes_office.documents.renderer import Renderer
    from dombes_office.views.work import Desk, WorkLane

T = TypeVar("T")

_LONG = 600
"""Milliseconds that the reading of a file may go on once nobody wants it any more."""
_MOST_PICTURE_BYTES = 160 * 1024 * 1024
_LET_GO = "not_open"
"""The reader's code for a file that it does not hold any more: it holds few."""


class Papers(QObject):
    """The files of what is on the screen, and of what is read ahead, each by its SHA-256.

    `read_document` and `read_photo` are the operations that bring the bytes of a piece and of a child's photo.
    """

    opened = Signal(str)
    """A file's summary, or its refusal, is known."""
    drawn = Signal(str)
    """A page that was wanted is there."""
    read = Signal(str)
    """A file's text is known (or it has none)."""
    found = Signal(str, str, object)
    """Where words that were searched stand in a file: the words, and a tuple of `TextSpan`."""
    failed = Signal(object)
    """An `OfficeError` of the database on the way to the bytes: the file itself is not to blame."""

    def __init__(
        self,
        desk: Desk,
        lane: WorkLane,
        renderer: Renderer,
        *,
        read_document: Callable[[Any, int], bytes],
        read_photo: Callable[[Any, int], bytes | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._renderer = renderer
        self._read_document = read_document
        self._read_photo = read_photo
        self._papers: OrderedDict[str, Paper] = OrderedDict()
        self._answers: set[Answer] = set()
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
        self._fetch((self._read_document, document_id), sha256, first, text=True)

    def fetch_photo(self, beneficiary_id: int, sha256: str, first: Drawing) -> None:
        """Bring a child's identity photo."""
        self._fetch((self._read_photo, beneficiary_id), sha256, first, text=False)

    def _fetch(
        self, source: tuple[Callable[[Any, int], bytes | None], int], sha256: str, first: Drawing | None, *, text: bool
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
        answer = self._answer(sha256, drawing=first, text=text)
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
            answer = self._answer(sha256, drawing=wanted, key=f"draw {sha256}")
            work = partial(draw_page, self._renderer, paper.summary, wanted)
            self._start(answer, work, answer.page_came, answer.page_refused)
        return picture

    def search(self, sha256: str, words: str, *, key: str = "") -> None:
        """Look for words in a file's text; `found` tells where. A newer search with the same `key` overtakes it."""
        answer = self._answer(sha256, words=words, key=key)
        work = partial(self._renderer.search, sha256, words)
        self._start(answer, work, answer.words_found, answer.search_refused)

    def keep_only(self, kept: AbstractSet[str]) -> None:
        """Forget every other file: its bytes, its pages and its text."""
        for sha256 in [known for known in self._papers if known not in kept]:
            del self._papers[sha256]
            self.keep_out(self._answer(sha256))
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

    def open(self, answer: Answer, content: bytes) -> None:
        """Have the isolated reader open the bytes, then draw the first page, then read the text."""
        work = partial(open_and_draw, self._renderer, content, answer.drawing)
        errand = partial(self._errand, answer.sha256, work)
        self._lane.start(errand, done=answer.file_opened, refused=answer.file_refused)

    def read_text(self, answer: Answer) -> None:
        """Read the text of an open file."""
        work = partial(self._renderer.text, answer.sha256)
        self._start(answer, work, answer.text_came, answer.text_refused)

    def keep_out(self, answer: Answer) -> None:
        """Have the reader forget a file that nobody wants any more."""
        work = partial(self._renderer.forget, answer.sha256)
        self._lane.start(work, done=answer.forgotten, refused=answer.forgotten)

    def brings_again(self, answer: Answer, error: OfficeError) -> bool:
        """Bring a file that the reader has let go once more, with what it was wanted for; False for any other error."""
        paper = self._papers.get(answer.sha256)
        let_go = isinstance(error, FileRefused) and error.code == _LET_GO
        if not let_go or answer.brought_again or paper is None or paper.source is None:
            return False
        answer.brought_again = True
        read, key = paper.source
        self._desk.run(read, key, done=answer.bytes_came_again, refused=answer.bytes_refused)
        return True

    def open_again(self, answer: Answer, content: bytes) -> None:
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

    def settle(self, answer: Answer) -> None:
        """An answer has said all it had to say."""
        self._answers.discard(answer)
        answer.wish = NO_WISH
        answer.deleteLater()

    def _answer(
        self, sha256: str, *, drawing: Drawing | None = None, words: str = "", text: bool = False, key: str = ""
    ) -> Answer:
        # The lane is silent about work that newer work of the same key has overtaken.
        for older in [a for a in self._answers if key and a.key == key]:
            self.settle(older)
        answer = Answer(self, sha256, drawing=drawing, words=words, text=text, key=key)
        self._answers.add(answer)
        return answer

    def _start(
        self,
        answer: Answer,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        refused: Callable[[OfficeError], None],
    ) -> None:
        answer.wish = (work, done, refused)
        self._lane.start(partial(self._errand, answer.sha256, work), done=done, refused=refused, key=answer.key)
