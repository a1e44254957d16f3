"""The server keeps the clerk waiting: she is told within seconds, loses no word, and can always go home."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from dombes_office.database import engine
from dombes_office.database.engine import Database, Limits
from dombes_office.views import work
from tests.stories.clerk import ENTER, Clerk
from tests.stories.families import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from dombes_office.views.widgets.marks import Mark
    from tests.builders import Office
    from tests.postgres import MakeAgent, OfficeDatabase
    from tests.stories.conftest import SitDown

WORDS = "Le cadre 5 est resté vide."


def judge(lea: Clerk) -> dict[str, str]:
    """One request open, its form refused with words of her own; what she has said of the pieces."""
    lea.see_queue(1)
    lea.open_selected()
    lea.hear_nothing_more()
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Document mal rempli")
    lea.add_words(WORDS)
    return lea.verdicts()


@contextlib.contextmanager
def frozen_desk(database: OfficeDatabase, login: str) -> Iterator[None]:
    """The server's processes of one desk stand still, but for the one that sends its notices."""
    rows = database.raw().execute(
        "select pid from pg_stat_activity where usename = %s and application_name = 'dombes-office'", [login]
    )
    pids = [int(pid) for (pid,) in rows.fetchall()]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def impatient(
    qtbot: QtBot, database: OfficeDatabase, town: Office, make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clerk]:
    """Léa at a desk whose statements may take three seconds, so that the story does not last half a minute."""
    monkeypatch.setattr(engine, "GRACE", 1.0)
    monkeypatch.setattr(work, "_SLOW", 1_000)
    ask(town, "Berthollet", "Manon", by_debit=False)
    login = make_agent("lea", groups=["office_reviewer"], authorities=[town.authority_id])
    with Database(database.target(login), limits=Limits(statement=3)) as desk:
        lea = Clerk(qtbot, desk)
        yield lea
        lea.go_home()


def connection(lea: Clerk) -> Mark:
    """What the status bar says of the connection."""
    mark = lea.window.status_bar.mark("connection")
    assert mark is not None
    return mark


def test_a_request_that_another_desk_holds_is_told_within_seconds(
    database: OfficeDatabase, town: Office, sit_down: SitDown
) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    said = judge(lea)
    holder = database.raw()
    with holder.transaction():
        holder.execute("select from office.access_request for update")
        began = time.monotonic()
        lea.ctrl(ENTER)
        lea.until(lambda: "La base met trop longtemps à répondre" in lea.band)
        assert time.monotonic() - began < 8
        assert "Réessayez dans un instant." in lea.band
        assert lea.verdicts() == said
        assert town.one("select count(*) from office.decision") == 0
    lea.ctrl(ENTER)
    lea.see_queue(0)
    assert town.one("select count(*) from office.decision") == 1
    assert WORDS in town.one("select body from office.outbox_mail")


def test_a_server_that_stands_still_is_told_and_she_goes_on(
    database: OfficeDatabase, town: Office, impatient: Clerk
) -> None:
    lea = impatient
    said = judge(lea)
    with frozen_desk(database, lea.agent.login):
        lea.ctrl(ENTER)
        lea.until(lambda: connection(lea).words == "Le serveur tarde à répondre")
        lea.until(lambda: "La base met trop longtemps à répondre." in lea.band)
        assert "Votre saisie est gardée." in lea.band
        assert lea.verdicts() == said
    lea.ctrl(ENTER)
    lea.see_queue(0)
    assert town.one("select count(*) from office.decision") == 1
    lea.until(lambda: connection(lea).words == "Connecté")


def test_she_may_go_home_while_the_server_stands_still(
    database: OfficeDatabase, town: Office, impatient: Clerk
) -> None:
    lea = impatient
    judge(lea)
    with frozen_desk(database, lea.agent.login):
        lea.ctrl(ENTER)
        lea.qtbot.wait(300)
        assert not lea.window.close()
        assert "La décision part…" in lea.band
        assert "Fermez encore une fois pour ne pas attendre." in lea.band
        began = time.monotonic()
        assert lea.window.close()
        assert time.monotonic() - began < 8
        assert not lea.window.isVisible()
    assert town.one("select count(*) from office.decision") == 0


def test_a_decision_under_way_is_finished_when_she_goes_home(
    database: OfficeDatabase, town: Office, sit_down: SitDown
) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    judge(lea)
    holder = database.raw()
    with holder.transaction():
        holder.execute("select from office.access_request for update")
        lea.ctrl(ENTER)
        lea.qtbot.wait(300)
        assert not lea.window.close()
    assert lea.window.close()
    assert town.one("select count(*) from office.decision") == 1


def test_going_home_waits_for_no_reading(database: OfficeDatabase, town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    holder = database.raw()
    with holder.transaction():
        holder.execute("lock table office.access_request")
        lea.press(Qt.Key.Key_F5)
        lea.qtbot.wait(300)
        assert lea.office.lane.is_busy
        began = time.monotonic()
        assert lea.window.close()
        assert time.monotonic() - began < 1.5
