"""The workbench: one draft in hand, its pieces at the left, the document in the middle, facts and decision right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.french import NBSP, file_size, office_day
from dombes_office.rules.requests import PieceRow, VerdictKind
from dombes_office.views.papers.paper import Drawing
from dombes_office.views.papers.viewer import Viewer
from dombes_office.views.requests.examination.decision.decision_panel import DecisionPanel
from dombes_office.views.requests.examination.facts.check_lines import compares
from dombes_office.views.requests.examination.facts.facts_panel import FactsPanel
from dombes_office.views.requests.examination.pieces.checker import Checker
from dombes_office.views.requests.examination.pieces.piece_list import PieceList
from dombes_office.views.requests.examination.pieces.sheets import MissingSheet, TypedSheet
from dombes_office.views.requests.examination.pieces.verdict_bar import VerdictBar
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from dombes_office.rules.requests import CheckResult
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.work import Desk, WorkLane

_RIGHT_WIDTH, _RIGHT_WIDE, _WIDE_FROM = 336, 416, 1500
_PHOTO_DRAWING = Drawing(0, 184)
_COMPARE_IBANS = {"iban_valid", "mandate_iban"}
"""The checks that show IBANs where they fail."""
_REFUSED_FILE = f"Marquez la pièce non conforme (N){NBSP}: la famille la renverra."


class Workbench(QWidget):
    """Lets the agent read the pieces of one draft and say what she thinks of each. It decides nothing."""

    file_known = Signal()
    """One more file of this draft, or of the next one, has been opened or refused."""
    iban_shown = Signal(int)
    """The document whose IBAN stands on the screen in full."""

    def __init__(
        self,
        desk: Desk,
        documents: WorkLane,
        papers: Papers,
        acts: RequestActs,
        *,
        now: Callable[[], datetime],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._papers = papers
        self.draft: Draft | None = None
        self._beside: frozenset[str] = frozenset()
        self._frozen = False
        self._checker = Checker(desk, documents, papers, acts, today=lambda: office_day(now()), parent=self)
        self.pieces = PieceList()
        self.viewer = Viewer(papers, advice=_REFUSED_FILE)
        self._typed = TypedSheet()
        self._missing = MissingSheet()
        self.viewer.add_sheet(self._typed)
        self.viewer.add_sheet(self._missing)
        self.verdict_bar = VerdictBar()
        self.facts = FactsPanel()
        self.decision = DecisionPanel()
        self.history = ActionButton("Historique", kind="link")
        self.opened_at = words("", "secondary")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        foot = QHBoxLayout(self.pieces.foot)
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addWidget(self.history)
        foot.addStretch(1)
        foot.addWidget(self.opened_at)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.viewer, 1)
        middle.addWidget(self.verdict_bar)
        self._right_side = QWidget()
        self._right_side.setFixedWidth(_RIGHT_WIDTH)
        right = QVBoxLayout(self._right_side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.facts, 1)
        right.addWidget(self.decision)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.pieces)
        columns.addWidget(_line(upright=True))
        columns.addLayout(middle, 1)
        columns.addWidget(_line(upright=True))
        columns.addWidget(self._right_side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(_line(upright=False))
        whole.addLayout(columns, 1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a wide screen the right side is 80 pixels wider, as the panels of the other pages."""
        self._right_side.setFixedWidth(_RIGHT_WIDE if self.width() >= _WIDE_FROM else _RIGHT_WIDTH)
        super().resizeEvent(event)

    def _connect(self) -> None:
        self.pieces.chosen.connect(self._piece_chosen)
        self.verdict_bar.judged.connect(self.judge)
        self.verdict_bar.explained.connect(self._explained)
        self.verdict_bar.left.connect(self.go_on)
        self._papers.opened.connect(self._paper_known)
        self._papers.drawn.connect(self._paper_drawn)
        self._checker.checked.connect(self._checked)
        self._checker.framed.connect(self._framed)

    # The draft in hand ------------------------------------------------------------------------------------------

    def take(self, draft: Draft, *, beside: frozenset[str], keep_piece: bool) -> None:
        """Take a draft in hand, its first piece shown at once.

        `beside` are files of another request that stay in memory; with `keep_piece` the piece on the screen stays.
        """
        selected = self.pieces.current() if keep_piece else None
        again = self.draft is not None
        self.draft = draft
        dossier = draft.dossier
        self.facts.show_dossier(dossier, office_day(self._now()))
        self.facts.photo.show_picture(None)
        self.pieces.show_earlier(dossier.earlier, self._now())
        self._beside = beside
        self.fetch()
        self.show_draft()
        kept = [p for p in dossier.pieces if selected and p.requirement_id == selected.requirement_id]
        first = next(iter([*kept, *(p for p in dossier.pieces if p.needed), *dossier.pieces]), None)
        if first is not None:
            self.pieces.select(first)
            self._piece_chosen(first)
        if not again:
            self.pieces.view.setFocus()
        self._checker.check(draft)

    def put_away(self) -> None:
        """Clear the screen of the draft, between two requests."""
        self.draft = None
        self._checker.stop()
        self.pieces.unselect()
        self.viewer.clear()
        self.verdict_bar.show_piece(None, None, enabled=False)

    def fetch(self) -> None:
        """Bring every file that is not there, the first one first, the photo last; forget those of other requests."""
        if self.draft is None:
            return
        dossier = self.draft.dossier
        files = [(p.document_id, p.sha256) for p in dossier.pieces if p.sha256 and p.document_id is not None]
        photo = dossier.child.photo_sha256
        mine = {sha256 for _, sha256 in files} | ({photo} if photo else set())
        self._papers.keep_only(mine | self._beside)
        for document_id, sha256 in files:
            self._papers.fetch(document_id, sha256, self.viewer.first_drawing())
        if photo is not None:
            self._papers.fetch_photo(dossier.child.beneficiary_id, photo, _PHOTO_DRAWING)
            self._show_photo()

    def show_draft(self) -> None:
        """Show what has been said so far, and where it leads."""
        if self.draft is not None:
            self.pieces.show_draft(self.draft, self._papers)
            self.decision.show_draft(self.draft)
            self._show_verdict(self.pieces.current())

    def _show_verdict(self, piece: PieceRow | None) -> None:
        draft = self.draft
        said = None if draft is None or piece is None else draft.verdict(piece)
        open_to_say = draft is not None and draft.may_decide and piece is not None and (piece.needed or piece.given)
        self.verdict_bar.show_piece(
            piece, said, enabled=open_to_say and not self._frozen, readable=piece is None or self._readable(piece)
        )

    def _readable(self, piece: PieceRow) -> bool:
        """Whether there is something to judge by: a typed value, or a file that has been opened."""
        return piece.sha256 is None or self._papers.paper(piece.sha256).summary is not None

    def freeze(self, *, frozen: bool) -> None:
        """Let nothing be said while a decision is being written: what was sent is what stays on the screen."""
        self._frozen = frozen
        self.decision.hold(held=frozen)
        self.show_draft()

    @Slot(object)
    def _piece_chosen(self, piece: PieceRow | None) -> None:
        if self.draft is None:
            return
        dossier = self.draft.dossier
        if piece is not None:
            self._show_piece(piece, dossier.checks)
        elif dossier.child.photo_sha256 is not None:
            self.viewer.show_paper(dossier.child.photo_sha256, "Photo d’identité")
        self._show_verdict(piece)

    def _show_piece(self, piece: PieceRow, checks: tuple[CheckResult, ...]) -> None:
        """Show a file, a typed value, or that nothing was given."""
        if piece.sha256 is not None:
            size = "" if piece.byte_count is None else file_size(piece.byte_count)
            self.viewer.show_paper(piece.sha256, piece.label, ", ".join(filter(None, (piece.file_name, size))))
            self.viewer.set_frames(self._checker.frames(piece.sha256))
        elif piece.given:
            self._typed.show_value(piece, tuple(c for c in checks if c.requirement_code == piece.code))
            self.viewer.show_sheet(self._typed, piece.label)
            self._tell_iban(piece)
        else:
            self._missing.show_missing(piece)
            self.viewer.show_sheet(self._missing, piece.label)

    def _tell_iban(self, piece: PieceRow | None) -> None:
        if piece is not None and piece.kind == "iban" and piece.document_id is not None:
            self.iban_shown.emit(piece.document_id)

    @Slot(str)
    def _paper_known(self, sha256: str) -> None:
        if self.draft is not None:
            self.pieces.show_draft(self.draft, self._papers)
            self._show_verdict(self.pieces.current())
            self._paper_drawn(sha256)
            self.file_known.emit()

    @Slot(str)
    def _paper_drawn(self, sha256: str) -> None:
        if self.draft is not None and sha256 == self.draft.dossier.child.photo_sha256:
            self._show_photo()

    def _show_photo(self) -> None:
        photo = None if self.draft is None else self.draft.dossier.child.photo_sha256
        if photo is not None:
            self.facts.photo.show_picture(self._papers.paper(photo).pictures.get(_PHOTO_DRAWING))

    @Slot(object)
    def _checked(self, draft: Draft) -> None:
        if draft is not self.draft:
            return
        self.facts.show_checks(draft.dossier.checks)
        if any(check.code in _COMPARE_IBANS and compares(check) for check in draft.dossier.checks):
            self._tell_iban(next((piece for piece in draft.dossier.pieces if piece.kind == "iban"), None))
        self.show_draft()
        piece = self.pieces.current()
        if piece is not None and piece.kind != "file":
            self._show_piece(piece, draft.dossier.checks)

    @Slot(str)
    def _framed(self, sha256: str) -> None:
        piece = self.pieces.current()
        if piece is not None and piece.sha256 == sha256:
            self.viewer.set_frames(self._checker.frames(sha256))

    # Judging ----------------------------------------------------------------------------------------------------

    @Slot(object)
    def judge(self, kind: VerdictKind) -> None:
        """Say of the piece on the screen that it is compliant, or not."""
        draft, piece = self.draft, self.pieces.current()
        if draft is None or piece is None or not self.verdict_bar.isEnabled():
            return
        if kind is VerdictKind.COMPLIANT and not (piece.given and self._readable(piece)):
            return
        draft.judge(piece, kind)
        self.show_draft()
        if kind is VerdictKind.COMPLIANT:
            self.go_on()
        else:
            self.verdict_bar.focus_reason()

    def ask_reason(self, piece: PieceRow) -> None:
        """Bring the agent to the piece whose reason is missing."""
        self.pieces.select(piece)
        self.verdict_bar.focus_reason()

    @Slot(object, str)
    def _explained(self, code: str | None, typed: str) -> None:
        draft, piece = self.draft, self.pieces.current()
        if draft is not None and piece is not None:
            draft.explain(piece, code, typed)
            self.pieces.show_draft(draft, self._papers)
            self.decision.show_draft(draft)

    @Slot()
    def go_on(self) -> None:
        """To the next piece that nobody has judged; where none is left, the decision is the next thing."""
        following = None if self.draft is None else self.draft.next_unjudged(self.pieces.current())
        self.pieces.view.setFocus()
        if following is not None:
            self.pieces.select(following)

    def choose_piece(self, number: int) -> None:
        """Show the piece of that number, counted from 1."""
        pieces = self.pieces.pieces
        if 1 <= number <= len(pieces):
            self.pieces.select(pieces[number - 1])


def _line(*, upright: bool) -> QFrame:
    """A line between two parts."""
    line = QFrame()
    line.setProperty("kind", "line")
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
