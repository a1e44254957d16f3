"""The viewer: title and tools of a paper, and the paper itself: its pages, another sheet in its place, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.french import NBSP
from dombes_office.views.palette import current_palette
from dombes_office.views.papers.canvas import Canvas, Frame, turned
from dombes_office.views.papers.paper import Drawing
from dombes_office.views.papers.sheet import TroubleSheet
from dombes_office.views.papers.tools import ViewerTools

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from dombes_office.documents.pages import TextSpan
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.papers.paper import Paper

_MARGIN = 12
_READABLE = 760
"""A page is not made wider than this by itself, in logical pixels: the eye would have to travel."""
_LEAST, _MOST, _STEP = 0.1, 6.0, 1.25
_PIXELS_PER_POINT = 96 / 72


class _PaperArea(QScrollArea):
    """The desk on which the page lies; it tells when it is wider or narrower."""

    resized = Signal()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class Viewer(QFrame):
    """Shows one paper at a time, or a sheet that its page has made.

    `advice` is what to do about a file that cannot be shown, "" where nobody can do anything.
    """

    def __init__(self, papers: Papers, *, advice: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self._papers = papers
        self._sha256: str | None = None
        self._title_facts = ""
        self._page = 0
        self._rotation = 0
        self._zoom: float | None = None
        self._frames: tuple[Frame, ...] = ()
        self._found: tuple[Frame, ...] = ()
        self._sought, self._hit = "", 0
        self.tools = ViewerTools()
        self._canvas = Canvas()
        self._canvas.setAccessibleName("Page du document")
        self._area = _PaperArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._area.setWidget(self._canvas)
        self._area.setAccessibleName("Document")
        self._trouble = TroubleSheet(advice)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._area)
        self._stack.addWidget(self._trouble)
        self._slow = QTimer(self, interval=1000, singleShot=True)
        self._lay_out()
        self._connect()
        self._paint_desk()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.tools.zoom_wanted.connect(self.zoom)
        self.tools.turn_wanted.connect(self.turn)
        self.tools.step_wanted.connect(self.step)
        self.tools.search_wanted.connect(self._search)
        self._area.resized.connect(self._resized)
        self._slow.timeout.connect(self._say_slow)
        self._papers.opened.connect(self._opened)
        self._papers.drawn.connect(self._drawn)
        self._papers.found.connect(self._words_found)

    def _paint_desk(self) -> None:
        colours = self._area.palette()
        colours.setColor(self._area.viewport().backgroundRole(), current_palette().color("desk"))
        self._area.viewport().setPalette(colours)
        self._area.viewport().setAutoFillBackground(True)
        self._area.viewport().setProperty("kind", "desk")

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange}:
            self._paint_desk()
        super().changeEvent(event)

    # What is shown ----------------------------------------------------------------------------------------------

    def first_drawing(self) -> Drawing:
        """How the first page of a file should be drawn, before anything is known of it."""
        return Drawing(0, self._fit_width())

    def show_paper(self, sha256: str, title: str, facts: str = "") -> None:
        """Show a file under its title; it appears as soon as its first page is there.

        `facts` is what is known of it beside ("mandat.pdf, 184 ko"). The file that is shown stays where it is.
        """
        same = sha256 == self._sha256
        self._sha256, self._title_facts = sha256, facts
        self.tools.set_title(title, facts)
        if not same:
            self._begin()
        self._show_paper(self._papers.paper(sha256))

    def add_sheet(self, sheet: QWidget) -> None:
        """Take a sheet that `show_sheet` will show in place of a page."""
        self._stack.addWidget(sheet)

    def show_sheet(self, sheet: QWidget, title: str) -> None:
        """Show one of the sheets in place of a page."""
        self._sha256, self._title_facts = None, ""
        self._begin()
        self._slow.stop()
        self.tools.set_title(title, "")
        self.tools.allow(paged=False, searchable=False)
        self._stack.setCurrentWidget(sheet)

    def _begin(self) -> None:
        """Another file begins at its first page, upright, as wide as the desk, with nothing searched in it."""
        self._page, self._rotation, self._zoom = 0, 0, None
        self._frames = self._found = ()
        self._sought, self._hit = "", 0
        self.tools.close_search()
        self._area.verticalScrollBar().setValue(0)

    def clear(self) -> None:
        """Show nothing, between two requests."""
        self._sha256 = None
        self._begin()
        self._slow.stop()
        self._canvas.show_picture(None)
        self._canvas.show_size(QSize(0, 0))
        self.tools.set_title("", "")
        self.tools.allow(paged=False, searchable=False)
        self._stack.setCurrentWidget(self._area)

    def set_frames(self, frames: tuple[Frame, ...]) -> None:
        """Frame parts of this file, and go to the first of them, unless there were some before."""
        if frames == self._frames:
            return
        first, self._frames = not self._frames, frames
        if frames and first and not self._found:
            self._page = frames[0].page
        if self._sha256 is not None:
            self._show_paper(self._papers.paper(self._sha256))

    @property
    def shown(self) -> str | None:
        """The SHA-256 of the file whose page is on the screen, None while there is none."""
        visible = self._stack.currentWidget() is self._area and self._canvas.has_picture
        return self._sha256 if visible else None

    def _show_paper(self, paper: Paper) -> None:
        trouble = paper.refusal or paper.outage
        if trouble is not None:
            self._slow.stop()
            self.tools.set_title(self.tools.title, self._title_facts)
            self.tools.allow(paged=False, searchable=False)
            self._trouble.show_trouble(trouble)
            self._stack.setCurrentWidget(self._trouble)
            return
        self._stack.setCurrentWidget(self._area)
        if paper.summary is None:
            self._canvas.show_picture(None)
            self._canvas.show_boxes(())
            self._canvas.show_size(QSize(self._fit_width_logical(), int(self._fit_width_logical() * 1.3)))
            self.tools.allow(paged=False, searchable=False)
            self._slow.start()
            return
        self._slow.stop()
        self._page = min(self._page, paper.summary.page_count - 1)
        hazards = "".join(f", {hazard.sentence}" for hazard in paper.summary.hazards)
        self.tools.set_title(
            self.tools.title,
            f"{self._title_facts}{hazards or ', contrôlé sans risque'}".removeprefix(", "),
            warned=bool(hazards),
        )
        self.tools.allow(paged=True, searchable=paper.summary.has_text)
        self.tools.set_page(self._page, paper.summary.page_count)
        self._place(paper)

    def _place(self, paper: Paper) -> None:
        """Give the page its size, its picture and its frames."""
        size = self._logical_size(paper)
        self._canvas.show_size(size)
        self.tools.set_zoom(self._percent(paper, size))
        wanted = Drawing(self._page, round(size.width() * self.devicePixelRatioF()), self._rotation)
        picture = self._papers.draw(paper.sha256, wanted)
        if picture is None:
            # The nearest picture of this page is stretched until the sharp one comes.
            near = [p for d, p in paper.pictures.items() if (d.page, d.rotation) == (self._page, self._rotation)]
            picture = near[-1] if near else None
        self._canvas.show_picture(picture)
        shown = [f for f in (*self._frames, *self._found) if f.page == self._page]
        self._canvas.show_boxes(tuple((turned(f.box, self._rotation), f.role) for f in shown))

    def _logical_size(self, paper: Paper) -> QSize:
        assert paper.summary is not None  # noqa: S101 - only an open file has pages.
        width, height = paper.summary.page_sizes[self._page]
        if self._rotation % 180:
            width, height = height, width
        shown = self._fit_width_logical() if self._zoom is None else width * self._unit(paper) * self._zoom
        return QSize(max(1, round(shown)), max(1, round(shown * height / max(width, 1.0))))

    def _unit(self, paper: Paper) -> float:
        """Logical pixels of one unit of the page at 100 %: points of a PDF, pixels of a picture."""
        pdf = paper.summary is not None and paper.summary.kind.value == "pdf"
        return _PIXELS_PER_POINT if pdf else 1.0

    def _percent(self, paper: Paper, size: QSize) -> int:
        assert paper.summary is not None  # noqa: S101 - only an open file has pages.
        width, height = paper.summary.page_sizes[self._page]
        across = height if self._rotation % 180 else width
        return round(100 * size.width() / max(1.0, across * self._unit(paper)))

    def _fit_width_logical(self) -> int:
        return max(120, min(_READABLE, self._area.viewport().width() - 2 * _MARGIN))

    def _fit_width(self) -> int:
        return round(self._fit_width_logical() * self.devicePixelRatioF())

    # What is done -----------------------------------------------------------------------------------------------

    @Slot(int)
    def zoom(self, steps: int) -> None:
        """Larger or smaller by some steps; 0 fits the width again."""
        paper = None if self._sha256 is None else self._papers.paper(self._sha256)
        if paper is None or paper.summary is None:
            return
        if steps == 0:
            self._zoom = None
        else:
            now = self._percent(paper, self._logical_size(paper)) / 100
            self._zoom = min(_MOST, max(_LEAST, now * _STEP**steps))
        self._show_paper(paper)

    @Slot()
    def turn(self) -> None:
        """Turn the page clockwise by a quarter."""
        self._rotation = (self._rotation + 90) % 360
        self._again()

    @Slot(int)
    def step(self, pages: int) -> None:
        """Go some pages forward, or back."""
        paper = None if self._sha256 is None else self._papers.paper(self._sha256)
        if paper is None or paper.summary is None:
            return
        wanted = min(max(0, self._page + pages), paper.summary.page_count - 1)
        if wanted != self._page:
            self._page = wanted
            self._area.verticalScrollBar().setValue(0)
            self._show_paper(paper)

    def _again(self) -> None:
        if self._sha256 is not None:
            self._show_paper(self._papers.paper(self._sha256))

    @Slot(str)
    def _search(self, words: str) -> None:
        if self._sha256 is None:
            return
        if words == self._sought and self._found:
            self._show_hit((self._hit + 1) % len(self._found))
            return
        self._sought, self._found = words, ()
        if words.strip():
            self._papers.search(self._sha256, words, key="search")
        else:
            self._again()

    @Slot(str, str, object)
    def _words_found(self, sha256: str, words: str, spans: tuple[TextSpan, ...]) -> None:
        if (sha256, words) != (self._sha256, self._sought):
            return
        self._found = tuple(Frame(span.page, span.box, "verify") for span in spans)
        if spans:
            self._show_hit(0)
        else:
            self.tools.say_found("Rien trouvé")
            self._again()

    def _show_hit(self, number: int) -> None:
        """Go to one of the places that were found, counted from 0."""
        self._hit = number
        found = self._found[number]
        self.tools.say_found(f"{number + 1}{NBSP}sur{NBSP}{len(self._found)}")
        self._page = found.page
        self._again()
        place = self._canvas.place_of(turned(found.box, self._rotation))
        self._area.ensureVisible(place.center().x(), place.center().y(), 80, 120)

    @Slot()
    def _resized(self) -> None:
        if self._zoom is None:
            self._again()

    @Slot(str)
    def _opened(self, sha256: str) -> None:
        if sha256 == self._sha256:
            self._again()

    @Slot(str)
    def _drawn(self, sha256: str) -> None:
        if sha256 == self._sha256:
            self._again()

    @Slot()
    def _say_slow(self) -> None:
        self.tools.set_title(self.tools.title, "Ouverture du fichier…")
