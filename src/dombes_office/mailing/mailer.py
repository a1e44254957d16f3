"""The mailer: takes e-mails from the outbox one by one, sends them and writes down what became of them."""

from __future__ import annotations

import contextlib
import logging
import math
import smtplib
import socket
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dombes_office.errors import Outage
from dombes_office.mailing.message import compose, mail_address
from dombes_office.mailing.server import MailLine, MailServer, MailServerDown
from dombes_office.operations.mail import (
    MAX_ATTEMPTS,
    MailRow,
    claim_mail,
    give_back,
    mail_waits,
    mark_refused,
    mark_sent,
    postpone,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from dombes_office.operations.transaction import Transact

LOG = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks at an empty outbox."""
IDLE_PAUSE = 30.0
"""Seconds at least between two pieces of idle work."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before the next try while the database or the SMTP server is away: twice as long after each."""
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class MailReport:
    """What one run did."""

    sent: int = 0
    refused: int = 0
    postponed: int = 0


class Mailer:
    """One worker. Several may run at once: each e-mail is claimed by one of them, for a while.

    Should this process die after the server took an e-mail and before that was written down, the e-mail is sent again
    under the same Message-ID, which mail programs show once. An SMTP server that is away costs no e-mail an attempt.

    `idle` is work for a database that nobody else may look after, such as sealing its trail: it runs in a transaction
    of its own when nothing may leave or can, the first time and then every half minute.
    """

    def __init__(self, transact: Transact, server: MailServer, *, idle: Callable[[Any], object] | None = None) -> None:
        self._transact = transact
        self._server = server
        self._idle = idle
        self._idled = -math.inf
        self._worker = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
        self._untold: list[Callable[[Any], None]] = []

    def run(self, stop: threading.Event, *, once: bool = False) -> MailReport:
        """Send until `stop` is set, or with `once` until the outbox has nothing that may leave now.

        A message under way when `stop` is set has a second to leave.

        Raises:
            Outage: with `once`, the database or the SMTP server cannot be used; otherwise the mailer waits and goes on.
            Refusal: the login may not send e-mails.
        """
        done: Counter[str] = Counter()
        with MailLine(self._server, stop) as line:
            try:
                self._work(line, stop, done, once=once)
            finally:
                # What could not be written down in time is tried a last time, before this worker is forgotten.
                with contextlib.suppress(Outage):
                    self._write_down()
        return MailReport(done["sent"], done["refused"], done["postponed"])

    def _work(self, line: MailLine, stop: threading.Event, done: Counter[str], *, once: bool) -> None:
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                self._write_down()
                outcome = self._deliver_next(line)
                self._write_down()
                if not outcome:
                    line.hang_up()
                    self._work_idly()
            except Outage as error:
                # The trail is sealed while the SMTP server is away; where the database is, that has been told already.
                with contextlib.suppress(Outage):
                    self._work_idly()
                if once:
                    raise
                LOG.warning("%s Trying again in %.0f s.", error.sentence, pause)
                line.hang_up()
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            done[outcome] += 1
            if not outcome:
                if once:
                    return
                stop.wait(PAUSE)

    def _work_idly(self) -> None:
        """The idle work, unless it was done a moment ago."""
        if self._idle is not None and time.monotonic() - self._idled >= IDLE_PAUSE:
            self._transact(self._idle)
            self._idled = time.monotonic()

    def _deliver_next(self, line: MailLine) -> str:
        """Deliver one e-mail: "sent", "refused", "postponed", or "" where none may leave now."""
        # The server is called first, and only where something waits: an e-mail is claimed when it can leave.
        if not line.is_up and not self._transact(mail_waits):
            return ""
        if not line.ready():
            return ""
        mail = self._transact(partial(claim_mail, worker=self._worker))
        if mail is None:
            return ""
        if mail.attempts > MAX_ATTEMPTS:
            # It was claimed that often and nobody lived to tell what became of it.
            return self._refuse(mail, "L’envoi a été interrompu trop souvent.")
        return self._send(mail, line)

    def _send(self, mail: MailRow, line: MailLine) -> str:
        try:
            message = compose(mail, self._server.sender)
            to_address = mail_address(mail.to_address).addr_spec
        except ValueError:
            return self._refuse(mail, "L’adresse de la famille ne peut pas s’écrire dans un courriel.")
        try:
            line.send(message, to_address)
        except smtplib.SMTPSenderRefused as error:
            self._tell(partial(give_back, mail_id=mail.mail_id, worker=self._worker))
            raise MailServerDown(
                f"Le serveur de courriel refuse l’adresse d’expédition (code {error.smtp_code}).",
                "Vérifiez les réglages sender et login.",
            ) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            code, words = _answer(error)
            return self._refuse(mail, words) if code >= _PERMANENT else self._postpone(mail, words)
        except (smtplib.SMTPException, OSError) as error:
            LOG.warning("The SMTP server broke off: %s", type(error).__name__)
            line.hang_up()
            return self._postpone(mail, "Le serveur de courriel a interrompu l’envoi.")
        self._tell(partial(mark_sent, mail_id=mail.mail_id, worker=self._worker))
        return "sent"

    def _refuse(self, mail: MailRow, words: str) -> str:
        self._tell(partial(mark_refused, mail_id=mail.mail_id, worker=self._worker, error=words))
        return "refused"

    def _postpone(self, mail: MailRow, words: str) -> str:
        self._tell(partial(postpone, mail_id=mail.mail_id, worker=self._worker, error=words, attempts=mail.attempts))
        return "postponed"

    def _tell(self, news: Callable[[Any], None]) -> None:
        """Have something written down, as soon as the database answers: what is forgotten would be sent again."""
        self._untold.append(news)

    def _write_down(self) -> None:
        while self._untold:
            self._transact(self._untold[0])
            del self._untold[0]


def _answer(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> tuple[int, str]:
    """The code of the server's answer, and what the agent reads of it; the server's own words may hold an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return code, f"Le serveur a refusé l’adresse de la famille (code {code})."
    return error.smtp_code, f"Le serveur de courriel a refusé le message (code {error.smtp_code})."
