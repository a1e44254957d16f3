"""Sending: what arrives is what was written, when it may, once; and one bad e-mail stops no other."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dombes_office.errors import ChangedMeanwhile, NotAllowed, NotFound
from dombes_office.mailing import mailer as mailing
from dombes_office.mailing.mailer import Mailer, MailReport
from dombes_office.mailing.message import compose, mail_address
from dombes_office.operations.mail import MAX_ATTEMPTS, MailRow, count_outbox, retry_mail
from tests.mailing.conftest import SENDER, send_all

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP

    from dombes_office.mailing.server import MailServer
    from tests.conftest import LogWatch
    from tests.mailing.outbox import Outbox
    from tests.mailing.post_office import PostOffice, Received
    from tests.postgres import MakeAgent, OfficeDatabase

BODY = (
    """Bonjour,

Votre demande d’accès au service « Mercredis sportifs » pour Maëlys n’est pas complète : l’IBAN ne se lit pas.
.
..Un point seul, puis deux : rien ne doit se perdre. Œuvre, çà et là, 12 € — œufs, NBSP (\u00a0) et fine (\u202f).
"""
    + "Une très longue ligne sans retour. " * 60
    + "\n\nBien à vous,\nLéa Morandat\n"
)
SUBJECT = (
    "Complément demandé : « fiche santé » d’Éloïse, garderie à horaires décalés, merci de répondre avant le 7 déc."
)


def test_what_arrives_is_what_was_written(mailer: Mailer, outbox: Outbox, post_office: PostOffice) -> None:
    outbox.raw.execute("update office.authority set name = 'Communauté de communes de l’Étang, à Cœur (« Dombes »)'")
    mail_id = outbox.put("famille.a@example.org", SUBJECT, BODY, reply_to="accueil@dombes.example.org")
    assert send_all(mailer) == MailReport(sent=1)
    (mail,) = post_office.received
    message = mail.message
    assert message["Subject"] == SUBJECT
    assert message.get_content().replace("\r\n", "\n") == BODY
    assert sent_by(mail.raw) == ("Communauté de communes de l’Étang, à Cœur (« Dombes »)", SENDER)
    assert (message["To"], message["Reply-To"]) == ("famille.a@example.org", "accueil@dombes.example.org")
    assert (mail.sender, mail.recipients) == (SENDER, ("famille.a@example.org",))
    assert mail.message_id == "<1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert max(map(len, mail.raw.split(b"\r\n"))) < 998
    assert mail.raw.isascii()
    fate = outbox.fate(mail_id)
    assert (fate.state, fate.attempts, fate.last_error, fate.worker) == ("sent", 1, None, None)


def row(**changes: Any) -> MailRow:  # noqa: ANN401 - one field or another.
    plain = MailRow(
        mail_id=1,
        to_address="famille@example.org",
        reply_to="accueil@example.org",
        from_name="CC de la Dombes",
        subject="Votre demande",
        body="Bonjour\n",
        message_id="<1@example.org>",
        created_at=datetime(2026, 11, 24, 9, 42, tzinfo=UTC),
        attempts=1,
    )
    return replace(plain, **changes)


def decoded(words: str) -> str:
    """A header's words as RFC 2047 has them; Python's newer reader puts a space where two of them meet in a name."""
    return str(make_header(decode_header(words)))


def sent_by(raw: bytes) -> tuple[str, str]:
    """Name and address of who sent a message."""
    name, address = parseaddr(message_from_bytes(raw)["From"])
    return decoded(name), address


FRENCH = st.text('abcdeéÉèçœŒ’«»\u00a0\u202f ,;:.!?-()"@/0123456789€', max_size=160).map(lambda text: text.strip())


@settings(deadline=None)
@example(subject="deux  espaces", name="")
@given(subject=FRENCH, name=FRENCH)
def test_any_french_words_arrive_as_they_were(subject: str, name: str) -> None:
    raw = compose(row(subject=subject, from_name=name), SENDER).as_bytes()
    assert decoded(message_from_bytes(raw)["Subject"]) == subject
    assert sent_by(raw) == (" ".join(name.split()), SENDER)


BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("field", ["to_address", "message_id"])
def test_no_header_can_be_added(field: str, line_break: str) -> None:
    value = getattr(row(), field)
    with pytest.raises(ValueError, match=r".+"):
        compose(row(**{field: f"{value}{line_break}Bcc: pirate@example.net"}), SENDER).as_bytes()


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_bad_reply_address_is_left_out(line_break: str) -> None:
    for reply_to in (
        "",
        "mairie (at) x.fr",
        "a@example.org, b@example.org",
        f"a@example.org{line_break}Bcc: b@example.net",
    ):
        message = message_from_bytes(compose(row(reply_to=reply_to), SENDER).as_bytes())
        assert (message["Reply-To"], message["Bcc"]) == (None, None)
        assert message["To"] == "famille@example.org"


@pytest.mark.parametrize("sign", [*BREAKS, "\x00", "\x7f", "\u202e", "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff"])
def test_a_subject_with_strange_signs_becomes_one_line(sign: str) -> None:
    raw = compose(row(subject=f"Votre{sign}demande"), SENDER).as_bytes()
    shown = decoded(message_from_bytes(raw)["Subject"])
    assert shown == ("Votredemande" if sign in "\u00ad\u200b\u200d\u2060\ufeff" else "Votre demande")
    assert message_from_bytes(raw)["Bcc"] is None


@pytest.mark.parametrize("line_break", [*BREAKS, "\x00", "\x7f", "\u202e"])
def test_a_strange_name_of_an_authority_becomes_one_line(line_break: str) -> None:
    raw = compose(row(from_name=f"CC{line_break}Bcc: pirate@example.net"), SENDER).as_bytes()
    assert sent_by(raw) == ("CC Bcc: pirate@example.net", SENDER)
    assert message_from_bytes(raw)["Bcc"] is None
    assert b"\nBcc" not in raw


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org,b@example.org",
        "a@example.org b@example.org",
        "Groupe:a@example.org;",
        "<a@example.org>",
        "a@example.org>",
        '"a b"@example.org',
        "a",
        "a@",
        "@example.org",
        "é@example.org",
        "a@exa mple.org",
        "a@[127.0.0.1]",
        "a@b@example.org",
        "",
    ],
)
def test_only_one_plain_address_is_an_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        mail_address(address)


def test_a_domain_with_accents_is_written_as_name_servers_know_it() -> None:
    assert mail_address("accueil@étang.example").addr_spec == "accueil@xn--tang-9oa.example"


def test_one_bad_email_never_stops_the_others(mailer: Mailer, outbox: Outbox, post_office: PostOffice) -> None:
    post_office.on_recipient = lambda address: "550 5.1.1 No such user here" if address.startswith("parti") else None
    post_office.on_data = lambda mail, _: "554 5.7.1 No" if "indésirable" in str(mail.message["Subject"]) else None
    bad = [
        outbox.put("parti@example.org"),
        outbox.put(f"a@{'é' * 63}.example"),
        outbox.put(subject="indésirable"),
    ]
    good = [outbox.put(f"famille{number}@example.org") for number in range(3)]
    assert send_all(mailer) == MailReport(sent=3, refused=3)
    assert [outbox.fate(mail_id).state for mail_id in good] == ["sent"] * 3
    assert [(outbox.fate(mail_id).state, outbox.fate(mail_id).last_error) for mail_id in bad] == [
        ("failed", "Le serveur a refusé l’adresse de la famille (code 550)."),
        ("failed", "L’adresse de la famille ne peut pas s’écrire dans un courriel."),
        ("failed", "Le serveur de courriel a refusé le message (code 554)."),
    ]
    assert [mail.recipients for mail in post_office.received] == [(f"famille{n}@example.org",) for n in range(3)]
    counts = mailer._transact(count_outbox)
    assert (counts.waiting, counts.failed) == (0, 3)


def test_who_sees_a_failed_email_has_it_tried_again(
    database: OfficeDatabase, make_agent: MakeAgent, mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    """To the address that the family has by then; and nobody asks twice, or for what is not hers."""
    here = [outbox.office.authority_id]
    agents = [
        database.open(make_agent(group, groups=[f"office_{group}"], authorities=here))
        for group in ("reception", "reviewer", "admin")
    ]
    post_office.on_recipient = lambda address: "550 5.1.1 No such user here" if address.startswith("parti") else None
    for agent in agents:
        mail_id = outbox.put("parti@example.org")
        assert send_all(mailer) == MailReport(refused=1)
        agent.transact(partial(retry_mail, mail_id=mail_id))
        with pytest.raises(ChangedMeanwhile):
            agent.transact(partial(retry_mail, mail_id=mail_id))
        assert send_all(mailer) == MailReport(sent=1)
        fate = outbox.fate(mail_id)
        assert (fate.state, fate.attempts, fate.last_error) == ("sent", 2, None)
    assert {mail.recipients for mail in post_office.received} == {("famille1@example.org",)}
    told = outbox.raw.execute(
        "select login from office.audit_event where table_name = 'outbox_mail' and new ->> 'state' = 'queued'"
        " and old ->> 'state' = 'failed' order by id"
    ).fetchall()
    assert [login for (login,) in told] == [agent.target.login for agent in agents]


def test_an_email_of_others_is_not_tried_again(
    database: OfficeDatabase, make_agent: MakeAgent, outbox: Outbox, login: str
) -> None:
    elsewhere = outbox.office.add_authority("Baneins")
    mail_id = outbox.put(state="failed")
    for group, authority, error in (
        ("reviewer", elsewhere, NotFound),
        ("planner", outbox.office.authority_id, NotAllowed),
        ("finance", outbox.office.authority_id, NotAllowed),
    ):
        agent = make_agent(group, groups=[f"office_{group}"], authorities=[authority])
        with pytest.raises(error):
            database.open(agent).transact(partial(retry_mail, mail_id=mail_id))
    with pytest.raises(NotAllowed):
        database.open(login).transact(partial(retry_mail, mail_id=mail_id))
    assert outbox.states() == ["failed"]


def test_a_greylisted_email_waits_and_leaves_later(mailer: Mailer, outbox: Outbox, post_office: PostOffice) -> None:
    seen = set[str]()

    def greylist(address: str) -> str | None:
        if address in seen:
            return None
        seen.add(address)
        return "451 4.7.1 Greylisted, try again later"

    post_office.on_recipient = greylist
    mail_id = outbox.put()
    assert send_all(mailer) == MailReport(postponed=1)
    fate = outbox.fate(mail_id)
    assert (fate.state, fate.attempts) == ("queued", 1)
    assert 100 < fate.seconds_to_wait <= 120
    assert "451" in (fate.last_error or "")
    assert send_all(mailer) == MailReport(), "not before its time"
    outbox.make_due()
    assert send_all(mailer) == MailReport(sent=1)
    assert (outbox.fate(mail_id).state, outbox.fate(mail_id).last_error) == ("sent", None)
    assert post_office.message_ids == ["<1@example.org>"]


def test_each_wait_is_twice_as_long_and_the_last_one_ends(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    post_office.on_recipient = lambda _: "452 4.2.2 Mailbox full"
    mail_id = outbox.put()
    waits = []
    for _ in range(MAX_ATTEMPTS - 1):
        assert send_all(mailer) == MailReport(postponed=1)
        waits.append(round(outbox.fate(mail_id).seconds_to_wait / 60))
        outbox.make_due()
    assert waits == [2**attempt for attempt in range(1, MAX_ATTEMPTS)]
    send_all(mailer)
    assert outbox.fate(mail_id).state == "failed"


def test_a_line_that_breaks_in_mid_message_costs_one_wait(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice, expect_log: LogWatch
) -> None:
    expect_log(30, "SMTPServerDisconnected")
    broken = list[str]()

    def hang_up(mail: Received, server: SMTP) -> str | None:
        if not broken:
            broken.append(mail.message_id)
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # A transport that can be written to.
            return "451 never heard"
        return None

    post_office.on_data = hang_up
    first, second = outbox.put(), outbox.put()
    assert send_all(mailer) == MailReport(sent=1, postponed=1)
    assert outbox.fate(first).last_error == "Le serveur de courriel a interrompu l’envoi."
    assert outbox.fate(second).state == "sent"
    outbox.make_due()
    send_all(mailer)
    assert outbox.fate(first).state == "sent"
    assert set(post_office.message_ids) == {"<1@example.org>", "<2@example.org>"}


def test_nothing_leaves_before_its_time(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PAUSE", 0.05)
    outbox.put(seconds=1.2)
    due = time.time() + 1.2
    stop = threading.Event()
    running = threading.Thread(target=mailer.run, args=(stop,))
    running.start()
    while not post_office.received and time.time() < due + 5:
        time.sleep(0.02)
    stop.set()
    running.join(5)
    (mail,) = post_office.received
    assert due - 0.2 < mail.at < due + 1.0


def test_the_database_lets_no_mailer_claim_early(database: OfficeDatabase, outbox: Outbox, login: str) -> None:
    outbox.put(seconds=60)
    with pytest.raises(psycopg.Error) as caught:
        database.raw(login).execute(
            "update office.outbox_mail set state = 'sending', leased_by = 'x', leased_until = now() + interval '1 h'"
        )
    assert caught.value.sqlstate == "OF026"
    with pytest.raises(psycopg.Error):
        database.raw(login).execute("update office.outbox_mail set send_after = now() - interval '1 h'")
    assert outbox.states() == ["queued"]


def test_a_mailer_sends_for_its_authorities_only(mailer: Mailer, outbox: Outbox, post_office: PostOffice) -> None:
    other = outbox.office.add_authority("Commune de Chalamont")
    outbox.put("chalamont@example.org", authority_id=other)
    outbox.put("dombes@example.org")
    assert send_all(mailer) == MailReport(sent=1)
    assert post_office.received[0].recipients == ("dombes@example.org",)
    assert outbox.states() == ["queued", "sent"]


def test_who_is_no_mailer_is_told_so(
    database: OfficeDatabase, make_agent: MakeAgent, outbox: Outbox, relay: MailServer
) -> None:
    reviewer = make_agent("lea", groups=["office_reviewer"], authorities=[outbox.office.authority_id])
    outbox.put()
    with pytest.raises(NotAllowed):
        send_all(Mailer(database.open(reviewer).transact, relay))
    assert outbox.states() == ["queued"]


def test_an_email_that_nobody_lives_to_tell_of_is_given_up(
    mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    mail_id = outbox.put(attempts=MAX_ATTEMPTS)
    assert send_all(mailer) == MailReport(refused=1)
    assert outbox.fate(mail_id).last_error == "L’envoi a été interrompu trop souvent."
    assert post_office.received == []
