"""The keys of the examination. Single keys act in the list and the document only, never while somebody is writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from dombes_office.rules.requests import VerdictKind
from dombes_office.views.page import Shortcut

if TYPE_CHECKING:
    from dombes_office.views.requests.examination.workbench import Workbench

# On a French keyboard the figures are shifted: the same keys without Maj give these signs.
_FIGURES = {
    sign: number
    for number, signs in enumerate(("1&", "2é", '3"', "4'", "5(", "6-", "7è", "8_", "9ç"), 1)
    for sign in signs
}
_WRITING = (QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox)


class ExaminationKeys(QObject):
    """Listens to the keys while `page` is in front: single ones act on its workbench, combined ones are told."""

    decision_wanted = Signal()
    """The decision that the verdicts lead to."""
    next_wanted = Signal()
    previous_wanted = Signal()

    def __init__(self, bench: Workbench, page: QWidget) -> None:
        super().__init__(page)
        self._bench = bench
        self._page = page
        # Alt+V, Alt+D and Alt+R are the underlined letters of the buttons: bound twice they would do nothing.
        combined = {
            "Ctrl+Return": self.decision_wanted,
            "Ctrl+Enter": self.decision_wanted,
            "Alt+Right": self.next_wanted,
            "Alt+Left": self.previous_wanted,
        }
        for keys, wanted in combined.items():
            shortcut = QShortcut(QKeySequence(keys), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wanted)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def listed(self) -> tuple[Shortcut, ...]:
        """The keys as the list of shortcuts tells them."""
        return (
            Shortcut("1…9", "Montrer une pièce"),
            Shortcut("C", "Pièce conforme"),
            Shortcut("N", "Pièce non conforme, puis le motif"),
            Shortcut("+ −", "Agrandir, réduire"),
            Shortcut("0", "Ajuster à la largeur"),
            Shortcut("R", "Tourner la page"),
            Shortcut("PgPréc PgSuiv", "Page précédente, page suivante"),
            Shortcut("Ctrl+F", "Chercher dans le document"),
            Shortcut("Ctrl+Entrée", "Prendre la décision proposée"),
            Shortcut("Alt+V Alt+D Alt+R", "Valider, demander un complément, refuser"),
            Shortcut("Alt+← Alt+→", "Demande précédente, suivante"),
            Shortcut("Échap", "Revenir à la liste"),
        )

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        focus = QApplication.focusWidget()
        if watched is not focus or not self._is_in_front(focus):
            return False
        if isinstance(focus, _WRITING):
            return self._goes_on(event)
        return self._single(event)

    def _goes_on(self, event: QKeyEvent) -> bool:
        """Entrée at the reason: the agent is done with this piece. True when it was that."""
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not (entered and plain and self._bench.verdict_bar.is_choosing):
            return False
        self._bench.go_on()
        return True

    def _is_in_front(self, focus: QWidget | None) -> bool:
        """Whether the page is in front and has the focus."""
        page = self._page
        if focus is None or not page.isVisible() or QApplication.activeModalWidget() is not None:
            return False
        return focus is page or page.isAncestorOf(focus)

    def _single(self, event: QKeyEvent) -> bool:
        """Act on a single key; True when it was one of ours."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain != Qt.KeyboardModifier.NoModifier:
            return False
        viewer = self._bench.viewer
        if event.key() in {Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}:
            viewer.step(1 if event.key() == Qt.Key.Key_PageDown else -1)
            return True
        sign = event.text().lower()
        if self._is_minus(event):
            viewer.zoom(-1)
        elif sign in {"+", "="}:
            viewer.zoom(1)
        elif sign in {"0", "à"}:
            viewer.zoom(0)
        elif sign in _FIGURES:
            self._bench.choose_piece(_FIGURES[sign])
        elif sign == "c":
            self._bench.judge(VerdictKind.COMPLIANT)
        elif sign == "n":
            self._bench.judge(VerdictKind.NON_COMPLIANT)
        elif sign == "r":
            viewer.turn()
        else:
            return False
        return True

    def _is_minus(self, event: QKeyEvent) -> bool:
        """On a French keyboard the minus of the upper row is also the key of the sixth piece, where there is one."""
        keypad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        return event.text() == "-" and (keypad or len(self._bench.pieces.pieces) < _FIGURES["-"])
