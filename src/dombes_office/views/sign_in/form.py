"""What the sign-in window shows: its fields, lines and buttons, laid out, and where each sentence stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from dombes_office.errors import AgentUnknown, InvalidEntry, KeyringUnavailable, RoleTooPowerful, WrongPassword
from dombes_office.views.icons import shipped_icon
from dombes_office.views.sign_in.parts import CapsLockWatch, Notice, PasswordField, StateLine
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import IconLabel, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.errors import OfficeError

VAULT = "dans Windows" if sys.platform == "win32" else "dans le trousseau"
HELP = "Mot de passe oublié\u202f? Demandez à votre administrateur."
NO_PROFILE = (
    "Aucune base de travail n’est encore connue de ce poste. Ajoutez celle que votre administrateur vous a indiquée."
)
_WIDTH = 420
_SIDE, _RING = 36, 4
_FIELD_GAP, _LABEL_GAP = 16, 6


class SignInForm(QFrame):
    """The form. It knows nothing of servers: the window listens to its signals and tells it what to say."""

    submitted = Signal()
    cancelled = Signal()
    profile_chosen = Signal(str)
    profiles_wanted = Signal()
    login_edited = Signal(str)
    remember_wanted = Signal(bool)

    def __init__(self, version: str, help_line: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self.setFixedWidth(_WIDTH)
        self.profiles = QComboBox()
        self.profiles.setAccessibleName("Base de travail")
        self.profiles.setProperty("kind", "large")
        self.login = QLineEdit()
        self.login.setAccessibleName("Identifiant")
        self.login.setProperty("kind", "large")
        self.password = PasswordField()
        self.remember = QCheckBox(f"&Retenir le mot de passe {VAULT}")
        self.submit = ActionButton("Se &connecter", kind="primary", size="large")
        self.manage = ActionButton("&Gérer les profils", kind="link")
        self.cancel = ActionButton("&Annuler (Échap)", kind="link")
        self.cancel.hide()
        self.notice = Notice()
        self.reach = StateLine()
        self.first_steps = words(NO_PROFILE, wrap=True)
        self.login_error = FieldError(self.login)
        self.login_error.setContentsMargins(0, _LABEL_GAP, 0, 0)
        self.password_error = FieldError(self.password)
        self.caps_lock = StateLine()
        self.caps_lock.say("La touche Verr. maj est active", "warning-fill", "verify")
        self.caps_lock.hide()
        self.vault_line = StateLine()
        self.vault_line.setContentsMargins(0, _LABEL_GAP, 0, 0)
        self.vault_line.hide()
        self._fields = QWidget()
        self._lay_out(version, help_line)
        self._listen()

    def _listen(self) -> None:
        self.caps_lock_watch = CapsLockWatch(self.password)
        self.caps_lock_watch.changed.connect(self.caps_lock.setVisible)
        self.login.returnPressed.connect(self.submitted)
        self.password.returnPressed.connect(self.submitted)
        self.submit.clicked.connect(self.submitted)
        self.cancel.clicked.connect(self.cancelled)
        self.manage.clicked.connect(self.profiles_wanted)
        self.profiles.textActivated.connect(self.profile_chosen)
        self.login.textEdited.connect(self._login_changed)
        self.password.textEdited.connect(self._password_changed)
        self.remember.clicked.connect(self.remember_wanted)

    def _lay_out(self, version: str, help_line: str) -> None:
        self._help = words(help_line, "secondary", wrap=True)
        self._after_notice = QWidget()
        self._after_notice.setFixedHeight(_FIELD_GAP)
        self._after_notice.hide()
        foot = QHBoxLayout()
        foot.addWidget(words(f"Version {version}", "secondary"), 1)
        foot.addWidget(self.cancel)
        whole = QVBoxLayout(self)
        # The fields' own part is wider by the ring that surrounds a field.
        whole.setContentsMargins(_SIDE - _RING, 22, _SIDE - _RING, 22)
        whole.setSpacing(0)
        whole.addLayout(_inset(_heading()))
        whole.addSpacing(20)
        whole.addLayout(_inset(self.notice, self._after_notice, self.first_steps))
        self._lay_out_fields()
        whole.addWidget(self._fields)
        whole.addSpacing(20)
        whole.addLayout(_inset(self.submit))
        whole.addSpacing(18)
        whole.addLayout(_inset(self._help, foot))

    def _lay_out_fields(self) -> None:
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(_RING, 0, _RING, 0)
        column.setSpacing(0)
        under_profiles = QHBoxLayout()
        under_profiles.setSpacing(12)
        under_profiles.addWidget(self.reach, 1)
        under_profiles.addWidget(self.manage, 0, Qt.AlignmentFlag.AlignTop)
        _add_field(column, "&Base de travail", self.profiles)
        column.addSpacing(_LABEL_GAP)
        column.addLayout(under_profiles)
        column.addSpacing(_FIELD_GAP)
        _add_field(column, "&Identifiant", self.login)
        column.addWidget(self.login_error)
        column.addSpacing(_FIELD_GAP)
        _add_field(column, "&Mot de passe", self.password)
        column.addSpacing(_LABEL_GAP)
        column.addWidget(self._under_password())
        column.addSpacing(12)
        column.addWidget(self.remember)
        column.addWidget(self.vault_line)

    def _under_password(self) -> QWidget:
        """Room for one line is always kept, so that a warning while typing moves nothing."""
        kept = QWidget()
        kept.setMinimumHeight(20)
        column = QVBoxLayout(kept)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.password_error)
        column.addWidget(self.caps_lock)
        column.addStretch(1)
        return kept

    def show_profiles(self, names: Sequence[str], chosen: str) -> None:
        """The profiles in their order, one of them chosen; with none, only how to begin."""
        self.profiles.clear()
        self.profiles.addItems(list(names))
        self.profiles.setCurrentIndex(max(0, self.profiles.findText(chosen)) if names else -1)
        self.first_steps.setVisible(not names)
        self._fields.setVisible(bool(names))
        self._help.setVisible(bool(names))
        self.submit.setText("Se &connecter" if names else "&Ajouter une base de travail…")

    @property
    def has_profiles(self) -> bool:
        """Whether there is something to sign in to."""
        return self.profiles.count() > 0

    def start_where_needed(self) -> None:
        """Put the focus where the first thing is to be done."""
        if not self.has_profiles:
            self.submit.setFocus()
        elif not self.login.text():
            self.login.setFocus()
        else:
            self.password.setFocus()

    def show_busy(self, *, busy: bool) -> None:
        """While a server is being asked nothing can be changed; what was typed stays as it is."""
        self._fields.setEnabled(not busy)

    def clear_errors(self) -> None:
        """Take back all that was said of the last attempt."""
        self.say_notice(None)
        self.login_error.say("")
        self.password_error.say("")

    def say_notice(self, error: OfficeError | None) -> None:
        """Tell of something that no field is to blame for; None takes it back."""
        if error is None:
            self.notice.hide()
        else:
            self.notice.show_error(error)
        self._after_notice.setVisible(error is not None)

    def show_error(self, error: OfficeError) -> None:
        """Tell why the door stays shut: under the field that is to blame, else at the top."""
        field = error.field if isinstance(error, InvalidEntry) else ""
        if isinstance(error, WrongPassword) or field == "password":
            self._blame(self.password, self.password_error, error)
        elif isinstance(error, (AgentUnknown, RoleTooPowerful)) or field == "login":
            self._blame(self.login, self.login_error, error)
        elif isinstance(error, KeyringUnavailable):
            self.say_of_vault(str(error))
        else:
            self.say_notice(error)

    def _blame(self, field: QLineEdit, line: FieldError, error: OfficeError) -> None:
        line.say(str(error))
        field.setFocus()
        field.selectAll()

    def say_of_vault(self, sentence: str) -> None:
        """Say what the system's vault answered, under its box; "" takes it back."""
        self.vault_line.say(sentence, "warning-fill", "verify")
        self.vault_line.setVisible(bool(sentence))

    def say_recalled(self, *, recalled: bool) -> None:
        """A password that the vault gave never enters the field, where an eye could show it: the field only says so."""
        self.password.setPlaceholderText(f"Mot de passe retenu {VAULT}" if recalled else "")

    @Slot(str)
    def _login_changed(self, text: str) -> None:
        self.login_error.say("")
        self.login_edited.emit(text)

    @Slot()
    def _password_changed(self) -> None:
        self.password_error.say("")


def _inset(*parts: QWidget | QHBoxLayout) -> QVBoxLayout:
    """Parts one below the other, as far from the edge as the fields are."""
    column = QVBoxLayout()
    column.setContentsMargins(_RING, 0, _RING, 0)
    column.setSpacing(0)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return column


def _heading() -> QHBoxLayout:
    """The application's tile, what this window is for, and the application's name."""
    titles = QVBoxLayout()
    titles.setSpacing(2)
    titles.addWidget(words("Se connecter", "title"))
    titles.addWidget(words("Dombes Office, services aux familles", "context"))
    heading = QHBoxLayout()
    heading.setSpacing(14)
    heading.addWidget(IconLabel(shipped_icon("dombes-office-tile"), size=48))
    heading.addLayout(titles, 1)
    return heading


def _add_field(column: QVBoxLayout, title: str, field: QWidget) -> None:
    """A field under its title, whose underlined letter leads to it."""
    label = words(title, "strong")
    label.setBuddy(field)
    column.addWidget(label)
    column.addSpacing(_LABEL_GAP)
    column.addWidget(field)
