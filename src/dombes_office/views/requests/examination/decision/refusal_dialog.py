"""The question before a refusal: why, in a coded reason and the agent's own words. Without a reason it stays open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QPlainTextEdit, QRadioButton, QVBoxLayout, QWidget

from dombes_office.rules.letters import WORDS_HINT
from dombes_office.rules.reasons import REFUSAL_REASONS, words_missing
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

_MOST_WORDS = 1000


class RefusalDialog(QDialog):
    """Chooses the reason of a refusal; what was typed before comes back when it is opened again."""

    def __init__(self, family: str, code: str | None, typed: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Refuser la demande")
        self.setMinimumWidth(500)
        self._reasons = QButtonGroup(self)
        self._words = QPlainTextEdit(typed)
        self._words.setAccessibleName("Précision pour la famille")
        self._words.setPlaceholderText("Ce que la famille doit savoir de plus…")
        self._words.setTabChangesFocus(True)
        self._words.setFixedHeight(84)
        self._error = FieldError(self._words)
        self._choices = QWidget()
        self._choice_error = FieldError(self._choices)
        self._refuse = ActionButton("Refuser la demande", kind="danger", icon_name="prohibit", keys="Ctrl+Entrée")
        self._refuse.setShortcut("Ctrl+Return")
        self._cancel = ActionButton("Revenir à l’examen")
        self._lay_out(family, code)
        self._refuse.clicked.connect(self.accept)
        self._cancel.clicked.connect(self.reject)
        self._words.textChanged.connect(self._typed)

    def _lay_out(self, family: str, code: str | None) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(words(f"Pourquoi refuser la demande de la famille {family}\u202f?", "panel-title", wrap=True))
        column.addWidget(words("La famille lira ce motif dans son courriel.", "secondary"))
        choices = QVBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(8)
        for number, reason in enumerate(REFUSAL_REASONS):
            choice = QRadioButton(reason.label)
            choice.setProperty("code", reason.code)
            choice.setToolTip(reason.sentence)
            choice.setChecked(reason.code == code)
            self._reasons.addButton(choice, number)
            choices.addWidget(choice)
        column.addWidget(self._choices)
        column.addWidget(self._choice_error)
        self._reasons.idClicked.connect(self._typed)
        column.addSpacing(4)
        column.addWidget(words("Précision", "section"))
        column.addWidget(self._words)
        column.addWidget(words(WORDS_HINT, "secondary"))
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._refuse)
        column.addSpacing(8)
        column.addLayout(row)
        chosen = self._reasons.checkedButton() or self._reasons.button(0)
        chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def code(self) -> str | None:
        """The code of the chosen reason."""
        chosen = self._reasons.checkedButton()
        return None if chosen is None else str(chosen.property("code"))

    @property
    def typed(self) -> str:
        """The agent's words."""
        return self._words.toPlainText().strip()

    @Slot()
    def accept(self) -> None:
        """Close with a reason; without one, say what is missing and stay."""
        if self.code is None:
            self._choice_error.say("Choisissez un motif\u00a0: un refus sans motif n’est pas possible.")
            self._reasons.button(0).setFocus(Qt.FocusReason.OtherFocusReason)
        elif words_missing(self.code, self.typed):
            self._error.say("Écrivez le motif dans vos mots\u00a0: la famille doit le comprendre.")
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)
        elif len(self.typed) > _MOST_WORDS:
            self._error.say(f"La précision est trop longue\u00a0: {_MOST_WORDS} caractères au plus.")
        else:
            super().accept()

    @Slot()
    def _typed(self, *_: object) -> None:
        self._error.say("")
        self._choice_error.say("")
