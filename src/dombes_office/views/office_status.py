"""Keeps the foot of the window true: connection, e-mails, backup, each an icon and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from dombes_office.errors import OfficeError, Outage
from dombes_office.operations.status import OfficeStatus, read_status
from dombes_office.rules.french import NBSP, counted, near_moment, number, typeset
from dombes_office.views.announcements import EVERYTHING
from dombes_office.views.status_bar import StatusRow
from dombes_office.views.widgets.marks import Mark, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.operations.mail import OutboxCounts
    from dombes_office.rules.agents import Agent
    from dombes_office.views.announcements import Announcements
    from dombes_office.views.window import MainWindow
    from dombes_office.views.work import Desk

_EVERY = 60_000
_OLD_BACKUP = timedelta(days=2)
_NOTHING_TO_DO = "Il n’y a rien à faire."


class OfficeStatusKeeper(QObject):
    """Reads the state each minute and whenever the outbox changes, and says it in the status bar.

    `where` names the database as people do ("la base « dombes » de bdd.example.org").
    """

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        agent: Agent,
        announcements: Announcements,
        now: Callable[[], datetime],
        where: str,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._with_mail = agent.may_see_mail
        self._now = now
        self._where = where
        self._row = StatusRow()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.read)
        self._timer.start()
        announcements.changed.connect(self._announced)
        desk.lane.slow_changed.connect(self._say_slow)
        self.read()

    @Slot()
    def read(self) -> None:
        """Read the state anew."""
        reading = partial(read_status, with_mail=self._with_mail)
        self._desk.run(reading, done=self._show, refused=self._say_lost, key="status")

    @Slot(str)
    def _announced(self, subject: str) -> None:
        if subject in {"outbox_mail", EVERYTHING}:
            self.read()

    @Slot(object)
    def _show(self, status: OfficeStatus) -> None:
        connected = Mark(State.GOOD, "Connecté", tooltip=f"Ce poste est relié à {self._where}. {_NOTHING_TO_DO}")
        mailer = None if status.outbox is None else mail_mark(status.outbox)
        self._row = StatusRow(connected, mailer, backup_mark(status.last_backup_at, self._now()))
        self._window.show_status(self._row)

    @Slot(bool)
    def _say_slow(self, slow: bool) -> None:  # noqa: FBT001 - the signature of Qt's signal.
        """Say that an answer is long in coming; what was said before comes back with it."""
        told = typeset(
            "Une action attend la réponse du serveur. Vous pouvez lire ce qui est à l’écran : la réponse viendra, ou"
            " une phrase dira ce qu’il en est. Si cela dure, prévenez l’administrateur."
        )
        late = Mark(State.WAITING, "Le serveur tarde à répondre", soft=False, tooltip=told)
        self._window.show_status(replace(self._row, connection=late) if slow else self._row)

    @Slot(object)
    def _say_lost(self, error: OfficeError) -> None:
        if isinstance(error, Outage):
            told = typeset(f"{error} Cette fenêtre réessaie chaque minute ; F5 réessaie tout de suite.")
            self._row = StatusRow(Mark(State.VERIFY, "Connexion coupée", soft=False, tooltip=told))
            self._window.show_status(self._row)


def mail_mark(outbox: OutboxCounts) -> Mark:
    """How the e-mails to families are."""
    waiting, failed = outbox.waiting, outbox.failed
    told = []
    if failed:
        undelivered = counted(failed, "courriel n’a pas pu être remis", "courriels n’ont pas pu être remis")
        told.append(
            typeset(
                f"{undelivered}, le plus souvent parce que l’adresse est refusée. L’historique de la demande dit"
                " lequel ; prévenez la famille autrement."
            )
        )
    if waiting:
        told.append(
            typeset(
                f"{counted(waiting, 'courriel attend', 'courriels attendent')} de partir, d’ordinaire dans la minute."
                " Si ce nombre ne baisse pas, prévenez l’administrateur : l’envoi est peut-être arrêté."
            )
        )
    detail = " ".join(told)
    if failed:
        return Mark(State.VERIFY, f"Courriels{NBSP}: {number(failed)} non remis", soft=False, tooltip=detail)
    if waiting:
        return Mark(State.WAITING, f"Courriels{NBSP}: {number(waiting)} à partir", tooltip=detail)
    told_good = f"Tous les courriels aux familles sont partis. {_NOTHING_TO_DO}"
    return Mark(State.GOOD, f"Courriels{NBSP}: tous partis", tooltip=told_good)


def backup_mark(last: datetime | None, now: datetime) -> Mark:
    """How old the last backup is."""
    if last is None:
        told = "Cette base n’a encore jamais été sauvegardée. Prévenez l’administrateur."
        return Mark(State.VERIFY, f"Sauvegarde{NBSP}: aucune", soft=False, tooltip=told)
    when = near_moment(last, now)
    if now - last > _OLD_BACKUP:
        told = f"La dernière sauvegarde date de plus de deux jours ({when}). Prévenez l’administrateur."
        return Mark(State.VERIFY, f"Sauvegarde{NBSP}: {when}", soft=False, tooltip=told)
    return Mark(State.GOOD, f"Sauvegarde{NBSP}: {when}", tooltip=f"La base est sauvegardée. {_NOTHING_TO_DO}")
