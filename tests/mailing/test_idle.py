"""What the mailer does while nothing may leave: it seals the trail, and never instead of sending."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from dombes_office.database.trail import seal_trail
from dombes_office.errors import Outage, ServerReadOnly
from dombes_office.mailing import mailer as mailing
from dombes_office.mailing.mailer import Mailer, MailReport
from dombes_office.mailing.server import MailServer
from tests.mailing.conftest import SENDER, send_all
from tests.mailing.test_server import Run, wait_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.conftest import LogWatch
    from tests.mailing.outbox import Outbox
    from tests.postgres import OfficeDatabase


def unsealed(outbox: Outbox) -> int:
    return int(outbox.office.one("select count(*) from office.audit_event where position is null"))


def test_the_trail_is_sealed_once_all_has_left(
    database: OfficeDatabase, outbox: Outbox, login: str, relay: MailServer
) -> None:
    outbox.put()
    outbox.raw.execute("update office.authority set phone = '0465710041'")
    assert unsealed(outbox)
    assert send_all(Mailer(database.open(login).transact, relay, idle=seal_trail)) == MailReport(sent=1)
    assert outbox.states() == ["sent"]
    assert unsealed(outbox) == 0


def test_without_idle_work_nothing_is_sealed(outbox: Outbox, mailer: Mailer) -> None:
    outbox.raw.execute("update office.authority set phone = '0465710041'")
    send_all(mailer)
    assert unsealed(outbox)


@pytest.mark.parametrize(("pause", "times"), [(30.0, (1, 1)), (0.05, (5, 1000))])
def test_it_comes_back_after_its_pause(
    database: OfficeDatabase,
    outbox: Outbox,
    login: str,
    relay: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
    times: tuple[int, int],
) -> None:
    monkeypatch.setattr(mailing, "PAUSE", 0.02)
    monkeypatch.setattr(mailing, "IDLE_PAUSE", pause)
    sealed: list[int] = []
    running = Run(Mailer(database.open(login).transact, relay, idle=lambda db: sealed.append(seal_trail(db))))
    wait_for(lambda: len(sealed) >= times[0])
    mail_id = outbox.put()
    wait_for(lambda: outbox.fate(mail_id).state == "sent")
    running.stopped_in()
    assert times[0] <= len(sealed) <= times[1]


def test_idle_work_that_fails_is_tried_again(
    database: OfficeDatabase,
    login: str,
    relay: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    expect_log: LogWatch,
) -> None:
    monkeypatch.setattr(mailing, "FIRST_PAUSE", 0.05)
    tries: list[int] = []

    def stumble(db: Session) -> None:
        tries.append(seal_trail(db))
        if len(tries) == 1:
            raise ServerReadOnly("Le serveur n’accepte que la lecture.")

    expect_log(logging.WARNING, "que la lecture")
    running = Run(Mailer(database.open(login).transact, relay, idle=stumble))
    wait_for(lambda: len(tries) == 2)
    running.stopped_in()


@pytest.mark.parametrize("once", [True, False])
def test_the_trail_is_sealed_while_the_smtp_server_is_away(
    database: OfficeDatabase, outbox: Outbox, login: str, expect_log: LogWatch, *, once: bool
) -> None:
    """It may be away for days, and letters wait: the trail does not."""
    outbox.put()
    nobody = MailServer("127.0.0.1", SENDER, port=1, security="none")
    mailer = Mailer(database.open(login).transact, nobody, idle=seal_trail)
    if once:
        with pytest.raises(Outage):
            send_all(mailer)
    else:
        expect_log(logging.WARNING, "Trying again in")
        running = Run(mailer)
        wait_for(lambda: unsealed(outbox) == 0)
        running.stopped_in()
    assert unsealed(outbox) == 0
    assert outbox.states() == ["queued"]
