"""What a decision still needs before it is taken: the reason of a piece, or of the refusal; and its e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog

from dombes_office.rules.french import NBSP
from dombes_office.rules.requests import UNDO_SECONDS, DecisionKind
from dombes_office.views.requests.examination.decision.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from dombes_office.views.requests.examination.deciding import Deciding
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.requests.examination.workbench import Workbench


class Asking(QObject):
    """Hears which decision is wanted, by whatever button or key, and tells when nothing is missing for it."""

    complete = Signal(object, object)
    """The draft and the `DecisionKind`: it can be written now."""
    changed_meanwhile = Signal()
    """The request became another one while the agent was choosing the reason of a refusal."""

    def __init__(self, bench: Workbench, deciding: Deciding, page: QWidget) -> None:
        super().__init__(page)
        self._bench = bench
        self._deciding = deciding
        self._page = page
        self._refusal: RefusalDialog | None = None
        self._refused_version = 0

    @Slot(object)
    def act(self, kind: DecisionKind) -> None:
        """Take a decision, or ask first for what it still needs."""
        draft = self._bench.draft
        if draft is None or kind not in draft.allowed() or self._deciding.under_way:
            return
        unexplained = draft.unexplained()
        if kind is DecisionKind.REFUSE:
            self._ask_refusal(draft)
        elif unexplained is not None:
            self._bench.ask_reason(unexplained)
        else:
            self.complete.emit(draft, kind)

    @Slot()
    def act_as_proposed(self) -> None:
        """Ctrl+Entrée: the decision that the verdicts lead to; where only a reason is missing, the reason."""
        draft = self._bench.draft
        proposed = None if draft is None else draft.proposed()
        if proposed is not None:
            self.act(proposed)
        elif draft is not None and draft.unexplained() is not None:
            self.act(DecisionKind.COMPLEMENT)

    def _ask_refusal(self, draft: Draft) -> None:
        if self._refusal is not None:
            return
        name = draft.dossier.family.name.upper()
        self._refusal = RefusalDialog(name, draft.refusal_code, draft.refusal_words, self._page)
        self._refused_version = draft.dossier.request.version
        self._refusal.finished.connect(self._refusal_answered)
        self._refusal.open()

    @Slot(int)
    def _refusal_answered(self, answer: int) -> None:
        dialog, self._refusal = self._refusal, None
        draft = self._bench.draft
        if dialog is None or draft is None:
            return
        draft.refusal_code, draft.refusal_words = dialog.code, dialog.typed
        dialog.deleteLater()
        if answer != QDialog.DialogCode.Accepted:
            return
        if draft.dossier.request.version == self._refused_version and DecisionKind.REFUSE in draft.allowed():
            self.complete.emit(draft, DecisionKind.REFUSE)
        else:
            self.changed_meanwhile.emit()

    @Slot()
    def preview_letter(self) -> None:
        """Show the e-mail of the proposed decision."""
        draft = self._bench.draft
        proposed = None if draft is None else draft.proposed()
        if draft is None or proposed is None:
            return
        state = f"partira {UNDO_SECONDS}{NBSP}s après votre décision"
        letter = self._deciding.letter(draft, proposed)
        dialog = LetterDialog(draft.dossier.family.email, letter, state, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
