"""The question before a refusal: why, in a coded reason and the agent's own words. Without a reason it stays open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QPlainTextEdit, QRadioButton, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.letters import WORDS_HINT
from dombes_office.rules.reasons import REFUSAL_REASONS, words_missing
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WORDS = 1000
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
_TAKEN = "RVP"
"""The underlined letters of the buttons and of the words."""


def underlined(labels: tuple[str, ...]) -> Iterator[str]:
    """Each label with "&" before the first initial that no other control has."""
    taken = set(_TAKEN)
    for label in labels:
        place = next((m.start() for m in re.finditer(r"\b[A-Za-z]", label) if label[m.start()].upper() not in taken), 0)
        taken.add(label[place].upper())
        yield f"{label[:place]}&{label[place:]}"


class RefusalDialog(QDialog):
    """Chooses the reason of a refusal; what was typed before comes back when it is opened again.

    Among the reasons an arrow chooses the next one, and an underlined letter its own; with Alt from anywhere.
    """

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
        self._refuse = ActionButton("&Refuser la demande", kind="danger", icon_name="prohibit", keys="Ctrl+Entrée")
        self._refuse.setShortcut("Ctrl+Return")
        self._cancel = ActionButton("Re&venir à l’examen")
        self._lay_out(family)
        self._offer(code)
        self._refuse.clicked.connect(self.accept)
        self._cancel.clicked.connect(self.reject)
        self._words.textChanged.connect(self._typed)
        self._reasons.idClicked.connect(self._typed)

    def _lay_out(self, family: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(words(f"Pourquoi refuser la demande de la famille {family}\u202f?", "panel-title", wrap=True))
        column.addWidget(words("La famille lira ce motif dans son courriel.", "secondary"))
        column.addWidget(self._choices)
        column.addWidget(self._choice_error)
        column.addSpacing(4)
        about = words("&Précision", "section")
        about.setBuddy(self._words)
        column.addWidget(about)
        column.addWidget(self._words)
        column.addWidget(words(WORDS_HINT, "secondary"))
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._refuse)
        column.addSpacing(8)
        column.addLayout(row)

    def _offer(self, code: str | None) -> None:
        """The reasons, one of them chosen where it was before."""
        choices = QVBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(8)
        labels = underlined(tuple(reason.label for reason in REFUSAL_REASONS))
        for number, (reason, label) in enumerate(zip(REFUSAL_REASONS, labels, strict=True)):
            choice = QRadioButton(label)
            choice.setProperty("code", reason.code)
            choice.setToolTip(reason.sentence)
            choice.setChecked(reason.code == code)
            choice.installEventFilter(self)
            self._reasons.addButton(choice, number)
            choices.addWidget(choice)
        chosen = self._reasons.checkedButton() or self._reasons.button(0)
        chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QRadioButton):
            return self._chooses(watched, event)
        return False

    def _chooses(self, choice: QRadioButton, event: QKeyEvent) -> bool:
        """Choose by a key that was pressed on one of the reasons; True when it was one of ours."""
        buttons = self._reasons.buttons()
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            wanted = buttons[(buttons.index(choice) + step) % len(buttons)]
        else:
            sign = f"&{event.text()}".upper()
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            found = next((b for b in buttons if plain and event.text() and sign in b.text().upper()), None)
            if found is None:
                return False
            wanted = found
        wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        wanted.click()
        return True

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
