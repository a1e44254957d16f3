"""The fields of one connection: where its server is, which base, and how the way there is protected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QGridLayout, QLineEdit, QWidget

from dombes_office.errors import InvalidEntry
from dombes_office.rules.connections import PREFER, REQUIRE, VERIFY_FULL, Profile, Target
from dombes_office.rules.french import NBSP
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

ENCRYPTIONS = {
    VERIFY_FULL: ("Chiffrée, serveur vérifié", "Le choix normal d’un serveur partagé."),
    REQUIRE: (
        "Chiffrée, serveur non vérifié",
        "Un autre serveur pourrait se faire passer pour le vôtre. Seulement si l’administrateur le demande.",
    ),
    PREFER: ("Serveur de ce poste", "Rien ne sort de ce poste."),
}
_LAST_PORT = 65535


@dataclass(frozen=True)
class Typed:
    """What is typed for one connection, right or wrong."""

    name: str
    host: str
    port: str
    database: str
    encryption: str
    certificate: str

    @classmethod
    def of(cls, profile: Profile | None) -> Typed:
        """What the fields show of a saved connection, or of a new one."""
        if profile is None:
            return cls("", "", "5432", "dombes", VERIFY_FULL, "")
        t = profile.target
        return cls(profile.name, t.host, str(t.port), t.database, t.encryption, t.root_certificate)

    def profile(self, before: Profile | None) -> Profile:
        """The connection that is typed; the login is that of before.

        Raises:
            InvalidEntry: a field is not right; `field` names it.
        """
        name, host, database = self.name.strip(), self.host.strip(), self.database.strip()
        port, certificate = self.port.strip(), self.certificate.strip()
        if not name:
            raise InvalidEntry("Donnez un nom à cette base, par exemple celui de la collectivité.", field="name")
        if not host:
            raise InvalidEntry("Saisissez l’adresse du serveur, par exemple serveur.example.org.", field="host")
        if any(sign.isspace() for sign in host) and not host.startswith("/"):
            raise InvalidEntry("Une adresse de serveur n’a pas d’espace.", field="host")
        if not (port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
            raise InvalidEntry(f"Le port est un nombre de 1 à {_LAST_PORT}, le plus souvent 5432.", field="port")
        if not database:
            raise InvalidEntry("Saisissez le nom de la base, tel que l’administrateur l’a donné.", field="database")
        if certificate and not Path(certificate).is_file():
            raise InvalidEntry("Ce fichier n’existe pas sur ce poste.", field="certificate")
        login = before.target.login if before is not None else ""
        target = Target(host, database, login, int(port), self.encryption, certificate)
        if self.encryption == PREFER and not target.on_this_machine:
            raise InvalidEntry(
                f"Ce serveur n’est pas sur ce poste{NBSP}: choisissez une connexion chiffrée.", field="encryption"
            )
        return Profile(name, target)


class ProfileForm(QWidget):
    """The fields, each with room for what is wrong with it below."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.host, self.port = QLineEdit(), QLineEdit(), QLineEdit()
        self.database, self.certificate = QLineEdit(), QLineEdit()
        self.encryption = QComboBox()
        for words_shown, _ in ENCRYPTIONS.values():
            self.encryption.addItem(words_shown)
        self.host.setPlaceholderText("serveur.example.org")
        self.certificate.setPlaceholderText("Celui du système")
        self.port.setMaximumWidth(96)
        self.port.setMaxLength(5)
        self.browse = ActionButton("&Choisir…", size="panel")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._choose_file)
        self._about_encryption = words("", "secondary", wrap=True)
        self._files: QFileDialog | None = None
        self._fields: dict[str, QLineEdit | QComboBox] = {
            "name": self.name,
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "encryption": self.encryption,
            "certificate": self.certificate,
        }
        self.errors = {key: FieldError(field) for key, field in self._fields.items()}
        self._lay_out()
        for field in self._fields.values():
            if isinstance(field, QLineEdit):
                field.textEdited.connect(self._edited)
        self.encryption.activated.connect(self._edited)

    def _lay_out(self) -> None:
        titles = {
            "name": "&Nom de la base",
            "host": "&Serveur",
            "port": "&Port",
            "database": "&Base",
            "encryption": "C&onnexion",
            "certificate": "Cer&tificat de l’autorité",
        }
        grid = QGridLayout(self)
        # Room for the ring around the fields.
        grid.setContentsMargins(0, 4, 4, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        row = 0
        for key, title in titles.items():
            field = self._fields[key]
            label: QLabel = words(title, "strong")
            label.setBuddy(field)
            field.setAccessibleName(title.replace("&", ""))
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
            if key == "certificate":
                grid.addWidget(field, row, 1)
                grid.addWidget(self.browse, row, 2)
            else:
                grid.addWidget(field, row, 1, 1, 2)
            grid.addWidget(self.errors[key], row + 1, 1, 1, 2)
            if key == "encryption":
                grid.addWidget(self._about_encryption, row + 2, 1, 1, 2)
            gap = QFrame()
            gap.setFixedHeight(4)
            grid.addWidget(gap, row + 3, 1)
            row += 4
        grid.setColumnStretch(1, 1)

    def typed(self) -> Typed:
        """What the fields hold."""
        return Typed(
            self.name.text(),
            self.host.text(),
            self.port.text(),
            self.database.text(),
            list(ENCRYPTIONS)[self.encryption.currentIndex()],
            self.certificate.text(),
        )

    def show_typed(self, typed: Typed) -> None:
        """Fill the fields."""
        self.clear_errors()
        self.name.setText(typed.name)
        self.host.setText(typed.host)
        self.port.setText(typed.port)
        self.database.setText(typed.database)
        self.encryption.setCurrentIndex(list(ENCRYPTIONS).index(typed.encryption))
        self.certificate.setText(typed.certificate)
        self._explain_encryption()

    def start(self) -> None:
        """Put the focus in the first field."""
        self.name.setFocus()
        self.name.selectAll()

    def clear_errors(self) -> None:
        """Take back what was said under the fields."""
        for line in self.errors.values():
            line.say("")

    def show_error(self, error: InvalidEntry) -> None:
        """Say under its field what is wrong, and go there."""
        self.clear_errors()
        key = error.field if error.field in self.errors else "name"
        self.errors[key].say(str(error))
        self._fields[key].setFocus()

    def _explain_encryption(self) -> None:
        self._about_encryption.setText(list(ENCRYPTIONS.values())[self.encryption.currentIndex()][1])

    @Slot()
    def _edited(self) -> None:
        sender = self.sender()
        for key, field in self._fields.items():
            if field is sender:
                self.errors[key].say("")
        self._explain_encryption()
        self.edited.emit()

    @Slot()
    def _choose_file(self) -> None:
        """Let the file be pointed at."""
        if self._files is None:
            self._files = QFileDialog(self, "Certificat de l’autorité", "", "Certificats (*.crt *.pem *.cer);;Tous (*)")
            self._files.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._files.fileSelected.connect(self._file_chosen)
        self._files.open()

    @Slot(str)
    def _file_chosen(self, path: str) -> None:
        self.certificate.setText(path)
        self.errors["certificate"].say("")
        self.edited.emit()
