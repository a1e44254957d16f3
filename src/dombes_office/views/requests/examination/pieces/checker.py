"""Runs the checks once the files have been read, keeps their results, and finds what to frame on the pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from dombes_office.documents import piece_reading
from dombes_office.rules.checks import PieceReading, run_checks
from dombes_office.rules.requests import Outcome
from dombes_office.views.papers.canvas import Frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from dombes_office.documents.pages import TextSpan
    from dombes_office.rules.requests import CheckResult, RequestDossier
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.papers.paper import Paper
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.work import Desk, WorkLane


def reading_of(paper: Paper) -> PieceReading:
    """What the checks are told of a file."""
    if paper.refusal is not None:
        return piece_reading.refused_reading(paper.refusal)
    if paper.summary is None:
        return PieceReading("", 0)
    return piece_reading.reading_of(paper.summary, paper.spans or ())


class Checker(QObject):
    """Waits for the files of one draft, then checks it in the documents' lane; results of an older draft are dropped.

    A hostile text makes the checks work: the window must not wait for them.
    """

    checked = Signal(object)
    """The draft whose checks are known now."""
    framed = Signal(str)
    """There is something to frame on the pages of a file."""

    def __init__(
        self,
        desk: Desk,
        lane: WorkLane,
        papers: Papers,
        acts: RequestActs,
        *,
        today: Callable[[], date],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._papers = papers
        self._acts = acts
        self._today = today
        self._awaiting: Draft | None = None
        """The draft whose files are still being read."""
        self._checking: Draft | None = None
        self._frames: dict[str, dict[str, tuple[Frame, ...]]] = {}
        """For each file the values that failed checks read in it, in their order, and where each was found."""
        papers.read.connect(self._try)
        papers.opened.connect(self._try)
        papers.found.connect(self._found)

    def check(self, draft: Draft) -> None:
        """Check this draft as soon as its files have been read."""
        self.stop()
        self._awaiting = draft
        if draft.dossier.checks:
            draft.take_checks(draft.dossier.checks)
        self._try("")

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._awaiting = self._checking = None
        self._frames = {}

    def frames(self, sha256: str | None) -> tuple[Frame, ...]:
        """What to frame on the pages of a file."""
        return tuple(frame for found in self._frames.get(sha256 or "", {}).values() for frame in found)

    @Slot(str)
    def _try(self, _sha256: str) -> None:
        draft = self._awaiting
        if draft is None:
            return
        dossier = draft.dossier
        files = [(p.document_id, p.sha256) for p in dossier.pieces if p.sha256 and p.document_id is not None]
        papers = {document_id: self._papers.paper(sha256) for document_id, sha256 in files}
        if not all(paper.read for paper in papers.values()):
            return
        self._awaiting, self._checking = None, draft
        readings = {document_id: reading_of(paper) for document_id, paper in papers.items()}
        work = partial(run_checks, dossier, readings, self._today())
        self._lane.start(work, done=self._ran, refused=self._not_run, key="checks")

    @Slot(object)
    def _ran(self, results: tuple[CheckResult, ...]) -> None:
        draft, self._checking = self._checking, None
        if draft is None:
            return
        dossier = draft.dossier
        if draft.may_decide:
            self._keep(dossier, results)
        draft.take_checks(results)
        self._look_for_frames(dossier, results)
        self.checked.emit(draft)

    @Slot(object)
    def _not_run(self, _error: object) -> None:
        """A check has met a bug, which is reported: the agent looks for herself."""

    def _keep(self, dossier: RequestDossier, results: tuple[CheckResult, ...]) -> None:
        """Write the results down where they say something new; they are advice, so a failure to write is silent."""
        if results != dossier.checks:
            request = dossier.request
            self._desk.run(
                self._acts.keep_checks,
                request.request_id,
                request.version,
                results,
                done=self._kept,
                refused=self._kept,
            )

    @Slot(object)
    def _kept(self, _anything: object) -> None:
        """Nothing follows from having kept the results."""

    def _look_for_frames(self, dossier: RequestDossier, results: tuple[CheckResult, ...]) -> None:
        for check in results:
            piece = next((p for p in dossier.pieces if p.code == check.requirement_code and p.sha256), None)
            if check.outcome is Outcome.FAIL and check.found and piece is not None and piece.sha256 is not None:
                self._frames.setdefault(piece.sha256, {})[check.found] = ()
                self._papers.search(piece.sha256, check.found)

    @Slot(str, str, object)
    def _found(self, sha256: str, words: str, spans: tuple[TextSpan, ...]) -> None:
        sought = self._frames.get(sha256, {})
        if words in sought:
            sought[words] = tuple(Frame(span.page, span.box, "failure") for span in spans)
            self.framed.emit(sha256)
