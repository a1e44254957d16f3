"""Reaching the SMTP server: settings that are refused, encryption that is checked, a password that stays at home."""

from __future__ import annotations

import logging
import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dombes_office.errors import InvalidEntry
from dombes_office.mailing import mailer as mailing
from dombes_office.mailing.mailer import Mailer, MailReport
from dombes_office.mailing.server import PASSWORD_VARIABLE, MailServer, MailServerDown, connect, read_mail_server
from tests.mailing.conftest import SENDER, send_all
from tests.mailing.post_office import LOGIN, PASSWORD, PostOffice
from tests.postgres import _free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import LogWatch
    from tests.mailing.conftest import Certificates
    from tests.mailing.outbox import Outbox
    from tests.postgres import OfficeDatabase

BOTH = 'host = "smtp.example.org"\nsender = "accueil@example.org"\n'


def test_the_settings_are_read(tmp_path: Path, certificates: Certificates) -> None:
    file = tmp_path / "mail.toml"
    file.write_text(BOTH, encoding="utf-8")
    assert read_mail_server(file, {}) == MailServer("smtp.example.org", "accueil@example.org", 587, "starttls")
    file.write_text(
        f'{BOTH}port = 465\nsecurity = "tls"\nlogin = "facteur"\ncertificates = \'{certificates.authority}\'\n',
        encoding="utf-8",
    )
    server = read_mail_server(file, {PASSWORD_VARIABLE: "x"})
    assert (server.port, server.security, server.login) == (465, "tls", "facteur")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("host =", "ne sont pas lisibles"),
        ("\udcff", "ne sont pas lisibles"),
        ('host = "smtp.example.org"', "manquants : sender"),
        ("", "manquants : host, sender"),
        (BOTH + 'password = "x"', "inconnus : password"),
        (BOTH + 'port = "587"', "mal écrits : port"),
        (BOTH + "port = true", "mal écrits : port"),
        (BOTH + "login = 5", "mal écrits : login"),
        (BOTH + "port = 0", "port"),
        (BOTH + "port = 70000", "port"),
        ('host = " "\nsender = "a@example.org"', "L’adresse ou le port"),
        (BOTH + 'security = "ssl"', "starttls, tls ou none"),
        (BOTH + 'security = "none"', "Sans chiffrement"),
        ('host = "smtp.example.org"\nsender = "accueil"', "sender"),
        ('host = "smtp.example.org"\nsender = "a@b.example, c@d.example"', "sender"),
        (BOTH + 'certificates = "/nulle/part.crt"', "introuvable"),
        (BOTH + 'login = "facteur"', "mot de passe"),
    ],
)
def test_each_fault_of_the_settings_has_its_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "mail.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InvalidEntry) as caught:
        read_mail_server(file, {})
    assert sentence in caught.value.sentence.replace("\u00a0", " ")
    assert caught.value.way_out


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidEntry, match=r"absent\.toml"):
        read_mail_server(tmp_path / "absent.toml", {})


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("password", [PASSWORD, "simple"])
def test_an_encrypted_line_with_a_login(
    database: OfficeDatabase,
    outbox: Outbox,
    login: str,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tls: str,
    password: str,
) -> None:
    monkeypatch.setattr("tests.mailing.post_office.PASSWORD", password)
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    caplog.set_level(logging.DEBUG, "dombes_office")
    with PostOffice(tls, certificates.context, with_login=True) as office:
        server = MailServer(
            "localhost", SENDER, port=office.port, security=tls, login=LOGIN, certificates=str(certificates.authority)
        )
        outbox.put()
        assert send_all(Mailer(database.open(login).transact, server)) == MailReport(sent=1)
        assert office.logins == [(LOGIN, True)]
        monkeypatch.setenv(PASSWORD_VARIABLE, f"{password}?")
        with pytest.raises(MailServerDown, match="refuse le compte"):
            connect(server)
    assert password not in caplog.text
    assert password not in repr(server)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_is_not_the_one_expected_gets_neither_password_nor_mail(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with PostOffice(tls, certificates.context, with_login=True) as office:
        good = MailServer(
            "localhost", SENDER, port=office.port, security=tls, login=LOGIN, certificates=str(certificates.authority)
        )
        for wrong in (
            replace(good, certificates=str(certificates.wrong_authority)),
            replace(good, certificates=""),
            replace(good, host="127.0.0.1"),
        ):
            with pytest.raises(MailServerDown, match="certificat"):
                connect(wrong)
        connect(good).quit()
        assert office.logins == [(LOGIN, True)]


def test_a_server_without_encryption_gets_neither_password_nor_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with PostOffice() as office:
        with pytest.raises(MailServerDown, match="n’offre pas le chiffrement"):
            connect(MailServer("localhost", SENDER, port=office.port, login=LOGIN))
        with pytest.raises(MailServerDown, match="ne s’accordent pas"):
            connect(MailServer("localhost", SENDER, port=office.port, security="tls", login=LOGIN))
        with pytest.raises(MailServerDown, match="n’offre pas"):
            connect(MailServer("localhost", SENDER, port=office.port, security="none", login="a"))
        assert office.logins == []


def test_an_unknown_host_and_a_silent_port_have_their_sentences() -> None:
    with pytest.raises(MailServerDown, match="introuvable"):
        connect(MailServer("smtp.invalid", SENDER))
    with pytest.raises(MailServerDown, match="ne répond pas"):
        connect(MailServer("127.0.0.1", SENDER, port=_free_port()))


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_is_away_costs_no_attempt(
    database: OfficeDatabase,
    outbox: Outbox,
    login: str,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    expect_log: LogWatch,
    tls: str,
) -> None:
    monkeypatch.setattr(mailing, "FIRST_PAUSE", 0.1)
    expect_log(logging.WARNING, "Le serveur de courriel ne répond pas. Trying again")
    port = _free_port()
    server = MailServer("localhost", SENDER, port=port, security=tls, certificates=str(certificates.authority))
    mail_id = outbox.put()
    mailer = Mailer(database.open(login).transact, server)
    with pytest.raises(MailServerDown):
        send_all(mailer)
    assert (outbox.fate(mail_id).state, outbox.fate(mail_id).attempts) == ("queued", 0)
    stop = threading.Event()
    running = threading.Thread(target=mailer.run, args=(stop,))
    running.start()
    time.sleep(0.5)
    assert outbox.fate(mail_id).attempts == 0
    with PostOffice(tls, certificates.context, port=port) as office:
        wait_for(lambda: outbox.states() == ["sent"])
        stop.set()
        running.join(5)
        assert office.message_ids == ["<1@example.org>"]


def test_a_sender_that_is_not_allowed_is_no_fault_of_the_emails(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    post_office.on_sender = lambda _: "550 5.7.1 Sender not allowed"
    mail_id = outbox.put()
    with pytest.raises(MailServerDown, match="expédition"):
        send_all(mailer)
    assert (outbox.fate(mail_id).state, outbox.fate(mail_id).attempts) == ("queued", 0)
    post_office.on_sender = lambda _: None
    assert send_all(mailer) == MailReport(sent=1)


def wait_for(truth: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until it holds."""
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


class Run:
    """A mailer at work in a thread."""

    def __init__(self, mailer: Mailer) -> None:
        self.stop = threading.Event()
        self.reports: list[MailReport] = []
        self._thread = threading.Thread(target=lambda: self.reports.append(mailer.run(self.stop)))
        self._thread.start()

    def stopped_in(self) -> float:
        """Stop it; the seconds that this took."""
        began = time.monotonic()
        self.stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()
        return time.monotonic() - began


def test_an_idle_mailer_stops_at_once(mailer: Mailer, outbox: Outbox) -> None:
    running = Run(mailer)
    time.sleep(0.2)
    assert running.stopped_in() < 0.6
    assert running.reports == [MailReport()]
    assert outbox.states() == []


def test_a_mailer_before_a_server_that_says_nothing_stops_in_time(
    database: OfficeDatabase, outbox: Outbox, login: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", SENDER, port=silent.getsockname()[1], security="none")
        mail_id = outbox.put()
        running = Run(Mailer(database.open(login).transact, server))
        client, _ = silent.accept()
        assert running.stopped_in() < 2.0
        client.close()
    assert (outbox.fate(mail_id).state, outbox.fate(mail_id).attempts) == ("queued", 0)
    wait_for(lambda: "mail-connect" not in [thread.name for thread in threading.enumerate()])


@pytest.mark.parametrize("tls", [None, "tls"])
def test_a_mailer_whose_server_falls_silent_stops_in_time(
    database: OfficeDatabase,
    outbox: Outbox,
    login: str,
    certificates: Certificates,
    expect_log: LogWatch,
    tls: str | None,
) -> None:
    expect_log(logging.WARNING, "broke off")
    busy, gate = threading.Event(), threading.Event()

    def fall_silent(_mail: object, _server: object) -> str:
        busy.set()
        gate.wait(20)
        return "451 too late"

    with PostOffice(tls, certificates.context, on_data=fall_silent) as office:
        server = MailServer(
            "localhost", SENDER, office.port, security=tls or "none", certificates=str(certificates.authority)
        )
        mail_id = outbox.put()
        running = Run(Mailer(database.open(login).transact, server))
        assert busy.wait(10)
        assert running.stopped_in() < 2.0
        gate.set()
    assert (outbox.fate(mail_id).state, outbox.fate(mail_id).attempts) == ("queued", 1)


def test_a_message_under_way_may_leave_before_the_mailer_stops(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    busy = threading.Event()

    def be_slow(_mail: object, _server: object) -> None:
        busy.set()
        time.sleep(0.6)

    post_office.on_data = be_slow
    outbox.put()
    outbox.put()
    running = Run(mailer)
    assert busy.wait(10)
    assert running.stopped_in() < 2.0
    assert running.reports == [MailReport(sent=1)]
    assert outbox.states() == ["sent", "queued"]
