"""Keeps the foot of the window true: connection, e-mails, backup, each an icon and words."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from dombes_office.errors import OfficeError, Outage
from dombes_office.operations.status import OfficeStatus, read_status
from dombes_office.rules.french import NBSP, hour, local, moment, plural
from dombes_office.views.status_bar import StatusRow
from dombes_office.views.widgets.marks import Mark, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.rules.agents import Agent
    from dombes_office.views.announcements import Announcements
    from dombes_office.views.window import MainWindow
    from dombes_office.views.work import Desk

_EVERY = 60_000
_OLD_BACKUP = timedelta(days=2)


class OfficeStatusKeeper(QObject):
    """Reads the state each minute and whenever the outbox changes, and says it in the status bar."""

    def __init__(
        self, window: MainWindow, desk: Desk, agent: Agent, announcements: Announcements, now: Callable[[], datetime]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._with_mail = agent.may_see_mail
        self._now = now
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.read)
        self._timer.start()
        announcements.changed.connect(self._announced)
        self.read()

    @Slot()
    def read(self) -> None:
        """Read the state anew."""
        reading = partial(read_status, with_mail=self._with_mail)
        self._desk.run(reading, done=self._show, refused=self._say_lost, key="status")

    @Slot(str)
    def _announced(self, subject: str) -> None:
        if subject == "outbox_mail":
            self.read()

    @Slot(object)
    def _show(self, status: OfficeStatus) -> None:
        connection = Mark(State.GOOD, "Connecté")
        self._window.show_status(StatusRow(connection, self._mailer(status), self._backup(status)))

    @Slot(object)
    def _say_lost(self, error: OfficeError) -> None:
        if isinstance(error, Outage):
            lost = Mark(State.VERIFY, "Connexion coupée", soft=False, tooltip=str(error))
            self._window.show_status(StatusRow(lost, None, None))

    @staticmethod
    def _mailer(status: OfficeStatus) -> Mark | None:
        if status.outbox is None:
            return None
        waiting, failed = status.outbox.waiting, status.outbox.failed
        if failed:
            words = f"Courriels{NBSP}: {failed} {plural(failed, 'non remis', 'non remis')}"
            return Mark(State.VERIFY, words, soft=False, tooltip="Des adresses ont été refusées par le serveur.")
        if waiting:
            return Mark(State.WAITING, f"Courriels{NBSP}: {waiting} à partir", tooltip="Ils partent d’eux-mêmes.")
        return Mark(State.GOOD, f"Courriels{NBSP}: tous partis")

    def _backup(self, status: OfficeStatus) -> Mark:
        last = status.last_backup_at
        if last is None:
            return Mark(State.VERIFY, f"Sauvegarde{NBSP}: aucune", soft=False, tooltip="Prévenez l’administrateur.")
        if self._now() - last > _OLD_BACKUP:
            return Mark(State.VERIFY, f"Sauvegarde{NBSP}: {moment(last)}", soft=False, tooltip="Elle date.")
        night = local(last).date() == local(self._now()).date()
        return Mark(State.GOOD, f"Sauvegarde{NBSP}: {f'cette nuit, {hour(last)}' if night else moment(last)}")
