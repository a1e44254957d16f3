"""The SMTP server: where it is, how to speak to it safely, and one line to it."""

from __future__ import annotations

import base64
import contextlib
import os
import queue
import smtplib
import socket
import ssl
import threading
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dombes_office.errors import InvalidEntry, Outage
from dombes_office.mailing.message import mail_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message
    from typing import Self

PASSWORD_VARIABLE = "DOMBES_OFFICE_SMTP_PASSWORD"  # noqa: S105 - the name of the variable, not a password.
SECURITIES = ("starttls", "tls", "none")
_TIMEOUT = 20.0
_GRACE = 1.0
"""Seconds that a message under way has to leave once the mailer must stop."""
_LAST_PORT = 65535
_MEND = "Corrigez le fichier des réglages, puis relancez l’envoi."


class MailServerDown(Outage):
    """The SMTP server cannot be reached, trusted or signed in to: no e-mail is to blame."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the SMTP server. `security` is "starttls", "tls" or, for a relay on this very machine, "none"."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    login: str = ""
    certificates: str = ""
    """A file of trusted certificate authorities, "" for those of the system."""


def read_mail_server(file: Path, environment: Mapping[str, str] = os.environ) -> MailServer:
    """The settings in a TOML file of the mailer's machine; the password is never among them, but in `environment`.

    Raises:
        InvalidEntry: the file is missing, is not TOML, or says something that cannot be.
    """
    try:
        with file.open("rb") as opened:
            given = tomllib.load(opened)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidEntry(
            f"Les réglages du courriel ne sont pas lisibles\u00a0: {file}.",
            "Écrivez-y au moins host et sender (voir le guide de l’administrateur).",
        ) from error
    known = {field.name: field.type for field in fields(MailServer)}
    _name("inconnus", sorted(given.keys() - known.keys()))
    _name("manquants", sorted({"host", "sender"} - given.keys()))
    # Types are written as text in this file; a bool would pass for an int.
    _name("mal écrits", sorted(key for key, value in given.items() if type(value).__name__ != known[key]))
    server = MailServer(**given)
    _check(server)
    if server.login and not environment.get(PASSWORD_VARIABLE):
        raise InvalidEntry(
            "Le mot de passe du serveur de courriel manque.",
            f"Donnez-le dans la variable d’environnement {PASSWORD_VARIABLE} du service.",
        )
    return server


def _name(fault: str, settings: list[str]) -> None:
    """Refuse settings that share a fault."""
    if settings:
        raise InvalidEntry(f"Réglages du courriel {fault}\u00a0: {', '.join(settings)}.", _MEND)


def _check(server: MailServer) -> None:
    """Refuse settings that would send a password or a child's name in clear over a network, or nothing at all."""
    if server.security not in SECURITIES:
        raise InvalidEntry("Le réglage security vaut starttls, tls ou none.", _MEND)
    if server.security == "none" and server.host not in {"localhost", "127.0.0.1", "::1"}:
        raise InvalidEntry(
            "Sans chiffrement, le courriel ne part que vers un relais de cette machine.",
            "Mettez security à starttls ou tls.",
        )
    if not server.host.strip() or not 0 < server.port <= _LAST_PORT:
        raise InvalidEntry("L’adresse ou le port du serveur de courriel n’est pas valable.", _MEND)
    if server.certificates and not Path(server.certificates).is_file():
        raise InvalidEntry("Le fichier des autorités de confiance (certificates) est introuvable.", _MEND)
    try:
        mail_address(server.sender)
    except ValueError as error:
        raise InvalidEntry("L’adresse d’expédition (sender) n’est pas valable.", _MEND) from error


def connect(server: MailServer, environment: Mapping[str, str] = os.environ) -> smtplib.SMTP:
    """An open connection, encrypted with a checked certificate and signed in.

    Raises:
        MailServerDown: with the reason.
    """
    try:
        return _connect(server, environment.get(PASSWORD_VARIABLE, ""))
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerDown(*_reason(error)) from error


def _connect(server: MailServer, password: str) -> smtplib.SMTP:
    trusted = ssl.create_default_context(cafile=server.certificates or None)
    if server.security == "tls":
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=trusted)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
    try:
        if server.security == "starttls":
            link.starttls(context=trusted)
        if server.login:
            _sign_in(link, server.login, password)
        link.ehlo_or_helo_if_needed()
    except BaseException:
        link.close()
        raise
    return link


