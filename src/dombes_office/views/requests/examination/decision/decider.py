"""From the wish to decide to the written decision, and back: ask what is missing, write, offer to undo, undo."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog

from dombes_office.errors import ChangedMeanwhile, OfficeError, Outage
from dombes_office.rules.french import NBSP
from dombes_office.rules.letters import Letter, decision_letter
from dombes_office.rules.requests import UNDO_SECONDS, DecisionKind
from dombes_office.views.busy import busy
from dombes_office.views.page import UndoOffer
from dombes_office.views.requests.examination.decision.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QAbstractButton, QWidget

    from dombes_office.rules.requests import DecisionDraft, DecisionRow, RequestDossier
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk

_DONE = {
    DecisionKind.VALIDATE: "Demande validée pour la famille {}.",
    DecisionKind.REFUSE: "Demande refusée à la famille {}.",
    DecisionKind.COMPLEMENT: "Complément demandé à la famille {}.",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that was written: what had been said for it, where the agent stood, until when it can be undone.

    `until` is a moment of this desk's own clock (`time.monotonic`).
    """

    draft: Draft
    decision: DecisionRow
    position: QueuePosition
    until: float


class Decider(QObject):
    """One decision at a time. It changes nothing of the draft: whatever the answer, it stays as the agent left it."""

    reason_wanted = Signal(object)
    """The `PieceRow` that is not compliant and has no reason yet."""
    look_again_wanted = Signal()
    """The request became another one while the agent was choosing the reason of a refusal."""
    began = Signal()
    """A decision is being written: nothing may be said or left until its answer has come."""
    written = Signal(object, object, float)
    """The draft, its `DecisionRow`, and until when it can be undone."""
    refused = Signal(object)
    """An `OfficeError`: nothing was written, or the answer was lost (`Draft.unsent`)."""
    overtaken = Signal(object, object)
    """Changed meanwhile: the error, and the dossier as it is now."""
    undo_offered = Signal(object)
    """An `UndoOffer`."""
    undone = Signal(object)
    """The `Taken` that was taken back."""
    not_undone = Signal(object, object)
    """The `Taken`, and the `OfficeError`: the decision stands."""

    def __init__(
        self,
        desk: Desk,
        acts: RequestActs,
        templates: Mapping[DecisionKind, str],
        *,
        button: Callable[[DecisionKind], QAbstractButton],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._templates = templates
        self._button = button
        self._window = parent
        self.draft: Draft | None = None
        """What is on the screen, kept true by the page."""
        self._refusal: RefusalDialog | None = None
        self._refused_version = 0
        self._writing: tuple[Draft, DecisionKind] | None = None
        self._conflict: ChangedMeanwhile | None = None
        self._undoing: Taken | None = None
        self._offered: Taken | None = None

    @property
    def under_way(self) -> bool:
        """Whether a decision is being written or taken back."""
        return self._writing is not None or self._undoing is not None

    # What is missing --------------------------------------------------------------------------------------------

    @Slot(object)
    def act(self, kind: DecisionKind) -> None:
        """Take a decision, or ask first for what it still needs."""
        draft = self.draft
        if draft is None or kind not in draft.allowed() or self.under_way:
            return
        unexplained = draft.unexplained()
        if kind is DecisionKind.REFUSE:
            self._ask_refusal(draft)
        elif unexplained is not None:
            self.reason_wanted.emit(unexplained)
        else:
            self._write(draft, kind)

    @Slot()
    def act_as_proposed(self) -> None:
        """Ctrl+Entrée: the decision that the verdicts lead to; where only a reason is missing, the reason."""
        draft = self.draft
        proposed = None if draft is None else draft.proposed()
        if proposed is not None:
            self.act(proposed)
        elif draft is not None and draft.unexplained() is not None:
            self.act(DecisionKind.COMPLEMENT)

    def _ask_refusal(self, draft: Draft) -> None:
        if self._refusal is not None:
            return
        name = draft.dossier.family.name.upper()
        self._refusal = RefusalDialog(name, draft.refusal_code, draft.refusal_words, self._window)
        self._refused_version = draft.dossier.request.version
        self._refusal.finished.connect(self._refusal_answered)
        self._refusal.open()

    @Slot(int)
    def _refusal_answered(self, answer: int) -> None:
        dialog, self._refusal = self._refusal, None
        draft = self.draft
        if dialog is None:
            return
        dialog.deleteLater()
        if draft is None:
            return
        draft.refusal_code, draft.refusal_words = dialog.code, dialog.typed
        if answer != QDialog.DialogCode.Accepted:
            return
        if draft.dossier.request.version == self._refused_version and DecisionKind.REFUSE in draft.allowed():
            self._write(draft, DecisionKind.REFUSE)
        else:
            self.look_again_wanted.emit()

    @Slot()
    def preview_letter(self) -> None:
        """Show the e-mail of the proposed decision."""
        draft = self.draft
        proposed = None if draft is None else draft.proposed()
        if draft is None or proposed is None:
            return
        state = f"partira {UNDO_SECONDS}{NBSP}s après votre décision"
        dialog = LetterDialog(draft.dossier.family.email, self._letter(draft, proposed), state, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _letter(self, draft: Draft, kind: DecisionKind) -> Letter:
        return decision_letter(self._templates[kind], draft.dossier, draft.decision(kind))

    # Writing ----------------------------------------------------------------------------------------------------

    def _write(self, draft: Draft, kind: DecisionKind) -> None:
        self._writing = (draft, kind)
        # The decision before could be taken back while this one is on its way, and the agent would land nowhere.
        self._offer(usable=False)
        self._desk.run(
            partial(_decide_and_note_the_time, self._acts.decide),
            draft.dossier,
            draft.decision(kind),
            self._letter(draft, kind),
            done=self._written,
            refused=self._not_written,
            busy=busy(self._button(kind), "Envoi…"),
            must_finish=True,
        )
        self.began.emit()

    @Slot(object)
    def _written(self, answer: tuple[DecisionRow, float]) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            self.written.emit(writing[0], *answer)

    @Slot(object)
    def _not_written(self, error: OfficeError) -> None:
        writing = self._writing
        if isinstance(error, ChangedMeanwhile) and writing is not None:
            self._conflict = error
            read, request_id = self._acts.open_dossier, writing[0].dossier.request.request_id
            self._desk.run(read, request_id, done=self._read_again, refused=self._give_up)
        else:
            self._give_up(error)

    @Slot(object)
    def _read_again(self, dossier: RequestDossier) -> None:
        conflict, self._conflict = self._conflict, None
        self._writing = None
        self._offer(usable=True)
        self.overtaken.emit(conflict, dossier)

    @Slot(object)
    def _give_up(self, error: OfficeError) -> None:
        writing, self._writing = self._writing, None
        if writing is not None and isinstance(error, Outage):
            draft, kind = writing
            draft.unsent = kind
        self._offer(usable=True)
        self.refused.emit(error)

    # Undoing ----------------------------------------------------------------------------------------------------

    def offer_undo(self, taken: Taken) -> None:
        """Offer to take a decision back as long as its e-mail waits; the one before it stands from now on."""
        self._offered = taken
        self._offer(usable=True)

    def _offer(self, *, usable: bool) -> None:
        """Say again what can be undone, with the seconds that are left of it: none of them puts the offer away."""
        taken = self._offered
        if taken is not None:
            sentence = _DONE[taken.decision.kind].format(taken.draft.dossier.family.name.upper())
            left = taken.until - time.monotonic()
            self.undo_offered.emit(UndoOffer(sentence, left, partial(self._undo, taken), usable))

    def _undo(self, taken: Taken) -> None:
        """Take a decision back, while the e-mail waits."""
        self._undoing, self._offered = taken, None
        self._desk.run(
            partial(self._acts.undo_decision, decision_id=taken.decision.decision_id),
            done=self._taken_back,
            refused=self._not_taken_back,
            must_finish=True,
        )

    @Slot(object)
    def _taken_back(self, _nothing: object) -> None:
        taken, self._undoing = self._undoing, None
        if taken is not None:
            self.undone.emit(taken)

    @Slot(object)
    def _not_taken_back(self, error: OfficeError) -> None:
        taken, self._undoing = self._undoing, None
        if taken is None:
            return
        self.not_undone.emit(taken, error)
        if isinstance(error, Outage):
            self.offer_undo(taken)


def _decide_and_note_the_time(
    decide: Callable[[Any, RequestDossier, DecisionDraft, Letter], DecisionRow],
    db: Any,  # noqa: ANN401 - the session of whichever database.
    dossier: RequestDossier,
    draft: DecisionDraft,
    letter: Letter,
) -> tuple[DecisionRow, float]:
    """In the lane: the decision, and until when it can be undone; the way of its answer to the window counts too."""
    decision = decide(db, dossier, draft, letter)
    return decision, time.monotonic() + decision.undo_seconds
