"""Never twice, never lost: two mailers at once, one that is killed, a database that goes away, a decision undone."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from psycopg import sql
from sqlalchemy import select

from dombes_office.errors import Outage, UndoTooLate
from dombes_office.mailing import mailer as mailing
from dombes_office.mailing.mailer import Mailer, MailReport
from dombes_office.models.mail import OutboxMail
from dombes_office.operations import mail as operations
from dombes_office.operations.mail import MailRow
from dombes_office.operations.requests import decisions, dossier
from dombes_office.rules.letters import Letter
from dombes_office.rules.requests import DecisionDraft, DecisionKind, Verdict, VerdictKind
from tests.mailing.conftest import send_all
from tests.mailing.test_server import Run, wait_for

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP
    from sqlalchemy.orm import Session

    from dombes_office.database.engine import Database
    from dombes_office.mailing.server import MailServer
    from tests.conftest import LogWatch
    from tests.mailing.outbox import Outbox
    from tests.mailing.post_office import PostOffice
    from tests.postgres import MakeAgent, OfficeDatabase

MAILS = 30


def two_at_once(database: OfficeDatabase, login: str, relay: MailServer) -> list[MailReport]:
    """Two mailers on one outbox, begun at the same moment; what each did."""
    barrier, reports = threading.Barrier(2), list[MailReport]()

    def work() -> None:
        mailer = Mailer(database.open(login).transact, relay)
        barrier.wait()
        reports.append(send_all(mailer))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return reports


def test_two_mailers_at_once_never_send_one_email_twice(
    database: OfficeDatabase, outbox: Outbox, post_office: PostOffice, login: str, relay: MailServer
) -> None:
    for _ in range(MAILS):
        outbox.put()
    reports = two_at_once(database, login, relay)
    assert sum(report.sent for report in reports) == MAILS
    assert all(report.sent for report in reports), "both had a part in it"
    assert Counter(post_office.message_ids) == Counter({f"<{n + 1}@example.org>": 1 for n in range(MAILS)})
    assert set(outbox.states()) == {"sent"}


def test_without_a_claim_they_do(
    database: OfficeDatabase,
    outbox: Outbox,
    post_office: PostOffice,
    login: str,
    relay: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: reading what waits, sending it and noting that it was sent, as one would at first."""
    whole = operations.claim_mail

    def just_read(db: Session, worker: str) -> MailRow | None:
        assert worker
        m = OutboxMail
        found = db.execute(select(m).where(m.state == "queued").order_by(m.id).limit(1)).scalar_one_or_none()
        if found is None:
            return None
        return MailRow(
            found.id,
            found.to_address,
            found.reply_to,
            "CC",
            found.subject,
            found.body,
            found.message_id,
            found.created_at,
            1,
        )

    def note(db: Session, mail_id: int, worker: str) -> None:
        claimed = whole(db, worker)
        if claimed is not None:
            operations.mark_sent(db, claimed.mail_id, worker)
        assert mail_id

    monkeypatch.setattr(mailing, "claim_mail", just_read)
    monkeypatch.setattr(mailing, "mark_sent", note)
    for _ in range(MAILS):
        outbox.put()
    two_at_once(database, login, relay)
    assert max(Counter(post_office.message_ids).values()) > 1


KILLED = """
import json, sys, threading
from datetime import timedelta
from dombes_office.database.engine import Database
from dombes_office.mailing.mailer import Mailer
from dombes_office.mailing.server import MailServer
from dombes_office.operations import mail
from dombes_office.rules.connections import Target

target, server = json.loads(sys.stdin.read())
mail.LEASE = timedelta(seconds=1.5)
with Database(Target(**target)) as database:
    Mailer(database.transact, MailServer(**server)).run(threading.Event(), once=True)
"""


def test_a_mailer_killed_in_the_middle_is_followed_by_another(
    database: OfficeDatabase, mailer: Mailer, outbox: Outbox, post_office: PostOffice, login: str, relay: MailServer
) -> None:
    victims = list[subprocess.Popen[str]]()

    def take_it_and_kill(_mail: object, _server: object) -> None:
        if victims:
            victims.pop().kill()

    post_office.on_data = take_it_and_kill
    first, second = outbox.put(), outbox.put()
    with subprocess.Popen([sys.executable, "-c", KILLED], stdin=subprocess.PIPE, text=True) as victim:
        victims.append(victim)
        assert victim.stdin is not None
        victim.stdin.write(json.dumps([asdict(database.target(login)), asdict(relay)]))
        victim.stdin.close()
        assert victim.wait(30) != 0
    assert outbox.states() == ["sending", "queued"], "the server took it and nobody lived to note it"
    assert send_all(mailer) == MailReport(sent=1)
    assert outbox.fate(second).state == "sent"
    assert outbox.fate(first).state == "sending", "its lease still runs"
    time.sleep(1.6)
    assert send_all(mailer) == MailReport(sent=1)
    assert (outbox.fate(first).state, outbox.fate(first).attempts) == ("sent", 2)
    assert post_office.message_ids == ["<1@example.org>", "<2@example.org>", "<1@example.org>"]
    assert len({mail.raw for mail in post_office.received if mail.message_id == "<1@example.org>"}) == 1