def _sign_in(link: smtplib.SMTP, login: str, password: str) -> None:
    """Sign in. Python's own way knows ASCII only; a password with an accent goes as RFC 4616 has it, in UTF-8."""
    if (login + password).isascii():
        link.login(login, password)
        return
    words = base64.b64encode(f"\0{login}\0{password}".encode()).decode("ascii")
    link.ehlo_or_helo_if_needed()
    if "PLAIN" not in link.esmtp_features.get("auth", "").split():
        raise smtplib.SMTPNotSupportedError("no AUTH PLAIN")
    code, _ = link.docmd("AUTH", f"PLAIN {words}")
    if code != 235:  # noqa: PLR2004 - SMTP's "signed in".
        raise smtplib.SMTPAuthenticationError(code, b"")


def _reason(error: Exception) -> tuple[str, str]:
    """Why there is no connection; the server's own words may hold an address or worse, and are left out."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return (
            "Le serveur de courriel refuse le compte d’envoi.",
            f"Vérifiez login et la variable d’environnement {PASSWORD_VARIABLE}.",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return (
            "Le serveur de courriel n’offre pas le chiffrement ou la connexion demandés.",
            "Vérifiez les réglages security et login.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "Le certificat du serveur de courriel n’est pas celui que cette machine attend\u00a0: rien n’est envoyé.",
            "Vérifiez le nom du serveur (host), ou indiquez son autorité dans certificates.",
        )
    if isinstance(error, ssl.SSLError):
        return (
            "Le serveur de courriel et cette machine ne s’accordent pas sur une connexion chiffrée.",
            "Vérifiez les réglages port et security.",
        )
    if isinstance(error, socket.gaierror):
        return ("Le serveur de courriel est introuvable.", "Vérifiez le réglage host et le réseau.")
    return ("Le serveur de courriel ne répond pas.", "Les courriels attendent et partiront dès son retour.")


class MailLine:
    """One connection, made when it is needed and again when it fell; cut shortly after `stop` is set.

    A server that says nothing would otherwise hold a mailer that must stop for as long as its patience lasts.
    """

    def __init__(self, server: MailServer, stop: threading.Event) -> None:
        self._server = server
        self._stop = stop
        self._over = threading.Event()
        self._link: smtplib.SMTP | None = None
        self._watch = threading.Thread(target=self._cut_when_stopped, name="mail-line", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._over.set()
        self._watch.join()

    @property
    def is_up(self) -> bool:
        """Whether there is a connection, as far as we know."""
        return self._link is not None

    def ready(self) -> bool:
        """Have a connection that works; False where the mailer must stop first.

        Raises:
            MailServerDown: there is none to have.
        """
        if self._link is not None:
            try:
                # Asks whether the line still stands, and clears what a refused message left behind.
                if self._link.rset()[0] == 250:  # noqa: PLR2004 - SMTP's "done".
                    return True
            except (smtplib.SMTPException, OSError):
                pass
            self.hang_up()
        self._link = self._connect_aside()
        return self._link is not None

    def _connect_aside(self) -> smtplib.SMTP | None:
        """Connect in a thread of its own: nothing else ends the wait for a name or for a machine that is silent."""
        answers: queue.SimpleQueue[smtplib.SMTP | Exception] = queue.SimpleQueue()
        given_up = threading.Event()

        def close_unwanted() -> None:
            with contextlib.suppress(queue.Empty):
                answer = answers.get_nowait()
                if isinstance(answer, smtplib.SMTP):
                    answer.close()

        def work() -> None:
            try:
                answers.put(connect(self._server))
            except Exception as error:  # noqa: BLE001 - raised again where it is waited for.
                answers.put(error)
            if given_up.is_set():
                close_unwanted()

        threading.Thread(target=work, name="mail-connect", daemon=True).start()
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                answer = answers.get(timeout=0.1)
                if isinstance(answer, Exception):
                    raise answer
                return answer
        given_up.set()
        close_unwanted()
        return None

    def send(self, message: Message, to_address: str) -> None:
        """Hand one message over.

        Raises:
            OSError, smtplib.SMTPException: the server does not take it.
        """
        if self._link is None:
            raise smtplib.SMTPServerDisconnected("no line")
        self._link.send_message(message, from_addr=self._server.sender, to_addrs=[to_address])

    def hang_up(self) -> None:
        """End the connection, politely where that is possible."""
        link, self._link = self._link, None
        if link is not None:
            try:
                link.quit()
            except (smtplib.SMTPException, OSError):
                link.close()

    def _cut_when_stopped(self) -> None:
        """The watch's thread: after `stop` and a moment of grace, whoever waits for the server waits no more."""
        while not self._over.wait(0.2):
            if self._stop.is_set() and not self._over.wait(_GRACE):
                link = self._link
                sock: Any = None if link is None else link.sock
                if sock is not None:
                    with contextlib.suppress(OSError):
                        # The plain socket's method: that of TLS would take the object away from its reader.
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)
                return
