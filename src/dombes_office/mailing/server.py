"""The SMTP server: where it is, how to speak to it safely, and the message in the form that it wants."""

from __future__ import annotations

import os
import smtplib
import ssl
import tomllib
from dataclasses import dataclass, fields
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from dombes_office.errors import InvalidEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dombes_office.operations.mail import MailRow

PASSWORD_VARIABLE = "DOMBES_OFFICE_SMTP_PASSWORD"  # noqa: S105 - the name of the variable, not a password.
_TIMEOUT = 20.0


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


def read_mail_server(file: Path) -> MailServer:
    """The settings in a TOML file of the mailer's machine; the password is never among them.

    Raises:
        InvalidEntry: the file is missing, is not TOML, or lacks a setting.
    """
    try:
        with file.open("rb") as opened:
            given = tomllib.load(opened)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidEntry(
            f"Les réglages du courriel ne sont pas lisibles\u00a0: {file}.",
            "Écrivez-y au moins host et sender (voir le guide de l’administrateur).",
        ) from error
    known = {field.name for field in fields(MailServer)}
    strange = sorted(given.keys() - known)
    missing = sorted({"host", "sender"} - given.keys())
    if strange or missing:
        named = ", ".join(strange or missing)
        said = "inconnus" if strange else "manquants"
        raise InvalidEntry(f"Réglages du courriel {said}\u00a0: {named}.", "Corrigez le fichier puis relancez l’envoi.")
    server = MailServer(**given)
    _check(server)
    return server


def _check(server: MailServer) -> None:
    """Refuse settings that would send a password or a child's name in clear over a network."""
    if server.security not in {"starttls", "tls", "none"}:
        raise InvalidEntry("Le réglage security vaut starttls, tls ou none.", "Corrigez le fichier des réglages.")
    if server.security == "none" and server.host not in {"localhost", "127.0.0.1", "::1"}:
        raise InvalidEntry(
            "Sans chiffrement, le courriel ne part que vers un relais de cette machine.",
            "Mettez security à starttls ou tls.",
        )
    if server.sender.count("@") != 1:
        raise InvalidEntry("L’adresse d’expédition (sender) n’est pas valable.", "Corrigez le fichier des réglages.")


def connect(server: MailServer, environment: Mapping[str, str] = os.environ) -> smtplib.SMTP:
    """An open connection, encrypted with a checked certificate and signed in.

    Raises:
        OSError, smtplib.SMTPException: the server cannot be reached, trusted or signed in to.
    """
    trusted = ssl.create_default_context(cafile=server.certificates or None)
    if server.security == "tls":
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=trusted)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
    try:
        if server.security == "starttls":
            link.starttls(context=trusted)
        if server.login:
            link.login(server.login, environment.get(PASSWORD_VARIABLE, ""))
    except BaseException:
        link.close()
        raise
    return link


def compose(mail: MailRow, sender: str) -> EmailMessage:
    """The message: plain text in UTF-8, the authority's name before the sending address, the same at each attempt."""
    name, domain = sender.rsplit("@", 1)
    message = EmailMessage()
    message["From"] = Address(display_name=mail.from_name, username=name, domain=domain)
    message["To"] = mail.to_address
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    message.set_content(mail.body, cte="quoted-printable")
    return message