def close_doors(database: OfficeDatabase, *, closed: bool) -> None:
    """Let nobody into the database any more, and throw out those inside; or open it again."""
    with database.server.connect() as admin:
        name = sql.Identifier(database.name)
        admin.execute(sql.SQL("alter database {} allow_connections {}").format(name, sql.Literal(not closed)))
        if closed:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database.name])


def test_a_database_that_goes_away_in_the_middle_costs_nothing(
    database: OfficeDatabase,
    mailer: Mailer,
    outbox: Outbox,
    post_office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
    expect_log: LogWatch,
) -> None:
    """The worst moment: the e-mail is on its way, and nothing can be written down."""
    monkeypatch.setattr(mailing, "FIRST_PAUSE", 0.1)
    expect_log(logging.WARNING, "Trying again in")
    taken = threading.Event()

    def cut(_mail: object, _server: object) -> None:
        if not taken.is_set():
            close_doors(database, closed=True)
            taken.set()

    post_office.on_data = cut
    outbox.put()
    outbox.put()
    running = Run(mailer)
    assert taken.wait(10)
    time.sleep(0.5)
    assert len(post_office.received) == 1, "it waits"
    close_doors(database, closed=False)
    fresh = database.raw()
    wait_for(lambda: fresh.execute("select count(*) from office.outbox_mail where state = 'sent'").fetchone() == (2,))
    assert running.stopped_in() < 2.0
    assert sorted(post_office.message_ids) == ["<1@example.org>", "<2@example.org>"], "nothing was sent twice"


def test_once_says_that_the_database_is_away(database: OfficeDatabase, mailer: Mailer, outbox: Outbox) -> None:
    outbox.put()
    close_doors(database, closed=True)
    with pytest.raises(Outage):
        send_all(mailer)
    close_doors(database, closed=False)
    assert send_all(mailer) == MailReport(sent=1)


def test_a_decision_whose_email_may_have_left_is_not_undone(
    desk: Database, mailer: Mailer, outbox: Outbox, post_office: PostOffice, expect_log: LogWatch
) -> None:
    """The server took the words, and the line broke before it said so."""
    expect_log(logging.WARNING, "SMTPServerDisconnected")

    def take_it_and_hang_up(_mail: object, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.abort()  # type: ignore[attr-defined]  # A transport that can be written to.

    post_office.on_data = take_it_and_hang_up
    decision = decide(desk, outbox.office.add_request("Berthollet").request_id)
    outbox.make_due()
    assert send_all(mailer) == MailReport(postponed=1)
    assert outbox.states() == ["queued"]
    assert len(post_office.received) == 1
    with pytest.raises(UndoTooLate):
        desk.transact(lambda db: decisions.undo_decision(db, decision))


@pytest.fixture
def desk(database: OfficeDatabase, outbox: Outbox, make_agent: MakeAgent) -> Database:
    return database.open(make_agent("lea", groups=["office_reviewer"], authorities=[outbox.office.authority_id]))


def decide(desk: Database, request_id: int) -> int:
    """Refuse nothing, find nothing wrong: the decision's id."""
    opened = desk.transact(lambda db: dossier.open_dossier(db, request_id))
    verdicts = tuple(
        Verdict(piece.requirement_id, piece.document_id, VerdictKind.COMPLIANT)
        for piece in opened.pieces
        if piece.needed
    )
    draft = DecisionDraft(DecisionKind.VALIDATE, verdicts)
    letter = Letter("Votre demande d’accès est validée", "Bonjour,\n\nÀ bientôt\n")
    return desk.transact(lambda db: decisions.decide(db, opened, draft, letter)).decision_id


def test_a_decision_undone_in_time_is_never_sent(
    desk: Database, mailer: Mailer, outbox: Outbox, post_office: PostOffice
) -> None:
    undone = outbox.office.add_request("Berthollet").request_id
    stands = outbox.office.add_request("Renaudin").request_id
    number = decide(desk, undone)
    kept = decide(desk, stands)
    assert send_all(mailer) == MailReport(), "the twelve seconds are not over"
    desk.transact(lambda db: decisions.undo_decision(db, number))
    outbox.make_due()
    assert send_all(mailer) == MailReport(sent=1)
    assert outbox.states() == ["cancelled", "sent"]
    (mail,) = post_office.received
    assert mail.message["Subject"] == "Votre demande d’accès est validée"
    assert mail.recipients == ("famille3@example.org",)
    with pytest.raises(UndoTooLate):
        desk.transact(lambda db: decisions.undo_decision(db, kept))
