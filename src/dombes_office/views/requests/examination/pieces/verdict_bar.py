"""The bar under the document: is this piece compliant, and if not, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from dombes_office.rules.letters import WORDS_HINT
from dombes_office.rules.reasons import piece_reasons
from dombes_office.rules.requests import Verdict, VerdictKind
from dombes_office.views.requests.examination.pieces.piece_words import this_piece
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from dombes_office.rules.requests import PieceRow

HEIGHT = 48


class VerdictBar(QFrame):
    """Conforme, Non conforme, the reason, and free words. It says what the agent did; it decides nothing itself."""

    judged = Signal(object)
    """A `VerdictKind`: the agent pressed one of the two buttons."""
    explained = Signal(object, str)
    """The code of the chosen reason (None for none) and the words."""
    left = Signal()
    """The agent pressed Entrée in the reason or the words: she is done with this piece."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "verdict")
        self.setAccessibleName("Avis sur la pièce")
        self._question = words("", "strong")
        self._good = ActionButton("Conforme", kind="good", icon_name="check", keys="C", size="panel")
        self._bad = ActionButton("Non conforme", kind="danger", icon_name="x", keys="N", size="panel")
        group = QButtonGroup(self)
        for button in (self._good, self._bad):
            button.setCheckable(True)
            group.addButton(button)
        self._group = group
        self._reason = QComboBox()
        self._reason.setAccessibleName("Motif")
        self._reason.setPlaceholderText("Motif…")
        self._reason.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._more = ActionButton("Préciser…", size="panel")
        self._more.setToolTip("Ajouter des mots que la famille lira")
        self._words = QLineEdit()
        self._words.setAccessibleName("Précision pour la famille")
        self._words.setPlaceholderText("Précision pour la famille…")
        self._words.setMaxLength(500)
        self._hint = words(WORDS_HINT, "secondary")
        self._writing = QWidget()
        self._lay_out()
        self._connect()
        self._show_reason(shown=False, with_words=False)

    def _lay_out(self) -> None:
        first = QWidget()
        first.setFixedHeight(HEIGHT - 1)
        row = QHBoxLayout(first)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._question)
        row.addWidget(self._good)
        row.addWidget(self._bad)
        row.addWidget(self._reason)
        row.addStretch(1)
        row.addWidget(self._more)
        below = QVBoxLayout(self._writing)
        below.setContentsMargins(14, 3, 14, 9)
        below.setSpacing(3)
        below.addWidget(self._words)
        below.addWidget(self._hint)
        whole = QVBoxLayout(self)
        # The line above is the frame's own.
        whole.setContentsMargins(0, 1, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(first)
        whole.addWidget(self._writing)

    def _connect(self) -> None:
        self._good.clicked.connect(self._say_good)
        self._bad.clicked.connect(self._say_bad)
        self._reason.activated.connect(self._explain)
        self._words.textEdited.connect(self._explain)
        self._words.returnPressed.connect(self.left)
        self._more.clicked.connect(self._ask_words)

    def show_piece(
        self, piece: PieceRow | None, verdict: Verdict | None, *, enabled: bool, readable: bool = True
    ) -> None:
        """Show what was said of a piece so far; one that nobody could read cannot be found compliant."""
        self.setEnabled(enabled and piece is not None)
        self._hint.setVisible(enabled)
        self.setVisible(piece is not None)
        if piece is None:
            return
        self._question.setText(f"{this_piece(piece)} {'est' if piece.given else 'manque'}")
        self._question.setToolTip(piece.label)
        self._good.setVisible(piece.given)
        self._good.setEnabled(readable)
        self._good.setToolTip("" if readable else "Ce fichier ne se lit pas\u00a0: marquez-le non conforme (N).")
        self._bad.setText("Non conforme" if piece.given else "Redemander")
        bad = verdict is not None and verdict.kind is VerdictKind.NON_COMPLIANT
        self._group.setExclusive(False)
        self._good.setChecked(verdict is not None and not bad)
        self._bad.setChecked(bad)
        self._group.setExclusive(True)
        self._fill(piece, verdict.reason_code if verdict is not None and bad else None)
        said = verdict.words if verdict is not None and bad else ""
        if said != self._words.text():
            self._words.setText(said)
        other = verdict is not None and verdict.reason_code == "other"
        self._show_reason(shown=bad, with_words=bad and (bool(said) or other or self._words.hasFocus()))

    def _fill(self, piece: PieceRow, chosen: str | None) -> None:
        reasons = piece_reasons(piece)
        codes = [reason.code for reason in reasons]
        if codes != [self._reason.itemData(at) for at in range(self._reason.count())]:
            self._reason.clear()
            for reason in reasons:
                self._reason.addItem(reason.label, reason.code)
        self._reason.setCurrentIndex(codes.index(chosen) if chosen in codes else -1)

    def _show_reason(self, *, shown: bool, with_words: bool) -> None:
        self._reason.setVisible(shown)
        self._more.setVisible(shown and not with_words)
        self._writing.setVisible(shown and with_words)

    def focus_reason(self) -> None:
        """Put the cursor where the agent must go on: the reason, or the words if the reason wants them."""
        if not self._writing.isHidden() and self._reason.currentData() == "other":
            self._words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not self._reason.isHidden():
            self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if self._reason.currentIndex() < 0:
                self._reason.showPopup()

    @property
    def has_writing_focus(self) -> bool:
        """Whether the agent is writing or choosing here."""
        return self._words.hasFocus() or self._reason.hasFocus()

    @property
    def is_choosing(self) -> bool:
        """Whether the agent is at the reason, so that Entrée goes on."""
        return self._reason.hasFocus()

    @Slot()
    def _say_good(self) -> None:
        self.judged.emit(VerdictKind.COMPLIANT)

    @Slot()
    def _say_bad(self) -> None:
        self.judged.emit(VerdictKind.NON_COMPLIANT)

    @Slot()
    def _explain(self, *_: object) -> None:
        self.explained.emit(self._reason.currentData(), self._words.text())
        if self._reason.currentData() == "other" and self._writing.isHidden():
            self._ask_words()

    @Slot()
    def _ask_words(self) -> None:
        self._show_reason(shown=True, with_words=True)
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)
