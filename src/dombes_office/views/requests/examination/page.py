"""Examen: one request on one page, decided without the mouse; the next one opens by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog

from dombes_office.rules.differences import describe_differences
from dombes_office.rules.french import NBSP, ago, hour, typeset
from dombes_office.rules.requests import Action, DecisionKind, DecisionRow, RequestDossier
from dombes_office.views.page import Page, PageEntry, Shortcut, UndoOffer
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.examination.deciding import Deciding
from dombes_office.views.requests.examination.draft import Draft
from dombes_office.views.requests.examination.history_dialog import HistoryDialog
from dombes_office.views.requests.examination.keys import ExaminationKeys
from dombes_office.views.requests.examination.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.papers import Papers
from dombes_office.views.requests.examination.prefetch import Prefetch
from dombes_office.views.requests.examination.refusal_dialog import RefusalDialog
from dombes_office.views.requests.examination.workbench import Workbench
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import ChangedMeanwhile, OfficeError
    from dombes_office.rules.agents import Agent
    from dombes_office.rules.requests import HistoryEvent
    from dombes_office.views.work import Desk, WorkLane

ENTRY = PageEntry("examination", "Examen", "tray", listed=False, under="requests", folds_navigation=True)
UNDO_SECONDS = 10
_KEEP_OPEN_EVERY = 5 * 60 * 1000
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
        self._now = now
        self._acts = acts or RequestActs()
        self._position: QueuePosition | None = None
        self._set_aside: dict[int, Draft] = {}
        """Drafts of requests that were decided or left, so that undoing and coming back find them as they were."""
        self._position_before: QueuePosition | None = None
        """Where the agent stood when she took her last decision: undoing brings her back there."""
        self._deciding = Deciding(desk, self._acts, templates, self)
        self.papers = Papers(desk, documents, renderer, self._acts)
        self.papers.setParent(self)
        self.prefetch = Prefetch(desk, self.papers, self._acts, parent=self)
        self.bench = Workbench(desk, self.papers, self._acts, now=now, parent=self)
        self._keep_open = QTimer(self, interval=_KEEP_OPEN_EVERY)
        self._build_header()
        self.body.addWidget(self.bench, 1)
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

    def _connect(self) -> None:
        self.header.back.connect(self.leave)
        self._previous.clicked.connect(self.open_previous)
        self._next.clicked.connect(self.open_next)
        self.bench.history.clicked.connect(self._ask_history)
        self.bench.file_known.connect(self._read_ahead)
        self.bench.decision.wanted.connect(self.act)
        self.bench.decision.letter_wanted.connect(self._preview_letter)
        self._deciding.decided.connect(self._decided)
        self._deciding.refused.connect(self._not_decided)
        self._deciding.overtaken.connect(self._overtaken)
        self._deciding.undone.connect(self._undone)
        self.papers.failed.connect(self.show_error)
        self._keep_open.timeout.connect(self._say_still_open)

    # Opening ----------------------------------------------------------------------------------------------------

    def open(self, what: object) -> None:
        """Show the request at a `QueuePosition`."""
        position: QueuePosition = what  # type: ignore[assignment]  # The window hands over what the queue sent.
        self._leave_request()
        self._position = position
        self.band.clear()
        self._show_place()
        self._load(position.request_id)

    def activated(self) -> None:
        """Coming to the front changes nothing here: `open` has begun the reading."""

    def refresh(self) -> None:
        """Read the request again; what was said of pieces that did not change stays."""
        if self._position is not None:
            self._load(self._position.request_id)

    def subjects(self) -> frozenset[str]:
        """Other desks and the portal change requests."""
        return frozenset({"access_request"})

    def _load(self, request_id: int) -> None:
        self.loading.start()
        # Written down once for each time that the agent opens it, not for each time that the screen reads it again.
        reading = partial(_open_and_note, acts=self._acts, note=self._agent.may_decide and self.bench.draft is None)
        self._desk.run(reading, request_id, done=self._dossier_came, refused=self.show_error, key="dossier")

    @Slot(object)
    def _dossier_came(self, dossier: RequestDossier) -> None:
        if self._position is None or dossier.request.request_id != self._position.request_id:
            return
        self.loading.stop()
        shown = self.bench.draft
        fresh = shown is None
        if shown is not None and shown.dossier.request.version == dossier.request.version:
            self.fresh.emit()
            return
        before = shown or self._set_aside.pop(dossier.request.request_id, None)
        cleared = self._take(dossier, before)
        if shown is not None:
            self._tell_difference(shown.dossier, dossier, cleared)
        self.bench.opened_at.setText(f"ouverte à {hour(self._now())}")
        self._keep_open.start()
        self.fresh.emit()
        if fresh:
            self.shown.emit(dossier.request.request_id)

    def _tell_difference(self, before: RequestDossier, after: RequestDossier, cleared: tuple[str, ...]) -> None:
        """Say what changed under the agent's eyes, by the family or by a colleague."""
        told = (*describe_differences(before, after), *(typeset(f"À relire : {label}.") for label in cleared))
        self.band.show_notice("Cette demande vient de changer.", " ".join(told))

    def _take(self, dossier: RequestDossier, before: Draft | None) -> tuple[str, ...]:
        """Show a dossier with what was said before; returns the labels of the pieces to read again."""
        cleared: tuple[str, ...] = ()
        if before is None:
            draft = Draft(dossier, may_decide=self._agent.may_decide)
        else:
            draft, cleared = before.carried_to(dossier)
        request = dossier.request
        self.set_title(
            typeset(f"Demande n° {request.number}"),
            f"{dossier.service.name}, {dossier.service.authority_name}, reçue {ago(request.submitted_at, self._now())}",
        )
        self.bench.take(draft, beside=self.prefetch.held, keep_piece=before is not None)
        return cleared

    @Slot()
    def _read_ahead(self) -> None:
        if self.bench.draft is not None:
            self.prefetch.begin_when_idle(self._position, self.bench.draft, self.bench.viewer.first_drawing())

    def _show_place(self) -> None:
        position = self._position
        if position is None:
            return
        total = max(position.total, len(position.request_ids))
        self._place.setText(f"{position.number}{NBSP}sur{NBSP}{total}" if position.number else "")
        self._previous.setEnabled(position.previous_before(position.request_id) is not None)
        self._next.setEnabled(position.next_after(position.request_id) is not None)

    # Deciding ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def act(self, action: Action) -> None:
        """Take a decision, or ask first for what it still needs."""
        draft = self.bench.draft
        if draft is None or action not in draft.allowed() or self._deciding.under_way:
            return
        unexplained = draft.unexplained()
        if action is not Action.REFUSE and unexplained is not None:
            self.bench.ask_reason(unexplained)
            return
        if action is Action.REFUSE and not self._ask_refusal(draft):
            return
        self._decide(draft, _KIND_OF_ACTION[action], action)

    def act_as_proposed(self) -> None:
        """Ctrl+Entrée: the decision that the verdicts lead to."""
        proposed = None if self.bench.draft is None else self.bench.draft.proposed()
        if proposed is not None:
            self.act(proposed)

    def _ask_refusal(self, draft: Draft) -> bool:
        dialog = RefusalDialog(draft.dossier.family.name.upper(), draft.refusal_code, draft.refusal_words, self)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        draft.refusal_code, draft.refusal_words = dialog.code, dialog.typed
        dialog.deleteLater()
        return accepted

    def _decide(self, draft: Draft, kind: DecisionKind, action: Action) -> None:
        self.band.clear()
        self._deciding.decide(draft, kind, self.bench.decision.buttons[action])

    @Slot(object, object)
    def _decided(self, draft: Draft, decision: DecisionRow) -> None:
        self._set_aside[decision.request_id] = draft
        sentence = _DONE[decision.kind].format(draft.dossier.family.name.upper())
        undo = partial(self._deciding.undo, draft, decision)
        self.undo_offered.emit(UndoOffer(sentence, UNDO_SECONDS, undo))
        position = self._position
        if position is None or position.request_id != decision.request_id:
            return
        self._position_before = position
        following = position.next_after(decision.request_id)
        if following is None:
            self.leave()
        else:
            self.open(position.without(decision.request_id).at(following))

    @Slot(object)
    def _not_decided(self, error: OfficeError) -> None:
        self.bench.show_draft()
        self.show_error(error)

    @Slot(object, object, object)
    def _overtaken(self, error: ChangedMeanwhile, dossier: RequestDossier, differences: tuple[str, ...]) -> None:
        """Show the difference beside the newer dossier; what was typed about unchanged pieces stays."""
        if self._position is None or dossier.request.request_id != self._position.request_id:
            return
        cleared = self._take(dossier, self.bench.draft)
        again = tuple(typeset(f"À relire : {label}.") for label in cleared)
        self.show_error(type(error)(error.sentence, error.way_out, differences=(*differences, *again)))

    @Slot(object)
    def _undone(self, draft: Draft) -> None:
        request_id = draft.dossier.request.request_id
        position = self._position_before or QueuePosition(request_id, (request_id,), 1)
        self.open_wanted.emit(self.key, position.at(request_id))

    @Slot()
    def _preview_letter(self) -> None:
        draft = self.bench.draft
        proposed = None if draft is None else draft.proposed()
        if draft is None or proposed is None:
            return
        state = f"partira {UNDO_SECONDS}{NBSP}s après votre décision"
        letter = self._deciding.letter(draft, _KIND_OF_ACTION[proposed])
        LetterDialog(draft.dossier.family.email, letter, state, self).open()

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
        if self.bench.draft is not None:
            self._set_aside[self.bench.draft.dossier.request.request_id] = self.bench.draft
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
        draft = self.bench.draft
        self.bench.put_away()
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
        if self.bench.draft is not None:
            HistoryDialog(self.bench.draft.dossier.request.number, events, self).open()

    def go_back(self) -> bool:
        """Échap: the search, then the message, then the list."""
        if not self.bench.viewer.tools.close_search() and not super().go_back():
            self.leave()
        return True

    def areas(self) -> Sequence[QWidget]:
        """F6: pieces, document, verdict, facts, decision."""
        bench = self.bench
        return (bench.pieces.view, bench.viewer, bench.verdict_bar, bench.facts, bench.decision)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The page's keys."""
        return self.keys.listed()


def _open_and_note(db: object, request_id: int, *, acts: RequestActs, note: bool) -> RequestDossier:
    """Read the dossier and write down, in the same transaction, that it was opened."""
    dossier = acts.open_dossier(db, request_id)
    if note:
        acts.note_opening(db, request_id)
    return dossier
