"""A real SMTP server on the loopback, which takes, refuses, delays or breaks off as a test wants it to."""

from __future__ import annotations

import email
import email.policy
import logging
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.postgres import _free_port

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from typing import Self

# What this server thinks of its clients is no log line of ours.
_log = logging.getLogger("mail.log")
_log.addHandler(logging.NullHandler())
_log.propagate = False

LOGIN, PASSWORD = "facteur", "Étang-01 & boîte"


@dataclass(frozen=True)
class Received:
    """One e-mail that was taken."""

    at: float
    """Seconds since the epoch."""
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class PostOffice:
    """The server, and what it does: `on_recipient` and `on_data` may answer with a line of SMTP instead of taking.

    `tls` is None, "starttls" or "tls", with `context` the server's certificate; `with_login` asks for a password.
    """

    tls: str | None = None
    context: ssl.SSLContext | None = None
    with_login: bool = False
    port: int = 0
    on_sender: Callable[[str], str | None] = lambda _: None
    on_recipient: Callable[[str], str | None] = lambda _: None
    on_data: Callable[[Received, SMTP], str | None] = lambda _mail, _server: None
    received: list[Received] = field(default_factory=list)
    logins: list[tuple[str, bool]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Who sends."""
        if answer := self.on_sender(address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """To whom."""
        if answer := self.on_recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same.
        """The message."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        mail = Received(time.time(), envelope.mail_from or "", tuple(map(str, envelope.rcpt_tos)), message, raw)
        if answer := self.on_data(mail, server):
            return answer
        with self.lock:
            self.received.append(mail)
        return "250 taken"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's LoginPassword.
        """Check a login."""
        right = (given.login, given.password) == (LOGIN.encode(), PASSWORD.encode())
        self.logins.append((given.login.decode(), right))
        return AuthResult(success=right, handled=False)

    def __enter__(self) -> Self:
        settings: dict[str, Any] = {"ready_timeout": 20.0}
        if self.with_login:
            settings |= {
                "authenticator": self.authenticate,
                "auth_required": self.tls == "starttls",
                # With TLS from the first byte aiosmtpd would wait for a STARTTLS that never comes.
                "auth_require_tls": self.tls == "starttls",
            }
        if self.tls == "starttls":
            settings |= {"tls_context": self.context, "require_starttls": True}
        elif self.tls == "tls":
            settings |= {"ssl_context": self.context}
        self.port = self.port or _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **settings)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def message_ids(self) -> list[str]:
        """Of all that was taken."""
        return [mail.message_id for mail in self.received]
