"""The foot of the right side: what the family will read, and the three decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.rules.requests import Action
from dombes_office.views.style import set_kind
from dombes_office.views.widgets.detail_panel import PADDING
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.views.requests.examination.draft import Draft

_WORDS = {
    Action.VALIDATE: ("&Valider la demande", "check", "Alt+V"),
    Action.COMPLEMENT: ("&Demander un complément", "paper-plane-tilt", "Alt+D"),
    Action.REFUSE: ("&Refuser…", "prohibit", "Alt+R"),
}


class DecisionPanel(QFrame):
    """The proposed decision is the one primary button; the others stand below, and say why they wait."""

    wanted = Signal(object)
    """An `Action`."""
    letter_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "part")
        self.setAccessibleName("Décision")
        self._sentence = words("", wrap=True)
        self._letter = ActionButton("Lire le courriel", kind="link")
        self._letter.clicked.connect(self.letter_wanted)
        self._waits = words("", "secondary", wrap=True)
        self.buttons = {action: self._button(action) for action in Action}
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._lay_out()

    def _button(self, action: Action) -> ActionButton:
        text, icon_name, _ = _WORDS[action]
        button = ActionButton(text, icon_name=icon_name)
        button.setProperty("action", action.value)
        button.clicked.connect(self._clicked)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 11, PADDING, 12)
        column.setSpacing(8)
        column.addWidget(words("Décision", "section"))
        said = QVBoxLayout()
        said.setSpacing(1)
        said.addWidget(self._sentence)
        link = QHBoxLayout()
        link.addWidget(self._letter)
        link.addStretch(1)
        said.addLayout(link)
        column.addLayout(said)
        column.addLayout(self._grid)
        column.addWidget(self._waits)

    def show_draft(self, draft: Draft) -> None:
        """Show where the verdicts lead."""
        allowed, proposed = draft.allowed(), draft.proposed()
        self._sentence.setText(draft.sentence())
        self._letter.setVisible(proposed is not None)
        self._waits.setText(draft.waiting_sentence())
        self._waits.setVisible(bool(draft.waiting_sentence()))
        primary = proposed or (Action.COMPLEMENT if Action.COMPLEMENT in allowed else Action.VALIDATE)
        others = [action for action in (Action.VALIDATE, Action.COMPLEMENT, Action.REFUSE) if action is not primary]
        self._grid.addWidget(self.buttons[primary], 0, 0, 1, 2)
        for column, action in enumerate(others):
            self._grid.addWidget(self.buttons[action], 1, column)
        for action, button in self.buttons.items():
            button.setVisible(draft.may_decide)
            button.setEnabled(action in allowed)
            set_kind(button, "primary" if action is primary else "")
            button.set_keys("Ctrl+Entrée" if action is proposed else "")
            text = _WORDS[action][0]
            short = text.replace(" la demande", "").replace("er un complément", "er…" if action in allowed else "er")
            button.setText(text if action is primary else short)
            button.setToolTip(f"{text.replace('&', '')} ({_WORDS[action][2]})")
        self._order_tabs(primary, others)

    def _order_tabs(self, primary: Action, others: list[Action]) -> None:
        before: QWidget = self._letter
        for action in (primary, *others):
            QWidget.setTabOrder(before, self.buttons[action])
            before = self.buttons[action]

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, ActionButton):
            self.wanted.emit(Action(sender.property("action")))
