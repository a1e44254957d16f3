"""Ctrl+Z takes a decision back while its e-mail waits, and says so when it is too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tests.stories.clerk import ENTER
from tests.stories.families import ask

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.stories.clerk import Clerk
    from tests.stories.conftest import SitDown

WORDS = "Le cadre 5 est resté vide."


def ask_for_the_form(lea: Clerk) -> None:
    """A complement with words, from the queue."""
    lea.open_selected()
    lea.press(Qt.Key.Key_N)
    lea.choose_why("Document mal rempli")
    lea.add_words(WORDS)
    lea.ctrl(ENTER)
    lea.until(lambda: "Complément demandé" in lea.offer)


def mails(town: Office) -> list[str]:
    """The state of each e-mail, the oldest first."""
    return [state for (state,) in town.raw.execute("select state from office.outbox_mail order by id").fetchall()]


def test_a_decision_is_taken_back_and_taken_again(town: Office, sit_down: SitDown) -> None:
    first = ask(town, "Berthollet", "Manon", by_debit=False)
    ask(town, "Lefèvre", "Gaëtane", by_debit=False)
    number = town.one("select number from office.access_request where id = %s", first.request_id)
    lea = sit_down()
    lea.see_queue(2)
    ask_for_the_form(lea)
    assert "BERTHOLLET" in lea.offer
    lea.ctrl(Qt.Key.Key_Z)
    lea.see_request(number)
    assert lea.offer == ""
    assert mails(town) == ["cancelled"]
    assert town.one("select undone_by from office.decision") == lea.agent.login
    assert town.one("select status from office.access_request where id = %s", first.request_id) == "pending"
    assert lea.verdicts() == {"health_form": f"non_compliant incomplete {WORDS}"}

    lea.press(Qt.Key.Key_C)
    lea.ctrl(ENTER)
    lea.until(lambda: "Demande validée" in lea.offer)
    assert mails(town) == ["cancelled", "queued"]
    assert town.one("select status from office.access_request where id = %s", first.request_id) == "validated"
    assert town.one("select count(*) from office.decision where undone_at is null") == 1


def test_the_last_request_comes_back_from_the_empty_queue(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    ask_for_the_form(lea)
    lea.see_queue(0)
    lea.ctrl(Qt.Key.Key_Z)
    lea.see_request()
    assert lea.verdicts() == {"health_form": f"non_compliant incomplete {WORDS}"}
    lea.press(Qt.Key.Key_Escape)
    lea.press(Qt.Key.Key_Escape)
    lea.see_queue(1)


def test_once_the_mail_may_have_left_the_decision_stands(town: Office, sit_down: SitDown) -> None:
    ask(town, "Berthollet", "Manon", by_debit=False)
    lea = sit_down()
    lea.see_queue(1)
    ask_for_the_form(lea)
    with town.raw.transaction():
        town.raw.execute("set local session_replication_role = replica")
        town.raw.execute("update office.outbox_mail set send_after = now() - interval '1 second'")
    lea.ctrl(Qt.Key.Key_Z)
    lea.until(lambda: "ne peut plus être annulée" in lea.band)
    lea.settle()
    assert "L’e-mail à la famille est déjà parti" in lea.band
    assert mails(town) == ["queued"]
    assert town.one("select undone_at from office.decision") is None
    assert town.one("select status from office.access_request") == "awaiting_family"
