"""The guided tour: drives the real windows through the main job on real data, and keeps a picture of each step."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QRadioButton, QWidget

from dombes_office import settings
from dombes_office.app import Office, make_application
from dombes_office.database.desk import check_desk
from dombes_office.demo.embedded import demo_server
from dombes_office.demo.plan import Trouble
from dombes_office.demo.staff import AGENTS
from dombes_office.errors import Outage
from dombes_office.rules.requests import Action, VerdictKind
from dombes_office.signing_in import Opening
from dombes_office.views.messages import BugReporter
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.requests.queue_page import QueuePage
from dombes_office.views.style import apply_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.database.engine import Database

_VARIANTS = (
    (QSize(1366, 768), Qt.ColorScheme.Light, ""),
    (QSize(1920, 1080), Qt.ColorScheme.Light, "grand-"),
    (QSize(1366, 768), Qt.ColorScheme.Dark, "sombre-"),
)
"""Size, scheme, and what the names of the pictures begin with."""
_PATIENCE = 20.0
_SEED = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One picture that was kept."""

    file: Path
    title: str


class Tour:
    """One drive through the windows at one size and in one scheme."""

    def __init__(self, out: Path, office: Office, requests: dict[Trouble, int], name: str) -> None:
        self._out = out
        self._office = office
        self._requests = requests
        self._name = name
        self._number = 0
        self.steps: list[Step] = []

    @property
    def _queue(self) -> QueuePage:
        return next(page for page in self._office.pages if isinstance(page, QueuePage))

    @property
    def _examination(self) -> ExaminationPage:
        return next(page for page in self._office.pages if isinstance(page, ExaminationPage))

    def picture(self, title: str, widget: QWidget | None = None) -> None:
        """Keep what is on the screen now."""
        settle(0.25)
        self._number += 1
        slug = "-".join("".join(sign if sign.isalnum() else " " for sign in title.lower()).split())
        file = self._out / f"{self._name}{self._number:02}-{slug}.png"
        if not (widget or self._office.window).grab().save(str(file)):
            raise Outage("Une image de la visite n’a pas pu être écrite.", f"Vérifiez le dossier {self._out}.")
        self.steps.append(Step(file, title))

    def drive(self) -> None:
        """The main job, from the queue to the family's e-mail."""
        queue = self._queue
        wait_for(lambda: bool(queue.table.rows) and queue.detail.isVisible(), "la liste des demandes")
        self.picture("Demandes")
        queue.filters.line.field.setText("el")
        settle(0.8)
        self.picture("Demandes filtrées")
        queue.filters.line.clear()
        settle(0.5)
        self._open(Trouble.NONE)
        self.picture("Examen d’une fiche en PDF")
        self._open(Trouble.PHOTOGRAPHED_FORM)
        self.picture("Examen d’une photographie")
        self._failed_check()
        self._open(Trouble.MISTYPED_IBAN)
        self._piece("iban")
        self.picture("IBAN mal saisi")
        self._open(Trouble.NO_MANDATE)
        self._piece("mandate")
        self.picture("Pièce manquante")
        self._open(Trouble.PROGRAM)
        self.picture("Fichier refusé")
        self._refusal()

    def _open(self, trouble: Trouble) -> None:
        page = self._examination
        request = self._requests[trouble]
        ids = tuple(self._requests.values())
        self._office.window.open(page.key, QueuePosition(request, ids, len(ids)))
        wait_for(lambda: page.bench.draft is not None, "la demande")
        wait_for(lambda: bool(page.bench.draft and page.bench.draft.dossier.checks), "les contrôles")
        settle(0.4)

    def _piece(self, code: str) -> None:
        bench = self._examination.bench
        bench.pieces.select(next(piece for piece in bench.pieces.pieces if piece.code == code))
        settle(0.4)

    def _failed_check(self) -> None:
        """The mandate's IBAN is not the one typed: say so, read the e-mail, ask the family."""
        self._open(Trouble.OTHER_IBAN)
        page = self._examination
        page.bench.judge(VerdictKind.COMPLIANT)
        self._piece("mandate")
        page.bench.judge(VerdictKind.NON_COMPLIANT)
        self.picture("Contrôle en échec")
        page.bench.decision.letter_wanted.emit()
        self._dialog("Le courriel à la famille")
        page.act_as_proposed()
        wait_for(lambda: bool(self._office.window.undo_bar.sentence), "la décision")
        self.picture("Décision prise, à annuler pendant dix secondes")
        page.open(QueuePosition(self._requests[Trouble.OTHER_IBAN], tuple(self._requests.values())))
        wait_for(lambda: page.bench.draft is not None, "la demande")
        page.bench.history.click()
        self._dialog("Historique")

    def _dialog(self, title: str) -> None:
        def shown() -> QWidget | None:
            return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)

        wait_for(lambda: shown() is not None, title)
        dialog = shown()
        if dialog is not None:
            self.picture(title, dialog)
            dialog.close()
            settle(0.1)

    def _refusal(self) -> None:
        """Refusing asks for a reason, and does not close without one."""
        self._open(Trouble.EXPIRED_FORM)
        page = self._examination

        def without_reason() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog):
                dialog.accept()
                self.picture("Refus sans motif impossible", dialog)
                dialog.findChildren(QRadioButton)[2].click()
                self.picture("Refus avec motif", dialog)
                dialog.accept()

        QTimer.singleShot(400, page, without_reason)
        page.act(Action.REFUSE)
        wait_for(lambda: bool(self._office.window.undo_bar.sentence), "le refus")
        self.picture("Demande refusée, la suivante est ouverte")


