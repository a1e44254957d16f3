"""The guided tour: drives the real windows through the main job on real data, and keeps a picture of each step."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QRadioButton, QWidget

from dombes_office import settings
from dombes_office.app import Office, make_application
from dombes_office.credentials import SavedProfiles
from dombes_office.database.desk import check_desk
from dombes_office.demo.embedded import demo_server
from dombes_office.demo.plan import Trouble
from dombes_office.demo.staff import AGENTS
from dombes_office.errors import Outage, WrongPassword
from dombes_office.rules.connections import Profile, Target
from dombes_office.rules.requests import DecisionKind, VerdictKind
from dombes_office.signing_in import Opening
from dombes_office.views.garbage import GarbageCollection
from dombes_office.views.messages import BugReporter
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.requests.queue_page import QueuePage
from dombes_office.views.sign_in.window import SignInWindow
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
        return next(page for page in self._office.window.pages.values() if isinstance(page, QueuePage))

    @property
    def _examination(self) -> ExaminationPage:
        # Pages are made when they are first opened.
        self._office.window.stack.page_for("examination")
        return next(page for page in self._office.window.pages.values() if isinstance(page, ExaminationPage))

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
        settle(0.6)
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
        page.decider.act_as_proposed()
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
        refusing = _Refusing(self)
        QTimer.singleShot(400, refusing.go)
        self._examination.decider.act(DecisionKind.REFUSE)
        wait_for(lambda: "refusée" in self._office.window.undo_bar.sentence, "le refus")
        wait_for(lambda: self._examination.bench.viewer.shown is not None, "la demande suivante")
        self.picture("Demande refusée, la suivante est ouverte")


class _Refusing(QObject):
    """Drives the refusal's dialog, which holds everything else up while it is open."""

    def __init__(self, tour: Tour) -> None:
        super().__init__()
        self._tour = tour

    @Slot()
    def go(self) -> None:
        """Try without a reason, choose one, refuse."""
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            raise Outage("La visite ne trouve pas la fenêtre du refus.", "Relancez-la.")
        dialog.accept()
        self._tour.picture("Refus sans motif impossible", dialog)
        dialog.findChildren(QRadioButton)[2].click()
        self._tour.picture("Refus avec motif", dialog)
        dialog.accept()


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


def run_tour(out: Path, *, today: date | None = None, say: Callable[[str], None] = print) -> tuple[Step, ...]:
    """Take the pictures into `out`, on a database of its own that is gone after; the steps in order."""
    out.mkdir(parents=True, exist_ok=True)
    application = make_application()
    # Three offices are closed here one after the other: their remains must not be collected by the next one's lane.
    collection = GarbageCollection(application)
    day = today or datetime.now(UTC).date()
    morning = datetime(day.year, day.month, day.day, 8, 42, tzinfo=UTC)
    steps: list[Step] = []
    failures: list[str] = []
    # An exception in a slot is only printed by Qt's bindings: a tour that met one must not look like a good one.
    sys.excepthook = lambda kind, _error, _trace: failures.append(kind.__name__)
    with (
        tempfile.TemporaryDirectory(prefix="dombes-tour-", ignore_cleanup_errors=True) as folder,
        demo_server(Path(folder), size="village", seed=_SEED, today=day, say=say) as demo,
    ):
        for number, (size, scheme, name) in enumerate(_VARIANTS):
            apply_style(application, scheme)
            database = demo.open(AGENTS[0].login, demo.copy(f"visite_{number}"))
            steps += _drive_once(out, database, demo.requests, size, name, morning)
            say(f"{len(steps)} images dans {out}")
            steps += _sign_in(out, name)
    apply_style(application, Qt.ColorScheme.Unknown)
    collection.stop()
    if failures:
        raise Outage("Une erreur s’est produite pendant la visite.", f"{failures[0]}")
    return tuple(steps)


class _NoVault:
    """The tour keeps no password, and asks no vault for one."""

    def recall(self, target: Target) -> str | None:
        """None is known."""
        del target
        return None

    def remember(self, target: Target, password: str) -> None:
        """Nothing is kept."""

    def forget(self, target: Target) -> None:
        """Nothing was kept."""


def _sign_in(out: Path, name: str) -> list[Step]:
    """The first window, on a connection of its own making; the settings of whoever takes the tour are left alone."""

    def refuse(profile: Profile, login: str, password: str) -> None:
        del profile, login, password
        raise WrongPassword("L’identifiant ou le mot de passe est faux.", "Saisissez-les à nouveau.")

    steps: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="dombes-tour-") as folder:
        profiles = SavedProfiles(Path(folder))
        profiles.save(Profile("CC de la Dombes", Target("base.dombes.example.org", "office", "lea.morandat")))
        window = SignInWindow(
            profiles,
            lambda _target, _password: "Serveur joignable, base à jour",
            refuse,
            settings.VERSION,
            passwords=_NoVault(),
            habits={},
        )
        window.show()
        settle(1.0)
        for number, title in enumerate(("Connexion", "Connexion refusée")):
            if number:
                field = next(f for f in window.findChildren(QLineEdit) if f.echoMode() == QLineEdit.EchoMode.Password)
                field.setText("un mot de passe")
                QTest.keyClick(field, Qt.Key.Key_Return)
                settle(1.0)
            file = out / f"{name}00-{number}-{title.lower().replace(' ', '-')}.png"
            window.grab().save(str(file))
            steps.append(Step(file, title))
        window.close()
        window.deleteLater()
    return steps


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
