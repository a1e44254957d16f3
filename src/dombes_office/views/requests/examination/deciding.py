"""Taking a decision and taking it back: what is asked of the database, and what its answers mean for the page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from dombes_office.errors import ChangedMeanwhile, OfficeError
from dombes_office.rules.letters import Letter, decision_letter
from dombes_office.rules.requests import UNDO_SECONDS, DecisionKind
from dombes_office.views.page import UndoOffer
from dombes_office.views.work import busy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QAbstractButton

    from dombes_office.rules.requests import DecisionRow, RequestDossier
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.work import Desk


_DONE = {
    DecisionKind.VALIDATE: "Demande validée pour la famille {}.",
    DecisionKind.REFUSE: "Demande refusée à la famille {}.",
    DecisionKind.COMPLEMENT: "Complément demandé à la famille {}.",
}


class Deciding(QObject):
    """One decision at a time; the draft is the page's and stays as it is whatever the answer."""

    decided = Signal(object, object)
    """The draft, and the `DecisionRow` that was written."""
    refused = Signal(object)
    """An `OfficeError`: nothing was written."""
    overtaken = Signal(object, object)
    """Changed meanwhile: the error, and the dossier as it is now."""
    undone = Signal(object)
    """The draft whose decision was taken back."""
    not_undone = Signal(object, object, object)
    """The draft, its `DecisionRow`, and the `OfficeError`: the decision stands."""

    def __init__(
        self, desk: Desk, acts: RequestActs, templates: Mapping[DecisionKind, str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._templates = templates
        self._draft: Draft | None = None
        self._error = ChangedMeanwhile("")
        self._undoing: tuple[Draft, DecisionRow] | None = None

    @property
    def under_way(self) -> bool:
        """Whether a decision is being written or taken back."""
        return self._draft is not None or self._undoing is not None

    def letter(self, draft: Draft, kind: DecisionKind) -> Letter:
        """The e-mail that a decision would send."""
        return decision_letter(self._templates[kind], draft.dossier, draft.decision(kind))

    def decide(self, draft: Draft, kind: DecisionKind, button: QAbstractButton) -> None:
        """Write the decision; `button` waits for it."""
        self._draft = draft
        self._desk.run(
            self._acts.decide,
            draft.dossier,
            draft.decision(kind),
            self.letter(draft, kind),
            done=self._written,
            refused=self._not_written,
            busy=busy(button, "Envoi…"),
        )

    @Slot(object)
    def _written(self, decision: DecisionRow) -> None:
        draft, self._draft = self._draft, None
        self.decided.emit(draft, decision)

    @Slot(object)
    def _not_written(self, error: OfficeError) -> None:
        draft = self._draft
        if isinstance(error, ChangedMeanwhile) and draft is not None:
            self._error = error
            read, request_id = self._acts.open_dossier, draft.dossier.request.request_id
            self._desk.run(read, request_id, done=self._read_again, refused=self._not_read)
        else:
            self._not_read(error)

    @Slot(object)
    def _read_again(self, dossier: RequestDossier) -> None:
        self._draft = None
        self.overtaken.emit(self._error, dossier)

    @Slot(object)
    def _not_read(self, error: OfficeError) -> None:
        self._draft = None
        self.refused.emit(error)

    def undo_offer(self, draft: Draft, decision: DecisionRow) -> UndoOffer:
        """What the window says of a decision just taken, and how it is taken back."""
        sentence = _DONE[decision.kind].format(draft.dossier.family.name.upper())
        return UndoOffer(sentence, UNDO_SECONDS, partial(self.undo, draft, decision))

    def undo(self, draft: Draft, decision: DecisionRow) -> None:
        """Take a decision back, while the e-mail waits."""
        self._undoing = (draft, decision)
        self._desk.run(
            partial(self._acts.undo_decision, decision_id=decision.decision_id),
            done=self._taken_back,
            refused=self._not_taken_back,
        )

    @Slot(object)
    def _taken_back(self, _nothing: object) -> None:
        undoing, self._undoing = self._undoing, None
        if undoing is not None:
            self.undone.emit(undoing[0])

    @Slot(object)
    def _not_taken_back(self, error: OfficeError) -> None:
        undoing, self._undoing = self._undoing, None
        if undoing is not None:
            self.not_undone.emit(*undoing, error)
