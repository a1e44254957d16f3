"""What is known, at the right: the child, the family, and what the checks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.checks import summary_text
from dombes_office.rules.french import NBSP, age_text, caller, counted, numeric_date, person, phone
from dombes_office.rules.requests import Outcome
from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.requests.examination.facts.care_note import CareNote
from dombes_office.views.requests.examination.facts.check_lines import check_line
from dombes_office.views.widgets.detail_panel import PADDING, DetailSection
from dombes_office.views.widgets.emptying import empty
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from datetime import date

    from dombes_office.rules.requests import CheckResult, ChildRow, FamilyRow, RequestDossier

_PHOTO_WIDTH, _PHOTO_HEIGHT = 46, 56


class Photo(QWidget):
    """The child's photo, or a figure where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_PHOTO_WIDTH, _PHOTO_HEIGHT)
        self._picture: QImage | None = None

    def show_picture(self, picture: QImage | None) -> None:
        """Show another photo; None shows the figure."""
        self._picture = picture
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(palette.color("border"))
        painter.setBrush(palette.color("neutral_soft"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        if self._picture is None or self._picture.isNull():
            icon("user", "text2").paint(painter, QRect(11, 16, 24, 24))
        else:
            size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, 0, 0)
            place.setSize(size)
            painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
            painter.drawImage(place, self._picture)
        painter.end()


class FactsPanel(QScrollArea):
    """Child, family and checks, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Enfant, famille et contrôles")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.photo = Photo()
        self._checks = _section("")
        inside = QFrame()
        inside.setProperty("kind", "raised")
        self._room = QVBoxLayout(inside)
        self._room.setContentsMargins(0, 0, 0, 0)
        # The panel never grows wider than it is shown: one endless word is cut, not everything else pushed aside.
        inside.setMinimumWidth(1)
        self._room.setSpacing(0)
        self.setWidget(inside)

    def show_dossier(self, dossier: RequestDossier, today: date) -> None:
        """Show another request."""
        # The photo is kept: only what stands around it is made anew.
        self.photo.setParent(None)
        empty(self._room)
        self._room.addWidget(self._child_section(dossier.child, today))
        self._room.addWidget(self._family_section(dossier))
        self._checks = self._checks_section(dossier.checks)
        self._room.addWidget(self._checks)
        self._room.addStretch(1)

    def show_checks(self, checks: tuple[CheckResult, ...]) -> None:
        """Show what the checks said, in place of what stood there."""
        fresh = self._checks_section(checks)
        self._room.replaceWidget(self._checks, fresh)
        self._checks.hide()
        self._checks.deleteLater()
        self._checks = fresh

    def _child_section(self, child: ChildRow, today: date) -> QWidget:
        section = _section("Enfant")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(1)
        name = words(person(child.last_name, child.first_name), "name", wrap=True)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(name)
        if child.born_on is None:
            born = "date de naissance inconnue"
        else:
            # The form does not ask whether the child is a girl or a boy, and nothing here needs to know.
            born = f"né(e) le {numeric_date(child.born_on)}, {age_text(child.born_on, today)}"
        column.addWidget(words(", ".join(filter(None, (born, child.school_level))), wrap=True))
        facts = (
            f"Filiation{NBSP}: {child.relationship}" if child.relationship else "",
            f"Groupe{NBSP}: {child.customer_group.lower()}" if child.customer_group else "",
        )
        column.addWidget(words(". ".join(filter(None, facts)), "context", wrap=True))
        row.addLayout(column, 1)
        holder = QWidget()
        row.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(row)
        section.add_widget(holder)
        if child.care_note:
            section.add_widget(CareNote(child.care_note))
        return section

    @staticmethod
    def _family_section(dossier: RequestDossier) -> QWidget:
        family: FamilyRow = dossier.family
        section = _section("Famille")
        holder = caller(family.holder_last_name, family.holder_first_name)
        line = words(f"{holder}, {phone(family.phone)}" if family.phone else holder, "strong", wrap=True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.setToolTip(family.email)
        paying = "prélèvement mensuel" if dossier.request.by_debit else "sans prélèvement"
        facts = (family.town, counted(family.children, "enfant"), paying)
        place = words(", ".join(filter(None, facts)), "context", wrap=True)
        address = " ".join(filter(None, (family.address, family.postcode, family.town)))
        place.setToolTip(f"{address}\n{family.email}".strip())
        section.add_widget(_stacked(line, place))
        return section

    @staticmethod
    def _checks_section(checks: tuple[CheckResult, ...]) -> DetailSection:
        if not checks:
            section = _section("Contrôles", "en cours…")
            section.add_text("Les pièces sont en cours de lecture.", kind="secondary")
            return section
        failures = sum(check.outcome is Outcome.FAIL for check in checks)
        warnings = sum(check.outcome is Outcome.VERIFY for check in checks)
        section = _section("Contrôles", summary_text(failures, warnings))
        for check in checks:
            section.add_widget(check_line(check))
        return section


def _section(title: str, aside: str = "") -> DetailSection:
    """A section of this panel, a little closer than elsewhere: on a low screen the checks must stay in sight."""
    section = DetailSection(title, aside)
    room = section.layout()
    if room is not None:
        room.setContentsMargins(PADDING, 9, PADDING, 9)
        room.setSpacing(5)
    return section


def _stacked(*labels: QWidget) -> QWidget:
    """Lines that belong together, close to one another."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for label in labels:
        column.addWidget(label)
    return holder
