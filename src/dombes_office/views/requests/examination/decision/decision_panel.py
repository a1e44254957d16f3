"""The foot of the right side: what the family will read, and the three decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.rules.requests import DecisionKind
from dombes_office.views.style import set_kind
from dombes_office.views.widgets.detail_panel import PADDING
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.views.requests.examination.draft import Draft

_WORDS = {
    DecisionKind.VALIDATE: ("&Valider la demande", "check", "Alt+V"),
    DecisionKind.COMPLEMENT: ("&Demander un complément", "paper-plane-tilt", "Alt+D"),
    DecisionKind.REFUSE: ("&Refuser…", "prohibit", "Alt+R"),
}


class DecisionPanel(QFrame):
    """The proposed decision is the one primary button; the others stand below, and say why they wait."""

    wanted = Signal(object)
    """A `DecisionKind`."""
    letter_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "part")
        self.setAccessibleName("Décision")
        self._sentence = words("", wrap=True)
        self._letter = ActionButton("Lire le courriel", kind="link")
        self._letter.clicked.connect(self.letter_wanted)
        self._waits = words("", "secondary", wrap=True)
        self.buttons = {kind: self._button(kind) for kind in DecisionKind}
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._held = False
        self._lay_out()

    def _button(self, kind: DecisionKind) -> ActionButton:
        text, icon_name, _ = _WORDS[kind]
        button = ActionButton(text, icon_name=icon_name)
        button.setProperty("decision", kind.value)
        button.clicked.connect(self._clicked)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 10, PADDING, 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(words("Décision", "section"), 1)
        head.addWidget(self._letter)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addSpacing(2)
        column.addLayout(self._grid)
        column.addWidget(self._waits)

    def show_draft(self, draft: Draft) -> None:
        """Show where the verdicts lead; not while a decision is being written."""
        if self._held:
            return
        allowed, proposed = draft.allowed(), draft.proposed()
        self._sentence.setText(draft.sentence())
        self._letter.setVisible(proposed is not None)
        self._waits.setText(draft.waiting_sentence())
        self._waits.setVisible(bool(draft.waiting_sentence()))
        primary = proposed or (DecisionKind.COMPLEMENT if DecisionKind.COMPLEMENT in allowed else DecisionKind.VALIDATE)
        others = [
            kind
            for kind in (DecisionKind.VALIDATE, DecisionKind.COMPLEMENT, DecisionKind.REFUSE)
            if kind is not primary
        ]
        self._grid.addWidget(self.buttons[primary], 0, 0, 1, 2)
        for column, kind in enumerate(others):
            self._grid.addWidget(self.buttons[kind], 1, column)
        for kind, button in self.buttons.items():
            button.setVisible(draft.may_decide)
            button.setEnabled(kind in allowed)
            set_kind(button, "primary" if kind is primary else "")
            button.set_keys("Ctrl+Entrée" if kind is proposed else "")
            text = _WORDS[kind][0]
            short = text.replace(" la demande", "").replace("er un complément", "er…" if kind in allowed else "er")
            button.setText(text if kind is primary else short)
            button.setToolTip(f"{text.replace('&', '')} ({_WORDS[kind][2]})")
        self._order_tabs(primary, others)

    def hold(self, *, held: bool) -> None:
        """Offer nothing while a decision is being written; `show_draft` offers again what is allowed then."""
        self._held = held
        for button in self.buttons.values() if held else ():
            button.setEnabled(False)

    def focus_primary(self) -> None:
        """Put the cursor on the decision that the verdicts lead to, where there is one."""
        for button in self.buttons.values():
            if button.property("kind") == "primary" and button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_tabs(self, primary: DecisionKind, others: list[DecisionKind]) -> None:
        before: QWidget = self._letter
        for kind in (primary, *others):
            QWidget.setTabOrder(before, self.buttons[kind])
            before = self.buttons[kind]

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, ActionButton):
            self.wanted.emit(DecisionKind(sender.property("decision")))
