"""Examen: one request on one page, decided without the mouse; the next one opens by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.errors import ChangedMeanwhile, OfficeError
from dombes_office.rules.french import NBSP, ago, hour, typeset
from dombes_office.rules.letters import Letter, decision_letter
from dombes_office.rules.requests import Action, DecisionKind, DecisionRow, PieceRow, RequestDossier, VerdictKind
from dombes_office.views.page import Page, PageEntry, Shortcut, UndoOffer
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.examination.checker import Checker
from dombes_office.views.requests.examination.decision_panel import DecisionPanel
from dombes_office.views.requests.examination.draft import Draft
from dombes_office.views.requests.examination.facts_panel import FactsPanel
from dombes_office.views.requests.examination.history_dialog import HistoryDialog
from dombes_office.views.requests.examination.keys import ExaminationKeys
from dombes_office.views.requests.examination.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.papers import Drawing, Papers
from dombes_office.views.requests.examination.piece_list import PieceList
from dombes_office.views.requests.examination.prefetch import Prefetch
from dombes_office.views.requests.examination.refusal_dialog import RefusalDialog
from dombes_office.views.requests.examination.verdict_bar import VerdictBar
from dombes_office.views.requests.examination.viewer import Viewer
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words
from dombes_office.views.work import busy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dombes_office.documents.renderer import Renderer
    from dombes_office.rules.agents import Agent
    from dombes_office.rules.requests import HistoryEvent
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk, WorkLane

ENTRY = PageEntry("examination", "Examen", "tray", listed=False, under="requests", folds_navigation=True)
UNDO_SECONDS = 10
_KEEP_OPEN_EVERY = 5 * 60 * 1000
_RIGHT_WIDTH = 336
_KIND_OF_ACTION = {
    Action.VALIDATE: DecisionKind.VALIDATE,
    Action.REFUSE: DecisionKind.REFUSE,
    Action.COMPLEMENT: DecisionKind.COMPLEMENT,
}
_DONE = {
    DecisionKind.VALIDATE: "Demande validée pour la famille {}.",
    DecisionKind.REFUSE: "Demande refusée à la famille {}.",
    DecisionKind.COMPLEMENT: "Complément demandé à la famille {}.",
}


class ExaminationPage(Page):
    """Left the pieces, middle the file, right what is known and the decision."""

    shown = Signal(int)
    """A request is on the screen, its first piece with it as soon as it is drawn."""

    def __init__(
        self,
        desk: Desk,
        documents: WorkLane,
        renderer: Renderer,
        agent: Agent,
        *,
        templates: Mapping[DecisionKind, str],
        now: Callable[[], datetime],
        acts: RequestActs | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ENTRY, parent)
        self._desk = desk
        self._agent = agent
        self._templates = templates
        self._now = now
        self._acts = acts or RequestActs()
        self._position: QueuePosition | None = None
        self._draft: Draft | None = None
        self._set_aside: dict[int, Draft] = {}
        """Drafts of requests just decided, kept while the decision can be undone, and of those left undecided."""
        self._deciding: tuple[Draft, DecisionKind] | None = None
        self._refused_with = ChangedMeanwhile("")
        self._undoing: tuple[DecisionRow, QueuePosition | None] | None = None
        self.papers = Papers(desk, documents, renderer, self._acts)
        self.papers.setParent(self)
        self.checker = Checker(desk, self.papers, self._acts, today=lambda: now().date(), parent=self)
        self.prefetch = Prefetch(desk, self.papers, self._acts, parent=self)
        self.pieces = PieceList()
        self.viewer = Viewer(self.papers)
        self.verdict_bar = VerdictBar()
        self.facts = FactsPanel()
        self.decision = DecisionPanel()
        self._keep_open = QTimer(self, interval=_KEEP_OPEN_EVERY)
        self._build_header()
        self._lay_out()
        self._connect()
        self.keys = ExaminationKeys(self)

    # Building ---------------------------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.header.show_arrow()
        self._place = words("", "context")
        self.header.add_widget(self._place)
        self._previous = self.header.add_button(ActionButton("Précédente", icon_name="caret-left"))
        self._next = self.header.add_button(ActionButton("Suivante", icon_name="caret-right", keys="Alt+→"))
        self._previous.setToolTip("Demande précédente (Alt+←)")
        self._next.setToolTip("Demande suivante (Alt+→)")

    def _lay_out(self) -> None:
        foot = QHBoxLayout(self.pieces.foot)
        foot.setContentsMargins(12, 0, 12, 0)
        self._history = ActionButton("Historique", kind="link")
        self._opened_at = words("", "secondary")
        foot.addWidget(self._history)
        foot.addStretch(1)
        foot.addWidget(self._opened_at)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.viewer, 1)
        middle.addWidget(self.verdict_bar)
        right_side = QWidget()
        right_side.setFixedWidth(_RIGHT_WIDTH)
        right = QVBoxLayout(right_side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.facts, 1)
        right.addWidget(self.decision)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.pieces)
        row.addLayout(middle, 1)
        row.addWidget(right_side)
        self.body.addLayout(row)

    def _connect(self) -> None:
        self.header.back.connect(self.leave)
        self._previous.clicked.connect(self.open_previous)
        self._next.clicked.connect(self.open_next)
        self._history.clicked.connect(self._ask_history)
        self.pieces.chosen.connect(self._piece_chosen)
        self.verdict_bar.judged.connect(self.judge)
        self.verdict_bar.explained.connect(self._explained)
        self.verdict_bar.left.connect(self._go_on)
        self.decision.wanted.connect(self.act)
        self.decision.letter_wanted.connect(self._preview_letter)
        self.papers.opened.connect(self._paper_opened)
        self.papers.drawn.connect(self._paper_drawn)
        self.papers.failed.connect(self.show_error)
        self.checker.checked.connect(self._checked)
        self.checker.framed.connect(self._framed)
        self._keep_open.timeout.connect(self._say_still_open)

    # Opening ----------------------------------------------------------------------------------------------------

    def open(self, what: object) -> None:
        """Show the request at a `QueuePosition`."""
        position: QueuePosition = what  # type: ignore[assignment]  # The window hands over what the queue sent.
        self._leave_request()
        self._position = position
        self._draft = None
        self.band.clear()
        self._show_place()
        self._load(position.request_id)

    def activated(self) -> None:
        """Coming to the front changes nothing here: `open` has begun the reading."""

    def refresh(self) -> None:
        """Read the request again; what was said of pieces that did not change stays."""
        if self._position is not None:
            self._load(self._position.request_id)

    def _load(self, request_id: int) -> None:
        self.loading.start()
        reading = partial(_open_and_note, acts=self._acts, agent=self._agent)
        self._desk.run(reading, request_id, done=self._dossier_came, refused=self.show_error, key="dossier")

    @Slot(object)
    def _dossier_came(self, dossier: RequestDossier) -> None:
        if self._position is None or dossier.request.request_id != self._position.request_id:
            return
        self.loading.stop()
        fresh = self._draft is None
        before = self._draft or self._set_aside.pop(dossier.request.request_id, None)
        self._take(dossier, before)
        self._opened_at.setText(f"ouverte à {hour(self._now())}")
        self._keep_open.start()
        self.fresh.emit()
        if fresh:
            self.shown.emit(dossier.request.request_id)

    def _take(self, dossier: RequestDossier, before: Draft | None) -> tuple[str, ...]:
        """Show a dossier with what was said before; returns the labels of the pieces to read again."""
        cleared: tuple[str, ...] = ()
        if before is None:
            self._draft = Draft(dossier, may_decide=self._agent.may_decide)
        else:
            self._draft, cleared = before.carried_to(dossier)
            self._draft.may_decide = self._draft.may_decide and self._agent.may_decide
        selected = self.pieces.current()
        request = dossier.request
        self.set_title(
            typeset(f"Demande n° {request.number}"),
            f"{dossier.service.name}, {dossier.service.authority_name}, reçue {ago(request.submitted_at, self._now())}",
        )
        self.facts.show_dossier(dossier, self._now().date())
        self.facts.photo.show_picture(None)
        self.pieces.show_earlier(dossier.earlier, self._now())
        self._fetch_papers(dossier)
        self._show_draft()
        kept = next((p for p in dossier.pieces if selected and p.requirement_id == selected.requirement_id), None)
        first = kept if before is not None else None
        first = first or next((p for p in dossier.pieces if p.needed), None) or next(iter(dossier.pieces), None)
        if first is not None:
            self.pieces.select(first)
            self._piece_chosen(first)
        self.pieces.view.setFocus()
        self.checker.check(self._draft)
        return cleared

    def _fetch_papers(self, dossier: RequestDossier) -> None:
        """Bring every file, the first one first; the photo last. What belonged to other requests is forgotten."""
        files = [(p.document_id, p.sha256) for p in dossier.pieces if p.sha256 and p.document_id is not None]
        photo = dossier.child.photo_sha256
        mine = frozenset(sha256 for _, sha256 in files) | ({photo} if photo else frozenset())
        self.papers.keep_only(mine | self.prefetch.held)
        for document_id, sha256 in files:
            self.papers.fetch(document_id, sha256, self.viewer.first_drawing())
        if photo is not None:
            self.papers.fetch_photo(dossier.child.beneficiary_id, photo, Drawing(0, 184))
            self._paper_opened(photo)

    # What is shown ----------------------------------------------------------------------------------------------

    def _show_draft(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self.pieces.show_draft(draft, self.papers)
        self.decision.show_draft(draft)
        self._show_verdict(self.pieces.current())

    def _show_verdict(self, piece: PieceRow | None) -> None:
        draft = self._draft
        said = None if draft is None or piece is None else draft.verdict(piece)
        open_to_say = draft is not None and draft.may_decide and piece is not None and (piece.needed or piece.given)
        self.verdict_bar.show_piece(piece, said, enabled=open_to_say)

    def _show_place(self) -> None:
        position = self._position
        if position is None:
            return
        total = max(position.total, len(position.request_ids))
        self._place.setText(f"{position.number}{NBSP}sur{NBSP}{total}" if position.number else "")
        self._previous.setEnabled(position.previous_before(position.request_id) is not None)
        self._next.setEnabled(position.next_after(position.request_id) is not None)

    @Slot(object)
    def _piece_chosen(self, piece: PieceRow | None) -> None:
        draft = self._draft
        if draft is None:
            return
        if piece is None:
            photo = draft.dossier.child.photo_sha256
            if photo is not None:
                self.viewer.show_photo(photo, "Photo d’identité")
            self._show_verdict(None)
            return
        self.viewer.show_piece(piece, draft.dossier.checks)
        self.viewer.set_frames(self.checker.frames(piece.sha256))
        self._show_verdict(piece)

    @Slot(str)
    def _paper_opened(self, sha256: str) -> None:
        draft = self._draft
        if draft is None:
            return
        self.pieces.show_draft(draft, self.papers)
        if sha256 == draft.dossier.child.photo_sha256:
            pictures = list(self.papers.paper(sha256).pictures.values())
            self.facts.photo.show_picture(pictures[-1] if pictures else None)
        self.prefetch.begin_when_idle(self._position, draft, self.viewer.first_drawing())

    @Slot(str)
    def _paper_drawn(self, sha256: str) -> None:
        if self._draft is not None and sha256 == self._draft.dossier.child.photo_sha256:
            self._paper_opened(sha256)

    @Slot(object)
    def _checked(self, draft: Draft) -> None:
        if draft is not self._draft:
            return
        self.facts.show_checks(draft.dossier.checks)
        self._show_draft()
        piece = self.pieces.current()
        if piece is not None and piece.kind != "file":
            self.viewer.show_piece(piece, draft.dossier.checks)

    @Slot(str)
    def _framed(self, sha256: str) -> None:
        piece = self.pieces.current()
        if piece is not None and piece.sha256 == sha256:
            self.viewer.set_frames(self.checker.frames(sha256))

    # Judging ----------------------------------------------------------------------------------------------------

    @Slot(object)
    def judge(self, kind: VerdictKind) -> None:
        """Say of the piece on the screen that it is compliant, or not."""
        draft, piece = self._draft, self.pieces.current()
        if (
            draft is None
            or piece is None
            or not draft.may_decide
            or (kind is VerdictKind.COMPLIANT and not piece.given)
        ):
            return
        draft.judge(piece, kind)
        self._show_draft()
        if kind is VerdictKind.COMPLIANT:
            self._go_on()
        else:
            self.verdict_bar.focus_reason()

    @Slot(object, str)
    def _explained(self, code: str | None, typed: str) -> None:
        draft, piece = self._draft, self.pieces.current()
        if draft is not None and piece is not None:
            draft.explain(piece, code, typed)
            self.pieces.show_draft(draft, self.papers)
            self.decision.show_draft(draft)

    @Slot()
    def _go_on(self) -> None:
        """To the next piece that nobody has judged; where none is left, the decision is the next thing."""
        draft, piece = self._draft, self.pieces.current()
        self.pieces.view.setFocus()
        following = None if draft is None else draft.next_unjudged(piece)
        if following is not None:
            self.pieces.select(following)

    def choose_piece(self, number: int) -> None:
        """Show the piece of that number, counted from 1."""
        pieces = self.pieces.pieces
        if 1 <= number <= len(pieces):
            self.pieces.select(pieces[number - 1])

    # Deciding ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def act(self, action: Action) -> None:
        """Take a decision, or ask first for what it still needs."""
        draft = self._draft
        if draft is None or action not in draft.allowed() or self._deciding is not None:
            return
        unexplained = draft.unexplained()
        if action is not Action.REFUSE and unexplained is not None:
            self.pieces.select(unexplained)
            self.verdict_bar.focus_reason()
            return
        if action is Action.REFUSE and not self._ask_refusal(draft):
            return
        self._decide(draft, _KIND_OF_ACTION[action], action)

    def act_as_proposed(self) -> None:
        """Ctrl+Entrée: the decision that the verdicts lead to."""
        proposed = None if self._draft is None else self._draft.proposed()
        if proposed is not None:
            self.act(proposed)

    def _ask_refusal(self, draft: Draft) -> bool:
        dialog = RefusalDialog(draft.dossier.family.name.upper(), draft.refusal_code, draft.refusal_words, self)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        draft.refusal_code, draft.refusal_words = dialog.code, dialog.typed
        dialog.deleteLater()
        return accepted

    def _decide(self, draft: Draft, kind: DecisionKind, action: Action) -> None:
        decision = draft.decision(kind)
        letter = decision_letter(self._templates[kind], draft.dossier, decision)
        self._deciding = (draft, kind)
        self.band.clear()
        self._desk.run(
            self._acts.decide,
            draft.dossier,
            decision,
            letter,
            done=self._decided,
            refused=self._not_decided,
            busy=busy(self.decision.buttons[action], "Envoi…"),
        )

    @Slot(object)
    def _decided(self, decision: DecisionRow) -> None:
        if self._deciding is None:
            return
        draft, kind = self._deciding
        self._deciding = None
        self._set_aside = {decision.request_id: draft}
        family = draft.dossier.family.name.upper()
        position = self._position
        undo = partial(self._undo, decision, position)
        self.undo_offered.emit(UndoOffer(_DONE[kind].format(family), UNDO_SECONDS, undo))
        following = None if position is None else position.next_after(decision.request_id)
        if position is None or following is None:
            self.leave()
            return
        self.open(position.without(decision.request_id).at(following))

    @Slot(object)
    def _not_decided(self, error: OfficeError) -> None:
        if self._deciding is None:
            return
        draft, _ = self._deciding
        self._deciding = None
        self._show_draft()
        if isinstance(error, ChangedMeanwhile):
            self._refused_with = error
            self._desk.run(
                self._acts.explain_change, draft.dossier, done=self._change_explained, refused=self.show_error
            )
        else:
            self.show_error(error)

    @Slot(object)
    def _change_explained(self, change: tuple[RequestDossier, tuple[str, ...]]) -> None:
        """Show the difference beside the newer dossier; what was typed about unchanged pieces stays."""
        dossier, differences = change
        if self._position is None or dossier.request.request_id != self._position.request_id:
            return
        error = self._refused_with
        cleared = self._take(dossier, self._draft)
        again = tuple(typeset(f"À relire : {label}.") for label in cleared)
        self.show_error(type(error)(error.sentence, error.way_out, differences=(*differences, *again)))

    def _undo(self, decision: DecisionRow, position: QueuePosition | None) -> None:
        self._undoing = (decision, position)
        self._desk.run(self._acts.undo_decision, decision.decision_id, done=self._undone, refused=self.show_error)

    @Slot(object)
    def _undone(self, _nothing: None) -> None:
        if self._undoing is None:
            return
        decision, position = self._undoing
        self._undoing = None
        if position is not None:
            self.open_wanted.emit(self.key, position.at(decision.request_id))

    @Slot()
    def _preview_letter(self) -> None:
        draft = self._draft
        proposed = None if draft is None else draft.proposed()
        if draft is None or proposed is None:
            return
        letter = self._letter_of(draft, _KIND_OF_ACTION[proposed])
        state = f"partira {UNDO_SECONDS} s après votre décision"
        dialog = LetterDialog(draft.dossier.family.email, letter, state, self)
        dialog.open()

    def _letter_of(self, draft: Draft, kind: DecisionKind) -> Letter:
        return decision_letter(self._templates[kind], draft.dossier, draft.decision(kind))

    # Moving -----------------------------------------------------------------------------------------------------

    @Slot()
    def open_next(self) -> None:
        """The next request of the queue; what was said of this one stays while the page lives."""
        if self._position is not None:
            self._open_beside(self._position.next_after(self._position.request_id))

    @Slot()
    def open_previous(self) -> None:
        """The request before this one."""
        if self._position is not None:
            self._open_beside(self._position.previous_before(self._position.request_id))

    def _open_beside(self, request_id: int | None) -> None:
        if self._position is None or request_id is None:
            return
        if self._draft is not None:
            self._set_aside[self._draft.dossier.request.request_id] = self._draft
        self.open(self._position.at(request_id))

    @Slot()
    def leave(self) -> None:
        """Back to the list."""
        self._leave_request()
        self._position = None
        self.prefetch.forget()
        self.papers.keep_only(frozenset())
        self.open_wanted.emit(self.entry.under, None)

    def _leave_request(self) -> None:
        """Say that the request is closed, and clear the screen of it."""
        self._keep_open.stop()
        draft, self._draft = self._draft, None
        self.checker.stop()
        self.pieces.unselect()
        self.viewer.clear()
        self.verdict_bar.show_piece(None, None, enabled=False)
        if draft is not None and self._agent.may_decide:
            request_id = draft.dossier.request.request_id
            self._desk.run(self._acts.note_closing, request_id, done=self._closing_noted, refused=self._closing_noted)

    @Slot(object)
    def _closing_noted(self, _anything: object) -> None:
        """Advice for colleagues only: whether it was written down changes nothing here."""

    @Slot()
    def _say_still_open(self) -> None:
        if self._position is not None and self._agent.may_decide:
            request_id = self._position.request_id
            self._desk.run(self._acts.keep_open, request_id, done=self._closing_noted, refused=self._closing_noted)

    @Slot()
    def _ask_history(self) -> None:
        if self._position is not None:
            self._desk.run(
                self._acts.read_history, self._position.request_id, done=self._show_history, refused=self.show_error
            )

    @Slot(object)
    def _show_history(self, events: tuple[HistoryEvent, ...]) -> None:
        if self._draft is not None:
            HistoryDialog(self._draft.dossier.request.number, events, self).open()

    def go_back(self) -> bool:
        """Échap: the search, then the message, then the list."""
        if not self.viewer.tools.close_search() and not super().go_back():
            self.leave()
        return True

    def areas(self) -> Sequence[QWidget]:
        """F6: pieces, document, verdict, facts, decision."""
        return (self.pieces.view, self.viewer, self.verdict_bar, self.facts, self.decision)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The page's keys."""
        return self.keys.listed()


def _open_and_note(db: object, request_id: int, *, acts: RequestActs, agent: Agent) -> RequestDossier:
    """Read the dossier and write down, in the same transaction, that it was opened."""
    dossier = acts.open_dossier(db, request_id)
    if agent.may_decide:
        acts.note_opening(db, request_id)
    return dossier
