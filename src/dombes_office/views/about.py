"""What stands behind "À propos": which application this is, on which database, for whom, and whose work it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.rules.french import NBSP
from dombes_office.views.fitting import fit_height
from dombes_office.views.icons import shipped_icon
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import IconLabel, words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

WORK_OF_OTHERS = (
    f"Open Sans, ©{NBSP}2010-2011 Google Corporation{NBSP}: licence Apache{NBSP}2.0.",
    f"DejaVu Sans Mono, ©{NBSP}2003 Bitstream, Inc., et projet DejaVu{NBSP}: licence Bitstream Vera.",
    f"Icônes Phosphor, ©{NBSP}Phosphor Icons, par QtAwesome, ©{NBSP}les développeurs de Spyder{NBSP}: licence MIT.",
    f"Qt, ©{NBSP}The Qt Company{NBSP}: licence LGPL{NBSP}3. Ses fichiers se remplacent dans le dossier du programme.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an administrator asks first when somebody calls for help."""

    version: str
    server: str
    """PostgreSQL's version, such as "15.18"."""
    database: str
    agent: str


class AboutDialog(QDialog):
    """Facts in two columns, then the licences of what is shipped along."""

    def __init__(self, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("À propos")
        self.setFixedWidth(520)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 16)
        whole.setSpacing(16)
        whole.addLayout(_heading())
        whole.addLayout(
            _columns(
                {
                    "Version": facts.version,
                    "Base": facts.database,
                    "Serveur": f"PostgreSQL{NBSP}{facts.server}",
                    "Agent": facts.agent,
                }
            )
        )
        notes = QVBoxLayout()
        notes.setSpacing(4)
        notes.addWidget(words("Polices, icônes et bibliothèque d’écran", "section"))
        for line in WORK_OF_OTHERS:
            notes.addWidget(words(line, "secondary", wrap=True))
        whole.addLayout(notes)
        close = ActionButton("Fermer", keys="Échap")
        close.clicked.connect(self.accept)
        whole.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        fit_height(self)


def _heading() -> QHBoxLayout:
    """The application's tile and name."""
    titles = QVBoxLayout()
    titles.setSpacing(2)
    titles.addWidget(words("Dombes Office", "title"))
    titles.addWidget(words("Le bureau des services aux familles", "context"))
    heading = QHBoxLayout()
    heading.setSpacing(14)
    heading.addWidget(IconLabel(shipped_icon("dombes-office-tile"), size=48))
    heading.addLayout(titles, 1)
    return heading


def _columns(facts: dict[str, str]) -> QGridLayout:
    """Names and values, which can be selected to be copied."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(facts.items()):
        grid.addWidget(words(name, "context"), row, 0, Qt.AlignmentFlag.AlignTop)
        shown: QLabel = words(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, row, 1)
    return grid
