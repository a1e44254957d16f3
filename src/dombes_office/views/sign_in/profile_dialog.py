"""The dialog in which the connections of this desk are added, changed and removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from dombes_office.errors import InvalidEntry, OfficeError
from dombes_office.rules.french import NBSP, NNBSP
from dombes_office.views.messages import ConfirmDialog
from dombes_office.views.sign_in.parts import NameLine, Notice, WindowRing
from dombes_office.views.sign_in.profile_form import ProfileForm, Typed
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.rules.connections import Profile

_NEW = "Nouvelle base"
_RING = 4
"""The form is wider by the ring that surrounds a field."""


class Profiles(Protocol):
    """The saved connections; each call may raise an `OfficeError` (see `credentials.SavedProfiles`)."""

    def read(self) -> tuple[Profile, ...]:
        """All of them."""

    def save(self, profile: Profile) -> None:
        """Keep one, in place of the one of the same name."""

    def remove(self, name: str) -> None:
        """Forget one."""


@dataclass
class _Entry:
    """One line of the list: what is saved (None for a new one), and what is typed."""

    saved: Profile | None
    typed: Typed

    @property
    def changed(self) -> bool:
        """Whether something typed is not saved yet."""
        return self.typed != Typed.of(self.saved)

    @property
    def title(self) -> str:
        """Its line in the list."""
        name = self.typed.name.strip() or (self.saved.name if self.saved else _NEW)
        return f"{name}{NBSP}•" if self.changed else name


class ProfileDialog(QDialog):
    """Each entry keeps what is typed in it until it is saved or the dialog is closed, which asks first.

    `removed` carries a profile that exists no more as it was: its password must be forgotten. `chosen` names the entry
    to sign in with.
    """

    removed = Signal(object)

    def __init__(self, saved: Profiles, known: Sequence[Profile], chosen: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Bases de travail")
        self.setModal(True)
        self._saved = saved
        self._entries = [_Entry(profile, Typed.of(profile)) for profile in known] or [_Entry(None, Typed.of(None))]
        self._at = next((at for at, e in enumerate(self._entries) if e.saved and e.saved.name == chosen), 0)
        self.chosen = chosen
        self._question: ConfirmDialog | None = None
        self.list = QListWidget()
        self.list.setAccessibleName("Bases de travail de ce poste")
        self.list.setItemDelegate(NameLine(self.list))
        self.form = ProfileForm()
        self.notice = Notice()
        self.add = ActionButton("&Ajouter")
        self.remove = ActionButton("S&upprimer…", kind="danger")
        self.close_button = ActionButton("&Fermer")
        self.save = ActionButton("&Enregistrer la base", kind="primary")
        for button in (self.add, self.remove, self.close_button):
            button.setAutoDefault(False)
        self.save.setDefault(True)
        self._lay_out()
        self._listen()
        self._ring = WindowRing(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._ring.follow_here)
        self._fill_list()
        self._show_entry()

    def _listen(self) -> None:
        self.list.currentRowChanged.connect(self._go_to)
        self.form.edited.connect(self._edited)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._ask_to_remove)
        self.save.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(words("Bases de ce poste", "strong"))
        left.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        left.addLayout(buttons)
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedWidth(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.notice)
        right.addWidget(self.form)
        right.addStretch(1)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        sides.addLayout(left)
        sides.addWidget(line)
        sides.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.setContentsMargins(0, 0, _RING, 0)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20 - _RING, 16)
        whole.setSpacing(16)
        whole.addLayout(sides, 1)
        whole.addLayout(foot)
        self.list.setFixedWidth(196)
        self.setMinimumWidth(700)

    @property
    def _entry(self) -> _Entry:
        return self._entries[self._at]

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries:
            self.list.addItem(entry.title)
        self.list.setCurrentRow(self._at)
        self.list.blockSignals(False)

    def _show_entry(self) -> None:
        self.form.show_typed(self._entry.typed)
        self.notice.hide()
        self.remove.setEnabled(True)

    @Slot()
    def _edited(self) -> None:
        """Keep what is typed with its entry, at each key."""
        self._entry.typed = self.form.typed()
        item = self.list.item(self._at)
        if item is not None:
            item.setText(self._entry.title)

    @Slot(int)
    def _go_to(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self._at = row
            self._show_entry()

    @Slot()
    def _add(self) -> None:
        """Begin a new entry, or go back to the one that was begun."""
        begun = [at for at, entry in enumerate(self._entries) if entry.saved is None]
        if not begun:
            self._entries.append(_Entry(None, Typed.of(None)))
            begun = [len(self._entries) - 1]
        self._at = begun[0]
        self._fill_list()
        self._show_entry()
        self.form.start()

    @Slot()
    def _save(self) -> None:
        """Keep the entry on the right, or say under its fields what is missing."""
        before = self._entry.saved
        try:
            profile = self._entry.typed.profile(before)
            self._refuse_twice(profile.name)
            self._saved.save(profile)
            if before is not None and before.name != profile.name:
                self._saved.remove(before.name)
        except InvalidEntry as error:
            self.form.show_error(error)
            return
        except OfficeError as error:
            self.notice.show_error(error)
            return
        if before is not None and (before.name, before.target) != (profile.name, profile.target):
            self.removed.emit(before)
        self._entries[self._at] = _Entry(profile, Typed.of(profile))
        self.chosen = profile.name
        self.form.clear_errors()
        self._fill_list()
        if not any(entry.changed for entry in self._entries):
            self.accept()

    def _refuse_twice(self, name: str) -> None:
        """One name leads to one base."""
        others = [e.saved.name for e in self._entries if e is not self._entry and e.saved is not None]
        if name.casefold() in {other.casefold() for other in others}:
            raise InvalidEntry("Une autre base de ce poste porte déjà ce nom.", "Choisissez-en un autre.", field="name")

    @Slot()
    def _ask_to_remove(self) -> None:
        saved = self._entry.saved
        if saved is None and not self._entry.changed:
            self._drop_entry()
            return
        name = saved.name if saved is not None else self._entry.typed.name.strip() or _NEW
        self._ask(
            f"Supprimer «{NBSP}{name}{NBSP}» de ce poste{NNBSP}?",
            "La base elle-même et ses dossiers ne changent pas. Pour y revenir, il faudra saisir à nouveau son adresse"
            " et le mot de passe.",
            "Supprimer de ce poste",
        ).accepted.connect(self._remove)

    @Slot()
    def _remove(self) -> None:
        saved = self._entry.saved
        if saved is not None:
            try:
                self._saved.remove(saved.name)
            except OfficeError as error:
                self.notice.show_error(error)
                return
            self.removed.emit(saved)
        self._drop_entry()

    def _drop_entry(self) -> None:
        del self._entries[self._at]
        if not self._entries:
            self._entries.append(_Entry(None, Typed.of(None)))
        self._at = min(self._at, len(self._entries) - 1)
        self._fill_list()
        self._show_entry()

    def _ask(self, question: str, consequence: str, act: str) -> ConfirmDialog:
        if self._question is not None:
            self._question.deleteLater()
        self._question = ConfirmDialog(question, consequence, act, parent=self)
        self._question.open()
        return self._question

    @override
    def reject(self) -> None:
        """Close; what is typed and not saved is lost only after a question that names it."""
        names = [f"«{NBSP}{entry.title.removesuffix(f'{NBSP}•')}{NBSP}»" for entry in self._entries if entry.changed]
        if not names:
            super().reject()
            return
        self._ask(
            f"Fermer sans enregistrer{NNBSP}?",
            f"Ce qui a été saisi pour {', '.join(names)} sera perdu.",
            "Fermer sans enregistrer",
        ).accepted.connect(self._close_anyway)

    @Slot()
    def _close_anyway(self) -> None:
        super().reject()
