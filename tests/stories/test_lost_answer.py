"""The connection breaks in the very moment of deciding: she learns what became of her decision, and decides once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import event

from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.builders import Office
    from tests.postgres import OfficeDatabase
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown

WORDS = "Le cadre 5 est resté vide."


class Cut:
    """Ends her connection once, right before or right after the commit of a decision."""

    def __init__(self, clerk: Clerk, database: OfficeDatabase, *, committed: bool) -> None:
        self._admin = database.raw()
        self._committed = committed
        self.done = False
        engine = clerk.office._opening.database.engine
        event.listen(engine, "before_cursor_execute", self._look)
        event.listen(engine, "commit", self._commits)
        self._deciding = False

    def _look(self, *call: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it.
        self._deciding = self._deciding or "INSERT INTO office.outbox_mail" in call[2]

    def _commits(self, connection: Connection) -> None:
        if not self._deciding or self.done:
            return
        self.done = True
        driver = connection.connection.driver_connection
        assert driver is not None
        if self._committed:
            driver.execute("commit")
            # So that the application's own commit, which follows, has something to do and meets the broken connection.
            driver.execute("begin")
        self._admin.execute("select pg_terminate_backend(%s, 5000)", [driver.info.backend_pid])


@pytest.fixture
def lea(town: Office, sit_down: SitDown) -> Clerk:
    """She has found the form badly filled, in words of her own."""
    ask(town, "Berthollet", "Manon", by_debit=False)
    ask(town, "Lefèvre", "Gaëtane", by_debit=False)
    clerk = sit_down()
    clerk.see_queue(2)
    clerk.open_selected()
    clerk.hear_nothing_more()
    clerk.press(Qt.Key.Key_N)
    clerk.choose_why("Document mal rempli")
    clerk.add_words(WORDS)
    return clerk


def try_again(lea: Clerk) -> None:
    """Press "Réessayer" in the band that tells of the outage."""
    lea.until(lambda: "connexion" in lea.band)
    retry = next(b for b in lea.examination.band.findChildren(QPushButton) if b.text() == "Réessayer")
    assert retry.isVisible()
    QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
    lea.settle()
    lea.back_from_popup()


def stored(town: Office) -> tuple[int, int]:
    """How many decisions stand, and how many e-mails wait."""
    return (
        town.one("select count(*) from office.decision where undone_at is null"),
        town.one("select count(*) from office.outbox_mail where state = 'queued'"),
    )


def test_a_decision_that_was_committed_is_told_and_can_be_taken_back(
    town: Office, database: OfficeDatabase, lea: Clerk
) -> None:
    said = lea.verdicts()
    number = lea.request
    cut = Cut(lea, database, committed=True)
    lea.ctrl(ENTER)
    try_again(lea)
    assert cut.done
    assert stored(town) == (1, 1)
    assert "Votre décision est bien enregistrée." in lea.band
    assert "Vous avez demandé un complément à la famille" in lea.band
    assert lea.request == number
    assert lea.proposed is None
    assert not any(button.isVisible() for button in lea.examination.bench.decision.buttons.values())
    lea.ctrl(ENTER)
    lea.settle()
    assert stored(town) == (1, 1)

    assert "Complément demandé à la famille BERTHOLLET." in lea.offer
    lea.ctrl(Qt.Key.Key_Z)
    lea.until(lambda: stored(town) == (0, 0))
    lea.see_request(number)
    assert lea.verdicts() == said
    lea.ctrl(ENTER)
    lea.until(lambda: stored(town) == (1, 1))
    lea.until(lambda: lea.request not in {"", number})


def test_a_decision_that_was_not_committed_waits_for_one_key(
    town: Office, database: OfficeDatabase, lea: Clerk
) -> None:
    said = lea.verdicts()
    number = lea.request
    cut = Cut(lea, database, committed=False)
    lea.ctrl(ENTER)
    try_again(lea)
    assert cut.done
    assert stored(town) == (0, 0)
    assert "Votre décision n’est pas partie" in lea.band
    assert lea.offer == ""
    assert lea.verdicts() == said
    lea.ctrl(ENTER)
    lea.until(lambda: lea.request not in {"", number})
    assert stored(town) == (1, 1)
    assert WORDS in town.one("select body from office.outbox_mail")
