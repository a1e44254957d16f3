"""The answer to one wish for a file: it knows which file it speaks of, and drops what nobody wants any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from dombes_office.errors import FileRefused, OfficeError, WorkCancelled
from dombes_office.views.papers.paper import to_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.documents.pages import PageImage, TextSpan
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.papers.paper import Drawing, Opened

Wish = tuple["Callable[[], Any]", "Callable[[Any], None]", "Callable[[OfficeError], None]"]
"""What is done in the documents' lane, and who is told of its result or of its failure."""


def _nothing(*_: object) -> None:
    """What an answer wants that has been settled."""


NO_WISH: Wish = (_nothing, _nothing, _nothing)


class Answer(QObject):
    """Receives, in the window's thread, what became of one wish.

    What comes for a file that was forgotten meanwhile is dropped: nothing of it may stay.
    """

    def __init__(
        self,
        papers: Papers,
        sha256: str,
        *,
        drawing: Drawing | None = None,
        words: str = "",
        text: bool = False,
        key: str = "",
    ) -> None:
        super().__init__(papers)
        self._papers = papers
        self.sha256 = sha256
        self.drawing = drawing
        self.words = words
        self.key = key
        self.wish = NO_WISH
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
        """The file is here: have it opened."""
        if not self._wanted:
            return
        if content is None:
            self._papers.settle(self)
        else:
            self._papers.open(self, content)

    @Slot(object)
    def bytes_came_again(self, content: bytes | None) -> None:
        """The file is here once more: do what it was wanted for."""
        if not self._wanted:
            return
        if content is None:
            self._papers.settle(self)
        else:
            self._papers.open_again(self, content)

    @Slot(object)
    def bytes_refused(self, error: OfficeError) -> None:
        """The database did not give it: the file itself is not to blame."""
        if self._wanted:
            self._papers.paper(self.sha256).asked = False
            self._papers.failed.emit(error)
            self._papers.settle(self)

    @Slot(object)
    def file_opened(self, answer: Opened) -> None:
        """The reader has opened it; its text is read next, where it is wanted."""
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
        """It cannot be shown, for good or for now."""
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
        """Its text is known."""
        if self._wanted:
            self._papers.paper(self.sha256).spans = spans
            self._papers.read.emit(self.sha256)
            self._papers.settle(self)

    @Slot(object)
    def text_refused(self, error: OfficeError) -> None:
        """Its pages can be shown although their text cannot be read: whoever needs it learns that nothing was read."""
        if self._wanted and not self._papers.brings_again(self, error):
            self.text_came(())

    @Slot(object)
    def page_came(self, page: PageImage) -> None:
        """A page is drawn."""
        if self._wanted:
            if self.drawing is not None:
                self._papers.keep_picture(self.sha256, self.drawing, to_picture(page))
            self._papers.drawn.emit(self.sha256)
            self._papers.settle(self)

    @Slot(object)
    def page_refused(self, error: OfficeError) -> None:
        """A page could not be drawn."""
        if self._wanted and not self._papers.brings_again(self, error):
            self.file_refused(error)

    @Slot(object)
    def words_found(self, spans: tuple[TextSpan, ...]) -> None:
        """Where the words stand."""
        if self._wanted:
            self._papers.found.emit(self.sha256, self.words, spans)
            self._papers.settle(self)

    @Slot(object)
    def search_refused(self, error: OfficeError) -> None:
        """A search that fails finds nothing; what it was for is still said in words."""
        if self._wanted and not self._papers.brings_again(self, error):
            self.words_found(())

    @Slot(object)
    def forgotten(self, _anything: object) -> None:
        """The reader has let the file go."""
        self._papers.settle(self)
