"""Reads the next request of the queue while the agent looks at this one, so that its first page is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from dombes_office.rules.requests import RequestDossier
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.papers.paper import Drawing
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk


class Prefetch(QObject):
    """Holds the files of one request ahead. The dossier itself is read again when it is opened: it may change."""

    def __init__(self, desk: Desk, papers: Papers, acts: RequestActs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._papers = papers
        self._acts = acts
        self._for: int | None = None
        self._drawing: Drawing | None = None
        self.held: frozenset[str] = frozenset()
        """The SHA-256 of the files that are being read ahead."""

    def begin_when_idle(self, position: QueuePosition | None, draft: Draft, drawing: Drawing) -> None:
        """Begin once every file of the present request has been opened."""
        following = None if position is None else position.next_after(position.request_id)
        files = [piece.sha256 for piece in draft.dossier.pieces if piece.sha256]
        if following is None or following == self._for or not all(self._papers.paper(f).known for f in files):
            return
        self._for = following
        self._drawing = drawing
        self._desk.run(self._acts.open_dossier, following, done=self._came, refused=self._failed, key="prefetch")

    def forget(self) -> None:
        """Read nothing ahead any more."""
        self._for = None
        self.held = frozenset()

    @Slot(object)
    def _came(self, dossier: RequestDossier) -> None:
        if dossier.request.request_id != self._for:
            return
        # Only the first file is read ahead: each reading is written down, and the others follow in no time.
        first = next((p for p in dossier.pieces if p.needed and p.sha256), None)
        if first is not None and first.sha256 is not None and first.document_id is not None:
            self.held = frozenset({first.sha256})
            self._papers.fetch(first.document_id, first.sha256, self._drawing)

    @Slot(object)
    def _failed(self, _error: object) -> None:
        """The request will say itself what is wrong when it is opened."""
        self._for = None
