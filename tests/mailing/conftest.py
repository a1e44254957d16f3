"""What the tests of the mailer share: an outbox, a post office, a certificate, and the login that may send."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from dombes_office.mailing.mailer import Mailer, MailReport
from dombes_office.mailing.server import MailServer
from tests.mailing.outbox import Outbox
from tests.mailing.post_office import PostOffice
from tests.postgres import _certificate, _signed_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import MakeAgent, OfficeDatabase

SENDER = "ne-pas-repondre@dombes.example.org"


@dataclass(frozen=True)
class Certificates:
    """A server's certificate for `localhost`, its authority, and an authority that signed nothing."""

    context: ssl.SSLContext
    authority: Path
    wrong_authority: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    authority, wrong = _certificate(folder, "authority"), _certificate(folder, "wrong")
    _signed_certificate(folder, authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return Certificates(context, authority, wrong)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    with PostOffice() as opened:
        yield opened


@pytest.fixture
def outbox(database: OfficeDatabase) -> Outbox:
    return Outbox(database.raw())


@pytest.fixture
def login(make_agent: MakeAgent, outbox: Outbox) -> str:
    return make_agent("facteur", groups=["office_mailer"], authorities=[outbox.office.authority_id])


@pytest.fixture
def relay(post_office: PostOffice) -> MailServer:
    return MailServer("127.0.0.1", SENDER, port=post_office.port, security="none")


@pytest.fixture
def mailer(database: OfficeDatabase, login: str, relay: MailServer) -> Mailer:
    return Mailer(database.open(login).transact, relay)


def send_all(mailer: Mailer) -> MailReport:
    """All that may leave now."""
    return mailer.run(threading.Event(), once=True)
