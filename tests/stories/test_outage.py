"""The server is restarted under the clerk's hands: she is told, keeps her words, and decides once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from dombes_office.database import install
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.engine import Database
from tests.builders import Office, build_office
from tests.stories.clerk import ENTER, Clerk
from tests.stories.families import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

NAME = "office_of_its_own"
WORDS = "Le cadre 5 est resté vide."


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A server that this story may stop: the other tests share theirs."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = EmbeddedServer(folder, durable=False)
    server.start()
    try:
        server.ensure_database(NAME)
        with Database(server.target(database=NAME), server.password()) as database:
            install.initialise(database)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def town_of(server: EmbeddedServer) -> Office:
    """One family, and Léa who may decide."""
    town = build_office(server.connect(database=NAME))
    ask(town, "Berthollet", "Manon", by_debit=False)
    town.raw.execute("create role lea login in role office_reviewer")
    town.raw.execute("insert into office.staff_member (login, display_name) values ('lea', 'Léa')")
    town.raw.execute("insert into office.agent_scope (login, authority_id) values ('lea', %s)", [town.authority_id])
    town.raw.close()
    return town


def count(server: EmbeddedServer, table: str) -> int:
    """How many rows there are."""
    with server.connect(database=NAME) as raw:
        return int(Office(raw).one(f"select count(*) from office.{table}"))


def test_a_restarted_server_costs_no_word_and_no_second_decision(qtbot: QtBot, own_server: EmbeddedServer) -> None:
    town_of(own_server)
    lea = Clerk(qtbot, Database(own_server.target("lea", NAME), own_server.password("lea")))
    try:
        lea.see_queue(1)
        lea.open_selected()
        lea.hear_nothing_more()
        lea.press(Qt.Key.Key_N)
        lea.choose_why("Document mal rempli")
        lea.add_words(WORDS)
        said = lea.verdicts()

        own_server.stop()
        lea.ctrl(ENTER)
        lea.until(lambda: bool(lea.band))
        retry = next(b for b in lea.examination.band.findChildren(QPushButton) if b.text() == "Réessayer")
        assert retry.isVisible()
        assert lea.verdicts() == said
        QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
        lea.settle()
        assert retry.isVisible()
        assert lea.verdicts() == said

        own_server.start()
        QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
        lea.until(lambda: "Le serveur répond de nouveau." in lea.band)
        assert "Votre décision n’est pas partie" in lea.band
        assert not retry.isVisible()
        assert lea.verdicts() == said
        assert count(own_server, "decision") == 0
        lea.ctrl(ENTER)
        lea.see_queue(0)
        assert count(own_server, "decision") == 1
        assert count(own_server, "outbox_mail") == 1
        with own_server.connect(database=NAME) as raw:
            assert WORDS in Office(raw).one("select body from office.outbox_mail")
    finally:
        lea.go_home()


def test_the_queue_comes_back_by_itself(qtbot: QtBot, own_server: EmbeddedServer) -> None:
    town = town_of(own_server)
    lea = Clerk(qtbot, Database(own_server.target("lea", NAME), own_server.password("lea")))
    try:
        lea.see_queue(1)
        own_server.stop()
        lea.press(Qt.Key.Key_F5)
        lea.until(lambda: bool(lea.band))
        assert lea.families == ["Berthollet"]
        own_server.start()
        with own_server.connect(database=NAME) as raw:
            town.raw = raw
            ask(town, "Lefèvre", "Gaëtane", by_debit=False)
        lea.see_queue(2)
        assert lea.band == ""
    finally:
        lea.go_home()
