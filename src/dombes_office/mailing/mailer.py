"""The mailer: takes e-mails from the outbox one by one, sends them and writes down what became of them."""

from __future__ import annotations

import logging
import smtplib
import socket
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dombes_office.errors import Outage
from dombes_office.mailing.server import MailServer, compose, connect
from dombes_office.operations.mail import MailRow, claim_mail, mark_refused, mark_sent, postpone

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

LOG = logging.getLogger(__name__)
T = TypeVar("T")

PAUSE = 2.0
"""Seconds between two looks at an empty outbox."""
_PAUSE_AFTER_OUTAGE = 15.0
_PERMANENT = 500


class Transact(Protocol):
    """Runs an action in one transaction."""

    def __call__(self, action: Callable[[Any], T], /) -> T:
        """Run `action`."""


@dataclass(frozen=True, slots=True)
class MailReport:
    """What one run did."""

    sent: int = 0
    refused: int = 0
    postponed: int = 0


class Mailer:
    """One worker. Several may run at once: each e-mail is claimed by one of them, for a while.

    Should this process die after the server took an e-mail and before that was written down, the e-mail is sent again
    under the same Message-ID, which mail programs show once.
    """

    def __init__(self, transact: Transact, server: MailServer) -> None:
        self._transact = transact
        self._server = server
        self._worker = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
        self._link: smtplib.SMTP | None = None

    def run(self, stop: threading.Event, *, once: bool = False) -> MailReport:
        """Send until `stop` is set, or with `once` until the outbox has nothing that may leave now.

        Raises:
            Outage: with `once`, the database cannot be reached; otherwise the mailer waits and goes on.
        """
        sent = refused = postponed = 0
        while not stop.is_set():
            try:
                outcome = self._deliver_next()
            except Outage:
                if once:
                    raise
                LOG.warning("The database cannot be reached; trying again in %s s.", _PAUSE_AFTER_OUTAGE)
                self._hang_up()
                stop.wait(_PAUSE_AFTER_OUTAGE)
                continue
            sent += outcome == "sent"
            refused += outcome == "refused"
            postponed += outcome == "postponed"
            if outcome == "":
                self._hang_up()
                if once:
                    break
                stop.wait(PAUSE)
        self._hang_up()
        return MailReport(sent, refused, postponed)

    def _deliver_next(self) -> str:
        """Deliver one e-mail: "sent", "refused", "postponed", or "" where none may leave now."""
        mail = self._transact(partial(claim_mail, worker=self._worker))
        if mail is None:
            return ""
        try:
            self._send(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            code, words = _answer(error)
            if code >= _PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
                self._transact(partial(mark_refused, mail_id=mail.mail_id, worker=self._worker, error=words))
                return "refused"
            return self._postpone(mail, words)
        except (smtplib.SMTPException, OSError) as error:
            LOG.warning("The SMTP server cannot be used: %s", type(error).__name__)
            return self._postpone(mail, "Le serveur de courriel ne répond pas.")
        except ValueError:
            words = "L’adresse ou l’objet ne peut pas s’écrire dans un courriel."
            self._transact(partial(mark_refused, mail_id=mail.mail_id, worker=self._worker, error=words))
            return "refused"
        self._transact(partial(mark_sent, mail_id=mail.mail_id, worker=self._worker))
        return "sent"

    def _send(self, mail: MailRow) -> None:
        message = compose(mail, self._server.sender)
        if self._link is None:
            self._link = connect(self._server)
        # A leftover of a refused message would otherwise greet the next one.
        self._link.rset()
        self._link.send_message(message, from_addr=self._server.sender, to_addrs=[mail.to_address])

    def _postpone(self, mail: MailRow, words: str) -> str:
        self._hang_up()
        self._transact(
            partial(postpone, mail_id=mail.mail_id, worker=self._worker, error=words, attempts=mail.attempts)
        )
        return "postponed"

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            try:
                link.quit()
            except (smtplib.SMTPException, OSError):
                link.close()


def _answer(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> tuple[int, str]:
    """The code of the server's answer, and what the agent reads of it; the server's own words may hold an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return code, f"Le serveur a refusé l’adresse de la famille (code {code})."
    return error.smtp_code, f"Le serveur de courriel a refusé le message (code {error.smtp_code})."