def settle(seconds: float) -> None:
    """Let the windows live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Let the windows live until something has happened.

    Raises:
        Outage: it did not happen in time.
    """
    until = datetime.now(UTC) + timedelta(seconds=_PATIENCE)
    while not condition():
        if datetime.now(UTC) > until:
            raise Outage(f"La visite attend en vain\u00a0: {what}.", "Relancez-la sur une machine moins chargée.")
        settle(0.02)


def press(widget: QWidget, key: Qt.Key) -> None:
    """Press and release a key."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def run_tour(out: Path, *, today: date | None = None, say: Callable[[str], None] = print) -> tuple[Step, ...]:
    """Take the pictures into `out`, on a database of its own that is gone after; the steps in order."""
    out.mkdir(parents=True, exist_ok=True)
    application = make_application()
    day = today or datetime.now(UTC).date()
    morning = datetime(day.year, day.month, day.day, 8, 42, tzinfo=UTC)
    steps: list[Step] = []
    with (
        tempfile.TemporaryDirectory(prefix="dombes-tour-", ignore_cleanup_errors=True) as folder,
        demo_server(Path(folder), size="village", seed=_SEED, today=day, say=say) as demo,
    ):
        for number, (size, scheme, name) in enumerate(_VARIANTS):
            apply_style(application, scheme)
            database = demo.open(AGENTS[0].login, demo.copy(f"visite_{number}"))
            steps += _drive_once(out, database, demo.requests, size, name, morning)
            say(f"{len(steps)} images dans {out}")
    apply_style(application, Qt.ColorScheme.Unknown)
    return tuple(steps)


def _drive_once(
    out: Path, database: Database, requests: dict[Trouble, int], size: QSize, name: str, morning: datetime
) -> list[Step]:
    agent = database.transact(check_desk)
    started = datetime.now(UTC)
    office = Office(
        Opening(database, agent),
        now=lambda: morning + (datetime.now(UTC) - started),
        bugs=BugReporter(version=settings.VERSION),
    )
    try:
        office.window.resize(size)
        office.window.show()
        office.start()
        tour = Tour(out, office, requests, name)
        tour.drive()
        return tour.steps
    finally:
        office.window.close()
        office.close()
